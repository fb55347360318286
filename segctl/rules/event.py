"""`event`: did something, how often, for how much; or never did it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import yaml

from segctl.conditions.compatible import compatible_criteria
from segctl.conditions.criterion import Criterion
from segctl.events.aggregates import AggregateRequest, aggregate
from segctl.features import Predicate, Test
from segctl.features.scope import Scope
from segctl.language.comparators import COUNT_COMPARATORS, WINDOW_KEYS, has_no_comparison, read_comparisons, read_where
from segctl.language.reader import Entry, Reader
from segctl.language.synonyms import Wording
from segctl.language.syntax import TIME_TYPES, Aggregation, Comparison, Condition, Leaf, Scalar
from segctl.schema.parts import Schema, closed, comparators, named, narrowing_keys, reference, some_of
from segctl.speech import Clause, Speech, about_value, done, narrowed, never_done, summed

AGGREGATES = ("sum", "avg", "min", "max", "count_distinct")
NUMBER_COMPARATORS = (*COUNT_COMPARATORS, "is")
# Likely keys first, since hints list them in this order.
KEYS = ("times", "never", "where", *WINDOW_KEYS, *AGGREGATES, *NUMBER_COMPARATORS)
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "event": "Did something: at least once, a number of times, for an amount, or never.",
    "never": "It never happened.",
    "sum": "Compares the sum of this field.",
    "avg": "Compares the average of this field.",
    "min": "Compares the least value of this field.",
    "max": "Compares the greatest value of this field.",
    "count_distinct": "Compares how many different values of this field there are.",
}
SYNONYMS: dict[str, str] = {}
# The hint for a negated frequency.
DENIED_TIMES = Wording(denied="say not: {{… times: {{{}: …}}}}")


@dataclass(frozen=True)
class Body:
    """The event with its filter, and the comparison of its count or aggregate."""

    event: Scalar
    aggregation: Aggregation
    field: Scalar | None
    comparisons: tuple[Comparison, ...]
    where: tuple[Condition, ...]
    window: tuple[Comparison, ...]
    never: bool


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf. `times`, `never` and an aggregate exclude each other."""
    event = reader.scalar(head.value, "event")
    if event is None:
        return None
    how = [key for key in ("times", "never", *AGGREGATES) if key in entries]
    if len(how) > 1:
        message = f"{how[0]} and {how[1]} cannot be in one rule"
        hint = "write two rules below all:"
        reader.problem(entries[how[1]].key.mark, "conflicting-keys", message, hint)
    aggregates = [key for key in how if key in AGGREGATES]
    field = reader.scalar(entries[aggregates[0]].value, aggregates[0]) if aggregates else None
    return Body(
        event=event,
        aggregation=cast(Aggregation, aggregates[0]) if aggregates else "count",
        field=field,
        comparisons=_comparisons(head, entries, aggregates, reader),
        where=read_where(entries["where"].value, reader) if "where" in entries else (),
        window=read_comparisons(entries, reader, WINDOW_KEYS),
        never=_never(entries, reader),
    )


def _comparisons(
    head: Entry, entries: Mapping[str, Entry], aggregates: list[str], reader: Reader
) -> tuple[Comparison, ...]:
    direct = [key for key in entries if key in NUMBER_COMPARATORS]
    if aggregates:
        if "times" not in entries and "never" not in entries and has_no_comparison(entries, ("event", *KEYS), direct):
            message = f"the {aggregates[0]} of event {head.value.value} is not compared with anything"
            reader.problem(head.key.mark, "missing-comparator", message, "add a comparator, for example gt: 100")
        return read_comparisons(entries, reader, NUMBER_COMPARATORS)
    for key in direct:
        message = f"{key} compares nothing here"
        hint = f"times: {{{key}: …}} compares how often; sum: amount next to it compares a sum"
        hint += "; between_dates: limits the time" if key == "between" else ""
        reader.problem(entries[key].key.mark, "comparator-place", message, hint)
    return read_times(entries, reader)


