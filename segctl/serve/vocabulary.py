"""What a form can ask about, as data for a browser: names and values of the catalog, and words for comparators."""

from collections.abc import Iterable

from segctl.language.comparators import COMPARATORS
from segctl.language.syntax import CUSTOMER, TIME_TYPES, Catalog, Column, Event
from segctl.operations.definitions.choices import (
    AGGREGATE_LABELS,
    AGGREGATES_COMPARED,
    OF_NUMBERS,
    OPERATORS,
    TIMES_COMPARED,
    comparable_metric,
    matching_comparators,
)
from segctl.plan.plan import Plan

Data = dict[str, object]


def vocabulary(plan: Plan) -> Data:
    """Attributes, metrics, events and segments with their types, and how each type is compared."""
    catalog = plan.catalog
    kinds = {column.type for column in catalog.customer.attributes.values()}
    kinds |= {column.type for event in catalog.events.values() for column in event.fields.values()}
    kinds |= {"number", "timestamp", "date"}
    segments = [planned.segment for planned in plan.segments if planned.entity == CUSTOMER]
    return {
        "attributes": [_column(column) for column in catalog.customer.attributes.values()],
        "metrics": _metrics(catalog),
        "events": [_event(event) for event in catalog.events.values()],
        "segments": [{"name": segment.name, "label": segment.label} for segment in segments],
        "comparators": {
            key: {"words": OPERATORS.get(key, key), "operand": comparator.operand}
            for key, comparator in COMPARATORS.items()
        },
        "fitting": {kind: matching_comparators(kind) for kind in sorted(kinds)},
        "how": AGGREGATE_LABELS,
        "of_numbers": OF_NUMBERS,
        "times": TIMES_COMPARED,
        "aggregates": AGGREGATES_COMPARED,
    }


def _metrics(catalog: Catalog) -> list[Data]:
    metrics: list[Data] = []
    for name, metric in catalog.metrics.items():
        comparison = comparable_metric(catalog, name)
        data: Data = {"name": name, "label": metric.label, "description": metric.description}
        metrics.append(data | {"type": comparison.kind, "values": comparison.values, "narrows": comparison.narrows})
    return metrics


def _event(event: Event) -> Data:
    return {
        "name": event.name,
        "label": event.verb,
        "description": event.description,
        "fields": _columns(column for column in event.fields.values() if column.type not in TIME_TYPES),
    }


def _columns(columns: Iterable[Column]) -> list[Data]:
    return [_column(column) for column in columns]


def _column(column: Column) -> Data:
    data: Data = {"name": column.name, "label": column.label, "description": column.description}
    return data | {"type": column.type, "values": column.values}
