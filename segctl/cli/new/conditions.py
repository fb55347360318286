"""Prompts for one condition: its subject, comparator, value and window."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from segctl.cli.new.prompts import ask, choose
from segctl.errors import Failure
from segctl.language.syntax import CUSTOMER
from segctl.operations.definitions.choices import (
    AGGREGATE_LABELS,
    AGGREGATES_COMPARED,
    OF_NUMBERS,
    OPERATORS,
    TIMES_COMPARED,
    comparable_metric,
    family_of,
    matching_comparators,
    value_fault,
)

if TYPE_CHECKING:
    from segctl.language.syntax import Column, Event
    from segctl.plan.plan import Plan

Rule = dict[str, Any]
ABOUT = {
    "attribute": "what the customer is: {attributes}",
    "metric": "a number or time about the customer: {metrics}",
    "event": "what the customer did, how often, for how much, or never: {events}",
    "segment": "whether the customer is in another segment",
}
MOST_NAMED = 4


def ask_condition(plan: "Plan") -> Rule:
    """A condition about customers, as the data of a rule."""
    catalog = plan.catalog
    named = {
        "attribute": list(catalog.customer.attributes),
        "metric": list(catalog.metrics),
        "event": list(catalog.events),
    }
    named["segment"] = [planned.segment.name for planned in plan.segments if planned.entity == CUSTOMER]
    known_names = {f"{kind}s": _some(names) for kind, names in named.items()}
    about = {kind: text.format(**known_names) for kind, text in ABOUT.items() if named[kind]}
    if not about:
        raise Failure("the catalog has no attributes, metrics or events", "add at least one of them")
    kind = choose("About", about, "kind of condition")
    return {"attribute": _attribute, "metric": _metric, "event": _event, "segment": _segment}[kind](plan)


def _some(names: list[str]) -> str:
    return ", ".join([*names[:MOST_NAMED], *(["…"] if len(names) > MOST_NAMED else [])])


def _attribute(plan: "Plan") -> Rule:
    attributes = plan.catalog.customer.attributes
    name = choose(
        "Attribute", {column.name: column.label or column.description for column in attributes.values()}, "attribute"
    )
    return {"attribute": name, **_comparison(attributes[name].type, attributes[name].values)}


def _metric(plan: "Plan") -> Rule:
    metrics = plan.catalog.metrics
    name = choose("Metric", {metric.name: metric.label or metric.description for metric in metrics.values()}, "metric")
    metric = comparable_metric(plan.catalog, name)
    rule = {"metric": name, **_comparison(metric.kind, metric.values)}
    return rule | (_window() if metric.narrows else {})


def _event(plan: "Plan") -> Rule:
    events = plan.catalog.events
    name = choose("Event", {event.name: event.description or event.verb for event in events.values()}, "event")
    event = events[name]
    numbers = {
        field: column.label or column.description for field, column in event.fields.items() if column.type == "number"
    }
    how = choose(
        "How", {key: text for key, text in AGGREGATE_LABELS.items() if numbers or key not in OF_NUMBERS}, "way to ask"
    )
    rule: Rule = {"event": name}
    compared: Rule = {}
    if how == "never":
        compared = {"never": _bare("true")}
    elif how == "times":
        compared = {"times": _comparison("number", (), TIMES_COMPARED)}
    elif how in OF_NUMBERS:
        field = choose("Field", numbers, "field of numbers")
        compared = {how: field, **_comparison("number", (), AGGREGATES_COMPARED)}
    return rule | _where(event) | compared | _window()


def _where(event: "Event") -> Rule:
    """Which occurrences of the event count, by one of its fields."""
    from segctl.language.syntax import TIME_TYPES

    fields = {name: column for name, column in event.fields.items() if column.type not in TIME_TYPES}
    if not fields:
        return {}
    choices = {"any": "all of them"} | {name: field.label or field.description for name, field in fields.items()}
    name = choose("Only those by", choices, "field", default="any")
    return {} if name == "any" else {"where": {name: _condition(fields[name])}}


def _condition(column: "Column") -> object:
    """The value of a field in `where`. A plain value means equality."""
    rule = _comparison(column.type, column.values)
    return rule["eq"] if "eq" in rule else rule.get("in", rule)


def _segment(plan: "Plan") -> Rule:
    known = {planned.segment.name: planned.segment.label for planned in plan.segments if planned.entity == CUSTOMER}
    name = choose("Segment", known, "segment")
    within = choose("They are", {"in": "", "not_in": ""}, "answer", default="in")
    return {"segment": name} if within == "in" else {"not": {"segment": name}}


def _window() -> Rule:
    last = ask("Within the last (60 days, 6 months, 1 year; empty: ever)", _duration_or_none, default="")
    return {"within_last": _bare(last)} if last else {}


def _comparison(kind: str, values: tuple[str, ...], known: tuple[str, ...] = ()) -> Rule:
    """A comparator and its value, for a type. `known` lists all possible values, if the catalog does."""
    from segctl.language.comparators import COMPARATORS

    family = family_of(kind)
    key = choose(
        "Compared",
        {comparator: OPERATORS.get(comparator, "") for comparator in known or matching_comparators(kind)},
        "comparator",
    )
    operand = COMPARATORS[key].operand
    if operand == "presence":
        return {key: choose("It is", {"set": "", "missing": ""}, "answer")}
    if operand == "duration":
        return {key: _bare(ask("How long (60 days, 6 months, 1 year)", _duration))}
    check = _value_of(family, values if key in ("eq", "ne", "in", "not_in", "has", "has_any", "has_all") else ())
    if operand == "pair":
        return {key: [_typed(family, ask("From", check)), _typed(family, ask("To", check))]}
    if values:
        for value in values:
            click.echo(f"  {value}")
    if operand == "list":
        values_text = ask("Values, separated by commas", lambda text: _each(text, check))
        return {key: [_typed(family, part.strip()) for part in values_text.split(",")]}
    return {key: _typed(family, ask("Value", check))}


def _each(text: str, check: Callable[[str], str]) -> str:
    return ", ".join(check(part.strip()) for part in text.split(","))


def _value_of(family: str, values: tuple[str, ...]) -> Callable[[str], str]:
    """A check that accepts values of that kind, and raises ValueError for anything else."""

    def check(text: str) -> str:
        fault = value_fault(family, values, text)
        if fault:
            raise ValueError(fault)
        return text

    return check


def _typed(family: str, text: str) -> object:
    """A value as YAML text, quoted where needed."""
    return text if family in ("string", "strings") else _bare(text)


def _bare(text: str) -> object:
    from segctl.operations.definitions.definition_files import Unquoted

    return Unquoted(text)


def _duration(text: str) -> str:
    from segctl.language.literals import read_duration

    duration = read_duration(text)
    if duration is None:
        raise ValueError(f'"{text}" is not a duration; try 60 days, 6 months or 1 year')
    return str(duration)


def _duration_or_none(text: str) -> str:
    return _duration(text) if text else ""