def read_times(entries: Mapping[str, Entry], reader: Reader) -> tuple[Comparison, ...]:
    """The comparators of `times`, or none."""
    if "times" not in entries:
        return ()
    node = entries["times"].value
    if isinstance(node, yaml.ScalarNode):
        hint = f"write times: {{eq: {node.value}}} or times: {{gte: {node.value}}}"
        message = f'times must be a mapping of comparators, found "{node.value}"'
        reader.problem(node, "wrong-shape", message, hint)
        return ()
    found = reader.only(reader.entries(node, "times"), "times", COUNT_COMPARATORS, wording=DENIED_TIMES)
    if isinstance(node, yaml.MappingNode) and not node.value:
        reader.problem(node, "missing-comparator", "times has no comparator", "for example {gte: 2}")
    return read_comparisons(found, reader, COUNT_COMPARATORS)


def _never(entries: Mapping[str, Entry], reader: Reader) -> bool:
    if "never" not in entries:
        return False
    node = entries["never"].value
    never = reader.flag(node, "never")
    if never is False:
        reader.problem(node, "wrong-type", "never must be true", "remove it to ask for at least once")
    return never is True


def schemas() -> list[Schema]:
    """The schemas of the leaf: at least once, a number of times, never, or an aggregate with a comparison."""
    event = {"event": named(DESCRIPTIONS["event"]), **narrowing_keys()}
    forms = [
        closed(event, ["event"]),
        closed({**event, "times": reference("times")}, ["event", "times"]),
        closed({**event, "never": {"const": True, "description": DESCRIPTIONS["never"]}}, ["event", "never"]),
    ]
    compared = comparators(NUMBER_COMPARATORS)
    for key in AGGREGATES:
        form = {**event, key: named(DESCRIPTIONS[key]), **compared}
        forms.append(closed(form, ["event", key], **some_of(NUMBER_COMPARATORS)))
    return forms


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the count or aggregate. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    request = AggregateRequest(body.aggregation, body.event, body.field, body.where, body.window)
    feature = aggregate(request, scope) if scope.of_customers(body.event, "an event") else None
    if feature is None:
        return None
    if feature.type in TIME_TYPES:
        assert body.field is not None
        message = (
            f"{body.aggregation} of {body.event.text}.{body.field.text} is a time, which an event rule does not compare"
        )
        hint = f"catalogue it as a metric: {{{body.aggregation}: {body.event.text}.{body.field.text}}}"
        scope.report.add(body.field.mark, "field-type", message, hint)
        return None
    zero = Criterion("eq", (Decimal(0),), "number", scope.timezone)
    counted = body.aggregation == "count"
    criteria = (
        at_least_once(body.comparisons, scope)
        if counted
        else compatible_criteria(body.comparisons, "number", scope.timezone, scope.report)
    )
    criteria = (zero,) if body.never else criteria
    if not criteria:
        return None
    words = feature.description.rstrip(".")
    words = words[0].lower() + words[1:]
    return Test(feature, criteria, f"{words} {' and '.join(c.text for c in criteria)}", leaf.mark)


def at_least_once(comparisons: tuple[Comparison, ...], scope: Scope) -> tuple[Criterion, ...] | None:
    """The comparisons of the count, by default at least once. None after a problem."""
    if not comparisons:
        return (Criterion("gte", (Decimal(1),), "number", scope.timezone),)
    criteria = compatible_criteria(comparisons, "number", scope.timezone, scope.report)
    for comparison in comparisons if criteria else ():
        for scalar in comparison.operands:
            if not re.fullmatch(r"[0-9]+(\.0*)?", scalar.text):
                message = f'times takes whole numbers from 0, found "{scalar.text}"'
                scope.report.add(scalar.mark, "wrong-type", message, "to compare amounts, add sum:, avg:, min: or max:")
                criteria = None
    return criteria


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: who have done it, how often, or for how much."""
    body = leaf.body
    assert isinstance(body, Body)
    event, which = body.event.text, narrowed(body.event.text, body.where, body.window, speech)
    if body.never:
        return never_done(event, which, speech)
    if body.field is None:
        return done(event, body.comparisons, which, speech)
    words = f"{summed(body.aggregation, event, body.field.text)}{which}"
    money = "" if body.aggregation == "count_distinct" else speech.money(event, body.field.text)
    return about_value(words, "number", body.comparisons, money)
