"""Finds who joined and left, and why, in the last run or since an instant."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from segctl.errors import Failure
from segctl.language.literals import sql_instant
from segctl.language.syntax import CUSTOMER
from segctl.operations.runs.instants import read_as_of
from segctl.operations.runs.tables import tables_of, texts
from segctl.operations.segments.as_of import check_known, point_in_time
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.project.project import Project, load
from segctl.warehouse import Row, Warehouse


@dataclass(frozen=True)
class Move:
    """The joins or leaves of a segment by one cause: their number and some members, latest first."""

    change: str
    cause: str
    count: int
    members: list[tuple[str, datetime]] = field(default_factory=list)


@dataclass(frozen=True)
class Changes:
    """The moves of segments by name, after one naive UTC instant (None: only the last run) up to another."""

    since: datetime | None
    until: datetime
    timezone: str
    segments: dict[str, list[Move]]


def changes(project: Project, warehouse: Warehouse, names: Sequence[str], since: str, most: int) -> Changes:
    """Joins and leaves of the named segments, by default all, with up to `most` members for each cause.

    Raises ProblemsFound or Failure.
    """
    plan, loaded = load(project), warehouse.loaded()
    zone = plan.catalog.timezone
    last = point_in_time(loaded, "", zone).instant
    start = read_as_of(since, zone, "--since") if since else None
    if start and start >= last:
        raise Failure(f"--since {since} is not before the last finished run", exit_code=2)
    check_known(loaded, names)
    when = f"changed_at > {sql_instant(start)} and " if start else f"changed_at = {sql_instant(last)} and "
    rows = loaded.query(_query(plan, f"{when}changed_at <= {sql_instant(last)}", names, most))
    return Changes(start, last, zone, _by_segment(rows))


def _by_segment(rows: Sequence[Row]) -> dict[str, list[Move]]:
    moves_by_segment: dict[str, list[Move]] = {}
    for row in rows:
        moves = moves_by_segment.setdefault(row["segment"], [])
        if not moves or (moves[-1].change, moves[-1].cause) != (row["change"], row["cause"]):
            moves.append(Move(row["change"], row["cause"], int(row["moved"])))
        moves[-1].members.append((row["member"], row["changed_at"]))
    return moves_by_segment


def _query(plan: Plan, when: str, names: Sequence[str], most: int) -> str:
    narrowed = f" and segment in ({texts(names)})" if names else ""
    changes_sql = render_query("changes/of_entity", entity=CUSTOMER, when=when, narrowed=narrowed, **_named(CUSTOMER))
    for entity in plan.entities:
        relation_names = _named(entity.name)
        # An entity added since the last run has no table yet.
        if_built = f"{{%- if load_relation(ref('{relation_names['prefix']}segment_changes')) %}}"
        entity_changes = render_query(
            "changes/of_entity", entity=entity.name, when=when, narrowed=narrowed, **relation_names
        )
        changes_sql += f"{if_built}\nunion all\n{entity_changes}{{%- endif %}}\n"
    return render_query("changes/shown", changes=changes_sql, most=max(most, 1))


def _named(entity: str) -> dict[str, str]:
    names = tables_of(entity)
    return {"key": names["key"], "prefix": names["prefix"]}
