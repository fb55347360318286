"""Shows all segments in a list, or one segment in full."""

from dataclasses import dataclass
from datetime import datetime

from segctl.errors import Failure, did_you_mean
from segctl.language.literals import sql_text
from segctl.operations.runs.tables import tables_of
from segctl.operations.segments.recent import recent_columns, recent_query
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedSegment
from segctl.plan.sentences import sentences
from segctl.project.project import Project, load
from segctl.render import predicate_sql
from segctl.warehouse import NothingBuilt, Row, Warehouse

# Rules up to this many conditions are shown with their references expanded.
MOST_WRITTEN_OUT = 200


@dataclass(frozen=True)
class Overview:
    """All segments of a project with their latest sizes (by name, columns of show/segments.sql), or why there are none.

    `failed` when the warehouse could not be read, which is more than there having been no run.
    """

    plan: Plan
    sizes: dict[str, Row]
    note: str
    failed: bool = False

    @property
    def as_of(self) -> datetime | None:
        """The naive UTC instant of the run with the sizes, or None."""
        return next((row["as_of"] for row in self.sizes.values()), None)


@dataclass(frozen=True)
class Detail:
    """One segment: its definition, sentences, SQL, last ten runs and newest members."""

    planned: PlannedSegment
    sentences: tuple[str, ...]
    timezone: str
    currency: str
    sql: str
    runs: list[Row]
    members: list[Row]
    note: str
    failed: bool = False


def overview(project: Project, warehouse: Warehouse) -> Overview:
    """The segments of the project. Without a warehouse, adds a note. Raises ProblemsFound."""
    plan = load(project)
    try:
        rows = warehouse.query(
            render_query(
                "show/segments",
                sizes=render_query("run/sizes"),
                recent=recent_query(),
                recent_columns=recent_columns("recent"),
            )
        )
    except Failure as failure:
        return Overview(plan, {}, f"no sizes: {_failure_note(failure)}", not isinstance(failure, NothingBuilt))
    return Overview(plan, {row["segment"]: row for row in rows}, "" if rows else "no run yet")


def detail(project: Project, warehouse: Warehouse, name: str, limit: int) -> Detail:
    """One segment in full. Without a warehouse, adds a note. Raises ProblemsFound or Failure."""
    plan = load(project)
    planned = find_segment(plan, name)
    tables = tables_of(planned.entity)
    runs: list[Row] = []
    members: list[Row] = []
    note, failed = "", False
    try:
        runs = warehouse.query(render_query("show/runs", segment=sql_text(name)))
        members = (
            warehouse.query(render_query("show/members", segment=sql_text(name), limit=limit, **tables))
            if limit
            else []
        )
    except Failure as failure:
        note, failed = f"nothing from the warehouse: {_failure_note(failure)}", not isinstance(failure, NothingBuilt)
    catalog = plan.catalog
    sql = _sql(planned)
    rule_sentences = tuple(sentences(planned, catalog))
    return Detail(planned, rule_sentences, catalog.timezone, catalog.currency, sql, runs, members, note, failed)


def _sql(planned: PlannedSegment) -> str:
    """The rule as SQL, with references expanded unless that is too long to read."""
    rule = planned.predicate
    if rule.size <= MOST_WRITTEN_OUT:
        return predicate_sql(rule, inline=True)
    note = "-- Columns of other segments and rules (_segment__…, _rule__…) are in the members model."
    return f"{note}\n{predicate_sql(rule)}"


def _failure_note(failure: Failure) -> str:
    """A failure as a note on one line."""
    return f"{failure.message} ({failure.hint})" if failure.hint else failure.message


def find_segment(plan: Plan, name: str) -> PlannedSegment:
    """The segment of that name. Raises Failure if there is none."""
    known = {planned.segment.name: planned for planned in plan.segments}
    if name not in known:
        raise Failure(f'there is no segment "{name}"', did_you_mean(name, list(known), "segments"), exit_code=2)
    return known[name]
