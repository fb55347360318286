"""Everything that the oracle's rules read: the catalog, and the tables as of an instant."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.oracle.time import WINDOW_KEYS, Clock, has_come
from tests.support.oracle.values import Value, held_at, read, satisfies

Row = dict[str, object]
Tables = dict[str, list[Row]]
Rule = dict[str, Any]

AGGREGATES = ("count", "count_distinct", "sum", "avg", "min", "max", "first", "last", "usual_gap")
OF_TWO_METRICS = ("ratio", "difference")


@dataclass(frozen=True)
class Event:
    at: date
    fields: dict[str, Value]


@dataclass(frozen=True)
class World:
    """Everything that a rule reads, as of an instant."""

    catalog: dict[str, Any]
    segments: dict[str, dict[str, Any]]
    clock: Clock
    customers: dict[object, dict[str, Value]]  # their attributes, by key
    events: dict[str, dict[object, list[Event]]]  # the existing ones, by event and customer's key
    accounts: dict[str, dict[object, dict[str, Value]]]  # the attributes of other entities, by entity and key
    account_of: dict[str, dict[object, object]]  # by entity, a customer's key to the entity's key
    found: dict[str, set[object]] = field(default_factory=dict)  # what `once` keeps

    def once(self, what: str, rule: Rule, find: Callable[[], set[object]]) -> set[object]:
        """An answer about all customers, computed once."""
        asked = f"{what} {json.dumps(rule, sort_keys=True)}"
        if asked not in self.found:
            self.found[asked] = find()
        return self.found[asked]


# What there is at the as-of


def world_of(catalog: dict[str, Any], definitions: list[dict[str, Any]], tables: Tables, as_of: datetime) -> World:
    clock = Clock(as_of.astimezone(UTC), ZoneInfo(catalog["timezone"]))
    entity = catalog["entities"]["customer"]
    people = [row for row in tables[entity["model"]] if exists(row, entity, clock)]
    attributes = entity.get("attributes", {})
    present = {name: each for name, each in attributes.items() if "history" not in each}
    customers = {row[entity["key"]]: read_fields(row, present) for row in people}
    for name in attributes.keys() - present.keys():
        for customer, value in values_then(name, attributes[name], tables, clock, customers).items():
            customers[customer][name] = value
    events = {
        name: existing_events(event, tables, clock, customers) for name, event in catalog.get("events", {}).items()
    }
    others = {name: other for name, other in catalog["entities"].items() if name != "customer"}
    accounts = {
        name: {row[other["key"]]: read_fields(row, other.get("attributes", {})) for row in tables[other["model"]]}
        for name, other in others.items()
    }
    account_of = {
        name: {row[entity["key"]]: row[other["customers"]] for row in people} for name, other in others.items()
    }
    # Disabled segments too: others may refer to them.
    segments = {segment["name"]: segment for file in definitions for segment in file["segments"]}
    return World(catalog, segments, clock, customers, events, accounts, account_of)


def exists(customer: Row, entity: dict[str, Any], clock: Clock) -> bool:
    """Whether the customer exists yet: from the instant of `since` on. Never without one."""
    since = time_in(customer, entity.get("since"))
    return "since" not in entity or (since is not None and has_come(since, clock))


def values_then(
    name: str, field: dict[str, Any], tables: Tables, clock: Clock, customers: Collection[object]
) -> dict[object, Value]:
    """The value of an attribute with a history at the as-of, for each customer."""
    history = field["history"]
    holding: dict[object, list[tuple[date, Value]]] = {customer: [] for customer in customers}
    for row in tables[history["model"]]:
        begins, ends = (time_in(row, history.get(edge)) for edge in ("from", "to"))
        if row[history["customer"]] not in customers or begins is None or not has_come(begins, clock):
            continue
        if ends is None or not has_come(ends, clock):
            value = read(row[history.get("column", column_of(name, field))], type_of(field))
            holding[row[history["customer"]]].append((begins, value))
    return {
        customer: held_at(max(begins for begins, _ in found), found) if found else None
        for customer, found in holding.items()
    }


def time_in(row: Row, declared: str | dict[str, str] | None) -> date | None:
    """The instant or day in a column declared like an event's `at`. None if it is missing."""
    if declared is None:
        return None
    found = read(row[at_column({"at": declared})], at_type({"at": declared}))
    assert found is None or isinstance(found, date)
    return found


def existing_events(
    event: dict[str, Any], tables: Tables, clock: Clock, customers: Collection[object]
) -> dict[object, list[Event]]:
    """Events of known customers, at a time, until the as-of, that do not fail the event's `where`."""
    result: dict[object, list[Event]] = {}
    for row in tables[event["model"]]:
        customer, at = row[event["customer"]], read(row[at_column(event)], at_type(event))
        if customer not in customers or at is None:
            continue
        assert isinstance(at, date)
        if not has_come(at, clock):
            continue
        fields = read_fields(row, event.get("fields", {}))
        if where_holds(event.get("where", {}), event, fields, clock):
            result.setdefault(customer, []).append(Event(at, fields))
    return result


def read_fields(row: Row, fields: dict[str, Any]) -> dict[str, Value]:
    return {name: read(row[column_of(name, field)], type_of(field)) for name, field in fields.items()}


def where_holds(where: dict[str, Any], event: dict[str, Any], fields: dict[str, Value], clock: Clock) -> bool:
    """All must hold. A scalar means `eq`, a list means `in`."""
    for name, wanted in where.items():
        comparators = wanted
        if isinstance(wanted, str):
            comparators = {"eq": wanted}
        if isinstance(wanted, list):
            comparators = {"in": wanted}
        if not satisfies(fields[name], type_of(event["fields"][name]), comparators, clock):
            return False
    return True


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
    """`{sum: order.amount}` is ("sum", "order", "amount"). `{count: order}` has no field.

    A ratio or difference of two metrics has no aggregate of its own.
    """
    (aggregate,) = [key for key in metric if key in AGGREGATES]
    event, _, field = metric[aggregate].partition(".")
    return aggregate, event, field or None


def type_of_metric(catalog: dict[str, Any], name: str) -> str:
    metric = catalog["metrics"][name]
    if any(key in metric for key in OF_TWO_METRICS):
        return "number"
    aggregate, event, field = aggregate_of(metric)
    declared = catalog["events"][event]
    if aggregate in ("first", "last", "min", "max"):
        return type_of(declared["fields"][field]) if field else at_type(declared)
    return "number"


def is_enabled(segment: dict[str, Any]) -> bool:
    return bool(segment.get("enabled", "true") == "true")


def earlier_in_group(segment: dict[str, Any], world: World) -> list[str]:
    """Disabled segments have no members."""
    if "group" not in segment:
        return []
    return [
        other["name"]
        for other in world.segments.values()
        if other.get("group") == segment["group"] and int(other["priority"]) < int(segment["priority"])
        if is_enabled(other)
    ]


def window_in(mapping: dict[str, Any]) -> dict[str, Any]:
    return {key: mapping[key] for key in WINDOW_KEYS if key in mapping}


def without(mapping: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: operand for key, operand in mapping.items() if key not in keys}
