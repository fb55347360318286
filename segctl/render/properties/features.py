"""The yml of the models of customers' features: descriptions, columns, and the meta that macros read."""

from collections.abc import Sequence

from segctl.features import AttributeValue, Feature, Scan, Stepped, rule_in_words
from segctl.plan.plan import Plan
from segctl.render.features.flags import flags
from segctl.render.features.patterns import pattern_families, patterns
from segctl.render.features.placement import (
    CHANGED_BY_EVENTS,
    CUSTOMER_FEATURES,
    DATED,
    DAYS,
    FLAGS,
    PATTERNS,
    POPULATION,
    compared_model,
    feature_tables,
    is_computed_for_all,
    is_recomputed,
    source_table,
    step_model,
    table_of,
)
from segctl.render.features.population import compared_by, families
from segctl.render.features.row import default_of
from segctl.render.properties.documented import Properties, column
from segctl.render.sources.groupings import groupings
from segctl.render.sources.inputs import by_column, customer_inputs, input_column, source_columns, source_scans
from segctl.render.sources.source_features import source_comment

KEY = column("customer_id", "The customer.")
STAMPS = [
    column("deleted_at", "The run that no longer found such events of the customer (UTC); else NULL."),
    column("changed_at", "The last run that changed the row (UTC)."),
]


def feature_properties(plan: Plan) -> list[Properties]:
    """The properties of each model, customer_features first."""
    recomputed = [feature for feature in plan.stepped if is_recomputed(feature)]
    models = [_customer_features(plan), _dated(plan), *_sources(plan)]
    models += [_steps(family) for family in [*([feature] for feature in recomputed), *pattern_families(plan)]]
    if patterns(plan):
        models += [_changed(), _patterns(plan)]
    if flags(plan):
        models.append(_model(FLAGS, "Conditions that time alone can turn: one row for each customer.", flags(plan)))
    models += [_days()] if source_scans(plan) else []
    compared = families(plan)
    models += [_steps(list(family)) for family in compared]
    for number in sorted({family[0].layer for family in compared}):
        description = "All customers, with the features that rank and count them: one row for each customer."
        models.append(_model(compared_model(number), description, compared_by(number, plan)))
    if compared:
        description = "Features that compare customers with others: one row for each customer, rebuilt by each run."
        models.append(_model(POPULATION, description, [feature for family in compared for feature in family]))
    return models


def _customer_features(plan: Plan) -> Properties:
    revenue = f"The catalog's revenue metric, {plan.revenue.name}." if plan.revenue else "Not in the catalog."
    currency = f" In {plan.catalog.currency}." if plan.revenue and plan.catalog.currency else ""
    eligible = rule_in_words(plan.eligible) if plan.eligible else ""
    may = f"True if the customer may be contacted: {eligible}." if eligible else "NULL: the catalog has no such rule."
    inputs = by_column(customer_inputs(plan))
    tables = feature_tables(plan)
    meta = {
        "attributes": [attribute.name for attribute in plan.attributes],
        "inputs": inputs,
        "sources": {source_columns(scan)[1]: list(scan.events) for scan in source_scans(plan)},
        "kept": [table for table in tables if table not in {POPULATION, CUSTOMER_FEATURES}],
        "made": sorted({table_of(feature) for feature in plan.kept if is_computed_for_all(feature)}),
        "anew": [
            {"step": table_of(feature), "column": feature.name, "answer": _answered(feature)}
            for feature in plan.features
            if is_recomputed(feature)
        ],
    }
    columns = [column("customer_id", f"The customer: {plan.catalog.customer.key} of {plan.catalog.customer.model}.")]
    columns += [_column(feature) for feature in plan.kept if feature.name != "revenue"]
    columns += [properties for scan in source_scans(plan) for properties in _source_columns(scan)]
    columns += [
        column(name, "The run that last found a change in these data of the customer (UTC).") for name in inputs
    ]
    columns += [
        column("eligible", may),
        column("revenue", f"{revenue}{currency}"),
        column("deleted_at", "The run that no longer found the customer in the source (UTC); else NULL."),
        STAMPS[1],
    ]
    return {
        "name": CUSTOMER_FEATURES,
        "description": "All features: one row for each customer, as of the last run. Times are UTC without a zone.",
        "config": {"meta": meta},
        "columns": columns,
    }


