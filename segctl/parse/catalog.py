"""The catalog: its shape, its names and its types, without asking whether the warehouse has it."""

import re
from collections.abc import Callable
from typing import TypeVar, cast
from zoneinfo import ZoneInfo, available_timezones

import yaml

from segctl.comparators import WINDOW_KEYS, read_comparisons, read_where
from segctl.errors import Report, did_you_mean
from segctl.names import as_name, column_fault, name_fault
from segctl.nodes import Entry, Reader
from segctl.parse.definitions import TAKEN, check_version
from segctl.parse.document import document
from segctl.rules import parse_rule
from segctl.spec import (
    AGGREGATIONS,
    TIME_TYPES,
    VALUE_TYPES,
    Aggregation,
    Catalog,
    Column,
    Entity,
    Event,
    Metric,
    Scalar,
    ValueType,
)

KEYS = ("version", "timezone", "currency", "revenue", "entities", "events", "metrics")
ENTITY_KEYS = ("model", "key", "description", "attributes", "eligible")
EVENT_KEYS = ("model", "key", "customer", "at", "recorded_at", "fields", "where", "description")
COLUMN_KEYS = ("type", "column", "description", "values")
# Columns that customer_features has of its own.
RESERVED_FEATURES = (*TAKEN, "deleted_at", "eligible", "revenue")

_MODEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SOURCE = re.compile(r"source\(\s*(['\"])([A-Za-z0-9_]+)\1\s*,\s*(['\"])([A-Za-z0-9_]+)\3\s*\)\Z")

Named = TypeVar("Named")


def parse_catalog(path: str, content: bytes, report: Report) -> Catalog | None:
    """What the catalog says; None when there is no customer to speak of. Problems go to the report."""
    reader = Reader(path, report)
    node = document(content, reader)
    if node is None:
        return None
    entries = reader.mapping(node, "the catalog", KEYS, ("version", "timezone", "entities"))
    if "version" in entries:
        check_version(entries["version"].value, reader)
    timezone = _timezone(entries["timezone"].value, reader) if "timezone" in entries else "UTC"
    currency = reader.text(entries["currency"].value, "currency") if "currency" in entries else ""
    revenue = reader.scalar(entries["revenue"].value, "revenue") if "revenue" in entries else None
    customer = _customer(entries["entities"], reader) if "entities" in entries else None
    events = _each(entries.get("events"), "event", _event, reader)
    metrics = _each(entries.get("metrics"), "metric", _metric, reader)
    if customer is None:
        return None
    return Catalog(timezone, currency, revenue, customer, events, metrics)


def feature_name_fault(name: str) -> str:
    """Why an attribute or metric cannot be called so, or the empty string."""
    if name in RESERVED_FEATURES:
        return "is the name of another column of customer_features"
    return name_fault(name) or column_fault(name)


def _timezone(node: yaml.Node, reader: Reader) -> str:
    scalar = reader.scalar(node, "timezone")
    if scalar is None:
        return "UTC"
    try:
        ZoneInfo(scalar.text)
    except (KeyError, ValueError, OSError):
        cities = sorted(name for name in available_timezones() if "/" in name)
        near = did_you_mean(scalar.text, cities, "names")
        hint = near if near.startswith("did") else "an area and a city, like Europe/London"
        message = f'unknown time zone "{scalar.text}"'
        reader.problem(node, "unknown-timezone", message, hint)
        return "UTC"
    return scalar.text


def _each(
    entry: Entry | None, what: str, read: Callable[[Scalar, yaml.Node, Reader], Named | None], reader: Reader
) -> dict[str, Named]:
    """The named things below `events` or `metrics`."""
    found: dict[str, Named] = {}
    if entry is None:
        return found
    fault = feature_name_fault if what == "metric" else name_fault
    for item in reader.entries(entry.value, entry.key.text).values():
        good = reader.good_name(item.key, f"{what} name", fault, as_name)
        thing = read(item.key, item.value, reader)
        if good and thing is not None:
            found[item.key.text] = thing
        else:
            reader.report.broken.add(item.key.text)
    return found


def _customer(entry: Entry, reader: Reader) -> Entity | None:
    entities = reader.mapping(entry.value, "entities", ("customer",), ("customer",))
    if "customer" not in entities:
        return None
    node = entities["customer"].value
    entries = reader.mapping(node, "entity customer", ENTITY_KEYS, ("model", "key"))
    if "model" not in entries or "key" not in entries:
        return None
    attributes = {}
    if "attributes" in entries:
        attributes = _columns(entries["attributes"], "attribute", feature_name_fault, reader)
    eligible = parse_rule(entries["eligible"].value, reader) if "eligible" in entries else None
    description = _description(entries, reader)
    model, key = _model(entries["model"].value, reader), _column_name(entries["key"].value, "key", reader)
    return Entity(model, key, attributes, eligible, entities["customer"].key.mark, description)


