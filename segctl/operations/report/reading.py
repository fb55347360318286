"""Reads a report from the last finished run and earlier ones."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from segctl.language.syntax import CUSTOMER
from segctl.operations.report.contents import Freshness, Headline, Moved, Report
from segctl.operations.report.definitions import DescribedSegment, defined
from segctl.operations.report.flows import flows, runs_compared
from segctl.operations.report.members import read_members
from segctl.operations.report.parts import (
    CONCENTRATION,
    OVERLAP,
    RETENTION,
    ROI,
    SOURCES,
    absent_parts,
    by_segment,
    curve,
    retention,
    returns,
    sources,
    valued,
)
from segctl.operations.report.runs import Local, Runs, local_time, read_runs
from segctl.operations.report.segments import Parts, overlapping, segment_of, similar, versions
from segctl.operations.report.small_groups import Least
from segctl.operations.report.source import Rows, Tables, all_of_one_run, tables_of_file, tables_of_warehouse
from segctl.operations.runs.tables import tables_of
from segctl.parse import definitions_as_written
from segctl.plan.plan import Plan
from segctl.project.project import Project, load, project_name
from segctl.project.project import sources as files_of
from segctl.render.published.marts import MART_TABLES
from segctl.warehouse import Warehouse

DEFINITIONS = """
select
    segment,
    valid_from,
    version,
    definition_hash,
    enabled,
    entity,
    label,
    description,
    owner,
    tags,
    exclusive_group,
    rule,
    source_file,
    git_commit
