"""Reads segments as of a past instant from the history of finished runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from segctl.errors import Failure, did_you_mean
from segctl.language.literals import instant_call, sql_instant, sql_text
from segctl.language.syntax import CUSTOMER
from segctl.operations.runs.instants import as_local, read_as_of
from segctl.operations.runs.tables import tables_of
from segctl.operations.segments.recent import recent_columns, recent_query
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.project.project import Project, load
from segctl.warehouse import NothingBuilt, Row, Warehouse

NAMES = "select distinct segment from {{ ref('segment_definitions') }}"
MEMBERS = "select segment from ({{{{ segctl.members_as_of({instant}, '{entity}') }}}}) as {entity}_members"


# The entity of a segment when it was last defined.
ENTITY = "select entity from {{{{ ref('segment_definitions') }}}} where segment = {segment} order by version desc"


@dataclass(frozen=True)
class PointInTime:
    """An instant within the history (naive UTC), and the runs around it.

    `run` is the last run at or before the instant, None before the first. `first` and `last` are those of all runs.
    """

    instant: datetime
    run: datetime | None
    first: datetime
    last: datetime


@dataclass(frozen=True)
class PastSegment:
    """A segment with its size as of an instant: its members then, None when it was not evaluated.

    `enabled` is None when it was not defined then, `held_by` the guard that held it back in the run then. `source` is
    empty for one that is gone from the definitions now. `row` is the segment's row of that run (past/sizes.sql).
    """

    name: str
    label: str
    owner: str
    tags: tuple[str, ...]
    enabled: bool | None
    size: int | None
    held_by: str | None
    source: str
    row: Row | None = None


@dataclass(frozen=True)
class PastOverview:
    """All segments as of an instant by name, including those that are no longer defined."""

    point: PointInTime
    segments: list[PastSegment]
    timezone: str
    note: str
    currency: str = ""


def overview_as_of(project: Project, warehouse: Warehouse, as_of: str) -> PastOverview:
    """The segments and their sizes as of a written instant.

    Raises ProblemsFound, or Failure if the instant is invalid or after the last finished run, or if there is no run.
    """
    plan = load(project)
    zone = plan.catalog.timezone
    point = point_in_time(warehouse, as_of, zone)
    if point.run is None:
        return PastOverview(point, _segments(plan, []), zone, before_the_first(point, zone))
    past_segments = _segments(plan, _sizes(plan, warehouse, point))
    return PastOverview(point, past_segments, zone, "", plan.catalog.currency)


def point_in_time(warehouse: Warehouse, as_of: str, timezone: str) -> PointInTime:
    """The point in time of a written instant, or of the last finished run for an empty text.

    Raises Failure if the instant is invalid or after the last finished run, or if there is no run.
    """
    instant = read_as_of(as_of, timezone) if as_of else None
    # Without an instant, every run counts.
    row = warehouse.query(render_query("past/runs", instant=sql_instant(instant) if instant else "as_of"))[0]
    last = row["last_as_of"]
    if last is None:
        raise NothingBuilt("no run has finished on this target yet", "segctl run makes one")
    if instant and instant > last:
        message = f"--as-of {as_of} is after the last finished run, as of {as_local(last, timezone)}"
        raise Failure(message, "the history ends there: segctl run brings it up to date", exit_code=2)
    return PointInTime(instant or last, row["as_of"], row["first_as_of"], last)


def check_known(warehouse: Warehouse, names: Sequence[str]) -> None:
    """Raises Failure for a segment that no run has known."""
    known = [str(row["segment"]) for row in warehouse.query(NAMES)] if names else []
    for name in names:
        if name not in known:
            raise Failure(f"no run knows a segment {name}", did_you_mean(name, known, "segments"), exit_code=2)


def before_the_first(point: PointInTime, timezone: str) -> str:
    """The note for an instant before the first run."""
    requested, first = as_local(point.instant, timezone), as_local(point.first, timezone)
    return f"no run yet as of {requested}: the first was as of {first}"


def entity_of_gone(plan: Plan, warehouse: Warehouse, name: str) -> str | None:
    """The entity of a segment that is no longer defined, or None if no such segment is recorded.

    Raises Failure if the catalog no longer has the entity, so its tables are unknown.
    """
    rows = warehouse.query(ENTITY.format(segment=sql_text(name)))
    if not rows:
        return None
    entity = str(rows[0]["entity"])
    if entity not in (CUSTOMER, *(planned.name for planned in plan.entities)):
        raise Failure(f"{name} no longer exists, and neither does its entity {entity}", exit_code=2)
    return entity


def counts_as_of(plan: Plan, warehouse: Warehouse, instant: datetime) -> dict[str, int]:
    """The sizes of non-empty segments as of a naive UTC instant, by name. Raises Failure."""
    return {row["segment"]: int(row["size"]) for row in warehouse.query(_counts(plan, instant))}


def _counts(plan: Plan, instant: datetime) -> str:
    literal = instant_call(instant)
    members = MEMBERS.format(instant=literal, entity=CUSTOMER)
    for entity in plan.entities:
        # An entity added since the last run has no table yet.
        members += f"\n{{%- if load_relation(ref('{tables_of(entity.name)['prefix']}segment_history')) %}}\nunion all\n"
        members += MEMBERS.format(instant=literal, entity=entity.name) + "\n{%- endif %}"
    return render_query("past/counts", members=members)


def _sizes(plan: Plan, warehouse: Warehouse, point: PointInTime) -> list[Row]:
    instant, run = sql_instant(point.instant), sql_instant(point.run or point.instant)
    recent = {"recent": recent_query(point.run), "recent_columns": recent_columns("recent")}
    counts = _counts(plan, point.instant)
    return warehouse.query(render_query("past/sizes", counts=counts, instant=instant, run=run, **recent))


def _segments(plan: Plan, rows: list[Row]) -> list[PastSegment]:
    then = {row["segment"]: row for row in rows}
    past_segments = []
    for planned in plan.segments:
        segment, row = planned.segment, then.pop(planned.segment.name, None)
        size = row["size"] if row and row["enabled"] else None
        enabled, held_by = (row["enabled"], row["held_by"]) if row else (None, None)
        described = (segment.name, segment.label, segment.owner, segment.tags)
        past_segments.append(PastSegment(*described, enabled, size, held_by, str(segment.mark), row))
    # If the entity is gone too, its tables are unknown.
    known = {CUSTOMER, *(entity.name for entity in plan.entities)}
    for name, row in then.items():
        size = row["size"] if row["enabled"] and row["entity"] in known else None
        tags = tuple(tag for tag in (row["tags"] or "").split(", ") if tag)
        texts = (row["label"] or "", row["owner"] or "")
        past_segments.append(PastSegment(name, *texts, tags, row["enabled"], size, row["held_by"], "", row))
    return sorted(past_segments, key=lambda segment: segment.name)
