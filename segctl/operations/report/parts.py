"""The parts of a report that come from marts. Each exists only if the catalog asks for the mart."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from segctl.operations.report.contents import Kept, Number, Return, Share, Source
from segctl.operations.report.runs import number
from segctl.operations.report.small_groups import Least
from segctl.operations.report.source import Rows, Tables
from segctl.plan.plan import Plan
from segctl.render.published.marts import MART_TABLES

VALUE = "select segment, median_revenue, orders from {{ ref('segment_value') }}"
RETENTION = """
select segment, joined_month, months_later, joined_count, observed_count, kept_count
from {{ ref('segment_retention') }}
where observed_count > 0
order by segment, joined_month, months_later
"""
SOURCES = """
select segment, joined_month, acquisition_source, joined_count, member_count
from {{ ref('segment_sources') }}
order by segment, joined_month, joined_count desc, acquisition_source
"""
OVERLAP = "select segment, other_segment, customers from {{ ref('segment_overlap') }}"
CONCENTRATION = """
select segment, top_percent, customers, revenue_share
from {{ ref('segment_concentration') }}
order by segment, top_percent
"""
ROI = """
select segment, joined_month, acquisition_source, joined_count, spend, revenue, window_days
from {{ ref('segment_roi') }}
order by segment, joined_month, acquisition_source
"""
# The marts that parts of a report are read from.
MARTS = ("value", "retention", "sources", "overlap", "concentration", "roi")
NEEDS = {
    "value": "a metric as revenue:",
    "concentration": "a metric as revenue:",
    "sources": "the attribute with the source of customers as acquired_by:",
    "roi": "a metric as revenue:, and the model of what was spent as costs:",
}
Part = TypeVar("Part")


def by_segment(rows: Rows, read: Callable[[Rows], Iterable[Part]]) -> dict[str, tuple[Part, ...]]:
    """Groups rows by segment, their first column, and converts each group."""
    rows_by_segment: dict[str, Rows] = {}
    for row in rows:
        rows_by_segment.setdefault(row[0], []).append(row)
    return {name: tuple(read(listed)) for name, listed in rows_by_segment.items()}


def retention(rows: Rows, least: Least) -> list[Kept]:
    """Retention. A cohort appears once some of its customers have been observed for that time."""
    return [_kept(row, least) for row in rows]


def _kept(row: tuple[Any, ...], least: Least) -> Kept:
    joined, observed, stayed = (int(value) for value in row[3:])
    seen = least.shown(observed)
    count = least.shown(stayed, observed) if seen is not None else None
    share = None if count is None else round(stayed / observed, 6)
    return Kept(month(row[1]), int(row[2]), least.shown(joined), seen, count, share)


def sources(rows: Rows, least: Least) -> list[Source]:
    """The sources, most frequent of each month first. Leaves out months with too few joins."""
    joined = [int(row[3]) for row in rows]
    members = [int(row[4]) for row in rows]
    hidden, left_out = _hidden_by_month(rows, joined, least)
    small = {place for place, count in enumerate(members) if not least.shows(count, joined[place])}
    unknown = least.hidden(members, small | hidden | left_out)
    return [
        Source(
            month(row[1]),
            str(row[2]),
            None if place in hidden else joined[place],
            None if place in unknown else members[place],
        )
        for place, row in enumerate(rows)
        if place not in left_out
    ]


def returns(rows: Rows, least: Least) -> list[Return]:
    """The returns on spend. Hides joins and revenue of too few people, but not the spend, which is not personal."""
    joined = [int(row[3]) for row in rows]
    hidden, left_out = _hidden_by_month(rows, joined, least)
    unknown = hidden | left_out
    return [
        Return(
            month(row[1]),
            str(row[2] or ""),
            None if place in unknown else joined[place],
            number(row[4]),
            None if place in unknown else number(row[5]),
            int(row[6]),
        )
        for place, row in enumerate(rows)
    ]


def _hidden_by_month(rows: Rows, counts: list[int], least: Least) -> tuple[set[int], set[int]]:
    """The places of hidden counts, and the places of all counts of months that are too small to break down."""
    months: dict[object, list[int]] = {}
    for place, row in enumerate(rows):
        months.setdefault(row[1], []).append(place)
    hidden: set[int] = set()
    left_out: set[int] = set()
    for places in months.values():
        if sum(counts[place] for place in places) < least.count:
            left_out |= set(places)
        else:
            hidden |= {places[index] for index in least.hidden([counts[place] for place in places])}
    return hidden, left_out


def curve(rows: Rows, least: Least) -> list[Share]:
    """The concentration. Shows only steps that add enough people to the previous one."""
    counts = [int(row[2]) for row in rows]
    shown_places = least.steps(counts)
    return [
        Share(int(row[1]), counts[place], number(row[3])) if place in shown_places else Share(int(row[1]), None, None)
        for place, row in enumerate(rows)
    ]


def valued(tables: Tables) -> dict[str, tuple[Number, Number]]:
    """The median revenue and the number of orders of the members, by segment. Raises Failure."""
    return {row[0]: (number(row[1]), number(row[2])) for row in tables.of("segment_value", VALUE)}


def absent_parts(plan: Plan, tables: Tables, has_groups: bool, with_members: bool) -> dict[str, str]:
    """How to get the parts that the project lacks, by part."""
    reasons = {}
    for name in MARTS:
        if MART_TABLES[name] in tables.names:
            continue
        if name in plan.marts.names:
            reasons[name] = "Requested in the catalog but not built yet: segctl render, then segctl run."
            continue
        marts = sorted({*plan.marts.names, name}, key=lambda mart: list(MART_TABLES).index(mart))
        needs = f", and name {NEEDS[name]}" if name in NEEDS else ""
        line = f"marts: [{', '.join(marts)}]"
        reasons[name] = f"Write {line} in segments/catalog.yml{needs}. Then segctl render and segctl run."
    if not has_groups:
        reasons["migration"] = "Give segments that exclude each other the same group: and each its priority:."
    if not with_members:
        reasons["members"] = "segctl report --with-members lists them."
    return reasons


def month(day: object) -> str:
    """The month of a day, YYYY-MM."""
    return str(day)[:7]
