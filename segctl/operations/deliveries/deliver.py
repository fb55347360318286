"""Sends changes to receivers at least once, in the order of the runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from segctl.errors import Failure, did_you_mean
from segctl.operations.deliveries.changes import Tables
from segctl.operations.deliveries.configured import Receiver, configured, entities_known, receives, renamed_in
from segctl.operations.deliveries.cursors import (
    Cursor,
    corrections_of,
    cursors_of,
    delete_cursors,
    evaluated,
    note,
    runs_of,
)
from segctl.operations.deliveries.delivery_steps import DeliveryRecord, new_cursors, sent_up_to, steps, updated_cursors
from segctl.operations.deliveries.identifying import identifying
from segctl.operations.deliveries.messages import Part, as_data
from segctl.operations.deliveries.sender import Sender
from segctl.operations.runs.exclusive import exclusive
from segctl.parse.deliveries import Delivery, Webhook
from segctl.plan.plan import Plan
from segctl.project.project import Project, load
from segctl.warehouse import Warehouse

# A dry run shows this many changes.
SHOWN = 10


@dataclass(frozen=True)
class DeliveryRequest:
    """A request: the deliveries (none: all), whether it is a `dry_run`, and how new deliveries begin.

    They begin with all members, or with `from_now` only with later changes. With `anew`, all deliveries begin again.
    """

    names: tuple[str, ...] = ()
    dry_run: bool = False
    from_now: bool = False
    anew: bool = False


@dataclass
class Outcome:
    """The outcome of a delivery: the parts received (or to be sent, with some `changes`), the run up to which it is
    complete (None: nothing), a failure with its hint, and warnings.
    """

    name: str
    way: str
    parts: list[Part] = field(default_factory=list)
    up_to: datetime | None = None
    failure: str = ""
    hint: str = ""
    detail: str = ""
    warnings: list[str] = field(default_factory=list)
    changes: list[dict[str, object]] = field(default_factory=list)


def deliver(project: Project, warehouse: Warehouse, request: DeliveryRequest) -> Iterator[Outcome]:
    """Sends to each receiver what it does not know yet, and reports each outcome as it comes.

    A failed delivery does not stop the others. Raises ProblemsFound or Failure if nothing can be sent at all.
    """
    plan = load(project)
    chosen = _chosen(configured(project, plan), request.names)
    if request.dry_run:
        yield from _delivered(project, plan, warehouse.loaded(), chosen, request)
        return
    # Holds the lock to the end: two senders could send a leave before an earlier join.
    with exclusive(project, warehouse, "deliver") as live:
        yield from _delivered(project, plan, live, chosen, request)


def check_deliveries(project: Project) -> None:
    """Raises ProblemsFound or Failure if nothing could be sent after a run."""
    _chosen(configured(project, load(project)), ())


def _chosen(deliveries: Sequence[Delivery], names: Sequence[str]) -> list[Delivery]:
    if not deliveries:
        raise Failure("no delivery is configured", "deliveries.yml names receivers: docs/deliveries.md", exit_code=2)
    known = [delivery.name for delivery in deliveries]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, "deliveries")
            raise Failure(f'there is no delivery "{name}"', hint, exit_code=2)
    return [delivery for delivery in deliveries if not names or delivery.name in names]


@dataclass(frozen=True)
class _DeliveryContext:
    """The shared context of all deliveries of a command."""

    project: Project
    plan: Plan
    live: Warehouse
    record: DeliveryRecord
    request: DeliveryRequest


def _delivered(
    project: Project, plan: Plan, live: Warehouse, chosen: Sequence[Delivery], request: DeliveryRequest
) -> Iterator[Outcome]:
    runs, noted = runs_of(live), cursors_of(live)
    if not noted and not request.dry_run:
        live.operate("create_deliveries_table")
    entities = entities_known(plan, live, {name for cursors in noted.values() for name in cursors})
    record = DeliveryRecord(runs, evaluated(live), corrections_of(live), entities, renamed_in(plan))
    context = _DeliveryContext(project, plan, live, record, request)
    for delivery in chosen:
        outcome = Outcome(delivery.name, "webhook" if isinstance(delivery.to, Webhook) else "command")
        receiver = receives(delivery, plan, noted.get(delivery.name, {}), entities)
        try:
            _deliver(context, receiver, outcome)
        except Failure as failure:
            outcome.failure, outcome.hint, outcome.detail = failure.message, failure.hint, failure.detail
        yield outcome


def _deliver(context: _DeliveryContext, receiver: Receiver, outcome: Outcome) -> None:
    """Sends what a receiver does not know yet, or lists it with `dry_run`. Reports outcomes as it goes."""
    record, dry_run = context.record, context.request.dry_run
    kept = (
        []
        if context.request.anew
        else [receiver.cursors[name] for name in receiver.segments if name in receiver.cursors]
    )
    noted = _CursorWriter(context, receiver, kept, outcome)
    updated, warnings = updated_cursors(kept, record)
    # A segment that no run has evaluated has no known members yet, and may take over stays of a former name.
    fresh = record.evaluated.intersection(receiver.segments) - {cursor.segment for cursor in kept}
    cursors = [*updated, *new_cursors(sorted(fresh), record.last, context.request.from_now)]
    outcome.warnings += warnings
    sender = None if dry_run else Sender(context.project, receiver.delivery, record.entities)
    outcome.warnings += [sender.warning] if sender and sender.warning else []
    # Written before sending, so that after a partial failure the leaves of sent members are sent too.
    noted.write([cursor for cursor in cursors if cursor not in kept])
    hashed, last = receiver.delivery.identifiers, record.last.as_of
    identifiers = identifying(context.project, context.live, context.plan, hashed, last)
    for step in steps(Tables(context.live, record.entities, identifiers), receiver.delivery.name, cursors, record):
        if sender and step.part.total:
            sender.send(step.part, step.changes())
        elif dry_run:
            shown_changes = islice(step.changes(), SHOWN - len(outcome.changes))
            outcome.changes += [as_data(change, record.entities) for change in shown_changes]
        noted.write(step.moved)
        noted.end(step.ended)
        if step.part.total:
            outcome.parts.append(step.part)
    noted.write(sent_up_to([name for name, cursor in noted.cursors.items() if cursor.run != record.last], record.last))


class _CursorWriter:
    """The cursors of one delivery in the warehouse. A dry run writes none."""

    def __init__(self, context: _DeliveryContext, receiver: Receiver, kept: Sequence[Cursor], outcome: Outcome) -> None:
        self.context, self.name, self.outcome = context, receiver.delivery.name, outcome
        self.there = set(receiver.cursors)
        self.cursors = {cursor.segment: cursor for cursor in kept}
        self._tell()

    def write(self, moved: Sequence[Cursor]) -> None:
        """Writes cursors in one step. Raises Failure."""
        if self.context.request.dry_run:
            return
        note(self.context.live, self.name, self.there, moved)
        self.there |= {cursor.segment for cursor in moved}
        self.cursors |= {cursor.segment: cursor for cursor in moved}
        self._tell()

    def end(self, segments: Sequence[str]) -> None:
        """Deletes cursors in one step. Raises Failure."""
        if self.context.request.dry_run:
            return
        delete_cursors(self.context.live, self.name, segments)
        self.there -= set(segments)
        self.cursors = {name: cursor for name, cursor in self.cursors.items() if name not in segments}

    def _tell(self) -> None:
        unsent = any(cursor.is_begun for cursor in self.cursors.values())
        instants = [cursor.run.as_of for cursor in self.cursors.values()]
        self.outcome.up_to = min(instants) if instants and not unsent else None
