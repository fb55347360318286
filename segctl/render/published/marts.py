"""Renders the marts that the catalog asks for: views over published runs and features."""

from segctl.features import Aggregate, Filter
from segctl.language.syntax import Costs
from segctl.plan.plan import Plan
from segctl.render.history.fixed_models import with_fixed
from segctl.render.sql.imports import Import
from segctl.render.sql.templates import HEADER, MARTS, SOURCES, TEMPLATES

TEMPLATES_OF_MARTS = "on_demand"
# The table of each mart.
MART_TABLES = {
    "value": "segment_value",
    "customers": "customer_segments",
    "overlap": "segment_overlap",
    "retention": "segment_retention",
    "sources": "segment_sources",
    "concentration": "segment_concentration",
    "roi": "segment_roi",
}
MARTS_NOTE = f"{HEADER} from {SOURCES}. Do not edit: change that and render again."


def mart_models(plan: Plan) -> dict[str, str]:
    """The texts of requested marts and their properties by path. Empty if none is requested."""
    tables = sorted(MART_TABLES[name] for name in plan.marts.names)
    if not tables:
        return {}
    values = {"timezone": plan.catalog.timezone}
    values |= {"orders": plan.marts.orders.name} if plan.marts.orders else {}
    values |= {"source": plan.marts.source.name} if plan.marts.source else {}
    files = {}
    for table in tables:
        given = _roi(plan, plan.marts.costs) if plan.marts.costs and table == MART_TABLES["roi"] else values
        text = TEMPLATES.get_template(f"{TEMPLATES_OF_MARTS}/{table}.sql.j2").render(given)
        files[f"{MARTS}/{table}.sql"] = f"{{#- {MARTS_NOTE} -#}}\n{text}"
    listed = [TEMPLATES.get_template(f"{TEMPLATES_OF_MARTS}/{table}.yml").render() for table in tables]
    properties = with_fixed("version: 2\nmodels:\n" + "\n".join(listed))
    return files | {f"{MARTS}/{TEMPLATES_OF_MARTS}.yml": f"# {MARTS_NOTE}\n{properties}"}


def _roi(plan: Plan, costs: Costs) -> dict[str, object]:
    """The values for the template of segment_roi."""
    revenue = plan.revenue
    assert isinstance(revenue, Aggregate)
    scan = revenue.scan
    events = Import(scan.model, {scan.customer.lower(): "string", revenue.column: "number"})
    # Ignores the metric's own window. The window here starts at the join.
    for column, kind, _ in revenue.filter.where:
        events.types[column] = kind
    events.types[scan.at.lower()] = scan.at_type
    day = costs.day.column.lower()
    spend = Import(costs.model, {day: costs.day.type, costs.amount.column.lower(): "number"})
    spend.types.setdefault(costs.paid_for.lower(), "string")
    timezone = plan.catalog.timezone
    name = spend.name if spend.name != events.name else f"{spend.name}_spend"
    spend.step = name
    return {
        "spend": spend,
        "events": events,
        "customer": scan.customer.lower(),
        "at": scan.at.lower(),
        "by_day": scan.at_type == "date",
        "amount": revenue.column,
        "conditions": Filter(revenue.filter.where).conditions(scan.at.lower()),
        "cost": costs.amount.column.lower(),
        "paid_for": costs.paid_for.lower(),
        "day": f"{name}.{day}"
        if costs.day.type == "date"
        else f"{{{{ segctl.local_day('{name}.{day}', '{timezone}') }}}}",
        "days": costs.window_days,
        "timezone": timezone,
        "source": "" if costs.is_aimed or not plan.marts.source else plan.marts.source.name,
    }
