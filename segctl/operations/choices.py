"""What can be asked of a value or an event, in words, for those who write a definition by choosing."""

from collections.abc import Sequence
from dataclasses import dataclass

from segctl.comparators import COMPARATORS
from segctl.errors import did_you_mean
from segctl.literals import read_day, read_instant, read_number
from segctl.rules import say_rule
from segctl.spec import TIME_TYPES, Catalog, Metric
from segctl.speech import Speech, type_of

OPERATORS = {
    "eq": "is",
    "ne": "is another than",
    "gt": "is more than",
    "gte": "is, or is more than",
    "lt": "is less than",
    "lte": "is, or is less than",
    "between": "lies between two, both included",
    "in": "is one of",
    "not_in": "is none of",
    "contains": "contains",
    "starts_with": "starts with",
    "ends_with": "ends with",
    "matches": "matches a pattern",
    "has": "has",
    "has_any": "has any of",
    "has_all": "has all of",
    "is": "is set, or missing",
    "before": "lies before a day",
    "after": "lies after a day",
    "within_last": "lies within the last …",
    "older_than": "lies longer ago than …",
    "within_next": "lies within the next …",
    "anniversary_within_next": "has its day of the year within the next …",
}
HOW = {
    "ever": "at least once",
    "times": "so many times",
    "never": "not once",
    "sum": "a sum of a field",
    "avg": "an average of a field",
    "min": "the smallest of a field",
    "max": "the largest of a field",
}
OF_NUMBERS = ("sum", "avg", "min", "max")
# How the number of times, or an aggregate, is compared.
TIMES_COMPARED = ("gte", "gt", "lte", "lt", "eq", "between")
AGGREGATES_COMPARED = ("gt", "gte", "lt", "lte", "eq", "between")


def family_of(kind: str) -> str:
    """What a type is to comparators: all times are one."""
    return "time" if kind in TIME_TYPES else kind


def fitting(kind: str) -> tuple[str, ...]:
    """The comparators that a value of a type can be asked for."""
    return tuple(key for key, one in COMPARATORS.items() if family_of(kind) in one.families)


@dataclass(frozen=True)
class MetricAsked:
    """The type of a metric's value, all the values that there may be, and whether a window can narrow it further."""

    kind: str
    values: tuple[str, ...]
    narrows: bool


def metric_asked(catalog: Catalog, name: str) -> MetricAsked:
    """What can be asked of a metric."""
    metric, kind = catalog.metrics[name], type_of(name, Speech(catalog, say_rule))
    if not isinstance(metric, Metric):
        return MetricAsked(kind, (), narrows=False)
    field = catalog.events[metric.event.text].fields[metric.field.text] if metric.field else None
    return MetricAsked(kind, field.values if field else (), not metric.window and kind not in TIME_TYPES)


def value_fault(family: str, values: Sequence[str], text: str) -> str:
    """Why a text is no value of a family, of which these may be all that there are; empty when it is one."""
    if not text:
        return "a value is needed"
    if values and text not in values:
        return f'"{text}" is none of its values; {did_you_mean(text, list(values), "values")}'
    if family == "number" and read_number(text) is None:
        return f'"{text}" is no number; for example 100 or 12.50'
    if family == "boolean" and text not in ("true", "false"):
        return f'"{text}" is neither true nor false'
    if family == "time" and read_day(text) is None and read_instant(text) is None:
        return f'"{text}" is no day; for example 2024-12-31'
    return ""
