"""Attributes and metrics as people say them."""

from collections.abc import Sequence
from decimal import Decimal

from segctl.spec import CUSTOMER, TIME_TYPES, Column, Comparison, Condition, Derived, Metric, ValueType
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


def attribute_in_words(column: Column) -> str:
    """An attribute by its label, else by its name; that of a time loses the ending that says that it is one."""
    return column.label or _named(column.name, column.type)


def attribute_of(name: str, speech: Speech) -> str:
    """The same of one of whatever rules are about."""
    catalog = speech.catalog
    entity = catalog.customer if speech.entity == CUSTOMER else catalog.entities[speech.entity]
    return attribute_in_words(entity.attributes[name])


def metric_in_words(name: str, where: Sequence[Condition], window: Sequence[Comparison], speech: Speech) -> str:
    """A metric, and to which events it is narrowed."""
    metric = speech.catalog.metrics[name]
    which = narrowed(metric.event.text, where, window, speech) if isinstance(metric, Metric) else ""
    return f"{metric.label or _named(name, type_of(name, speech))}{which}"


def about_value(words: str, kind: ValueType, comparisons: Sequence[Comparison], currency: str = "") -> Clause:
    """Whose value, in words, is so."""
    return whose(words, predicates(comparisons, kind, currency))


def _named(name: str, kind: ValueType) -> str:
    return (name[:-3] if kind in TIME_TYPES and name.endswith(TIME_ENDINGS) else name).replace("_", " ")


def summed(aggregation: str, event: str, field: str) -> str:
    """An aggregate of a field of events."""
    return SUMS[aggregation].format(field=field.replace("_", " "), events=nouns(event))


def type_of(name: str, speech: Speech) -> ValueType:
    """The type of a metric's value."""
    metric = speech.catalog.metrics[name]
    if isinstance(metric, Derived) or metric.aggregation in ("count", "count_distinct", "sum", "avg", "usual_gap"):
        return "number"
    event = speech.catalog.events[metric.event.text]
    return event.fields[metric.field.text].type if metric.field else event.at.type


def money_of(name: str, speech: Speech) -> str:
    """The currency of a metric's value; empty where it is no money."""
    metric = speech.catalog.metrics[name]
    if isinstance(metric, Derived):
        both = {money_of(operand.text, speech) for operand in metric.operands}
        return both.pop() if metric.operation == "difference" and len(both) == 1 else ""
    if metric.field is None or metric.aggregation not in ("sum", "avg", "min", "max", "first", "last"):
        return ""
    return speech.money(metric.event.text, metric.field.text)


def so_many(one: str, several: str, which: str, comparisons: Sequence[Comparison]) -> Clause:
    """With so many of something, at least one without comparisons; `which` says which of them."""
    if not comparisons:
        return Clause(f"with at least one {one}{which}", f"without any {one}{which}")
    clauses = []
    for found in map(often, comparisons):
        what = f"{found.words} {several if found.several else one}{which}"
        clause = Clause(f"with {what}", f"without {what}")
        clauses.append(clause.denied if found.denied else clause)
    return joined("all", clauses)


def share_in_words(percent: Decimal) -> str:
    """A share in percent."""
    return f"{percent.normalize():f}%"
