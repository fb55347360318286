"""Recomputes the record from a day on with today's data, compares it, and on request replaces it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from segctl.errors import Failure
from segctl.language.syntax import CUSTOMER
from segctl.operations.recomputation.differences import Difference, causes_after, differences
from segctl.operations.recomputation.erasures import erasures, resumed
from segctl.operations.recomputation.recompute import Occasion, ProgressListener, Recomputation, clear, recompute
from segctl.operations.recomputation.record import noted, put_in_place
from segctl.operations.runs.exclusive import changing
from segctl.operations.runs.instants import as_local, read_as_of
from segctl.operations.runs.run import ready
from segctl.operations.segments.show import find_segment
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.project.project import Project
from segctl.warehouse import Warehouse

RUNS = "select as_of from {{ ref('segment_runs') }} order by as_of"
HELD = "select as_of, segment, held_by from {{ ref('segment_sizes') }} where held_by is not null order by segment"


@dataclass(frozen=True)
class Restatement:
    """The result of a restatement: the first recomputed run (naive UTC), the segments, and their differences.

    `left_out` segments could not be recomputed, each with a reason. `applied` if the record was changed. Causes of runs
    up to `causes_after`, if given, were not compared: an earlier version decided them, or today's data cannot show what
    had changed by the first recomputed run.
    """

    since: datetime
    runs: int
    segments: tuple[str, ...]
    differences: tuple[Difference, ...]
    left_out: tuple[tuple[str, str], ...]
    timezone: str
    applied: bool
    causes_after: datetime | None = None


@dataclass(frozen=True)
class Order:
    """A request to restate: the written start, the segments (none: all), and whether to `apply` the result."""

    since: str
    segments: tuple[str, ...] = ()
    apply: bool = False


def restate(project: Project, warehouse: Warehouse, order: Order, on_occasion: ProgressListener) -> Restatement:
    """Recomputes every recorded run from a day on in a companion schema.

    Recomputes each segment under its present definition, from the first run under it. Replaces the record if the order
    says so. Raises ProblemsFound or Failure.
    """
    plan = ready(project)
    names = [find_segment(plan, name).segment.name for name in order.segments]
    with changing(project, warehouse, "restate --apply" if order.apply else "restate") as live:
        what, left_out = recomputation_since(
            live, plan, read_as_of(order.since, plan.catalog.timezone, "--since"), names
        )
        recomputed = recompute(live, plan, what, on_occasion)
        found = differences(recomputed, list(what.starts))
        former = causes_after(live)
        first = what.occasions[0].as_of
        changed = sorted({difference.segment for difference in found})
        if order.apply and changed:
            replaced = put_in_place(recomputed, changed, what.before)
            live.execute([*replaced, *noted(live, "restate", changed, first, found)])
        clear(recomputed.beside)
    return Restatement(
        first,
        len(what.occasions),
        tuple(what.starts),
        tuple(found),
        tuple(left_out),
        plan.catalog.timezone,
        order.apply and bool(changed),
        max(first, former or first) if what.before or (former and former >= first) else None,
    )


def recomputation_since(
    live: Warehouse, plan: Plan, since: datetime | None, names: Sequence[str] = ()
) -> tuple[Recomputation, list[tuple[str, str]]]:
    """The recomputation from a naive UTC instant on (None: only the last run), and the segments left out.

    Guards hold back exactly what they held back then. Raises Failure if there is no run since the instant.
    """
    rows = live.query(render_query("recompute/runs_and_erasures"))
    runs = [row["as_of"] for row in rows]
    zone = plan.catalog.timezone
    if not runs:
        raise Failure("there has been no run yet", "segctl run, or segctl replay for the past", exit_code=2)
    later = [run for run in runs if run >= since] if since else runs[-1:]
    if not later:
        raise Failure(f"there has been no run since then; the last was as of {as_local(runs[-1], zone)}", exit_code=2)
    held: dict[datetime, dict[str, str]] = {}
    for row in live.query(HELD):
        held.setdefault(row["as_of"], {})[row["segment"]] = row["held_by"]
    everything = {planned.segment.name for planned in plan.segments} | {CUSTOMER, *plan.catalog.events}
    everything |= set(plan.catalog.entities)
    occasions = tuple(_occasion(run, everything, held.get(run, {})) for run in later)
    starts, left_out = _starts(live, plan, later, names)
    earlier = [run for run in runs if run < later[0]]
    before = earlier[-1] if earlier else None
    found = erasures(live, rows)
    late, more = resumed(plan, starts, found, held)
    resume = {name: run for name, run in late.items() if run}
    starts = {name: resume.get(name, start) for name, start in starts.items() if name in resume or name not in late}
    return Recomputation(occasions, starts, before, resume, runs[-1] in found.before), [*left_out, *more]


def _occasion(as_of: datetime, everything: set[str], held: dict[str, str]) -> Occasion:
    """A repeated run, with the segments that guards held back in it.

    Segments held back because of a renamed segment are held back unconditionally, since the old definition is gone.
    """
    forced = tuple(held.items()) if "renamed" in held.values() else ()
    return Occasion(as_of, tuple(sorted(everything - held.keys())), forced)


def _starts(
    live: Warehouse, plan: Plan, runs: list[datetime], names: Sequence[str]
) -> tuple[dict[str, datetime], list[tuple[str, str]]]:
    """The first run under each segment's present definition, and the segments without one."""
    versions = {row["segment"]: row for row in live.query(render_query("recompute/versions"))}
    starts: dict[str, datetime] = {}
    left_out = []
    for planned in plan.segments:
        name = planned.segment.name
        if names and name not in names:
            continue
        version = versions.get(name)
        if version is None:
            left_out.append((name, "no run has evaluated it yet"))
        elif (version["definition_hash"], version["enabled"]) != (planned.definition_hash, planned.segment.enabled):
            left_out.append((name, "its definition has changed since the last run"))
        else:
            starts[name] = next(run for run in runs if run >= version["valid_from"])
    return starts, left_out
