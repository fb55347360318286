"""The steps that group the events of a source: those that look back no further read no more than they need."""

from dataclasses import dataclass

from segctl.criteria_sql import Moment, day_begun, moments
from segctl.features import Aggregate, Scan
from segctl.literals import Duration
from segctl.names import import_name
from segctl.plan import Plan
from segctl.render.layout import STEP, cases, coalesced, condition, named
from segctl.render.text import COLUMN

# How far back the aggregates of a step look at most, in days, and what it is called. To read no more events than they
# need is worth the join: over 10 M orders of three years 120 aggregates in one step take DuckDB 9 s of one core.
REACHES = ((100, "in_quarter"), (400, "in_year"))
WHOLE = "ever"
DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 31, "year": 366}


@dataclass(frozen=True)
class Grouping:
    """Aggregates of one source; but in the step for the WHOLE, none looks back further than the step's name says."""

    scan: Scan
    name: str
    aggregates: tuple[Aggregate, ...]

    @property
    def since(self) -> str:
        """The earliest boundary of the windows, as a template expression; empty where there is none."""
        if self.name == WHOLE:
            return ""
        windows = filter(None, (_window(found) for found in self.aggregates))
        listed = "".join(f"{COLUMN}{STEP}{variable},\n" for variable in sorted({m.variable for _, m in windows}))
        return f"[\n{listed}{COLUMN}] | min"


def groupings(scan: Scan, plan: Plan) -> list[Grouping]:
    """The steps of a source, those that look back least first."""
    left = [aggregate for aggregate in plan.aggregates if aggregate.scan == scan]
    found = []
    for days, name in REACHES:
        near = tuple(found for found in left if (window := _window(found)) and _days(window[0]) <= days)
        found += [Grouping(scan, name, near)] if near else []
        left = [aggregate for aggregate in left if aggregate not in near]
    return [*found, *([Grouping(scan, WHOLE, tuple(left))] if left else [])]


def grouping_step(grouping: Grouping, plan: Plan) -> dict[str, object]:
    """The step for the template."""
    scan = grouping.scan
    conditions = [happened(scan, plan), *grouping.aggregates[0].shared.conditions(scan.at)]
    return {
        "name": grouping.name,
        "relation": import_name(scan.model),
        "conditions": [
            *(condition(sql, COLUMN, len("and ")) for sql in conditions),
            *([f"{scan.at.lower()} > {{{{ {grouping.since} }}}}"] if grouping.since else []),
        ],
        "columns": [named(_aggregated(found), found.name, COLUMN) for found in grouping.aggregates],
    }


def happened(scan: Scan, plan: Plan) -> str:
    """The condition that an event of a source has happened by the time of the run."""
    now = day_begun(plan.catalog.timezone).variable if scan.at_type == "date" else "as_of"
    return f"{scan.at.lower()} <= {{{{ {now} }}}}"


def joined_aggregate(aggregate: Aggregate, grouping: Grouping) -> str:
    """The aggregate as a column of the step that joins all."""
    column = f"{grouping.name}.{aggregate.name}"
    return column if aggregate.nullable else named([coalesced(column, "0", COLUMN)], aggregate.name, COLUMN)


def _days(duration: Duration) -> float:
    """How many days it is, months and years at their longest."""
    return duration.count * DAYS[duration.unit]


def _window(aggregate: Aggregate) -> tuple[Duration, Moment] | None:
    """Of its windows from an instant to that of the run, the shortest with its boundary; None without one."""
    windows: list[tuple[Duration, Moment]] = []
    for criterion in aggregate.filter.window:
        duration = criterion.operands[0]
        if criterion.operator == "within_last" and isinstance(duration, Duration):
            windows += [(duration, boundary) for boundary in moments(criterion, past=True)]
    return min(windows, key=lambda window: _days(window[0]), default=None)


def _aggregated(aggregate: Aggregate) -> list[str]:
    """The aggregate over the rows of its scan, from one line to many."""
    conditions, column = aggregate.conditions, aggregate.column or "1"
    distinct = "distinct " if aggregate.aggregation == "count_distinct" else ""
    function = {"first": "min", "last": "max", "count_distinct": "count"}.get(
        aggregate.aggregation, aggregate.aggregation
    )
    if not conditions:
        return ["count(*)" if aggregate.aggregation == "count" else _called(function, f"{distinct}{column}")]
    short, *longer = cases(conditions, column, COLUMN + STEP)
    inner = [f"\n{COLUMN}{STEP}{distinct}{form}\n{COLUMN}" for form in longer]
    return [_called(function, f"{distinct}{short}"), *(_called(function, form) for form in inner)]


def _called(function: str, argument: str) -> str:
    if function != "avg":
        return f"{function}({argument})"
    return f"{{% call segctl.average() %}}{argument}{{% endcall %}}"
