"""Typed columns, models and their keys, as entities and events declare them."""

import re
from collections.abc import Callable
from typing import cast

import yaml

from segctl.names import as_name, column_fault
from segctl.nodes import Entry, Reader, meant
from segctl.spec import VALUE_TYPES, Column, ValueType

COLUMN_KEYS = ("type", "column", "description", "values")

_MODEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SOURCE = re.compile(r"source\(\s*(['\"])([A-Za-z0-9_]+)\1\s*,\s*(['\"])([A-Za-z0-9_]+)\3\s*\)\Z")


def columns(entry: Entry, what: str, fault: Callable[[str], str], reader: Reader) -> dict[str, Column]:
    """The columns below `attributes` or `fields`, by name; broken ones are left out."""
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
        kind = value_type(item.value, VALUE_TYPES, reader)
        wrong = column_fault(name)
        if wrong and what == "field":
            hint = "rename the column in the staging model"
            reader.problem(mark, "bad-name", f'column "{name}" {wrong}', hint)
        return Column(name, kind, name, mark) if kind else None
    entries = reader.mapping(item.value, f"{what} {name}", COLUMN_KEYS, ("type",))
    if "type" not in entries:
        return None
    column = column_name(entries["column"].value, "column", reader) if "column" in entries else name
    told = description(entries, reader)
    values = reader.texts(entries["values"].value, "values") if "values" in entries else ()
    kind = value_type(entries["type"].value, VALUE_TYPES, reader)
    if kind is None:
        return None
    if values and kind not in ("string", "strings"):
        message = f"values are for strings, and {name} is a {kind}"
        reader.problem(entries["values"].key.mark, "wrong-type", message, "leave values out")
        values = ()
    return Column(name, kind, column, mark, told, values)


def value_type(node: yaml.Node, known: tuple[str, ...], reader: Reader) -> ValueType | None:
    """One of the known types; None after a problem."""
    scalar = reader.scalar(node, "type")
    if scalar and scalar.text not in known:
        message = f'unknown type "{scalar.text}"'
        reader.problem(node, "unknown-type", message, meant(scalar.text, list(known), "types"))
        return None
    return cast(ValueType, scalar.text) if scalar else None


def model(node: yaml.Node, reader: Reader) -> str:
    """A dbt model's name, or a source; empty after a problem."""
    text = reader.text(node, "model")
    source = _SOURCE.match(text)
    if source:
        return f"source('{source[2]}', '{source[4]}')"
    if text and not _MODEL.match(text):
        message = f'model "{text}" is neither the name of a dbt model nor a source'
        reader.problem(node, "bad-model", message, "for example stg_orders or source('shop', 'orders')")
        return ""
    return text


def column_name(node: yaml.Node, what: str, reader: Reader) -> str:
    """A column's name; empty after a problem."""
    return reader.named(node, what, column_fault, as_name)


def description(entries: dict[str, Entry], reader: Reader) -> str:
    """The description, empty when there is none."""
    return reader.text(entries["description"].value, "description") if "description" in entries else ""
