"""The tables that a catalog needs, so that a test can create them: each model with its columns and their SQL types."""

from collections.abc import Iterator
from typing import Any

from tests.support.oracle.reference import type_of

SQL_TYPES = {"string": "varchar", "number": "double precision", "strings": "varchar[]"}

Columns = dict[str, str]


def tables_of(catalog: dict[str, Any]) -> dict[str, Columns]:
    """Every model of a catalog that is loaded as text (`tests.support.oracle.reference.load`).

    An entity's key comes first.
    """
    result: dict[str, Columns] = {}
    for model, columns in (*_of_entities(catalog["entities"]), *_of_events(catalog.get("events", {}))):
        result[model] = {**result.get(model, {}), **columns}
    return result


def _of_entities(entities: dict[str, Any]) -> Iterator[tuple[str, Columns]]:
    keys = {other["customers"]: "varchar" for other in entities.values() if "customers" in other}
    for name, entity in entities.items():
        yield entity["model"], {entity["key"]: "varchar", **(keys if name == "customer" else {})}
        if "since" in entity:
            yield entity["model"], _time(entity["since"])
        for attribute, declared in entity.get("attributes", {}).items():
            history = declared.get("history") if isinstance(declared, dict) else None
            if history:
                value = {history.get("column", column_of(attribute, declared)): sql_type(declared)}
                edges = [_time(history[edge]) for edge in ("from", "to") if edge in history]
                for columns in ({history["customer"]: "varchar"}, value, *edges):
                    yield history["model"], columns
            else:
                yield entity["model"], {column_of(attribute, declared): sql_type(declared)}


def _of_events(events: dict[str, Any]) -> Iterator[tuple[str, Columns]]:
    for event in events.values():
        yield event["model"], {event["customer"]: "varchar", **_time(event["at"])}
        yield event["model"], {column_of(name, one): sql_type(one) for name, one in event.get("fields", {}).items()}
        if "key" in event:
            yield event["model"], {event["key"]: "varchar"}
        if "recorded_at" in event:
            yield event["model"], _time(event["recorded_at"])


def column_of(name: str, declared: str | dict[str, Any]) -> str:
    """The column of an attribute or a field."""
    return name if isinstance(declared, str) else str(declared.get("column", name))


def sql_type(declared: str | dict[str, Any]) -> str:
    """The type of a column, by the name that DuckDB and PostgreSQL have for it."""
    return SQL_TYPES.get(type_of(declared), type_of(declared))


def time_column(declared: str | dict[str, str]) -> str:
    """The column of an `at`, a `since`, a `recorded_at` or a boundary of a history."""
    return declared if isinstance(declared, str) else declared["column"]


def time_type(declared: str | dict[str, str]) -> str:
    """Its type: an instant unless the catalog declares another."""
    return "timestamp" if isinstance(declared, str) else declared["type"]


def _time(declared: str | dict[str, str]) -> Columns:
    return {time_column(declared): time_type(declared)}
