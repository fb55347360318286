"""The yml of the models of customers' features: descriptions, columns, and what macros are to know of them."""

from collections.abc import Sequence

from segctl.features import AttributeValue, Feature, Scan, Stepped, rule_in_words
from segctl.plan import Plan
from segctl.render.causes import by_column, customer_inputs, input_column, source_columns, sources
from segctl.render.documented import Properties, column
from segctl.render.features.flags import flags
from segctl.render.features.groupings import groupings
from segctl.render.features.patterns import pattern_families, patterns
from segctl.render.features.population import compared_by, families
from segctl.render.features.rooms import (
    CHANGED,
    CUSTOMER_FEATURES,
    DATED,
    DAYS,
    FLAGS,
    PATTERNS,
    POPULATION,
    compared_model,
    feature_tables,
    is_found_anew,
    is_looked_through,
    source_table,
    step_model,
    table_of,
)
from segctl.render.features.row import default_of
from segctl.render.features.sources import source_in_words

KEY = column("customer_id", "The customer.")
STAMPS = [
    column("deleted_at", "The run that found the customer without such events (UTC); else NULL."),
    column("changed_at", "The run that wrote the row: the last in which anything about it changed (UTC)."),
]


def feature_properties(plan: Plan) -> list[Properties]:
    """The properties of each model, the join of all first."""
    anew = [feature for feature in plan.stepped if is_found_anew(feature)]
    models = [_customer_features(plan), _dated(plan), *_sources(plan)]
    models += [_steps(family) for family in [*([feature] for feature in anew), *pattern_families(plan)]]
    if patterns(plan):
        models += [_changed(), _patterns(plan)]
    if flags(plan):
        models.append(_model(FLAGS, "Conditions that the time alone can turn: one row a customer.", flags(plan)))
    models += [_days()] if sources(plan) else []
    found = families(plan)
    models += [_steps(list(family)) for family in found]
    for number in sorted({family[0].layer for family in found}):
        description = "All customers, with what they are ranked and counted by: one row each."
        models.append(_model(compared_model(number), description, compared_by(number, plan)))
    if found:
        description = "What is said of customers among others: one row each, made anew by each run."
        models.append(_model(POPULATION, description, [feature for family in found for feature in family]))
    return models


def _customer_features(plan: Plan) -> Properties:
    revenue = f"The catalog's revenue metric, {plan.revenue.name}." if plan.revenue else "Not in the catalog."
    currency = f" In {plan.catalog.currency}." if plan.revenue and plan.catalog.currency else ""
    eligible = rule_in_words(plan.eligible) if plan.eligible else ""
    may = f"Whether they may be contacted: {eligible}." if eligible else "NULL: the catalog has no such rule."
    inputs = by_column(customer_inputs(plan))
    tables = feature_tables(plan)
    meta = {
        "attributes": [found.name for found in plan.attributes],
        "inputs": inputs,
        "sources": {source_columns(scan)[1]: list(scan.events) for scan in sources(plan)},
        "kept": [table for table in tables if table not in {POPULATION, CUSTOMER_FEATURES}],
        "made": sorted({table_of(feature) for feature in plan.kept if is_looked_through(feature)}),
        "anew": [
            {"step": table_of(feature), "column": feature.name, "answer": _answered(feature)}
            for feature in plan.features
            if is_found_anew(feature)
        ],
    }
    columns = [column("customer_id", f"The customer: {plan.catalog.customer.key} of {plan.catalog.customer.model}.")]
    columns += [_column(feature) for feature in plan.kept if feature.name != "revenue"]
    columns += [found for scan in sources(plan) for found in _data_columns(scan)]
    columns += [column(name, "The run in which that last changed of the customer (UTC).") for name in inputs]
    columns += [
        column("eligible", may),
        column("revenue", f"{revenue}{currency}"),
        column("deleted_at", "The run that did not find the customer in the source any more (UTC); else NULL."),
        STAMPS[1],
    ]
    return {
        "name": CUSTOMER_FEATURES,
        "description": "What the rules look at: one row a customer, as of the last run. Times are UTC without a zone.",
        "config": {"meta": meta},
        "columns": columns,
    }


