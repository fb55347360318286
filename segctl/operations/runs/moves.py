"""Summarises a run by segment: sizes, joins and leaves by cause, and new definitions."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from segctl.language.syntax import CUSTOMER
from segctl.operations.runs.tables import tables_of
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.warehouse import Row, Warehouse

CHANGE_COLUMNS = ("previous_as_of", "change", "cause", "moved", "is_new", "is_edited")
FIRST = "first_run"


@dataclass(frozen=True)
class Causes:
    """Joins and leaves of a segment in a run by cause, most frequent first."""

    joined: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Moves:
    """The segments of the last run (columns of run/sizes.sql, by name), with the causes of those that moved.

    `new` and `edited` are those whose definition began with this run, or changed its meaning. All of a run that
    `is_first` is new.
    """

    rows: list[Row]
    causes: Mapping[str, Causes]
    edited: tuple[str, ...]
    new: tuple[str, ...]
    is_first: bool


def moves_of(plan: Plan, warehouse: Warehouse) -> Moves:
    """Summarises the last run. Raises Failure."""
    entities = (CUSTOMER, *(entity.name for entity in plan.entities))
    causes = "\nunion all\n".join(
        render_query("run/causes", first=FIRST, prefix=tables_of(name)["prefix"]) for name in entities
    )
    outcome = warehouse.query(
        render_query(
            "run/outcome", sizes=render_query("run/sizes"), causes=causes, definitions=render_query("run/definitions")
        )
    )
    causes_by_segment = {row["segment"]: Causes() for row in outcome}
    for row in outcome:
        if row["change"]:
            segment_causes = causes_by_segment[row["segment"]]
            (segment_causes.joined if row["change"] == "join" else segment_causes.left)[row["cause"]] = int(
                row["moved"]
            )
    firsts = {row["segment"]: row for row in outcome}
    for name, row in firsts.items():
        if row["joined_count"] and not causes_by_segment[name].joined:
            causes_by_segment[name].joined[FIRST] = int(row["joined_count"])
    rows = [{key: value for key, value in row.items() if key not in CHANGE_COLUMNS} for row in firsts.values()]
    is_first = bool(outcome) and outcome[0]["previous_as_of"] is None
    edited = tuple(name for name, row in firsts.items() if row["is_edited"] and not row["held_by"])
    new = tuple(name for name, row in firsts.items() if row["is_new"] and not row["held_by"])
    moved = {name: causes for name, causes in causes_by_segment.items() if causes.joined or causes.left}
    return Moves(rows, moved, edited, () if is_first else new, is_first)
