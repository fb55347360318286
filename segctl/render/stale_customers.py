"""The step of customer_features that tells whose row may not be what a run would compute."""

from segctl.criteria_sql import Moment
from segctl.features import (
    Computed,
    Feature,
    Scan,
    Stepped,
    TimeFlag,
    by_clock,
    customers_step,
    found_anew,
    passed_by_events,
    since_of,
)
from segctl.plan import Plan
from segctl.render.causes import data_name, data_step, source_columns, sources
from segctl.render.imports import imports
from segctl.render.layout import STEP, coalesced, fits, left_join
from segctl.render.steps import step_joins, step_texts
from segctl.render.text import COLUMN, TEMPLATES


def stale_customers_query(plan: Plan) -> str:
    """The text of the step, over `known`, which has the rows as they are."""
    customers, key = customers_step(plan.catalog), plan.catalog.customer.key.lower()
    since, scans = since_of(plan.catalog), sources(plan)
    anew = [feature for feature in plan.stepped if found_anew(feature)]
    timed = [feature for _, features in plan.layers for feature in features if by_clock(feature)]
    read = imports(plan, anew)
    return TEMPLATES.get_template("stale_customers.sql.j2").render(
        imports=read,
        existing=since.condition(since.column) if since and customers != read[0].name else "",
        customers=customers,
        key=key,
        data=[_data(scan, plan) for scan in scans],
        steps=step_texts(anew, ""),
        joins=[left_join(data_name(scan), "known", "customer_id", scan.customer.lower()) for scan in scans]
        + step_joins(anew, "known", "customer_id"),
        timed=[_turned(feature) for feature in timed],
        differences=[_differs(f"{customers}.{found.column}", found.name) for found in plan.attributes]
        + [difference for scan in scans for difference in _data_differences(scan, plan)]
        + [_differs(_answer(feature), feature.name) for feature in anew],
    )


def passed_moments(plan: Plan) -> list[Moment]:
    """The boundaries that events can pass, by name."""
    return sorted({moment for scan in sources(plan) for moment in passed_by_events(plan.features, scan)})


def _data(scan: Scan, plan: Plan) -> dict[str, object]:
    passed = [moment.variable for moment in passed_by_events(plan.features, scan)]
    return {**data_step(scan, plan), "passed": passed}


def _data_differences(scan: Scan, plan: Plan) -> list[str]:
    rows, content = source_columns(scan, plan)
    step = data_name(scan)
    return [
        f"coalesce({step}.row_count, 0) != known.{rows}",
        _differs(f"{step}.content_hash", content),
        f"{step}.has_passed = 1",
    ]


def _answer(feature: Stepped) -> str:
    return f"coalesce({feature.answered}, {feature.default})" if feature.default else feature.answered


def _differs(expression: str, column: str) -> str:
    return f"{{{{ segctl.differs('{expression}', 'known.{column}') }}}}"


def _turned(feature: Feature) -> str:
    """The condition that a flag is not what it was; none of them can be missing."""
    assert isinstance(feature, Computed | TimeFlag)
    assert not feature.nullable
    inside = COLUMN + STEP  # the step stands in another
    sql = coalesced(feature.sql, "false", COLUMN, len("or "))
    short = f"{sql} != {feature.name}"
    return short if fits(short, inside, len("or ")) else f"{sql}\n{COLUMN}!= {feature.name}"
