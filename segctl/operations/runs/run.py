"""Runs once: checks definitions and committed models, runs dbt build, and reports the result."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from segctl.errors import Failure, ProblemsFound, did_you_mean
from segctl.language.literals import sql_text
from segctl.language.syntax import CUSTOMER
from segctl.operations.definitions.column_types import type_problems
from segctl.operations.definitions.render import stale
from segctl.operations.runs.exclusive import exclusive
from segctl.operations.runs.instants import as_local, check_not_future, read_as_of, read_variable
from segctl.operations.runs.moves import Causes, moves_of
from segctl.operations.runs.tables import tables_of
from segctl.operations.setup.package import check_version, missing
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.project.project import Project, commit_of, load
from segctl.warehouse import AS_OF_VARIABLE, ColumnsMisfit, FailedAfter, FinishedNode, Row, RunRequest, Warehouse

RENAMED = "renamed"
LAST = "select max(as_of) as as_of from {{ ref('segment_runs') }}"


@dataclass(frozen=True)
class Held:
    """A segment that a guard held back: the guard, the would-be joins and leaves, and some of the customers.

    `others` are possible new names of a segment that is `gone`, or possible old names of a new one.
    """

    segment: str
    guard: str
    joins: int
    leaves: int
    joining: tuple[str, ...]
    leaving: tuple[str, ...]
    gone: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class RunReport:
    """The result of a run: one row for each segment (columns of run/sizes.sql), its instant (naive UTC), warnings.

    `causes` are of the segments that moved, by name. `new` and `edited` are segments of which a definition began with
    this run, and changed its meaning; where it `is_first`, all are new and none is named.
    """

    rows: list[Row]
    as_of: datetime
    timezone: str
    currency: str
    warnings: list[str]
    held: tuple[Held, ...] = ()
    causes: Mapping[str, Causes] = field(default_factory=dict)
    edited: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    is_first: bool = False


def run(  # noqa: PLR0913
    project: Project,
    warehouse: Warehouse,
    as_of: str,
    on_step: Callable[[FinishedNode], None],
    allow: Sequence[str] = (),
    *,
    allow_future: bool = False,
    on_warning: Callable[[str], None] = lambda _: None,
) -> RunReport:
    """Runs once. `as_of` is a written instant, empty for now. `allow` names segments and sources without guards.

    Calls `on_warning` before the run begins. Raises ProblemsFound or Failure. Unless dbt failed during the build, the
    warehouse is then unchanged.
    """
    plan = checked_plan(project)
    check_allowed(plan, allow)
    zone = plan.catalog.timezone
    instant = _instant(as_of, zone, allow_future)
    if instant and instant > datetime.now(UTC).replace(tzinfo=None):
        on_warning("this run is as of a future instant; no run as of an earlier one is possible after it")
    with exclusive(project, warehouse, "run") as live:
        with publishing(live, instant, zone), naming_columns(plan, live):
            built = live.build(RunRequest(instant, tuple(allow), commit_of(project)), on_step)
        moves = moves_of(plan, live)
        held = _held(moves.rows, plan, live) if built.held_back else ()
    when = moves.rows[0]["as_of"] if moves.rows else (instant or datetime.min)
    details = (built.warnings, held, moves.causes, moves.edited, moves.new, moves.is_first)
    return RunReport(moves.rows, when, zone, plan.catalog.currency, *details)


def _instant(as_of: str, zone: str, allow_future: bool) -> datetime | None:
    """The written instant or that of the environment as naive UTC, None for now. Raises Failure."""
    instant = read_as_of(as_of, zone) if as_of else read_variable()
    if instant:
        label = f"--as-of {as_of}" if as_of else f"{AS_OF_VARIABLE}, {instant:%Y-%m-%d %H:%M:%S} UTC,"
        check_not_future(instant, label, allow_future)
    return instant


@contextmanager
def publishing(live: Warehouse, instant: datetime | None, zone: str) -> Iterator[None]:
    """Adds to a failure after publishing that the run as of an instant (None: now) is published."""
    try:
        yield
    except FailedAfter as failure:
        raise failure.as_of(as_local(instant or live.query(LAST)[0]["as_of"], zone)) from failure


@contextmanager
def naming_columns(plan: Plan, live: Warehouse) -> Iterator[None]:
    """Turns a build stopped by wrong column types into ProblemsFound at the catalog's lines."""
    try:
        yield
    except ColumnsMisfit as failure:
        problems = type_problems(plan, live)
        if not problems:
            raise
        raise ProblemsFound(problems) from failure


