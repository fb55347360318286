"""Reads the finished runs: the sizes of each segment, and joins and leaves by cause."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from segctl.language.syntax import CUSTOMER
from segctl.operations.report.contents import Caused, History, Number, Run
from segctl.operations.report.small_groups import Least
from segctl.operations.report.source import Tables
from segctl.operations.runs.tables import tables_of

RUNS_QUERY = """
select as_of, started_at, customers, segments, joined_count, left_count, held_count, git_commit
from {{ ref('segment_runs') }}
order by as_of
"""
SIZES_QUERY = """
select
    segment,
    as_of,
    size,
    joined_count,
    left_count,
    member_revenue,
    held_by,
    total_revenue,
    held_joins,
    held_leaves
from {{ ref('segment_sizes') }}
order by as_of
"""
CAUSES_QUERY = """
select segment, changed_at, change, cause, count(*) as customers
from {{{{ ref('{prefix}segment_changes') }}}}
group by segment, changed_at, change, cause
order by segment, changed_at, change, customers desc, cause
"""
NOTHING = History((), (), (), (), (), ())
Local = Callable[[datetime], str]


@dataclass(frozen=True)
class Latest:
    """The result of the last run for one segment."""

    size: int
    joined: int
    left: int
    revenue: Number
    held_by: str
    total_revenue: Number
    held_joins: int | None
    held_leaves: int | None


@dataclass(frozen=True)
class Runs:
    """The runs in order, their naive UTC instants, and the history, last run and causes of each segment by name.

    `customers` is the number of customers at each run.
    """

    runs: tuple[Run, ...] = ()
    instants: tuple[datetime, ...] = ()
    customers: tuple[int, ...] = ()
    histories: Mapping[str, History] = field(default_factory=dict)
    latest: Mapping[str, Latest] = field(default_factory=dict)
    causes: Mapping[str, tuple[Caused, ...]] = field(default_factory=dict)


def local_time(timezone: str) -> Local:
    """A function that formats a naive UTC instant as ISO text in a time zone."""
    zone = ZoneInfo(timezone)

    @cache
    def shown_time(instant: datetime) -> str:
        return instant.replace(tzinfo=UTC).astimezone(zone).isoformat()

    return shown_time


def number(value: Any) -> Number:  # noqa: ANN401
    """A number from an engine as a float with six decimals, for JSON."""
    return None if value is None else round(float(value), 6)


def read_runs(tables: Tables, entities: Mapping[str, str], local: Local, least: Least) -> Runs:
    """Reads all runs. `entities` are the entities of segments by segment. Raises Failure."""
    run_rows = tables.of("segment_runs", RUNS_QUERY)
    instants = tuple(row[0] for row in run_rows)
    customers = tuple(int(row[2]) for row in run_rows)
    runs = tuple(_run(row, local) for row in run_rows)
    places = {instant: place for place, instant in enumerate(instants)}
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for row in tables.of("segment_sizes", SIZES_QUERY):
        if row[1] in places:
            rows.setdefault(row[0], []).append(row)
    wholes = {name: customers if entities.get(name, CUSTOMER) == CUSTOMER else None for name in rows}
    histories = {name: _history(listed, places, wholes[name], least) for name, listed in rows.items()}
    last = instants[-1] if instants else None
    latest = {name: _latest(listed[-1]) for name, listed in rows.items() if listed[-1][1] == last}
    causes = _causes(tables, set(entities.values()), places, least)
    return Runs(runs, instants, customers, histories, latest, causes)


def _run(row: tuple[Any, ...], local: Local) -> Run:
    customers, segments, joined, left, held = (int(value or 0) for value in row[2:7])
    return Run(local(row[0]), local(row[1]), None, customers, segments, joined, left, held, row[7] or "")


def _history(
    rows: list[tuple[Any, ...]], places: Mapping[datetime, int], wholes: tuple[int, ...] | None, least: Least
) -> History:
    columns: list[tuple[int, int, int, int, Number, str]] = []
    for _, as_of, size, joined, left, revenue, held_by, *_ in rows:
        place = places[as_of]
        shown_revenue = least.number(number(revenue), int(size), wholes[place] if wholes else None)
        columns.append((place, int(size), int(joined), int(left), shown_revenue, held_by or ""))
    return History(*zip(*columns, strict=True))


def _latest(row: tuple[Any, ...]) -> Latest:
    _, _, size, joined, left, revenue, held_by, total, held_joins, held_leaves = row
    held = (None if count is None else int(count) for count in (held_joins, held_leaves))
    return Latest(int(size), int(joined), int(left), number(revenue), held_by or "", number(total), *held)


def _causes(
    tables: Tables, entities: Iterable[str], places: Mapping[datetime, int], least: Least
) -> dict[str, tuple[Caused, ...]]:
    """The causes by segment and run, most frequent first, without runs in which too few joined or left."""
    causes_by_segment: dict[str, list[Caused]] = {}
    for entity in sorted(entities):
        prefix = tables_of(entity)["prefix"]
        rows = tables.of(f"{prefix}segment_changes", CAUSES_QUERY.format(prefix=prefix))
        for (segment, at, change), parts in groupby(rows, key=lambda row: row[:3]):
            # A replay of single segments adds instants between the runs.
            if at in places:
                listed = causes_by_segment.setdefault(segment, [])
                listed += _shown_causes(places[at], change, [(row[3] or "", int(row[4])) for row in parts], least)
    return {segment: tuple(causes) for segment, causes in causes_by_segment.items()}


def _shown_causes(place: int, change: str, parts: list[tuple[str, int]], least: Least) -> Iterable[Caused]:
    counts = [count for _, count in parts]
    if sum(counts) < least.count:
        return
    hidden = least.hidden(counts) if min(counts) < least.count else ()
    for index, (cause, count) in enumerate(parts):
        yield Caused(place, change, cause, None if index in hidden else count)
