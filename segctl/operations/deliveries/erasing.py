"""Telling receivers that people are about to be erased: afterwards nobody knows any more who was sent to whom."""

from collections.abc import Mapping, Sequence

from segctl.errors import Failure
from segctl.literals import sql_instant, sql_text
from segctl.operations.deliveries.configured import configured, entities_known
from segctl.operations.deliveries.cursors import Cursor, cursors_of
from segctl.operations.deliveries.messages import ERASURES, Part
from segctl.operations.deliveries.sender import Sender
from segctl.operations.exports.change import Change
from segctl.operations.tables import tables_of, texts
from segctl.plan import Plan
from segctl.project import Project
from segctl.warehouse import Warehouse

# Who is in a segment as far as its receiver knows: as of the run up to which changes have been sent.
THEIRS = """
select segment, cast({key} as {{{{ dbt.type_string() }}}}) as member
from {{{{ ref('{prefix}segment_history') }}}}
where
    cast({key} as {{{{ dbt.type_string() }}}}) in ({keys})
    and ({sent})
"""
SENT = "(segment = {segment} and joined_at <= {instant} and (left_at is null or left_at > {instant}))"


def tell_of_erasure(
    project: Project, plan: Plan, live: Warehouse, members: tuple[str, Sequence[str]], dry_run: bool
) -> dict[str, int]:
    """How many removals were sent (with `dry_run` would be) to each delivery that knows of members, an entity and keys.

    Raises ProblemsFound, or Failure when a receiver could not be told.
    """
    told: dict[str, int] = {}
    deliveries = configured(project, plan)
    noted = cursors_of(live) if deliveries else {}
    deliveries = tuple(one for one in deliveries if one.name in noted)
    entities = entities_known(plan, live, {name for one in deliveries for name in noted[one.name]})
    for delivery in deliveries:
        changes = _removals(live, members, entities, noted[delivery.name])
        if not changes:
            continue
        told[delivery.name] = len(changes)
        last = max((cursor.run for cursor in noted[delivery.name].values()), key=lambda run: run.as_of)
        part = Part(delivery.name, ERASURES, last.run_id, last.as_of, len(changes), len(changes))
        try:
            if not dry_run:
                Sender(project, delivery, entities).send(part, iter(changes))
        except Failure as failure:
            message = f"{delivery.name} could not be told, and nothing has been erased: {failure.message}"
            hint = "--untold erases all the same; then tell the receiver yourself"
            raise Failure(message, hint, detail=failure.detail) from failure
    return told


def _removals(
    live: Warehouse, members: tuple[str, Sequence[str]], entities: Mapping[str, str], cursors: Mapping[str, Cursor]
) -> list[Change]:
    entity, keys = members
    theirs = [cursor for name, cursor in sorted(cursors.items()) if entities.get(name) == entity]
    if not theirs or not keys:
        return []
    names = tables_of(entity)
    sent = " or ".join(
        SENT.format(segment=sql_text(cursor.segment), instant=sql_instant(cursor.run.as_of)) for cursor in theirs
    )
    sql = THEIRS.format(key=names["key"], prefix=names["prefix"], keys=texts(list(keys)), sent=sent)
    rows = sorted((row["segment"], row["member"]) for row in live.query(sql))
    return [
        Change("remove", segment, member, {}, "erased", cursors[segment].run.run_id, cursors[segment].run.as_of)
        for segment, member in rows
    ]
