"""The comparators and aggregates that a value or an event supports, in words, for people who choose from lists."""

from collections.abc import Sequence
from dataclasses import dataclass

from segctl.errors import did_you_mean
from segctl.language.comparators import COMPARATORS
from segctl.language.literals import read_day, read_instant, read_number
from segctl.language.syntax import TIME_TYPES, Catalog, Metric
from segctl.rules import say_rule
from segctl.speech import Speech, type_of

OPERATORS = {
    "eq": "is",
    "ne": "is not",
    "gt": "is more than",
    "gte": "is at least",
    "lt": "is less than",
    "lte": "is at most",
    "between": "is between two values, inclusive",
    "in": "is one of",
    "not_in": "is not one of",
    "contains": "contains",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "matches": "matches a pattern",
    "has": "has",
    "has_any": "has any of",
    "has_all": "has all of",
    "is": "is set or missing",
    "before": "is before a day",
    "after": "is after a day",
    "within_last": "is within the last …",
    "older_than": "is longer ago than …",
    "within_next": "is within the next …",
    "anniversary_within_next": "has its anniversary within the next …",
}
AGGREGATE_LABELS = {
    "ever": "at least once",
    "times": "a number of times",
    "never": "not once",
    "sum": "a sum of a field",
    "avg": "an average of a field",
    "min": "the smallest of a field",
    "max": "the largest of a field",
}
OF_NUMBERS = ("sum", "avg", "min", "max")
# Comparators for a count, and for an aggregate.
TIMES_COMPARED = ("gte", "gt", "lte", "lt", "eq", "between")
AGGREGATES_COMPARED = ("gt", "gte", "lt", "lte", "eq", "between")


def family_of(kind: str) -> str:
    """The family of a type for comparators. All time types are one family."""
    return "time" if kind in TIME_TYPES else kind


def matching_comparators(kind: str) -> tuple[str, ...]:
    """The comparators for a type."""
    return tuple(key for key, comparator in COMPARATORS.items() if family_of(kind) in comparator.families)


@dataclass(frozen=True)
class ComparableMetric:
    """The type of a metric's value, its possible values, and whether a window can narrow it."""

    kind: str
    values: tuple[str, ...]
    narrows: bool


def comparable_metric(catalog: Catalog, name: str) -> ComparableMetric:
    """What a condition on a metric can compare."""
    metric, kind = catalog.metrics[name], type_of(name, Speech(catalog, say_rule))
    if not isinstance(metric, Metric):
        return ComparableMetric(kind, (), narrows=False)
    field = catalog.events[metric.event.text].fields[metric.field.text] if metric.field else None
    return ComparableMetric(kind, field.values if field else (), not metric.window and kind not in TIME_TYPES)


def value_fault(family: str, values: Sequence[str], text: str) -> str:
    """Why a text is no value of a family, which may have these values alone; empty if it is one."""
    if not text:
        return "a value is needed"
    if values and text not in values:
        return f'"{text}" is not one of its values; {did_you_mean(text, list(values), "values")}'
    if family == "number" and read_number(text) is None:
        return f'"{text}" is not a number; try 100 or 12.50'
    if family == "boolean" and text not in ("true", "false"):
        return f'"{text}" is neither true nor false'
    if family == "time" and read_day(text) is None and read_instant(text) is None:
        return f'"{text}" is not a day; try 2024-12-31'
    return ""
