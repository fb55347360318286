"""Attributes and metrics in plain English."""

from collections.abc import Sequence
from decimal import Decimal

from segctl.language.syntax import CUSTOMER, TIME_TYPES, Column, Comparison, Condition, Derived, Metric, ValueType
from segctl.speech.clauses import Clause, Speech, joined, whose
from segctl.speech.events import narrowed, nouns
from segctl.speech.values import often, predicates

TIME_ENDINGS = ("_at", "_on")
SUMS = {
    "sum": "total {field} of their {events}",
    "avg": "average {field} of their {events}",
    "min": "lowest {field} of their {events}",
    "max": "highest {field} of their {events}",
    "count_distinct": "number of different values of {field} among their {events}",
}


def attribute_text(column: Column) -> str:
    """An attribute by its label, or by its name. Names of times lose their `_at` or `_on`."""
    return column.label or _named(column.name, column.type)


def attribute_of(name: str, speech: Speech) -> str:
    """The same for an attribute of the rule's entity."""
    catalog = speech.catalog
    entity = catalog.customer if speech.entity == CUSTOMER else catalog.entities[speech.entity]
    return attribute_text(entity.attributes[name])


def metric_text(name: str, where: Sequence[Condition], window: Sequence[Comparison], speech: Speech) -> str:
    """A metric with its filter and window."""
    metric = speech.catalog.metrics[name]
    which = narrowed(metric.event.text, where, window, speech) if isinstance(metric, Metric) else ""
    return f"{metric.label or _named(name, type_of(name, speech))}{which}"


def about_value(subject: str, kind: ValueType, comparisons: Sequence[Comparison], currency: str = "") -> Clause:
    """A clause about a value in words."""
    return whose(subject, predicates(comparisons, kind, currency))


def _named(name: str, kind: ValueType) -> str:
    return (name[:-3] if kind in TIME_TYPES and name.endswith(TIME_ENDINGS) else name).replace("_", " ")


def summed(aggregation: str, event: str, field: str) -> str:
    """An aggregate of an event field."""
    return SUMS[aggregation].format(field=field.replace("_", " "), events=nouns(event))


def type_of(name: str, speech: Speech) -> ValueType:
    """The type of a metric's value."""
    metric = speech.catalog.metrics[name]
    if isinstance(metric, Derived) or metric.aggregation in ("count", "count_distinct", "sum", "avg", "usual_gap"):
        return "number"
    event = speech.catalog.events[metric.event.text]
    return event.fields[metric.field.text].type if metric.field else event.at.type


def money_of(name: str, speech: Speech) -> str:
    """The currency of a metric's value, or empty if it is not money."""
    metric = speech.catalog.metrics[name]
    if isinstance(metric, Derived):
        both = {money_of(operand.text, speech) for operand in metric.operands}
        return both.pop() if metric.operation == "difference" and len(both) == 1 else ""
    if metric.field is None or metric.aggregation not in ("sum", "avg", "min", "max", "first", "last"):
        return ""
    return speech.money(metric.event.text, metric.field.text)


def so_many(singular: str, plural: str, which: str, comparisons: Sequence[Comparison]) -> Clause:
    """A clause about a number of things, by default at least one. `which` narrows them."""
    if not comparisons:
        return Clause(f"with at least one {singular}{which}", f"without any {singular}{which}")
    clauses = []
    for frequency in map(often, comparisons):
        what = f"{frequency.text} {plural if frequency.several else singular}{which}"
        clause = Clause(f"with {what}", f"without {what}")
        clauses.append(clause.denied if frequency.denied else clause)
    return joined("all", clauses)


def share_text(percent: Decimal) -> str:
    """A share as a percentage."""
    return f"{percent.normalize():f}%"
