"""`metric`: compares a catalog metric, optionally narrowed by `where` or a window."""

from collections.abc import Mapping
from dataclasses import dataclass

from segctl.conditions.compatible import compatible_criteria
from segctl.events.aggregates import narrow
from segctl.features import Feature, Predicate, Test
from segctl.features.scope import Scope
from segctl.language.comparators import COMPARATORS, WINDOW_KEYS, has_no_comparison, read_comparisons, read_where
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import TIME_TYPES, Comparison, Condition, Leaf, Metric, Scalar
from segctl.schema.parts import Schema, closed, comparators, named, narrowing_keys, some_of
from segctl.speech import Clause, Speech, about_value, metric_text, money_of, type_of

# Likely keys first, since hints list them in this order.
LIKELY = ("gt", "gte", "lt", "lte", "between", "where", "within_last", "is")
KEYS = (*LIKELY, *(key for key in COMPARATORS if key not in LIKELY), "between_dates")
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "metric": "A catalogued metric, compared with something.",
}
SYNONYMS: dict[str, str] = {}


@dataclass(frozen=True)
class Body:
    """The metric's name, its comparisons (some may turn out to be a window) and its filter."""

    name: Scalar
    comparisons: tuple[Comparison, ...]
    dates: tuple[Comparison, ...]
    where: tuple[Condition, ...]


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf. A missing comparator is a problem."""
    name = reader.scalar(head.value, "metric")
    if name is None:
        return None
    where = read_where(entries["where"].value, reader) if "where" in entries else ()
    if has_no_comparison(entries, ("metric", *KEYS)):
        message = f"metric {name.text} is not compared with anything"
        reader.problem(head.key.mark, "missing-comparator", message, "add a comparator, for example gt: 100 or is: set")
    dates = read_comparisons(entries, reader, ("between_dates",))
    return Body(name, read_comparisons(entries, reader), dates, where)


def schemas() -> list[Schema]:
    """The forms of the leaf."""
    properties = {"metric": named(DESCRIPTIONS["metric"]), **comparators(COMPARATORS), **narrowing_keys()}
    return [closed(properties, ["metric"], **some_of(COMPARATORS))]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the metric. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    metric = catalogued(body.name, scope)
    if metric is None:
        return None
    compared, windows = _comparisons_and_window(body, metric, scope)
    narrowed = narrowed_metric(body.name, body.where, windows, scope)
    criteria = compatible_criteria(tuple(compared), metric.type, scope.timezone, scope.report)
    if not compared and windows:
        message = f"metric {body.name.text} is not compared with anything: {windows[0].operator} only narrows it"
        scope.report.add(leaf.mark, "missing-comparator", message, "add a comparator, for example gt: 100")
    if narrowed is None or not criteria:
        return None
    words = f"{narrowed.name} {' and '.join(c.text for c in criteria)}"
    return Test(narrowed, criteria, words, leaf.mark)


def catalogued(name: Scalar, scope: Scope) -> Feature | None:
    """The metric of that name. None after a problem."""
    if not scope.of_customers(name, "a metric"):
        return None
    # A broken catalog metric was reported already.
    if name.text in scope.catalog.customer.attributes and name.text not in scope.catalog.metrics:
        hint = f"{name.text} is an attribute, not a metric"
        scope.report.add(name.mark, "unknown-metric", f'unknown metric "{name.text}"', hint)
    elif name.text not in scope.catalog.metrics:
        scope.report.unknown(name.text, name.mark, "metric", list(scope.catalog.metrics))
    return scope.metrics.get(name.text)


def _comparisons_and_window(
    body: Body, metric: Feature, scope: Scope
) -> tuple[list[Comparison], tuple[Comparison, ...]]:
    """The comparisons and the window. Time keys compare a metric that is a time, and narrow any other."""
    if metric.type in TIME_TYPES:
        for comparison in body.dates:
            message = f"between_dates does not narrow metric {body.name.text}, whose value is a time"
            hint = "compare the time: between: [day, day]"
            scope.report.add(comparison.mark, "window-place", message, hint)
        return list(body.comparisons), ()
    windows = [c for c in body.comparisons if c.operator in WINDOW_KEYS]
    compared = [c for c in body.comparisons if c.operator not in WINDOW_KEYS]
    return compared, (*windows, *body.dates)


def narrowed_metric(
    name: Scalar, where: tuple[Condition, ...], windows: tuple[Comparison, ...], scope: Scope
) -> Feature | None:
    """A catalog metric over fewer events. None after a problem."""
    metric = scope.catalog.metrics[name.text]
    if not where and not windows:
        return scope.metrics.get(name.text)
    if not isinstance(metric, Metric):
        message = f"metric {name.text} is a {metric.operation} and cannot be narrowed"
        mark = windows[0].mark if windows else where[0].field.mark
        scope.report.add(mark, "window-place", message, "catalogue two narrower metrics, and their ratio or difference")
        return None
    if windows and metric.window:
        message = f"metric {name.text} has a window of its own"
        hint = "remove one of the two windows, or catalogue a metric without one"
        scope.report.add(windows[0].mark, "window-twice", message, hint)
        return None
    return narrow(metric, where, windows, scope)


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: whose metric …"""
    body = leaf.body
    assert isinstance(body, Body)
    name = body.name.text
    kind = type_of(name, speech)
    windows = (
        ()
        if kind in TIME_TYPES
        else tuple(comparison for comparison in body.comparisons if comparison.operator in WINDOW_KEYS)
    )
    compared = [one for one in body.comparisons if one not in windows]
    words = metric_text(name, body.where, (*windows, *body.dates), speech)
    return about_value(words, kind, compared, money_of(name, speech))
