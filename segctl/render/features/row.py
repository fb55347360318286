"""Renders one row per customer with chosen features from their models."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from segctl.features import AttributeValue, Computed, Feature, Stepped, TimeFlag, customers_step
from segctl.plan.plan import Plan
from segctl.render.features.placement import PATTERNS, source_table, table_of
from segctl.render.features.steps import existing
from segctl.render.sources.inputs import source_scans
from segctl.render.sql.imports import Import, import_sql, keyed, read_column
from segctl.render.sql.layout import coalesced, left_join, with_alias
from segctl.render.sql.templates import COLUMN


@dataclass
class Row:
    """The parts of a query with one row per customer. `imports` are steps (name, SQL). `customers` is the step with the
    rows and attributes. Each of `derived` adds columns to the step before.
    """

    customers: str
    imports: list[dict[str, str]]
    columns: list[str]
    joins: list[str]
    derived: list[dict[str, object]] = field(default_factory=list)

    def read_also(self, tables: Iterable[str], plan: Plan) -> None:
        """Joins tables without reading a feature."""
        for table in tables:
            self.imports.append({"name": table, "sql": _imported(table, plan)})
            self.joins.append(left_join(table, self.customers, "customer_id", "customer_id"))


ModelOf = Callable[[Feature], str]


def row_of(plan: Plan, features: Iterable[Feature], *, checked: bool = False, model_of: ModelOf = table_of) -> Row:
    """One row per customer with the features in order. With `checked`, checks the customers' keys first.

    `model_of` gives the model with a feature's column, or empty if it is computed from the row.
    """
    wanted = list(dict.fromkeys(features))
    customers = customers_step(plan.catalog)
    attributes = [feature for feature in wanted if isinstance(feature, AttributeValue)]
    held: dict[str, list[Feature]] = {}
    for feature in wanted:
        table = model_of(feature)
        if table:
            held.setdefault(table, []).append(feature)
    imports = [{"name": customers, "sql": customers_import(plan, attributes, checked)}]
    imports += [{"name": table, "sql": _imported(table, plan)} for table in sorted(held)]
    columns = [
        _column(feature, customers, model_of) for feature in wanted if model_of(feature) or feature in attributes
    ]
    joins = [left_join(table, customers, "customer_id", "customer_id") for table in sorted(held)]
    return Row(customers, imports, columns, joins, _derived(wanted, model_of))


def customers_import(
    plan: Plan, attributes: Iterable[AttributeValue], checked: bool = False, conditions: Sequence[str] = ()
) -> str:
    """The step that reads customers: attributes under their names, and the key as customer_id."""
    customer = plan.catalog.customer
    key = customer.key.lower()
    columns = [read_column(attribute.column, attribute.type, attribute.name) for attribute in attributes]
    columns.append(keyed(key))
    read = Import(customer.model, key=key if checked else "")
    return import_sql(columns, read.relation, [*existing(plan), *conditions])


def _imported(table: str, plan: Plan) -> str:
    recorded = {PATTERNS, *(source_table(scan) for scan in source_scans(plan))}
    conditions = ["deleted_at is null"] if table in recorded else []
    return import_sql(["*"], f"ref('{table}')", conditions)


def _column(feature: Feature, customers: str, model_of: ModelOf) -> str:
    if isinstance(feature, AttributeValue):
        return f"{customers}.{feature.name}"
    return held_column(model_of(feature), feature)


def held_column(model: str, feature: Feature, indent: str = COLUMN) -> str:
    """A feature as a column, with its model joined."""
    column, default = f"{model}.{feature.name}", default_of(feature)
    return with_alias([coalesced(column, default, indent)], feature.name, indent) if default else column


def default_of(feature: Feature) -> str:
    """The default of a feature for customers without a row in its model, or empty for missing."""
    if isinstance(feature, Stepped):
        return feature.steps.default
    if isinstance(feature, TimeFlag | Computed):
        return "" if feature.nullable else "false"
    return "" if feature.nullable else "0"


def _derived(wanted: list[Feature], model_of: ModelOf) -> list[dict[str, object]]:
    """The steps that compute features of the row, one per layer."""
    computed = [feature for feature in wanted if isinstance(feature, TimeFlag | Computed) and not model_of(feature)]
    steps: list[dict[str, object]] = []
    for number in sorted({feature.layer for feature in computed}):
        name = "derived" if number == 1 else f"derived_{number}"
        columns = [computed_column(feature) for feature in computed if feature.layer == number]
        steps.append({"name": name, "columns": columns})
    return steps


def computed_column(feature: Feature) -> str:
    """A column computed from others of the row."""
    assert isinstance(feature, TimeFlag | Computed)
    sql = feature.sql if feature.nullable else coalesced(feature.sql, "false", COLUMN)
    return with_alias([sql], feature.name, COLUMN)
