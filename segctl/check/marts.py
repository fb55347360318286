"""Checks the marts that the catalog asks for, and finds the features they need."""

from dataclasses import dataclass

from segctl.conditions.criterion import a_type
from segctl.events.aggregates import AggregateRequest, aggregate
from segctl.features import Aggregate, AttributeValue, Feature, Stepped
from segctl.features.scope import Scope
from segctl.language.syntax import Catalog, Costs, Metric
from segctl.rules.attribute import attribute_value

HINTS = {
    "revenue": "add revenue: <a metric that is a sum>",
    "costs": "add costs: {model: …, day: …, amount: …, segment: …}",
    "acquired_by": "add acquired_by: <attribute> to entity customer",
}


@dataclass(frozen=True)
class Marts:
    """The requested marts by name, and the features that they need, None if no mart does.

    `source` is what brought a customer. `orders` counts the events that revenue sums.
    """

    names: tuple[str, ...] = ()
    source: AttributeValue | Stepped | None = None
    orders: Feature | None = None
    costs: Costs | None = None

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features that marts need."""
        return tuple(feature for feature in (self.source, self.orders) if feature)


def check_marts(catalog: Catalog, revenue: Aggregate | None, scope: Scope) -> Marts:
    """The requested marts. Missing prerequisites are problems."""
    scalars = {name.text: name for name in catalog.marts}
    for name in catalog.marts:
        missing = [key for key in _missing_keys(name.text, catalog) if key not in scope.report.broken]
        if missing:
            message = f"mart {name.text} needs {' and '.join(missing)} in the catalog"
            scope.report.add(name.mark, "missing-key", message, "; ".join(HINTS[key] for key in missing))
    source, costs = _source(catalog, scope), catalog.costs if "roi" in scalars else None
    by_source = "sources" in scalars or (costs and not costs.is_aimed)
    orders = _orders(catalog, scope) if "value" in scalars and revenue else None
    return Marts(tuple(sorted(scalars)), source if by_source else None, orders, costs)


def _missing_keys(mart: str, catalog: Catalog) -> list[str]:
    """Prerequisites of a mart that the catalog lacks."""
    declared = {"revenue": catalog.revenue, "acquired_by": catalog.customer.acquired_by, "costs": catalog.costs}
    by_source = catalog.costs and not catalog.costs.is_aimed
    needs = {
        "value": ["revenue"],
        "concentration": ["revenue"],
        "sources": ["acquired_by"],
        "roi": ["revenue", "costs", *(["acquired_by"] if by_source else [])],
    }
    return [key for key in needs.get(mart, []) if not declared[key]]


def _source(catalog: Catalog, scope: Scope) -> AttributeValue | Stepped | None:
    """What brought a customer. None if the catalog does not say, or after a problem."""
    name = catalog.customer.acquired_by
    attribute = attribute_value(name, scope) if name else None
    if name and attribute and attribute.type != "string":
        message = f"acquired_by needs a string, but attribute {name.text} is {a_type(attribute.type)}"
        scope.report.add(name.mark, "field-type", message, "name the attribute that says what brought the customer")
        return None
    return attribute


def _orders(catalog: Catalog, scope: Scope) -> Feature | None:
    assert catalog.revenue is not None
    metric = catalog.metrics[catalog.revenue.text]
    assert isinstance(metric, Metric)
    return aggregate(AggregateRequest("count", metric.event, None, metric.where, metric.window), scope.silent)
