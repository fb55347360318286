"""Parses the catalog: its shape, names and types. Does not ask the warehouse."""

from collections.abc import Callable
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

import yaml

from segctl.errors import Report, did_you_mean
from segctl.language.comparators import read_where
from segctl.language.names import another_name, column_fault, name_fault
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import CUSTOMER, Catalog, Derived, Entity, Event, Identifiers, Metric, Rule, Scalar
from segctl.parse.columns import ColumnKind, column_name, columns, description, model, time_column
from segctl.parse.definitions import TAKEN, check_version
from segctl.parse.document import document
from segctl.parse.experiments import experiment, holdout
from segctl.parse.guards import ENTITY_HINTS, SOURCE_HINTS, catalog_guard, freshness, source_guard
from segctl.parse.identifiers import identifiers
from segctl.parse.marts import costs, marts
from segctl.parse.metrics import metric
from segctl.parse.promises import PROMISE_KEYS, promise
from segctl.parse.shares import reverse_etl
from segctl.rules import parse_rule

KEYS = (
    *("version", "timezone", "currency", "revenue", "entities", "events", "metrics"),
    *("rules", "holdout", "experiments", "guard"),
    *("marts", "costs", "reverse_etl", "semantic_models"),
)
ENTITY_KEYS = ("model", "key", "description", "attributes", "max_loss")
OTHER_HINTS = {
    **ENTITY_HINTS,
    "since": "write it in entity customer: only customers have one",
    "acquired_by": "write it in entity customer: only customers have one",
    "identifiers": "write it in entity customer: only customers have them",
}
EVENT_KEYS = (
    *("model", "key", "customer", "at", "recorded_at", "fields", "where", "description", "verb"),
    *("freshness", "max_loss", *PROMISE_KEYS),
)
EVENT_HINTS = {
    **SOURCE_HINTS,
    "since": "when it happened is at:; since says from when on a customer exists, in entity customer",
}
# The own columns of customer_features.
RESERVED_FEATURES = (*TAKEN, "deleted_at", "eligible", "revenue")

Named = TypeVar("Named")


def parse_catalog(path: str, content: bytes, report: Report) -> Catalog | None:
    """The catalog, or None if it has no usable customer entity. Problems go to the report."""
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
    entities = _entities(entries["entities"], reader) if "entities" in entries else {}
    events = _each(entries.get("events"), "event", _event, reader)
    own = revenue.text if revenue else ""
    metrics: dict[str, Metric | Derived] = _each(entries.get("metrics"), "metric", metric, reader, own)
    rules: dict[str, Rule] = _each(entries.get("rules"), "rule", _rule, reader)
    experiments = _each(entries.get("experiments"), "experiment", experiment, reader)
    kept_out, guard = holdout(entries, reader), catalog_guard(entries, reader)
    scalars, spent = marts(entries, reader), costs(entries, reader)
    audiences = reverse_etl(entries, reader)
    semantic_models = "semantic_models" in entries and reader.flag(entries["semantic_models"].value, "semantic_models")
    customer = entities.pop(CUSTOMER, None)
    if customer is None:
        return None
    optional = (entities, rules, experiments, kept_out, guard, scalars, spent, audiences, bool(semantic_models))
    return Catalog(timezone, currency, revenue, customer, events, metrics, *optional)


def feature_name_fault(name: str) -> str:
    """Why a name is invalid for an attribute or metric, or the empty string."""
    if name in RESERVED_FEATURES:
        return "is the name of another column of customer_features"
    return name_fault(name) or column_fault(name)


def entity_column_fault(name: str) -> str:
    """Why a name is invalid for an attribute of another entity, or the empty string."""
    return "is the name of another column" if name == "entity_id" else name_fault(name) or column_fault(name)