from {{ ref('segment_definitions') }}
order by version
"""
MEMBERS = """
select segment, count(*) as size, sum(case when eligible then 1 else 0 end) as eligible_count
from {{{{ ref('{prefix}segment_membership') }}}}
group by segment
"""
IN_SEGMENTS = "select count(distinct customer_id) from {{ ref('segment_membership') }}"
FRESHNESS = """
select source, row_count, latest_at, freshness
from {{ ref('run_sources') }}
where run_id = (select max(run_id) from {{ ref('segment_runs') }})
order by source
"""
EVERYBODY = "(all customers)"
USUAL_LEAST = 5
MOST_MOVED = 5


@dataclass(frozen=True)
class ReportRequest:
    """A request for a report: the smallest group of people to show, and whether to list members."""

    min_group: int = USUAL_LEAST
    with_members: bool = False


def read_report(project: Project, source: Warehouse | Path, request: ReportRequest) -> Report:
    """A report as of the last finished run, read from the warehouse or from a BI file.

    Never mixes two runs, even if one is published meanwhile. Raises ProblemsFound or Failure.
    """
    plan = load(project)
    if isinstance(source, Path):
        with tables_of_file(source) as tables:
            return _report(project, plan, tables, request)
    tables = tables_of_warehouse(source, _needed_tables(plan))
    return all_of_one_run(tables, lambda: _report(project, plan, tables, request))


def _needed_tables(plan: Plan) -> list[str]:
    """The names of the tables that a report needs."""
    entities = [tables_of(name) for name in (CUSTOMER, *(planned.name for planned in plan.entities))]
    own_tables = [f"{entity['prefix']}segment_{what}" for entity in entities for what in ("changes", "membership")]
    own_tables += [entity["features"] for entity in entities]
    marts = [MART_TABLES[name] for name in plan.marts.names]
    return ["segment_runs", "segment_sizes", "segment_definitions", "run_sources", *own_tables, *marts]


def _report(project: Project, plan: Plan, tables: Tables, request: ReportRequest) -> Report:
    # A minimum of one person would hide only empty groups.
    least = Least(request.min_group if request.min_group > 1 else 0)
    catalog = plan.catalog
    local = local_time(catalog.timezone)
    definitions = tables.of("segment_definitions", DEFINITIONS)
    runs = read_runs(tables, {row[0]: row[5] for row in definitions}, local, least)
    described_segments = _described_segments(plan, runs, definitions)
    names = [segment.name for segment in described_segments]
    overlaps = overlapping(names, tables.of("segment_overlap", OVERLAP), least)
    parts = _parts(project, plan, tables, least)
    parts = replace(
        parts,
        hashes={row[0]: row[3] for row in definitions},
        versions=versions(definitions, local),
        similar=similar(names, overlaps, parts.counted),
        members=read_members(tables, {segment.entity for segment in described_segments}, local)
        if request.with_members
        else {},
    )
    grouped = sorted({row[5] for row in definitions if row[10]})
    compared = runs_compared(len(runs.runs)) if grouped else ()
    return Report(
        project=project_name(project),
        as_of=runs.runs[-1].as_of if runs.runs else "",
        written_at=local(datetime.now(UTC).replace(tzinfo=None, microsecond=0)),
        timezone=catalog.timezone,
        currency=catalog.currency,
        min_group=request.min_group,
        with_members=request.with_members,
        headline=_headline(tables, runs, least),
        runs=runs.runs,
        segments=tuple(segment_of(segment, runs, parts, least) for segment in described_segments),
        concentration=parts.curves.get(EVERYBODY, ()),
        overlaps=overlaps,
        flow_runs=compared,
        flows=tuple(flows(tables, grouped, [(run, runs.instants[run]) for run in compared], least)),
        freshness=_freshness(tables, local),
        absent=absent_parts(plan, tables, bool(grouped), request.with_members),
    )


def _described_segments(plan: Plan, runs: Runs, definitions: Rows) -> list[DescribedSegment]:
    """The segments of the project, and those of the last run that are no longer defined, by name."""
    described_segments = {planned.segment.name: defined(planned, plan) for planned in plan.segments}
    for row in definitions:
        if row[0] in runs.latest and (
            row[0] not in described_segments or not described_segments[row[0]].definition_hash
        ):
            label, description, owner, tags, group, rule = (str(row[place] or "") for place in (6, 7, 8, 9, 10, 11))
            listed = tuple(tag for tag in tags.split(", ") if tag)
            described_segments[row[0]] = DescribedSegment(
                row[0], label, description, owner, listed, row[5], group, sentences=(rule,)
            )
    return [described_segments[name] for name in sorted(described_segments)]


def _parts(project: Project, plan: Plan, tables: Tables, least: Least) -> Parts:
    """The parts of segments from marts, their current members, and their definitions as written."""
    counted: dict[str, tuple[int, int | None]] = {}
    for entity in (CUSTOMER, *(planned.name for planned in plan.entities)):
        prefix = tables_of(entity)["prefix"]
        is_known = plan.eligible is not None and entity == CUSTOMER
        for name, size, eligible in tables.of(f"{prefix}segment_membership", MEMBERS.format(prefix=prefix)):
            counted[name] = (int(size), int(eligible) if is_known else None)
    files = files_of(project)
    return Parts(
        counted=counted,
        written={name: text for file in files.values() for name, text in definitions_as_written(file).items()},
        values=valued(tables),
        retention=by_segment(tables.of("segment_retention", RETENTION), lambda rows: retention(rows, least)),
        sources=by_segment(tables.of("segment_sources", SOURCES), lambda rows: sources(rows, least)),
        curves=by_segment(tables.of("segment_concentration", CONCENTRATION), lambda rows: curve(rows, least)),
        returns=by_segment(tables.of("segment_roi", ROI), lambda rows: returns(rows, least)),
    )


def _headline(tables: Tables, runs: Runs, least: Least) -> Headline:
    if not runs.runs:
        return Headline(0, 0, None, ())
    last, customers = len(runs.runs) - 1, runs.customers[-1]
    rows = tables.of("segment_membership", IN_SEGMENTS)
    total = next((latest.total_revenue for latest in runs.latest.values() if latest.total_revenue is not None), None)
    most = sorted(runs.latest, key=lambda name: (-runs.latest[name].joined - runs.latest[name].left, name))
    moved = [name for name in most if runs.latest[name].joined + runs.latest[name].left]
    return Headline(
        customers,
        least.shown(int(rows[0][0]), customers) if rows else None,
        least.number(total, customers),
        tuple(_moved(name, runs, last) for name in moved[:MOST_MOVED]),
    )


def _moved(name: str, runs: Runs, last: int) -> Moved:
    causes = tuple(
        (caused.change, caused.cause, caused.customers) for caused in runs.causes.get(name, ()) if caused.run == last
    )
    return Moved(name, runs.latest[name].joined, runs.latest[name].left, causes)


def _freshness(tables: Tables, local: Local) -> tuple[Freshness, ...]:
    rows = tables.of("run_sources", FRESHNESS)
    return tuple(Freshness(row[0], int(row[1]), local(row[2]) if row[2] else "", row[3] or "") for row in rows)
