"""Moves between segments of an exclusive group, for every pair of some runs."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations

from segctl.language.literals import sql_instant, sql_text
from segctl.operations.report.contents import Flow
from segctl.operations.report.small_groups import Least
from segctl.operations.report.source import Tables
from segctl.operations.runs.tables import tables_of

# The number of runs to compare with each other.
MOST_RUNS = 12
# Finds the segment of each customer in each group at each run, counts equal paths, then combines any two runs.
MOVED = """
with grouped as (
    select
        segment,
        exclusive_group{in_group}
    from {{{{ ref('segment_definitions') }}}}
    where exclusive_group <> '' and entity = {entity}
    group by segment, exclusive_group
),

standing as (
    select
        segment,
        {key}{is_in}
    from {{{{ ref('{prefix}segment_changes') }}}}
    where segment in (select segment from grouped)
    group by segment, {key}
),

places as (
    select
        grouped.exclusive_group,
        standing.{key}{place}
    from standing
    inner join grouped on standing.segment = grouped.segment
    group by grouped.exclusive_group, standing.{key}
),

paths as (
    select
        exclusive_group{places},
        count(*) as customers
    from places
    group by exclusive_group{places}
),

pairs as (
    {pairs}
),

moved as (
    select
        paths.exclusive_group,
        pairs.from_run,
        pairs.to_run,
        case pairs.from_run{at_run} end as from_segment,
        case pairs.to_run{at_run} end as to_segment,
        paths.customers
    from paths
    cross join pairs
)

select
    exclusive_group,
    from_run,
    to_run,
    coalesce(from_segment, '') as from_segment,
    coalesce(to_segment, '') as to_segment,
    cast(sum(customers) as bigint) as customers
from moved
where from_segment is not null or to_segment is not null
group by exclusive_group, from_run, to_run, from_segment, to_segment
"""
IN_GROUP = """,
        max(case when valid_from <= {at} and (valid_to is null or valid_to > {at}) then 1 else 0 end) as in_{run}"""
IS_IN = """,
        sum(case when changed_at > {at} then 0 when change = 'joined' then 1 else -1 end) as is_{run}"""
PLACE = """,
        max(case when standing.is_{run} > 0 and grouped.in_{run} = 1 then standing.segment end) as place_{run}"""
AT_RUN = " when {run} then paths.place_{run}"
PAIR = "select {one} as from_run, {other} as to_run"


def runs_compared(count: int) -> tuple[int, ...]:
    """The places of the runs to compare, out of `count`: the last two, and others spread evenly from the first."""
    if count <= MOST_RUNS:
        return tuple(range(count))
    earlier = MOST_RUNS - 2
    spread = {round(number * (count - 3) / (earlier - 1)) for number in range(earlier)}
    return (*sorted(spread), count - 2, count - 1)


def flows(
    tables: Tables, entities: Iterable[str], compared: Sequence[tuple[int, datetime]], least: Least
) -> list[Flow]:
    """The flows between any two of the runs (place and naive UTC instant) in groups of entities. Raises Failure."""
    flows_by_group: dict[tuple[str, int, int], list[Flow]] = {}
    for entity in entities if len(compared) > 1 else ():
        for row in tables.of(f"{tables_of(entity)['prefix']}segment_changes", _query(entity, compared)):
            flow = Flow(str(row[0]), int(row[1]), int(row[2]), str(row[3]), str(row[4]), int(row[5]))
            flows_by_group.setdefault((flow.group, flow.from_run, flow.to_run), []).append(flow)
    return [flow for key in sorted(flows_by_group) for flow in _without_small(flows_by_group[key], least)]


def _query(entity: str, compared: Sequence[tuple[int, datetime]]) -> str:
    runs = [{"run": run, "at": sql_instant(at)} for run, at in compared]
    pairs = [PAIR.format(one=one, other=other) for one, other in combinations([run for run, _ in compared], 2)]
    names = tables_of(entity)
    return MOVED.format(
        entity=sql_text(entity),
        key=names["key"],
        prefix=names["prefix"],
        in_group="".join(IN_GROUP.format(**run) for run in runs),
        is_in="".join(IS_IN.format(**run) for run in runs),
        place="".join(PLACE.format(**run) for run in runs),
        places="".join(f", place_{run}" for run, _ in compared),
        at_run="".join(AT_RUN.format(**run) for run in runs),
        pairs="\n    union all\n    ".join(pairs),
    )


def _without_small(flows: list[Flow], least: Least) -> list[Flow]:
    """The flows between two runs, without those from or to segments with too few members."""
    ordered = sorted(flows, key=lambda flow: (flow.from_segment, flow.to_segment))
    hidden = least.hidden_flows(ordered)
    sizes: dict[tuple[str, str], int] = {}
    for flow in ordered:
        for line in (("from", flow.from_segment), ("to", flow.to_segment)):
            sizes[line] = sizes.get(line, 0) + (flow.customers or 0)
    few = {line for line, size in sizes.items() if line[1] and size < least.count}
    return [
        Flow(*_ends(flow), None) if place in hidden else flow
        for place, flow in enumerate(ordered)
        if not few & {("from", flow.from_segment), ("to", flow.to_segment)}
    ]


def _ends(flow: Flow) -> tuple[str, int, int, str, str]:
    return flow.group, flow.from_run, flow.to_run, flow.from_segment, flow.to_segment