def _event(name: Scalar, node: yaml.Node, reader: Reader) -> Event | None:
    what = f"event {name.text}"
    entries = reader.mapping(node, what, EVENT_KEYS, ("model", "customer", "at"))
    if not {"model", "customer", "at"} <= entries.keys():
        return None
    at = _at(entries["at"].value, reader)
    columns = {
        key: _column_name(entries[key].value, key, reader) if key in entries else ""
        for key in ("key", "customer", "recorded_at")
    }
    return Event(
        name=name.text,
        model=_model(entries["model"].value, reader),
        at=at,
        fields=_columns(entries["fields"], "field", name_fault, reader) if "fields" in entries else {},
        where=read_where(entries["where"].value, reader) if "where" in entries else (),
        mark=name.mark,
        description=_description(entries, reader),
        **columns,
    )


def _at(node: yaml.Node, reader: Reader) -> Column:
    mark = reader.mark(node)
    if isinstance(node, yaml.MappingNode):
        entries = reader.mapping(node, "at", ("column", "type"), ("column",))
        column = _column_name(entries["column"].value, "column", reader) if "column" in entries else ""
        value_type = _type(entries["type"].value, TIME_TYPES, reader) if "type" in entries else None
        return Column("at", value_type or "timestamp", column, mark)
    return Column("at", "timestamp", _column_name(node, "at", reader), mark)


def _metric(name: Scalar, node: yaml.Node, reader: Reader) -> Metric | None:
    what = f"metric {name.text}"
    entries = reader.mapping(node, what, (*AGGREGATIONS, *WINDOW_KEYS, "where", "description"))
    if not isinstance(node, yaml.MappingNode):
        return None
    kinds = [key for key in entries if key in AGGREGATIONS]
    if len(kinds) != 1:
        found = " and ".join(kinds) or "none"
        message = f"{what} must have exactly one aggregate, found {found}"
        reader.problem(node, "aggregate", message, f"one of: {', '.join(AGGREGATIONS)}")
        return None
    of = reader.scalar(entries[kinds[0]].value, kinds[0])
    if of is None:
        return None
    event, dot, field = of.text.partition(".")
    whole_event = kinds[0] in ("count", "first", "last")
    if whole_event == bool(dot):
        form = "an event" if whole_event else "an event and a field, like order.amount"
        hint = f"write {kinds[0]}: {event}" if whole_event else f"write {kinds[0]}: {event}.<field>"
        reader.problem(of.mark, "aggregate", f'{kinds[0]} takes {form}, found "{of.text}"', hint)
        return None
    return Metric(
        name=name.text,
        aggregation=cast(Aggregation, kinds[0]),
        event=Scalar(event, of.mark),
        field=Scalar(field, of.mark) if dot else None,
        where=read_where(entries["where"].value, reader) if "where" in entries else (),
        window=read_comparisons(entries, reader, WINDOW_KEYS),
        mark=name.mark,
        description=_description(entries, reader),
    )


def _columns(entry: Entry, what: str, fault: Callable[[str], str], reader: Reader) -> dict[str, Column]:
    found = {}
    for item in reader.entries(entry.value, entry.key.text).values():
        good = reader.good_name(item.key, f"{what} name", fault, as_name)
        column = _column(item, what, reader)
        if good and column:
            found[item.key.text] = column
        else:
            reader.report.broken.add(item.key.text)
    return found


def _column(item: Entry, what: str, reader: Reader) -> Column | None:
    name, mark = item.key.text, item.key.mark
    if isinstance(item.value, yaml.ScalarNode):
        value_type = _type(item.value, VALUE_TYPES, reader)
        wrong = column_fault(name)
        if wrong and what == "field":
            hint = "rename the column in the staging model"
            reader.problem(mark, "bad-name", f'column "{name}" {wrong}', hint)
        return Column(name, value_type, name, mark) if value_type else None
    entries = reader.mapping(item.value, f"{what} {name}", COLUMN_KEYS, ("type",))
    if "type" not in entries:
        return None
    column = _column_name(entries["column"].value, "column", reader) if "column" in entries else name
    description = _description(entries, reader)
    values = reader.texts(entries["values"].value, "values") if "values" in entries else ()
    value_type = _type(entries["type"].value, VALUE_TYPES, reader)
    if value_type is None:
        return None
    if values and value_type != "string":
        message = f"values are for strings, and {name} is a {value_type}"
        reader.problem(entries["values"].key.mark, "wrong-type", message, "leave values out")
        values = ()
    return Column(name, value_type, column, mark, description, values)


def _type(node: yaml.Node, known: tuple[str, ...], reader: Reader) -> ValueType | None:
    scalar = reader.scalar(node, "type")
    if scalar and scalar.text not in known:
        message = f'unknown type "{scalar.text}"'
        reader.problem(node, "unknown-type", message, did_you_mean(scalar.text, list(known), "types"))
        return None
    return cast(ValueType, scalar.text) if scalar else None


def _model(node: yaml.Node, reader: Reader) -> str:
    text = reader.text(node, "model")
    source = _SOURCE.match(text)
    if source:
        return f"source('{source[2]}', '{source[4]}')"
    if text and not _MODEL.match(text):
        message = f'model "{text}" is neither the name of a dbt model nor a source'
        reader.problem(node, "bad-model", message, "for example stg_orders or source('shop', 'orders')")
        return ""
    return text


def _column_name(node: yaml.Node, what: str, reader: Reader) -> str:
    return reader.named(node, what, column_fault, as_name)


def _description(entries: dict[str, Entry], reader: Reader) -> str:
    return reader.text(entries["description"].value, "description") if "description" in entries else ""