def checked_plan(project: Project) -> Plan:
    """The plan, if the committed models are up to date. Raises ProblemsFound or Failure."""
    plan = load(project)
    check_version(project)
    absent = missing(project)
    if absent:
        raise absent
    if stale(project, plan):
        hint = "run segctl render and commit what it writes; segctl render --check shows the difference"
        raise Failure("the committed models are not what the definitions render to", hint, exit_code=1)
    return plan


def check_allowed(plan: Plan, allow: Sequence[str]) -> None:
    """Raises Failure for a name that is neither a segment nor a source."""
    known = [planned.segment.name for planned in plan.segments] + [
        *plan.catalog.events,
        CUSTOMER,
        *plan.catalog.entities,
    ]
    for name in allow:
        if name not in known:
            hint = did_you_mean(name, known, "segments and sources")
            raise Failure(f'--allow "{name}" is neither a segment nor an event or entity', hint, exit_code=2)


def _held(rows: list[Row], plan: Plan, warehouse: Warehouse) -> tuple[Held, ...]:
    """The segments that guards held back, with some of the customers who would have joined or left."""
    held = {row["segment"]: row for row in rows if row["held_by"]}
    entities = {planned.segment.name: planned.entity for planned in plan.segments}
    renamed = _renamed(plan, warehouse) if any(row["held_by"] == RENAMED for row in held.values()) else {}
    entities |= {former: entities[name] for name, listed in renamed.items() for former in listed}
    defined = {segment.segment.name for segment in plan.segments}
    samples: dict[tuple[str, str], list[str]] = {}
    for entity in sorted({entities[name] for name in held}):
        names = ", ".join(sql_text(name) for name in held if entities[name] == entity)
        for row in warehouse.query(render_query("run/held_samples", segments=names, **tables_of(entity))):
            samples.setdefault((row["segment"], row["change"]), []).append(str(row["member"]))
    return tuple(
        Held(
            name,
            row["held_by"],
            row["held_joins"],
            row["held_leaves"],
            tuple(samples.get((name, "join"), ())),
            tuple(samples.get((name, "leave"), ())),
            name not in defined,
            tuple(
                renamed.get(name, ()) if name in defined else [former for former in renamed if name in renamed[former]]
            ),
        )
        for name, row in held.items()
    )


def _renamed(plan: Plan, warehouse: Warehouse) -> dict[str, list[str]]:
    """The segments without a version, each with removed segments of the same meaning."""
    versions = {row["segment"]: row for row in warehouse.query(render_query("run/versions"))}
    defined = {segment.segment.name: segment for segment in plan.segments}
    renamed = {}
    for name, planned in defined.items():
        if name not in versions or versions[name]["valid_to"] is not None:
            meaning = (planned.entity, planned.definition_hash)
            renamed[name] = [
                former
                for former, row in versions.items()
                if former not in defined and (row["entity"], row["definition_hash"]) == meaning
            ]
    return renamed


def revenue_share(row: Row) -> Decimal | None:
    """The members' share of all revenue, from 0 to 1. None without revenue."""
    if not row["total_revenue"] or row["member_revenue"] is None:
        return None
    return Decimal(row["member_revenue"]) / Decimal(row["total_revenue"])
