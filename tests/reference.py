"""The oracle: who is in which segment, over plain Python rows, written from docs/language.md alone.

Slow and plain on purpose, and sharing no code with the compiler: where the two differ, one of them misreads
the page. It expects sound definitions; to find mistakes in them is the compiler's task.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml

from tests.reference_time import TIME_TYPES, WINDOW_KEYS, Clock, as_instant, time_holds
from tests.reference_values import Value, aggregated, read, satisfies

Row = dict[str, object]
Tables = dict[str, list[Row]]

AGGREGATES = ("count", "count_distinct", "sum", "avg", "min", "max", "first", "last")


@dataclass(frozen=True)
class Event:
    at: date
    fields: dict[str, Value]


@dataclass(frozen=True)
class World:
    """All that a rule can ask about, as it is at the as-of."""

    catalog: dict[str, Any]
    rules: dict[str, Any]
    clock: Clock
    customers: dict[object, dict[str, Value]]  # their attributes, by key
    events: dict[str, dict[object, list[Event]]]  # those that exist, by event and customer's key


def load(text: str) -> dict[str, Any]:
    """YAML with every scalar left as text: a value gets its type from the place where it stands."""
    loaded: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return loaded


def members(
    catalog: dict[str, Any], definitions: list[dict[str, Any]], tables: Tables, as_of: datetime
) -> dict[str, set[object]]:
    """The customers of each enabled segment."""
    world = world_of(catalog, definitions, tables, as_of)
    return {
        segment["name"]: {key for key in world.customers if rule_holds(segment["rule"], key, world)}
        for definition in definitions
        for segment in definition["segments"]
        if segment.get("enabled", "true") == "true"
    }


def eligible(
    catalog: dict[str, Any], definitions: list[dict[str, Any]], tables: Tables, as_of: datetime
) -> set[object]:
    """The customers who may be contacted: everybody, where the catalog has no such rule."""
    world = world_of(catalog, definitions, tables, as_of)
    rule = catalog["entities"]["customer"].get("eligible")
    return {key for key in world.customers if rule is None or rule_holds(rule, key, world)}


def metric_value(catalog: dict[str, Any], tables: Tables, as_of: datetime, metric: str, customer: object) -> Value:
    """One metric of one customer: a Decimal, a date, an instant in UTC, or None where it is missing."""
    return measured(metric, {}, {}, customer, world_of(catalog, [], tables, as_of))


# What there is at the as-of


def world_of(catalog: dict[str, Any], definitions: list[dict[str, Any]], tables: Tables, as_of: datetime) -> World:
    clock = Clock(as_of.astimezone(UTC), ZoneInfo(catalog["timezone"]))
    entity = catalog["entities"]["customer"]
    customers = {row[entity["key"]]: read_fields(row, entity.get("attributes", {})) for row in tables[entity["model"]]}
    events = {
        name: existing_events(event, tables, clock, customers) for name, event in catalog.get("events", {}).items()
    }
    # Disabled segments too: others may refer to them.
    rules = {segment["name"]: segment["rule"] for file in definitions for segment in file["segments"]}
    return World(catalog, rules, clock, customers, events)


def existing_events(
    event: dict[str, Any], tables: Tables, clock: Clock, customers: Collection[object]
) -> dict[object, list[Event]]:
    """What happened to known customers, at a time, until the as-of, and does not fail the event's `where`."""
    found: dict[object, list[Event]] = {}
    for row in tables[event["model"]]:
        customer, at = row[event["customer"]], read(row[at_column(event)], at_type(event))
        if customer not in customers or at is None:
            continue
        assert isinstance(at, date)
        if as_instant(at, clock.zone) > clock.as_of:
            continue
        fields = read_fields(row, event.get("fields", {}))
        if where_holds(event.get("where", {}), event, fields, clock):
            found.setdefault(customer, []).append(Event(at, fields))
    return found


def read_fields(row: Row, fields: dict[str, Any]) -> dict[str, Value]:
    return {name: read(row[column_of(name, field)], type_of(field)) for name, field in fields.items()}


# What the catalog says


def type_of(field: str | dict[str, str]) -> str:
    return field if isinstance(field, str) else field["type"]


def column_of(name: str, field: str | dict[str, str]) -> str:
    return name if isinstance(field, str) else field.get("column", name)


def at_type(event: dict[str, Any]) -> str:
    return "timestamp" if isinstance(event["at"], str) else event["at"].get("type", "timestamp")


def at_column(event: dict[str, Any]) -> str:
    return event["at"] if isinstance(event["at"], str) else event["at"]["column"]


def aggregate_of(metric: dict[str, Any]) -> tuple[str, str, str | None]:
    """`{sum: order.amount}` is ("sum", "order", "amount"); `{count: order}` has no field."""
    (aggregate,) = [key for key in metric if key in AGGREGATES]
    event, _, field = metric[aggregate].partition(".")
    return aggregate, event, field or None


def type_of_metric(catalog: dict[str, Any], name: str) -> str:
    aggregate, event, field = aggregate_of(catalog["metrics"][name])
    if aggregate in ("first", "last"):
        return at_type(catalog["events"][event])
    if aggregate in ("min", "max"):
        return type_of(catalog["events"][event]["fields"][field])
    return "number"