ATTRIBUTE = ColumnKind("attribute", feature_name_fault, ("fixed", "history"))
ENTITY_ATTRIBUTE = ColumnKind(
    *("attribute", entity_column_fault, ("fixed",)),
    {"history": "only customers' attributes have one; carry the value over to the customers, or say fixed: true"},
)
FIELD = ColumnKind(
    *("field", name_fault),
    hints=dict.fromkeys(
        ("fixed", "history"), "only attributes take it: an event keeps the values from when it happened"
    ),
)


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
    entry: Entry | None,
    what: str,
    read: Callable[[Scalar, yaml.Node, Reader], Named | None],
    reader: Reader,
    revenue: str = "",
) -> dict[str, Named]:
    """The named entries of a key like `events` or `metrics`. `revenue` names the metric for the value of members."""
    named: dict[str, Named] = {}
    if entry is None:
        return named
    fault = feature_name_fault if what == "metric" else name_fault
    for item in reader.entries(entry.value, entry.key.text).values():
        # The column of that name then holds the metric itself.
        same = what == "metric" and item.key.text == revenue == "revenue"
        good = same or reader.valid_name(item.key, f"{what} name", fault, _metric_hint)
        value = read(item.key, item.value, reader)
        if good and value is not None:
            named[item.key.text] = value
        else:
            reader.report.broken.add(item.key.text)
    return named


def _metric_hint(name: str, fault: Callable[[str], str]) -> str:
    if name == "revenue":
        return "if it is what a member is worth, say so in the catalog: revenue: revenue; else choose another name"
    return another_name(name, fault)


def _rule(name: Scalar, node: yaml.Node, reader: Reader) -> Rule | None:  # noqa: ARG001
    return parse_rule(node, reader)


def _entities(entry: Entry, reader: Reader) -> dict[str, Entity]:
    entries = reader.entries(entry.value, "entities")
    if isinstance(entry.value, yaml.MappingNode) and "customer" not in entries:
        reader.problem(
            entry.value,
            "missing-key",
            'entities has no "customer"',
            "add customer: {model: stg_customers, key: customer_id}",
        )
    read = {}
    for item in entries.values():
        good = reader.valid_name(item.key, "entity name", name_fault)
        entity = _entity(item, reader)
        if good and entity:
            read[item.key.text] = entity
        else:
            reader.report.broken.add(item.key.text)
    return read


def _entity(item: Entry, reader: Reader) -> Entity | None:
    name = item.key.text
    keys: tuple[str, ...] = (*ENTITY_KEYS, "eligible", "since", "acquired_by", "identifiers")
    required, hints = ["model", "key"], ENTITY_HINTS
    if name != CUSTOMER:
        keys, required, hints = (*ENTITY_KEYS, "customers"), ["model", "key", "customers"], OTHER_HINTS
    entries = reader.mapping(item.value, f"entity {name}", keys, required, hints)
    if not set(required) <= entries.keys():
        return None
    kind = ATTRIBUTE if name == CUSTOMER else ENTITY_ATTRIBUTE
    attributes = columns(entries["attributes"], kind, reader) if "attributes" in entries else {}
    return Entity(
        model=model(entries["model"].value, reader),
        key=column_name(entries["key"].value, "key", reader),
        attributes=attributes,
        eligible=parse_rule(entries["eligible"].value, reader) if "eligible" in entries else None,
        mark=item.key.mark,
        description=description(entries, reader),
        customers=column_name(entries["customers"].value, "customers", reader) if "customers" in entries else "",
        since=time_column("since", entries["since"].value, reader) if "since" in entries else None,
        guard=source_guard(entries, reader),
        acquired_by=reader.scalar(entries["acquired_by"].value, "acquired_by") if "acquired_by" in entries else None,
        identifiers=identifiers(entries["identifiers"], reader) if "identifiers" in entries else Identifiers(),
    )


def _event(name: Scalar, node: yaml.Node, reader: Reader) -> Event | None:
    what = f"event {name.text}"
    entries = reader.mapping(node, what, EVENT_KEYS, ("model", "customer", "at"), EVENT_HINTS)
    if not {"model", "customer", "at"} <= entries.keys():
        return None
    at = time_column("at", entries["at"].value, reader)
    keys = {key: column_name(entries[key].value, key, reader) if key in entries else "" for key in ("key", "customer")}
    recorded_at = time_column("recorded_at", entries["recorded_at"].value, reader) if "recorded_at" in entries else None
    return Event(
        name=name.text,
        model=model(entries["model"].value, reader),
        at=at,
        recorded_at=recorded_at,
        fields=columns(entries["fields"], FIELD, reader) if "fields" in entries else {},
        where=read_where(entries["where"].value, reader) if "where" in entries else (),
        mark=name.mark,
        description=description(entries, reader),
        freshness=freshness(entries, reader),
        guard=source_guard(entries, reader),
        promise=promise(entries, recorded_at, reader),
        verb=reader.text(entries["verb"].value, "verb") if "verb" in entries else "",
        **keys,
    )