def _dated(plan: Plan) -> Properties:
    description = (
        "The columns of customer_features, and the conditions that only the clock turns, as of the run. Customers'"
        " segments read this view; each run creates it again."
    )
    moved = "The last run that changed the row, or this run if a boundary has passed one of its times (UTC)."
    return {
        "name": DATED,
        "description": description,
        "columns": [KEY, *(_column(flag) for flag in plan.dated), column("_moved_at", moved)],
    }


def _answered(feature: Feature) -> str:
    """The feature, with its default for customers without a row in its model; a text that no reader of meta parses."""
    column, default = f"{table_of(feature)}.{feature.name}", default_of(feature)
    return f"coalesce({column}, {default})" if default else f"({column})"


def _sources(plan: Plan) -> list[Properties]:
    models = []
    for scan in source_scans(plan):
        aggregates = [aggregate for grouping in groupings(scan, plan) for aggregate in grouping.aggregates]
        columns = [*(_column(aggregate) for aggregate in aggregates), *_source_columns(scan), KEY, *STAMPS]
        changed = input_column(scan.source)
        columns.append(column(changed, "The run that last found a change in these events (UTC)."))
        models.append(
            {
                "name": source_table(scan),
                "description": source_comment(scan),
                "config": {"meta": {"inputs": {changed: list(source_columns(scan))}}},
                "columns": columns,
            }
        )
    return models


def _source_columns(scan: Scan) -> list[Properties]:
    rows, content = source_columns(scan)
    return [
        column(rows, f"Number of {scan.source} events."),
        column(
            content,
            "A hash of every column that the catalog declares of these events; it changes when one of them changes.",
        ),
    ]


def _patterns(plan: Plan) -> Properties:
    description = "Features with steps of their own over events: one row for each customer with such events."
    columns = [*(_column(feature) for feature in patterns(plan)), KEY, *STAMPS]
    return {"name": PATTERNS, "description": description, "columns": columns}


def _days() -> Properties:
    description = (
        "Counts and hashes that show whether known events changed: one row for each source, day and bucket of"
        " customers, and one row for each source with bucket -1."
    )
    promised = "If the catalog says how the source changes"
    columns = [
        column("source", "The source of the events."),
        column("day", "The day of the events' time, in UTC."),
        column("bucket", "A 64th of the customers; -1 in the row about the source itself."),
        column("row_count", "Number of events."),
        column("content", "A hash of every column that the catalog declares of the events, and of their customers."),
        column("differed_at", "The last run that found the events changed since the run before (UTC); else NULL."),
        column("differed_by", "How many more events that run found than the run before."),
        column("compared_with", "The run that the last run compared the source with (UTC); NULL if it could not."),
        column("read_since", f"{promised}: rows with a later time were new to the last run (UTC); NULL: all were."),
        column("settled_at", f"{promised}: rows with an earlier time will not be read again until a check (UTC)."),
        column("counted_until", f"{promised}: the last check counted rows up to this time (UTC)."),
        column("checked_at", f"{promised}: the last run that read all rows (UTC)."),
        STAMPS[1],
    ]
    return {"name": DAYS, "description": description, "columns": columns}


def _changed() -> Properties:
    description = "Customers whose events changed since the last run, and events that passed a boundary: one row each."
    passed = column("passed_at", "The time of an event that passed a boundary; NULL if the customer's events changed.")
    return {
        "name": CHANGED_BY_EVENTS,
        "description": description,
        "columns": [column("source", "The source of the events."), passed, KEY],
    }


def _steps(family: list[Stepped]) -> Properties:
    return _model(step_model(family[0]), " ".join(feature.description or "An attribute." for feature in family), family)


def _model(name: str, description: str, features: Sequence[Feature]) -> Properties:
    return {"name": name, "description": description, "columns": [*(_column(feature) for feature in features), KEY]}


def _column(feature: Feature) -> Properties:
    kind = "An attribute." if isinstance(feature, AttributeValue) else "A feature."
    return column(feature.name, feature.description or kind)