def _dated(plan: Plan) -> Properties:
    description = (
        "What customers' segments look at: the columns of customer_features, and the conditions that the clock alone"
        " turns, as of the run. A view that the run reads; it is made anew by each."
    )
    moved = "The run in which the row last changed, or this run where a boundary has passed one of its times (UTC)."
    return {
        "name": DATED,
        "description": description,
        "columns": [KEY, *(_column(flag) for flag in plan.dated), column("_moved_at", moved)],
    }


def _answered(feature: Feature) -> str:
    """The feature of whoever may have no row in its model; as a text that no reader of meta takes for a value."""
    column, default = f"{table_of(feature)}.{feature.name}", default_of(feature)
    return f"coalesce({column}, {default})" if default else f"({column})"


def _sources(plan: Plan) -> list[Properties]:
    found = []
    for scan in sources(plan):
        aggregates = [aggregate for one in groupings(scan, plan) for aggregate in one.aggregates]
        columns = [*(_column(aggregate) for aggregate in aggregates), *_data_columns(scan), KEY, *STAMPS]
        changed = input_column(scan.source)
        columns.append(column(changed, "The run in which these events last changed (UTC)."))
        found.append(
            {
                "name": source_table(scan),
                "description": source_in_words(scan),
                "config": {"meta": {"inputs": {changed: list(source_columns(scan))}}},
                "columns": columns,
            }
        )
    return found


def _data_columns(scan: Scan) -> list[Properties]:
    rows, data = source_columns(scan)
    return [
        column(rows, f"How many events of {scan.source} there are."),
        column(data, "A hash of all that the catalog declares of them: that it changes says that one of them did."),
    ]


def _patterns(plan: Plan) -> Properties:
    description = "What takes steps of its own over the events of a customer: one row each who has had such events."
    columns = [*(_column(feature) for feature in patterns(plan)), KEY, *STAMPS]
    return {"name": PATTERNS, "description": description, "columns": columns}


def _days() -> Properties:
    description = (
        "By what a run tells whether the events that the last one has seen are as they were: one row a source, day"
        " and bucket of customers, and one for each source whose bucket is -1."
    )
    promised = "Where the catalog says how the source changes"
    columns = [
        column("source", "The events."),
        column("day", "The day of their time, in UTC."),
        column("bucket", "A 64th of the customers; -1 in the row that tells of the source."),
        column("row_count", "How many there are."),
        column("content", "A hash of all that the catalog declares of them, and of whose they are."),
        column("differed_at", "The last run that found other events than the one before had seen (UTC); else NULL."),
        column("differed_by", "How many more events it found than the one before had seen."),
        column("compared_with", "The run with which the last one compared its source (UTC); NULL where it could not."),
        column("read_since", f"{promised}: rows with a later time were new to the last run (UTC); NULL: all were."),
        column("settled_at", f"{promised}: rows with an earlier time will not be read again until a check (UTC)."),
        column("counted_until", f"{promised}: up to which times the last check has counted rows (UTC)."),
        column("checked_at", f"{promised}: the last run that looked at all rows (UTC)."),
        STAMPS[1],
    ]
    return {"name": DAYS, "description": description, "columns": columns}


def _changed() -> Properties:
    description = "Whose events have changed since the last run, and which events have passed a boundary: one row each."
    passed = column("passed_at", "The time of an event that has passed a boundary; NULL where the events have changed.")
    return {"name": CHANGED, "description": description, "columns": [column("source", "The events."), passed, KEY]}


def _steps(family: list[Stepped]) -> Properties:
    return _model(step_model(family[0]), " ".join(feature.description or "An attribute." for feature in family), family)


def _model(name: str, description: str, features: Sequence[Feature]) -> Properties:
    return {"name": name, "description": description, "columns": [*(_column(one) for one in features), KEY]}


def _column(feature: Feature) -> Properties:
    kind = "An attribute." if isinstance(feature, AttributeValue) else "A feature."
    return column(feature.name, feature.description or kind)
