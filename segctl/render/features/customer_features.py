"""Renders the table of customers' features, with one row per customer."""

from segctl.plan.plan import Plan
from segctl.render.features.placement import source_table
from segctl.render.features.row import row_of
from segctl.render.sources.inputs import source_columns, source_scans
from segctl.render.sql.boundaries import with_boundaries
from segctl.render.sql.imports import Import, recorded_keys
from segctl.render.sql.layout import coalesced, with_alias
from segctl.render.sql.predicates import predicate_sql
from segctl.render.sql.templates import COLUMN, SOURCES, TEMPLATES


def customer_features_model(plan: Plan) -> str:
    """The text of the table of features."""
    row = row_of(plan, plan.kept, checked=True)
    for scan in source_scans(plan):
        table, (rows, content) = source_table(scan), source_columns(scan)
        row.columns += [with_alias([coalesced(f"{table}.{rows}", "0", COLUMN)], rows, COLUMN), f"{table}.{content}"]
    read = {import_["name"] for import_ in row.imports}
    missing = [source_table(scan) for scan in source_scans(plan) if source_table(scan) not in read]
    row.read_also(missing, plan)
    text = TEMPLATES.get_template("features/customer_features.sql.j2").render(
        sources=SOURCES,
        keys=recorded_keys(plan),
        others=_entities_read(plan),
        row=row,
        eligible=eligible_column(plan),
        revenue=revenue_column(plan),
    )
    return with_boundaries(text, plan)


def _entities_read(plan: Plan) -> list[dict[str, str]]:
    """The entities that customers belong to, if a rule needs them. Their keys are checked before a row is written."""
    entities = (plan.catalog.entities[name] for name in sorted(plan.belonging))
    return [{"reference": Import(entity.model).reference, "column": entity.key.lower()} for entity in entities]


def eligible_column(plan: Plan) -> str:
    """Whether a customer may be contacted, as an expression."""
    return predicate_sql(plan.eligible, COLUMN, inline=True) if plan.eligible else "cast(null as boolean)"


def revenue_column(plan: Plan) -> str:
    """The customer's revenue as an expression, or empty if a metric is the column itself."""
    if plan.revenue is None:
        return "cast(null as {{ segctl.wide_decimal() }})"
    return "" if plan.revenue.name == "revenue" else plan.revenue.name
