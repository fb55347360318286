"""What is sent: joins and leaves of segments as operations, read from the history a page at a time."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from segctl.literals import sql_instant, sql_text
from segctl.operations.exports.change import Change
from segctl.operations.tables import tables_of, texts
from segctl.warehouse import Row, Warehouse

# A row in memory takes some two kilobytes.
ROWS_AT_ONCE = 50_000
OPERATIONS: dict[str, Literal["add", "remove"]] = {"joined": "add", "left": "remove"}
# Of somebody who leaves and joins in one run, the join comes last.
CHANGES = """
select
    segment,
    cast({key} as {{{{ dbt.type_string() }}}}) as member,
    change,
    cause,
    run_id,
    changed_at,
    {{{{ segctl.text_order('segment') }}}} as segment_order,
    {{{{ segctl.text_order('{key}') }}}} as member_order,
    case when change = 'left' then 0 else 1 end as place
from {{{{ ref('{prefix}segment_changes') }}}}
where {theirs}
"""
MEMBERS = """
select
    segment,
    cast({key} as {{{{ dbt.type_string() }}}}) as member,
    'joined' as change,
    join_cause as cause,
    join_run_id as run_id,
    joined_at as changed_at,
    {{{{ segctl.text_order('segment') }}}} as segment_order,
    {{{{ segctl.text_order('{key}') }}}} as member_order,
    1 as place
from {{{{ ref('{prefix}segment_history') }}}}
where {theirs}
"""
PAGE = """
select segment, member, change, cause, run_id, changed_at, place
from ({rows}) as found{after}
order by segment_order, member_order, place
limit {most}
"""
COUNTS = """
select
    changed_at,
    max(run_id) as run_id,
    sum(case when change = 'left' then 0 else 1 end) as joined_count,
    sum(case when change = 'left' then 1 else 0 end) as left_count
from ({rows}) as found
group by changed_at
"""


def counts_since(
    live: Warehouse, since: Mapping[str, datetime], entities: Mapping[str, str]
) -> dict[datetime, tuple[str, int, int]]:
    """The instants at which segments changed after their own instants of `since`: run, joins and leaves.

    `entities` says what each segment is about. Raises Failure.
    """
    found: dict[datetime, tuple[str, int, int]] = {}
    for entity, segments in _by_entity(since, entities).items():
        later = [
            f"(segment in ({texts(named)}) and changed_at > {sql_instant(instant)})"
            for instant, named in _by_instant({name: since[name] for name in segments}).items()
        ]
        for row in live.query(_built(entity, CHANGES, " or ".join(later), COUNTS)):
            run_id, joined, left = found.get(row["changed_at"], (row["run_id"], 0, 0))
            counts = (joined + int(row["joined_count"]), left + int(row["left_count"]))
            found[row["changed_at"]] = (max(run_id, row["run_id"]), *counts)
    return dict(sorted(found.items()))


def changes_at(live: Warehouse, at: datetime, segments: Sequence[str], entities: Mapping[str, str]) -> Iterator[Change]:
    """The changes of segments at an instant, by segment and key, leaves before joins. Raises Failure."""
    return _merged(live, CHANGES, f"changed_at = {sql_instant(at)}", segments, entities)


def members_at(live: Warehouse, at: datetime, segments: Sequence[str], entities: Mapping[str, str]) -> Iterator[Change]:
    """The members of segments as of an instant as joins, by segment and key. Raises Failure."""
    return _merged(live, MEMBERS, _inside(at), segments, entities)


def count_members(live: Warehouse, at: datetime, segments: Sequence[str], entities: Mapping[str, str]) -> int:
    """How many those are. Raises Failure."""
    total = 0
    for entity, named in _by_entity(segments, entities).items():
        theirs = f"{_inside(at)} and segment in ({texts(named)})"
        total += sum(int(row["joined_count"]) for row in live.query(_built(entity, MEMBERS, theirs, COUNTS)))
    return total


def _inside(at: datetime) -> str:
    instant = sql_instant(at)
    return f"joined_at <= {instant} and (left_at is null or left_at > {instant})"


def _merged(
    live: Warehouse, query: str, when: str, segments: Sequence[str], entities: Mapping[str, str]
) -> Iterator[Change]:
    streams = [
        _pages(live, entity, query, f"{when} and segment in ({texts(named)})")
        for entity, named in _by_entity(segments, entities).items()
    ]
    for row in heapq.merge(*streams, key=lambda row: (row["segment"], row["member"], row["place"])):
        op = OPERATIONS[row["change"]]
        yield Change(op, row["segment"], row["member"], {}, row["cause"], row["run_id"], row["changed_at"])


def _pages(live: Warehouse, entity: str, query: str, theirs: str) -> Iterator[Row]:
    after = ""
    while True:
        page = PAGE.replace("{after}", after).replace("{most}", str(ROWS_AT_ONCE))
        rows = live.query(_built(entity, query, theirs, page))
        yield from rows
        if len(rows) < ROWS_AT_ONCE:
            return
        segment, member, place = sql_text(rows[-1]["segment"]), sql_text(rows[-1]["member"]), rows[-1]["place"]
        same = f"member_order > {member} or (member_order = {member} and place > {place})"
        after = f"\nwhere segment_order > {segment} or (segment_order = {segment} and ({same}))"


def _built(entity: str, query: str, theirs: str, around: str) -> str:
    names = tables_of(entity)
    return around.replace("{rows}", query.format(key=names["key"], prefix=names["prefix"], theirs=theirs))


def _by_entity(segments: Mapping[str, datetime] | Sequence[str], entities: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in segments:
        found.setdefault(entities[name], []).append(name)
    return found


def _by_instant(since: Mapping[str, datetime]) -> dict[datetime, list[str]]:
    found: dict[datetime, list[str]] = {}
    for name, instant in since.items():
        found.setdefault(instant, []).append(name)
    return found
