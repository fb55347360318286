"""Sends removals to receivers before an erasure, while the tables still show what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from segctl.errors import Failure
from segctl.operations.deliveries.changes import Tables, members_at
from segctl.operations.deliveries.configured import configured, entities_known
from segctl.operations.deliveries.cursors import Cursor, Run, cursors_of
from segctl.operations.deliveries.identifying import identifying
from segctl.operations.deliveries.messages import ERASURES, Part
from segctl.operations.deliveries.sender import Sender
from segctl.operations.exports.change import Change
from segctl.plan.plan import Plan
from segctl.project.project import Project
from segctl.warehouse import Warehouse


def send_removals(
    project: Project, plan: Plan, live: Warehouse, members: tuple[str, Sequence[str]], dry_run: bool
) -> dict[str, int]:
    """Sends the removal of `members`, an entity and its keys, to each delivery that has sent them. Returns the counts.

    With `dry_run`, only counts. Raises ProblemsFound, or Failure if a receiver could not be reached.
    """
    counts: dict[str, int] = {}
    deliveries = configured(project, plan)
    noted = cursors_of(live) if deliveries else {}
    deliveries = tuple(delivery for delivery in deliveries if delivery.name in noted)
    entities = entities_known(plan, live, {name for delivery in deliveries for name in noted[delivery.name]})
    for delivery in deliveries:
        runs = [cursor.run for cursor in noted[delivery.name].values()]
        last = max(runs, key=lambda run: run.as_of)
        tables = Tables(live, entities, identifying(project, live, plan, delivery.identifiers, last.as_of))
        changes = _removals(tables, members, noted[delivery.name])
        if not changes:
            continue
        counts[delivery.name] = len(changes)
        part = Part(delivery.name, ERASURES, last.run_id, last.as_of, len(changes), len(changes))
        try:
            if not dry_run:
                Sender(project, delivery, entities).send(part, iter(changes))
        except Failure as failure:
            message = f"{delivery.name} could not be reached, so nothing has been erased: {failure.message}"
            hint = "--untold erases anyway; then tell the receiver yourself"
            raise Failure(message, hint, detail=failure.detail) from failure
    return counts


def _removals(tables: Tables, members: tuple[str, Sequence[str]], cursors: Mapping[str, Cursor]) -> list[Change]:
    """The members of a segment that its receiver knows: as of the run up to which changes were sent."""
    entity, keys = members
    by_run: dict[Run, list[str]] = {}
    for name, cursor in cursors.items():
        if tables.entities.get(name) == entity:
            by_run.setdefault(cursor.run, []).append(name)
    changes = [
        replace(member, op="remove", cause="erased", run_id=run.run_id, changed_at=run.as_of)
        for run, segments in by_run.items()
        for member in (members_at(tables, run.as_of, segments, keys) if keys else ())
    ]
    return sorted(changes, key=lambda change: (change.segment, change.key))