# Rules


def rule_holds(rule: dict[str, Any], customer: object, world: World) -> bool:
    if "all" in rule:
        return all(rule_holds(part, customer, world) for part in rule["all"])
    if "any" in rule:
        return any(rule_holds(part, customer, world) for part in rule["any"])
    if "none" in rule:
        return not any(rule_holds(part, customer, world) for part in rule["none"])
    if "not" in rule:
        return not rule_holds(rule["not"], customer, world)
    if "segment" in rule:
        return rule_holds(world.rules[rule["segment"]], customer, world)
    if "attribute" in rule:
        return attribute_holds(rule, customer, world)
    if "metric" in rule:
        return metric_holds(rule, customer, world)
    return event_holds(rule, customer, world)


def attribute_holds(rule: dict[str, Any], customer: object, world: World) -> bool:
    name = rule["attribute"]
    kind = type_of(world.catalog["entities"]["customer"]["attributes"][name])
    return satisfies(world.customers[customer][name], kind, without(rule, "attribute"), world.clock)


def metric_holds(rule: dict[str, Any], customer: object, world: World) -> bool:
    """Where the metric is a time, the time keys are comparators; on any other they are a window."""
    kind = type_of_metric(world.catalog, rule["metric"])
    window = {} if kind in TIME_TYPES else window_in(rule)
    value = measured(rule["metric"], rule.get("where", {}), window, customer, world)
    return satisfies(value, kind, without(rule, "metric", "where", *window), world.clock)


def measured(name: str, where: dict[str, Any], window: dict[str, Any], customer: object, world: World) -> Value:
    """A metric, its events narrowed for one rule by one more `where` and a window."""
    metric = world.catalog["metrics"][name]
    aggregate, event, field = aggregate_of(metric)
    events = matching(event, [metric.get("where", {}), where], window_in(metric) | window, customer, world)
    return aggregated(aggregate, [each.fields[field] if field else each.at for each in events])


def event_holds(rule: dict[str, Any], customer: object, world: World) -> bool:
    events = matching(rule["event"], [rule.get("where", {})], window_in(rule), customer, world)
    for aggregate in ("sum", "avg", "min", "max", "count_distinct"):
        if aggregate in rule:
            value = aggregated(aggregate, [each.fields[rule[aggregate]] for each in events])
            comparators = without(rule, "event", "where", aggregate, *WINDOW_KEYS)
            return satisfies(value, "number", comparators, world.clock)
    times = {"eq": "0"} if rule.get("never") == "true" else rule.get("times", {"gte": "1"})
    return satisfies(Decimal(len(events)), "number", times, world.clock)


def matching(
    event: str, wheres: list[dict[str, Any]], window: dict[str, Any], customer: object, world: World
) -> list[Event]:
    """A customer's events for which every `where` and every key of the window holds."""
    declared = world.catalog["events"][event]
    return [
        each
        for each in world.events[event].get(customer, [])
        if all(where_holds(where, declared, each.fields, world.clock) for where in wheres)
        and all(time_holds(key, operand, each.at, world.clock) for key, operand in window.items())
    ]


def where_holds(where: dict[str, Any], event: dict[str, Any], fields: dict[str, Value], clock: Clock) -> bool:
    """All must hold; a scalar means `eq`, a list means `in`."""
    for name, wanted in where.items():
        comparators = wanted
        if isinstance(wanted, str):
            comparators = {"eq": wanted}
        if isinstance(wanted, list):
            comparators = {"in": wanted}
        if not satisfies(fields[name], type_of(event["fields"][name]), comparators, clock):
            return False
    return True


def window_in(mapping: dict[str, Any]) -> dict[str, Any]:
    return {key: mapping[key] for key in WINDOW_KEYS if key in mapping}


def without(mapping: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: operand for key, operand in mapping.items() if key not in keys}


# Stays


class Stay(NamedTuple):
    """A member from `joined_at` on until just before `left_at`, which is None while they still are one."""

    segment: str
    customer: object
    joined_at: datetime
    left_at: datetime | None


class History:
    """The stays that follow from who the members were, run by run."""

    def __init__(self) -> None:
        self.as_of: datetime | None = None
        self.closed: list[Stay] = []
        self.open: dict[tuple[str, object], datetime] = {}  # (segment, customer) to when they joined

    def apply(self, as_of: datetime, members: dict[str, set[object]]) -> None:
        """Take the members of one run. A segment that it does not name has none."""
        if self.as_of is not None and as_of <= self.as_of:
            raise ValueError(f"{as_of} is not after the last run, {self.as_of}")
        self.as_of = as_of
        present = {(segment, customer) for segment, keys in members.items() for customer in keys}
        for segment, customer in set(self.open) - present:
            joined_at = self.open.pop((segment, customer))
            self.closed.append(Stay(segment, customer, joined_at, as_of))
        for joining in present - set(self.open):
            self.open[joining] = as_of

    def stays(self) -> list[Stay]:
        """Every stay so far, by segment, customer and time."""
        still = [Stay(segment, customer, joined, None) for (segment, customer), joined in self.open.items()]
        return sorted(self.closed + still, key=lambda stay: (stay.segment, str(stay.customer), stay.joined_at))
