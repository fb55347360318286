"""Stores in the warehouse up to which run each delivery has sent the changes of a segment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from segctl.language.literals import sql_instant, sql_text
from segctl.operations.runs.tables import texts
from segctl.operations.sql import render_query
from segctl.warehouse import NothingBuilt, Warehouse

TABLE = "{{ segctl.deliveries_table() }}"
NOTED = "select * from ({{ segctl.deliveries() }}) as deliveries order by delivery, segment"
RUNS = "select run_id, as_of, invocation_id from {{ ref('segment_runs') }} order by as_of"
EVALUATED = "select segment from {{ ref('segment_definitions') }} where valid_to is null"


@dataclass(frozen=True)
class Run:
    """A finished run: its id, its instant (naive UTC), and the dbt invocation that last changed its outcome."""

    run_id: str
    as_of: datetime
    invocation_id: str


@dataclass(frozen=True)
class Cursor:
    """The run up to which a segment's changes were sent, and when that was noted (naive UTC).

    While it `is_begun`, the members as of that run still have to be sent.
    """

    segment: str
    run: Run
    is_begun: bool
    noted_at: datetime


@dataclass(frozen=True)
class Correction:
    """A correction of a segment's past from `since` on, made at `corrected_at` (both naive UTC)."""

    segment: str
    since: datetime
    corrected_at: datetime


def runs_of(live: Warehouse) -> tuple[Run, ...]:
    """The finished runs, last one last. Raises NothingBuilt if there is none."""
    runs = tuple(Run(row["run_id"], row["as_of"], row["invocation_id"]) for row in live.query(RUNS))
    if not runs:
        raise NothingBuilt("no run has finished on this target yet", "segctl run makes one")
    return runs


def evaluated(live: Warehouse) -> frozenset[str]:
    """The segments that the last run knew. Raises Failure."""
    return frozenset(row["segment"] for row in live.query(EVALUATED))


def cursors_of(live: Warehouse) -> dict[str, dict[str, Cursor]]:
    """The cursors by delivery and segment. Raises Failure."""
    cursors_by_delivery: dict[str, dict[str, Cursor]] = {}
    for row in live.query(NOTED):
        run = Run(row["run_id"], row["as_of"], row["invocation_id"])
        cursor = Cursor(row["segment"], run, bool(row["is_begun"]), row["noted_at"])
        cursors_by_delivery.setdefault(row["delivery"], {})[cursor.segment] = cursor
    return cursors_by_delivery


def corrections_of(live: Warehouse) -> tuple[Correction, ...]:
    """The corrections of the past that changed a stay. Raises Failure."""
    rows = live.query(render_query("deliveries/corrections"))
    return tuple(Correction(row["segment"], row["since"], row["corrected_at"]) for row in rows)


def note(live: Warehouse, delivery: str, known: Iterable[str], moved: Sequence[Cursor]) -> None:
    """Writes all or none of the cursors of a delivery. `known` are segments that already have one. Raises Failure."""
    updated = {cursor.segment for cursor in moved} & set(known)
    statements = []
    for cursors in _groups(moved):
        old = [cursor.segment for cursor in cursors if cursor.segment in updated]
        if old:
            condition = f"where delivery = {sql_text(delivery)} and segment in ({texts(old)})"
            statements.append(f"update {TABLE} set {_assigned(cursors[0])} {condition}")
    fresh = [cursor for cursor in moved if cursor.segment not in updated]
    if fresh:
        columns = "delivery, segment, is_begun, run_id, as_of, invocation_id, noted_at"
        rows = ", ".join(
            f"({', '.join([sql_text(delivery), sql_text(cursor.segment), *_values(cursor)])})" for cursor in fresh
        )
        statements.append(f"insert into {TABLE} ({columns}) values {rows}")
    if statements:
        live.execute(statements)


def delete_cursors(live: Warehouse, delivery: str, segments: Sequence[str]) -> None:
    """Deletes the cursors of segments. Raises Failure."""
    if segments:
        live.execute([f"delete from {TABLE} where delivery = {sql_text(delivery)} and segment in ({texts(segments)})"])


def current_instant() -> datetime:
    """The clock, as naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def _groups(cursors: Iterable[Cursor]) -> list[list[Cursor]]:
    """Groups cursors that differ only in their segment."""
    groups: dict[tuple[object, ...], list[Cursor]] = {}
    for cursor in cursors:
        groups.setdefault((cursor.run, cursor.is_begun, cursor.noted_at), []).append(cursor)
    return list(groups.values())


def _values(cursor: Cursor) -> list[str]:
    run = cursor.run
    run_columns = [sql_text(run.run_id), sql_instant(run.as_of), sql_text(run.invocation_id)]
    return ["true" if cursor.is_begun else "false", *run_columns, sql_instant(cursor.noted_at)]


def _assigned(cursor: Cursor) -> str:
    columns = ("is_begun", "run_id", "as_of", "invocation_id", "noted_at")
    return ", ".join(f"{name} = {value}" for name, value in zip(columns, _values(cursor), strict=True))
