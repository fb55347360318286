"""Renders the steps that aggregate a source's events, one per window, so that each reads only its window."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from segctl.conditions.criterion import Criterion
from segctl.conditions.sql import condition as criterion_condition
from segctl.conditions.sql import suffix
from segctl.features import Aggregate, Scan
from segctl.language.names import fitted
from segctl.plan.plan import Plan
from segctl.render.sql.boundaries import THEN
from segctl.render.sql.layout import INDENT, cases, coalesced, fits, with_alias, wrapped_condition
from segctl.render.sql.templates import COLUMN

WITHOUT_WINDOW = "ever"
ADDITIVE = ("count", "sum")
USE_OF_BOUNDARY = re.compile(r"\{\{ (\w+) \}\}")


@dataclass(frozen=True)
class Grouping:
    """Aggregates of one source over the same window. Reading fewer events is worth a join."""

    scan: Scan
    window: frozenset[Criterion]
    aggregates: tuple[Aggregate, ...]

    @property
    def name(self) -> str:
        """The name of the step, after the window."""
        return fitted("_and_".join(sorted(map(suffix, self.window)))) if self.window else WITHOUT_WINDOW


def groupings(scan: Scan, plan: Plan) -> list[Grouping]:
    """The steps of a source by name, the one over all events last."""
    by_window: dict[frozenset[Criterion], list[Aggregate]] = {}
    for aggregate in plan.aggregates:
        if aggregate.scan == scan:
            by_window.setdefault(aggregate.filter.window, []).append(aggregate)
    windowed = [Grouping(scan, window, tuple(aggregates)) for window, aggregates in by_window.items()]
    return sorted(windowed, key=lambda grouping: (not grouping.window, grouping.name))


def grouping_step(grouping: Grouping) -> dict[str, object]:
    """The step for the template."""
    windows = window_conditions(grouping.window, grouping.scan)
    joined = " and ".join(windows)
    on_one_line = bool(windows) and fits(f"where {joined}", INDENT)
    return {
        "name": grouping.name,
        "on_one_line": on_one_line,
        "conditions": [joined] if on_one_line else [wrapped_condition(window, COLUMN) for window in windows],
        "columns": [
            with_alias(_aggregated(aggregate, aggregate.conditions), aggregate.name, COLUMN)
            for aggregate in grouping.aggregates
        ],
    }


def shared_conditions(aggregate: Aggregate) -> list[str]:
    """The conditions on an event shared by all aggregates of its source."""
    conditions = aggregate.shared.conditions(aggregate.scan.at.lower())
    return [wrapped_condition(part, COLUMN, len("and ")) for part in conditions]


def adds_up(aggregate: Aggregate) -> bool:
    """Whether the aggregate is additive: the old value plus entering minus leaving events."""
    return aggregate.aggregation in ADDITIVE


def moved_aggregate(aggregate: Aggregate) -> str:
    """The change of an additive aggregate since the last run, as a column: entering minus leaving events."""
    windows = window_conditions(aggregate.filter.window, aggregate.scan)
    now, then = (
        _added_up(aggregate, [*aggregate.conditions, *texts])
        for texts in (windows, [USE_OF_BOUNDARY.sub(rf"{{{{ \1{THEN} }}}}", sql) for sql in windows])
    )
    return f"{now}\n{COLUMN}- {with_alias([then], aggregate.name, COLUMN)}"


def joined_aggregate(aggregate: Aggregate, grouping: Grouping) -> str:
    """The aggregate as a column of the joining step."""
    column = f"{grouping.name}.{aggregate.name}"
    return column if aggregate.nullable else with_alias([coalesced(column, "0", COLUMN)], aggregate.name, COLUMN)


def kept_aggregate(aggregate: Aggregate, moved: Iterable[Aggregate]) -> str:
    """The carried-forward aggregate of a customer with unchanged events, as a column."""
    known, moves = f"known.{aggregate.name}", f"moved.{aggregate.name}"
    if aggregate not in moved:
        return known
    return with_alias([f"{known} + {moves}", f"{known}\n{COLUMN}+ {moves}"], aggregate.name, COLUMN)


def window_conditions(window: frozenset[Criterion], scan: Scan) -> list[str]:
    """The conditions that a past event is in a window, in a stable order."""
    return [
        criterion_condition(criterion, scan.at.lower(), past=True)
        for criterion in sorted(window, key=lambda c: c.canonical)
    ]


def _added_up(aggregate: Aggregate, conditions: list[str]) -> str:
    forms = _aggregated(aggregate, conditions)
    if aggregate.aggregation != "count":
        forms = [f"coalesce({form}, 0)" for form in forms]
    return next((form for form in forms if fits(form, COLUMN, len("- "))), forms[-1])


def _aggregated(aggregate: Aggregate, conditions: list[str]) -> list[str]:
    """The aggregate over the rows of a step, on one line or several."""
    column = aggregate.column or "1"
    distinct = "distinct " if aggregate.aggregation == "count_distinct" else ""
    function = {"first": "min", "last": "max", "count_distinct": "count"}.get(
        aggregate.aggregation, aggregate.aggregation
    )
    if not conditions:
        return ["count(*)" if aggregate.aggregation == "count" else _called(function, f"{distinct}{column}")]
    short, *longer = cases(conditions, column, COLUMN + INDENT)
    inner = [f"\n{COLUMN}{INDENT}{distinct}{form}\n{COLUMN}" for form in longer]
    return [_called(function, f"{distinct}{short}"), *(_called(function, form) for form in inner)]


def _called(function: str, argument: str) -> str:
    if function != "avg":
        return f"{function}({argument})"
    return f"{{% call segctl.average() %}}{argument}{{% endcall %}}"
