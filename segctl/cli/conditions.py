"""The questions of one condition: what it is about, how it is compared, with what, and when."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from segctl.cli.asking import ask, choose
from segctl.errors import Failure
from segctl.spec import CUSTOMER

if TYPE_CHECKING:
    from segctl.plan import Plan
    from segctl.spec import Column, Event

Rule = dict[str, Any]
ABOUT = {
    "attribute": "what somebody is: {attributes}",
    "metric": "a number or a time of theirs: {metrics}",
    "event": "what they did, how often, for how much, or never: {events}",
    "segment": "whether they are in another segment",
}
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
MOST_NAMED = 4


def ask_condition(plan: "Plan") -> Rule:
    """A condition about customers, as data of a rule."""
    catalog = plan.catalog
    named = {
        "attribute": list(catalog.customer.attributes),
        "metric": list(catalog.metrics),
        "event": list(catalog.events),
    }
    named["segment"] = [found.segment.name for found in plan.segments if found.entity == CUSTOMER]
    told = {f"{kind}s": _some(names) for kind, names in named.items()}
    about = {kind: words.format(**told) for kind, words in ABOUT.items() if named[kind]}
    if not about:
        raise Failure("the catalog names nothing that could be asked about", "add attributes, events or metrics to it")
    kind = choose("About", about, "kind of condition")
    return {"attribute": _attribute, "metric": _metric, "event": _event, "segment": _segment}[kind](plan)


def _some(names: list[str]) -> str:
    return ", ".join([*names[:MOST_NAMED], *(["…"] if len(names) > MOST_NAMED else [])])


def _attribute(plan: "Plan") -> Rule:
    attributes = plan.catalog.customer.attributes
    name = choose("Attribute", {one.name: one.label or one.description for one in attributes.values()}, "attribute")
    return {"attribute": name, **_comparison(attributes[name].type, attributes[name].values)}


def _metric(plan: "Plan") -> Rule:
    from segctl.rules import say_rule
    from segctl.spec import TIME_TYPES, Metric
    from segctl.speech import Speech, type_of

    metrics = plan.catalog.metrics
    name = choose("Metric", {one.name: one.label or one.description for one in metrics.values()}, "metric")
    kind, metric = type_of(name, Speech(plan.catalog, say_rule)), metrics[name]
    values: tuple[str, ...] = ()
    if isinstance(metric, Metric) and metric.field:
        values = plan.catalog.events[metric.event.text].fields[metric.field.text].values
    rule = {"metric": name, **_comparison(kind, values)}
    may_narrow = isinstance(metric, Metric) and not metric.window and kind not in TIME_TYPES
    return rule | (_window() if may_narrow else {})


def _event(plan: "Plan") -> Rule:
    events = plan.catalog.events
    name = choose("Event", {one.name: one.description or one.verb for one in events.values()}, "event")
    event = events[name]
    numbers = {
        field: column.label or column.description for field, column in event.fields.items() if column.type == "number"
    }
    how = choose("How", {key: words for key, words in HOW.items() if numbers or key not in OF_NUMBERS}, "way to ask")
    rule: Rule = {"event": name}
    asked: Rule = {}
    if how == "never":
        asked = {"never": _bare("true")}
    elif how == "times":
        asked = {"times": _comparison("number", (), ("gte", "gt", "lte", "lt", "eq", "between"))}
    elif how in OF_NUMBERS:
        field = choose("Field", numbers, "field of numbers")
        asked = {how: field, **_comparison("number", (), ("gt", "gte", "lt", "lte", "eq", "between"))}
    return rule | _where(event) | asked | _window()


def _where(event: "Event") -> Rule:
    """Which of its occurrences, by one of its fields."""
    from segctl.spec import TIME_TYPES

    fields = {name: one for name, one in event.fields.items() if one.type not in TIME_TYPES}
    if not fields:
        return {}
    told = {"any": "all of them"} | {name: one.label or one.description for name, one in fields.items()}
    name = choose("Only those by", told, "field", default="any")
    return {} if name == "any" else {"where": {name: _condition(fields[name])}}


def _condition(column: "Column") -> object:
    """What stands behind a field in `where`: a value alone says that it is that one."""
    found = _comparison(column.type, column.values)
    return found["eq"] if "eq" in found else found.get("in", found)


def _segment(plan: "Plan") -> Rule:
    known = {one.segment.name: one.segment.label for one in plan.segments if one.entity == CUSTOMER}
    name = choose("Segment", known, "segment")
    within = choose("They are", {"in": "", "not_in": ""}, "answer", default="in")
    return {"segment": name} if within == "in" else {"not": {"segment": name}}


def _window() -> Rule:
    last = ask("Within the last (60 days, 6 months, 1 year; empty: ever)", _duration_or_none, default="")
    return {"within_last": _bare(last)} if last else {}


def _comparison(kind: str, values: tuple[str, ...], known: tuple[str, ...] = ()) -> Rule:
    """A comparator and what it compares with, of a value of some type, of which these may be all that there are."""
    from segctl.comparators import COMPARATORS
    from segctl.spec import TIME_TYPES

    family = "time" if kind in TIME_TYPES else kind
    fitting = known or tuple(key for key, one in COMPARATORS.items() if family in one.families)
    key = choose("Compared", {one: OPERATORS.get(one, "") for one in fitting}, "comparator")
    operand = COMPARATORS[key].operand
    if operand == "presence":
        return {key: choose("It is", {"set": "", "missing": ""}, "answer")}
    if operand == "duration":
        return {key: _bare(ask("How long (60 days, 6 months, 1 year)", _duration))}
    one = _value_of(family, values if key in ("eq", "ne", "in", "not_in", "has", "has_any", "has_all") else ())
    if operand == "pair":
        return {key: [_typed(family, ask("From", one)), _typed(family, ask("To", one))]}
    if values:
        for value in values:
            click.echo(f"  {value}")
    if operand == "list":
        told = ask("Values, with commas between", lambda text: _each(text, one))
        return {key: [_typed(family, part.strip()) for part in told.split(",")]}
    return {key: _typed(family, ask("Value", one))}


def _each(text: str, one: Callable[[str], str]) -> str:
    return ", ".join(one(part.strip()) for part in text.split(","))


def _value_of(family: str, values: tuple[str, ...]) -> Callable[[str], str]:
    """What takes a value of that kind, and raises ValueError for what is none."""
    from segctl.errors import did_you_mean
    from segctl.literals import read_day, read_instant, read_number

    def check(text: str) -> str:
        if not text:
            raise ValueError("a value is needed")
        if values and text not in values:
            raise ValueError(f'"{text}" is none of its values; {did_you_mean(text, list(values), "values")}')
        if family == "number" and read_number(text) is None:
            raise ValueError(f'"{text}" is no number; for example 100 or 12.50')
        if family == "boolean" and text not in ("true", "false"):
            raise ValueError(f'"{text}" is neither true nor false')
        if family == "time" and read_day(text) is None and read_instant(text) is None:
            raise ValueError(f'"{text}" is no day; for example 2024-12-31')
        return text

    return check


def _typed(family: str, text: str) -> object:
    """A value as it is written: texts with quotes where they need them."""
    return text if family in ("string", "strings") else _bare(text)


def _bare(text: str) -> object:
    from segctl.operations.appending import Bare

    return Bare(text)


def _duration(text: str) -> str:
    from segctl.literals import read_duration

    found = read_duration(text)
    if found is None:
        raise ValueError(f'"{text}" is no duration; for example 60 days, 6 months or 1 year')
    return str(found)


def _duration_or_none(text: str) -> str:
    return _duration(text) if text else ""
