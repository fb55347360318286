"""Finds the column with the time of an event."""

import re

from segctl.language.names import as_name, column_fault
from segctl.language.syntax import TIME_TYPES
from segctl.operations.proposal.tables.columns import is_housekeeping
from segctl.operations.proposal.tables.data_types import value_type
from segctl.operations.proposal.tables.names import listed
from segctl.operations.proposal.tables.relations import FoundColumn, Relation

_RECORDED = re.compile(
    r"_?(dbt_|etl_|dw_|_)?(loaded|ingested|inserted|synced|extracted)_at|_fivetran_synced|_airbyte_.*_at"
)
_BEGINNINGS = tuple(listed("occurred happened placed ordered purchased completed started sent created event"))
# Planned times say nothing about when something happened.
_PLANS = frozenset(listed("limit estimated expected planned deadline promised scheduled until next due valid"))
# Later stages of an event, whose times are second best.
_SEQUELS = _PLANS | frozenset(
    listed(
        "updated modified deleted cancelled canceled ended end expired expires expiry shipped delivered returned "
        "refunded closed resolved birth to last previous trial processed approved paid renewed"
    )
)


def event_time(relation: Relation, event: str) -> FoundColumn | None:
    """The most likely time of the event. None without a usable date or timestamp."""
    times = [
        column
        for column in relation.columns
        if value_type(column) in TIME_TYPES and not column_fault(column.name) and not is_housekeeping(column.name)
    ]
    last = event.rpartition("_")[2]
    return max(times, key=lambda column: _time_rank(as_name(column.name), last), default=None)


def is_planned(column: FoundColumn) -> bool:
    """Whether the name means a planned time, like a deadline."""
    return bool(_PLANS & set(as_name(column.name).split("_")))


def _time_rank(name: str, event: str) -> int:
    words = name.split("_")
    rank = 3 if words[-1] in ("at", "timestamp", "ts", "datetime", "time") else 2 if words[-1] in ("date", "on") else 0
    if words[0] in (event, f"{event}ed", f"{event}d") or name in ("date", "timestamp"):
        rank += 40
    rank += next((30 - place for place, word in enumerate(_BEGINNINGS) if word in words), 0)
    return rank - (50 if _SEQUELS & set(words) else 0)


def recorded_time(relation: Relation) -> str:
    """The column with the time when a row reached the warehouse, or the empty string."""
    for column in relation.columns:
        if _RECORDED.fullmatch(column.name.lower()) and value_type(column) in TIME_TYPES:
            return column.name
    return ""
