"""Reads joins and leaves from the history as operations to send, page by page."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from segctl.language.literals import sql_instant, sql_text
from segctl.language.syntax import CUSTOMER
from segctl.operations.deliveries.identifying import Identifying
from segctl.operations.exports.change import Change
from segctl.operations.runs.tables import tables_of, texts
from segctl.operations.sql import render_query
from segctl.warehouse import Row, Warehouse

# Rows per page. A row takes about two kilobytes of memory.
ROWS_AT_ONCE = 50_000
OPERATIONS: dict[str, Literal["add", "remove"]] = {"joined": "add", "left": "remove"}
JOINED = "\nleft join {step} as found on changes.customer_id = found.customer_id"
AFTER = """
where
    changes.segment_order > {segment}
    or (changes.segment_order = {segment} and changes.member_order > {member})
    or (changes.segment_order = {segment} and changes.member_order = {member} and changes.place > {place})
"""


@dataclass(frozen=True)
class Tables:
    """The source of changes: the warehouse, the entity of each segment, and further identifiers of customers."""

    live: Warehouse
    entities: Mapping[str, str]
    identifying: Identifying | None = None


def counts_since(tables: Tables, since: Mapping[str, datetime]) -> dict[datetime, tuple[str, int, int]]:
    """The instants at which segments changed after their instant in `since`: run, joins and leaves.

    Raises Failure.
    """
    counts_by_instant: dict[datetime, tuple[str, int, int]] = {}
    for entity, segments in _by_entity(since, tables.entities).items():
        later = [
            f"(segment in ({texts(segment_names)}) and changed_at > {sql_instant(instant)})"
            for instant, segment_names in _by_instant({name: since[name] for name in segments}).items()
        ]
        for row in tables.live.query(
            render_query("deliveries/counts", rows=_rows(entity, "deliveries/changes", " or ".join(later)))
        ):
            run_id, joined, left = counts_by_instant.get(row["changed_at"], (row["run_id"], 0, 0))
            counts = (joined + int(row["joined_count"]), left + int(row["left_count"]))
            counts_by_instant[row["changed_at"]] = (max(run_id, row["run_id"]), *counts)
    return dict(sorted(counts_by_instant.items()))


def changes_at(tables: Tables, at: datetime, segments: Sequence[str]) -> Iterator[Change]:
    """The changes of segments at an instant, by segment and key, leaves before joins. Raises Failure."""
    return _merged(tables, "deliveries/changes", f"changed_at = {sql_instant(at)}", segments)


def members_at(tables: Tables, at: datetime, segments: Sequence[str], keys: Sequence[str] = ()) -> Iterator[Change]:
    """The members of segments as of an instant as joins, by segment and key, or only of the given keys.

    Raises Failure.
    """
    return _merged(tables, "deliveries/members", _inside(at), segments, keys)


def count_members(tables: Tables, at: datetime, segments: Sequence[str]) -> int:
    """The number of these members. Raises Failure."""
    total = 0
    for entity, segment_names in _by_entity(segments, tables.entities).items():
        rows = _rows(entity, "deliveries/members", f"{_inside(at)} and segment in ({texts(segment_names)})")
        total += sum(
            int(row["joined_count"]) for row in tables.live.query(render_query("deliveries/counts", rows=rows))
        )
    return total


def _inside(at: datetime) -> str:
    instant = sql_instant(at)
    return f"joined_at <= {instant} and (left_at is null or left_at > {instant})"


def _merged(
    tables: Tables, query: str, when: str, segments: Sequence[str], keys: Sequence[str] = ()
) -> Iterator[Change]:
    streams = []
    for entity, segment_names in _by_entity(segments, tables.entities).items():
        condition = f"{when} and segment in ({texts(segment_names)})"
        if keys:
            condition += f" and cast({tables_of(entity)['key']} as {{{{ dbt.type_string() }}}}) in ({texts(keys)})"
        streams.append(_pages(tables, entity, _rows(entity, query, condition)))
    for row in heapq.merge(*streams, key=lambda row: (row["segment"], row["member"], row["place"])):
        identifiers = tables.identifying.of(row) if tables.identifying and "eligible" in row else {}
        origin = (row["cause"], row["run_id"], row["changed_at"])
        yield Change(OPERATIONS[row["change"]], row["segment"], row["member"], identifiers, *origin)


def _pages(tables: Tables, entity: str, rows: str) -> Iterator[Row]:
    identifying = tables.identifying if entity == CUSTOMER else None
    parts = {"steps": "", "listed": "", "joined": "", "after": ""}
    if identifying:
        parts |= {
            "steps": f"{identifying.steps},\n\n",
            "listed": identifying.listed,
            "joined": JOINED.format(step=identifying.step),
        }
    while True:
        page = render_query("deliveries/page", rows=rows, most=ROWS_AT_ONCE, **parts)
        page_rows = tables.live.query(page, identifying.run if identifying else None)
        yield from page_rows
        if len(page_rows) < ROWS_AT_ONCE:
            return
        last = page_rows[-1]
        parts["after"] = AFTER.format(
            segment=sql_text(last["segment"]), member=sql_text(last["member"]), place=last["place"]
        )


def _rows(entity: str, query: str, condition: str) -> str:
    names = tables_of(entity)
    return render_query(query, key=names["key"], prefix=names["prefix"], theirs=condition)


def _by_entity(segments: Mapping[str, datetime] | Sequence[str], entities: Mapping[str, str]) -> dict[str, list[str]]:
    names_by_entity: dict[str, list[str]] = {}
    for name in segments:
        names_by_entity.setdefault(entities[name], []).append(name)
    return names_by_entity


def _by_instant(since: Mapping[str, datetime]) -> dict[datetime, list[str]]:
    names_by_instant: dict[datetime, list[str]] = {}
    for name, instant in since.items():
        names_by_instant.setdefault(instant, []).append(name)
    return names_by_instant
