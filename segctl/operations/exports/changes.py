"""Finds changes since the last export: members to add, update or remove."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from segctl.errors import Failure
from segctl.language.literals import sql_instant, sql_text
from segctl.language.syntax import CUSTOMER
from segctl.operations.exports.change import Change
from segctl.operations.exports.columns import Chosen, chosen_columns
from segctl.operations.exports.differences import MemberState, PreviousState, cause_of, is_to_be_noted, op_of
from segctl.operations.exports.identifiers import RULES, check_identifiers
from segctl.operations.exports.members import needed_plan
from segctl.operations.exports.query import MembersRequest, changes_query
from segctl.operations.exports.request import ExportRequest
from segctl.operations.exports.segments import Subject, subjects
from segctl.operations.exports.values import of_driver
from segctl.operations.segments.as_of import PointInTime, point_in_time
from segctl.personal_data.sent import Sent, SentMembers, sent_members
from segctl.plan.plan import Plan
from segctl.project.project import Project, load
from segctl.warehouse import Warehouse

# The value of --changes-since for the last export to the destination.
LAST_EXPORT = "last-export"
RUN_ID = re.compile(r"\d{8}T\d{6}\.\d{6}Z")
RUN = "select as_of from {{{{ ref('segment_runs') }}}} where run_id = {run_id}"
# Before every run.
NEVER = datetime(1, 1, 1)
BEGINNING = datetime(1970, 1, 1)
# The number of columns in the query before the requested ones.
OWN_COLUMNS = 8


@dataclass(frozen=True)
class ChangesRequest:
    """A request for changes: customer segments by name (none: all), since a run (its id, a written instant, or
    LAST_EXPORT), for a `destination` under which sent changes are remembered.

    `columns` are further attributes and metrics. `hash` is one of HASHES (empty for plain). Leaves out customers who
    may not be contacted, unless `with_ineligible`.
    """

    destination: str
    segments: tuple[str, ...] = ()
    since: str = LAST_EXPORT
    columns: tuple[str, ...] = ()
    hash: str = ""
    with_ineligible: bool = False


@dataclass(frozen=True)
class Changes:
    """Changes by segment and key, to be read once. Call `remember` after all of them are delivered.

    `identifiers` and `columns` are the possible names. `since` and `until` are naive UTC instants of runs (None if
    nothing was sent before).
    """

    rows: Iterator[Change]
    remember: Callable[[], None]
    identifiers: Sequence[str]
    columns: Sequence[Chosen]
    since: datetime | None
    until: PointInTime
    run_id: str
    segments: Sequence[str]


def changes_since(
    project: Project, warehouse: Warehouse, request: ChangesRequest, on_warning: Callable[[str], None] = lambda _: None
) -> Iterator[Change]:
    """Yields the changes one by one, and remembers them as sent after the last one.

    A consumer that stops earlier, or raises, gets the same changes again. Raises ProblemsFound or Failure.
    """
    with changes(project, warehouse, request, on_warning) as exported_changes:
        yield from exported_changes.rows
        exported_changes.remember()


@contextmanager
def changes(
    project: Project, warehouse: Warehouse, request: ChangesRequest, on_warning: Callable[[str], None] = lambda _: None
) -> Iterator[Changes]:
    """The changes with their metadata. Raises ProblemsFound or Failure."""
    plan = load(project)
    declared = plan.catalog.customer.identifiers
    hashed = request.hash or ("plain" if declared.attributes else "")
    check_identifiers(hashed, declared)
    live = warehouse.loaded()
    point = point_in_time(live, "", plan.catalog.timezone)
    columns = _columns(plan, request, hashed, point)
    # Each target has its own tables, and so its own customers.
    place = f"{request.destination} of {warehouse.target}" if warehouse.target else request.destination
    with sent_members(project, place) as sent:
        chosen = _chosen(plan, live, request.segments, list(sent.as_of()))
        reader = _ChangesReader(project, live, plan, request, hashed, chosen, point, columns, sent)
        previous_states, since = reader.previous_states(on_warning)
        run_id = str(live.query(_run_of(point))[0]["run_id"])
        names = [subject.name for subject in chosen]
        yield Changes(
            reader.rows(previous_states, since, run_id),
            lambda: sent.remember(names, point.instant),
            [column.identifier for column in columns if column.identifier],
            [column for column in columns if not column.identifier],
            min(since.values(), default=None) if any(at != NEVER for at in since.values()) else None,
            point,
            run_id,
            names,
        )


def _run_of(point: PointInTime) -> str:
    return f"select run_id from {{{{ ref('segment_runs') }}}} where as_of = {sql_instant(point.last)}"


def _chosen(plan: Plan, warehouse: Warehouse, named: Sequence[str], sent: Sequence[str]) -> list[Subject]:
    """The customer segments by name, including removed ones whose members were sent.

    Raises Failure for a named segment that is unknown or not about customers.
    """
    defined = {planned.segment.name for planned in plan.segments}
    gone = [name for name in sent if name not in defined and (name in named or not named)]
    requested = tuple(name for name in named if name not in gone)
    known_subjects = subjects(plan, warehouse, ExportRequest(requested)) if requested or not named else []
    others = [subject for subject in known_subjects if subject.entity != CUSTOMER]
    if others and named:
        message = f"{others[0].name} is about {others[0].entity}s, and changes are only for customers"
        raise Failure(message, "leave it out", exit_code=2)
    chosen = [subject for subject in known_subjects if subject.entity == CUSTOMER] + [
        Subject(name, CUSTOMER) for name in gone
    ]
    return sorted(chosen, key=lambda subject: subject.name)


def _columns(plan: Plan, request: ChangesRequest, hashed: str, point: PointInTime) -> list[Chosen]:
    """The identifiers and other columns. Segment and key are in every change anyway."""
    columns_request = ExportRequest(columns=("key", *(name for name in request.columns if name != "key")), hash=hashed)
    columns = chosen_columns(plan, CUSTOMER, columns_request, point)
    return [column for column in columns if column.sql not in ("members.member", "members.segment")]


@dataclass(frozen=True)
class _ChangesReader:
    project: Project
    warehouse: Warehouse
    plan: Plan
    request: ChangesRequest
    hashed: str
    chosen: list[Subject]
    point: PointInTime
    columns: list[Chosen]
    sent: SentMembers

    def previous_states(
        self, on_warning: Callable[[str], None]
    ) -> tuple[dict[str, PreviousState], dict[str, datetime]]:
        """What the destination has of each segment, and the instant since which to look for changes."""
        sent_at = self.sent.as_of()
        instant = None if self.request.since == LAST_EXPORT else self._instant()
        fresh = [subject.name for subject in self.chosen if subject.name not in sent_at]
        if instant is None and fresh:
            segments_text = "everything" if len(fresh) == len(self.chosen) else ", ".join(fresh)
            on_warning(
                f"nothing is known to have been sent to {self.request.destination} of {segments_text}: "
                "all members are added, and no one who left before is removed"
            )
        previous_states, since = {}, {}
        for subject in self.chosen:
            at = sent_at.get(subject.name, NEVER) if instant is None else instant
            previous_states[subject.name] = PreviousState(
                instant is None or sent_at.get(subject.name) == instant, subject.name in sent_at
            )
            since[subject.name] = at
        return previous_states, since

    def _instant(self) -> datetime:
        """The instant of the named run, or of the last run at or before an instant."""
        text = self.request.since
        if RUN_ID.fullmatch(text):
            rows = self.warehouse.query(RUN.format(run_id=sql_text(text)))
            if not rows:
                raise Failure(
                    f"--changes-since {text}: there was no such run", "segctl list shows the last", exit_code=2
                )
            instant: datetime = rows[0]["as_of"]
            return instant
        try:
            return point_in_time(self.warehouse, text, self.plan.catalog.timezone).run or NEVER
        except Failure as failure:
            message = failure.message.replace("--as-of", "--changes-since")
            hint = failure.hint or f"the id of a run, an instant, or {LAST_EXPORT}"
            raise Failure(message, hint, failure.exit_code) from failure

    def rows(
        self, previous_states: Mapping[str, PreviousState], since: Mapping[str, datetime], run_id: str
    ) -> Iterator[Change]:
        """The changes by segment and key. Notes each as sent, which counts once remembered."""
        for segment, member, now, sent in self._both(since):
            if is_to_be_noted(now, sent):
                self.sent.note(segment, member, now.as_sent if now and now.sendable else None)
            op = op_of(now, sent, previous_states[segment])
            if op is None:
                continue
            cause = cause_of(op, now, sent, since[segment], (run_id, self.point.instant))
            identifiers = sent.identifiers if op == "remove" and sent else now.identifiers if now else {}
            values = now.columns if now and op != "remove" else {}
            yield Change(op, segment, member, identifiers, cause.name, cause.run_id, cause.at, values)

    def _both(self, since: Mapping[str, datetime]) -> Iterator[tuple[str, str, MemberState | None, Sent | None]]:
        """Merges the current and the sent members, both ordered by segment and key."""
        names = [subject.name for subject in self.chosen]
        if not names:
            return
        request = MembersRequest(CUSTOMER, names, self.point)
        features = [column.feature for column in self.columns if column.feature]
        if features:
            request = replace(request, needed=needed_plan(self.project, self.warehouse, self.plan, features, request))
        instants = [max(since[name], BEGINNING) for name in names]
        with self.warehouse.stream(changes_query(request, instants, self.columns), self.point.run) as stream:
            states = (self._state(names[int(row[0])], row) for row in stream.rows)
            yield from _side_by_side(states, self.sent.rows(names))

    def _state(self, segment: str, row: tuple[Any, ...]) -> MemberState:
        _, member, was_in, is_in, cause, run_id, at, eligible = row[:OWN_COLUMNS]
        values = dict(zip(self.columns, row[OWN_COLUMNS:], strict=True))
        may_be_sent = self.plan.eligible is None or self.request.with_ineligible or bool(eligible)
        known = {
            column.identifier: str(value) for column, value in values.items() if column.identifier and value is not None
        }
        identifiers: dict[str, str] = {}
        if known and may_be_sent:
            country = self.plan.catalog.customer.identifiers.phone_country
            identifiers = {name: text for name, text in RULES[self.hashed](known, country).items() if text}
        columns = {
            chosen.column.name: of_driver(value, chosen.column.kind)
            for chosen, value in values.items()
            if not chosen.identifier
        }
        sent_parts = (str(cause), str(run_id), at, identifiers, columns)
        return MemberState(segment, str(member), bool(was_in), bool(is_in), bool(is_in) and may_be_sent, *sent_parts)


def _side_by_side(
    states: Iterator[MemberState], sent: Iterator[Sent]
) -> Iterator[tuple[str, str, MemberState | None, Sent | None]]:
    now, was = next(states, None), next(sent, None)
    while now or was:
        state_key = (now.segment, now.member) if now else None
        sent_key = (was.segment, was.member) if was else None
        first = min(key for key in (state_key, sent_key) if key)
        yield (*first, now if state_key == first else None, was if sent_key == first else None)
        if state_key == first:
            now = next(states, None)
        if sent_key == first:
            was = next(sent, None)
