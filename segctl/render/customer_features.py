"""The table of features: imports, one grouping a scan, then one row a customer, then what follows from all rows."""

from segctl.criteria_sql import AS_OF
from segctl.features import (
    AttributeValue,
    Computed,
    Feature,
    Stepped,
    TimeFlag,
    customers_step,
    layer,
    since_of,
)
from segctl.plan import Plan
from segctl.render.causes import by_column, customer_inputs, data_columns, data_name, data_step, source_columns, sources
from segctl.render.groupings import grouping_step, groupings, joined_aggregate
from segctl.render.imports import imports, narrowed_by, recorded_keys
from segctl.render.layout import STEP, block, coalesced, fits, left_join, named
from segctl.render.predicates import predicate_sql
from segctl.render.stale_customers import passed_moments, stale_customers_query
from segctl.render.steps import step_joins, step_texts
from segctl.render.text import COLUMN, SOURCES, TEMPLATES


def customer_features_model(plan: Plan) -> str:
    """The text of the table of features."""
    customers, key = customers_step(plan.catalog), plan.catalog.customer.key.lower()
    read = imports(plan, (feature for feature in plan.features if isinstance(feature, Stepped)))
    since = since_of(plan.catalog)
    layers = _layers(plan)
    scans, grouped = sources(plan), groupings(plan)
    joined = {feature: joined_aggregate(feature, one) for one in grouped for feature in one.aggregates}
    return TEMPLATES.get_template("customer_features.sql.j2").render(
        sources=SOURCES,
        moments=[AS_OF, *sorted({*plan.moments, *passed_moments(plan)} - {AS_OF})],
        passed=passed_moments(plan),
        stale=stale_customers_query(plan).rstrip(),
        keys=recorded_keys(plan),
        imports=read,
        narrowed={one.model: narrowed_by(one.model, plan) for one in read},
        existing=since.condition(since.column) if since and customers != read[0].name else "",
        data=[data_step(scan, plan) for scan in scans],
        scans=[grouping_step(grouping, plan) for grouping in grouped],
        steps=step_texts(plan.stepped, ""),
        customers=customers,
        joins=[left_join(one.name, customers, key, one.scan.customer.lower()) for one in grouped]
        + [left_join(data_name(scan), customers, key, scan.customer.lower()) for scan in scans]
        + step_joins(plan.stepped, customers, key),
        joined=[f"{customers}.{key} as customer_id" if key != "customer_id" else f"{customers}.{key}"]
        + [_taken_over(feature, customers) for feature in plan.attributes]
        + [joined[feature] for feature in plan.aggregates]
        + [_stepped(feature) for feature in plan.stepped]
        + [column for scan in scans for column in data_columns(scan, plan)],
        layers=layers,
        own_step=_own_step(plan),
        own_columns=_own_columns(plan),
        compared_by=_compared_by(plan),
        placed=[feature.name for number, features in plan.layers if number > 1 for feature in features],
        last_step=layers[-1]["name"] if layers else "joined",
        eligible=predicate_sql(plan.eligible, COLUMN, inline=True) if plan.eligible else "cast(null as boolean)",
        revenue=_revenue(plan),
        columns=_columns(plan),
        inputs=by_column(customer_inputs(plan)),
    )


def _own_step(plan: Plan) -> str:
    """The step that has all that follows from a customer's own row."""
    return "derived" if any(number == 1 for number, _ in plan.layers) else "joined"


def _own_columns(plan: Plan) -> list[str]:
    """Its columns but the key, in their order."""
    first: list[Feature] = [*plan.attributes, *plan.aggregates, *plan.stepped]
    data = [column for scan in sources(plan) for column in source_columns(scan, plan)]
    later = [feature.name for number, features in plan.layers if number == 1 for feature in features]
    return [*(feature.name for feature in first), *data, *later]


def _compared_by(plan: Plan) -> list[str]:
    """Those of them that later layers need."""
    needs = {need for number, features in plan.layers if number > 1 for found in features for need in found.needs}
    return sorted(need.name for need in needs if layer(need) < 2)


def _columns(plan: Plan) -> list[str]:
    """The columns of the table but the key, in their order."""
    later = [feature.name for number, features in plan.layers if number > 1 for feature in features]
    return [*_own_columns(plan), *later, "eligible", *(["revenue"] if _revenue(plan) else [])]


def _revenue(plan: Plan) -> str:
    """What a customer is worth, as an expression; empty where a metric is the column itself."""
    if plan.revenue is None:
        return "cast(null as {{ segctl.wide_decimal() }})"
    return "" if plan.revenue.name == "revenue" else plan.revenue.name


def _layers(plan: Plan) -> list[dict[str, object]]:
    """What is computed from other features, layer after layer: from a row, or by steps over all rows."""
    found: list[dict[str, object]] = []
    before = "joined"
    for number, features in plan.layers:
        before = "everybody" if number == 2 else before
        name = ("derived" if number % 2 else "placed") + (f"_{number}" if number > 2 else "")
        stepped = [feature for feature in features if isinstance(feature, Stepped)]
        found.append(
            {
                "number": number,
                "name": name,
                "before": before,
                "steps": step_texts(stepped, before),
                "columns": [_stepped(f) if isinstance(f, Stepped) else _computed(f) for f in features],
                "joins": step_joins(stepped, before, "customer_id"),
            }
        )
        before = name
    return found


def _computed(feature: Feature) -> str:
    assert isinstance(feature, Computed | TimeFlag)
    return named([feature.sql if feature.nullable else coalesced(feature.sql, "false", COLUMN)], feature.name, COLUMN)


def _stepped(feature: Stepped) -> str:
    answer, deeper = feature.answered, COLUMN + STEP
    if not feature.default:
        return named([answer], feature.name, COLUMN)
    if not fits(answer, deeper, 1):
        compared = answer.replace(" < ", f"\n{deeper}< ")
        return named([f"coalesce{block([compared, feature.default], COLUMN, ',')}"], feature.name, COLUMN)
    return named([coalesced(answer, feature.default, COLUMN)], feature.name, COLUMN)


def _taken_over(feature: AttributeValue, customers: str) -> str:
    column = f"{customers}.{feature.column}"
    return column if feature.column == feature.name else named([column], feature.name, COLUMN)
