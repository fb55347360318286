"""Parses typed columns, models and keys of entities and events."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

import yaml

from segctl.language.names import aliased, another_name, as_name, column_fault
from segctl.language.reader import Entry, Reader
from segctl.language.synonyms import hint_for_word
from segctl.language.syntax import TIME_TYPES, VALUE_TYPES, Column, ValueHistory, ValueType

HISTORY_KEYS = ("model", "customer", "column", "from", "to")
HISTORY_EXAMPLE = "{model: stg_customer_plans, customer: customer_id, from: valid_from}"
COLUMN_KEYS = ("type", "column", "label", "description", "values")

_MODEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SOURCE = re.compile(r"source\(\s*(['\"])([A-Za-z0-9_]+)\1\s*,\s*(['\"])([A-Za-z0-9_]+)\3\s*\)\Z")


@dataclass(frozen=True)
class ColumnKind:
    """A kind of column: its noun, its check for names, and its additional keys.

    `hints` are for keys that it does not accept.
    """

    what: str
    fault: Callable[[str], str]
    keys: tuple[str, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)


def columns(entry: Entry, kind: ColumnKind, reader: Reader) -> dict[str, Column]:
    """The columns of `attributes` or `fields` by name, without broken ones."""
    by_name = {}
    for item in reader.entries(entry.value, entry.key.text).values():
        mend = aliased if _is_own_column(item) and column_fault(as_name(item.key.text)) else another_name
        good = reader.valid_name(item.key, f"{kind.what} name", kind.fault, mend)
        column = _column(item, kind, reader)
        if good and column:
            by_name[item.key.text] = column
        else:
            reader.report.broken.add(item.key.text)
    return by_name


def _column(item: Entry, of: ColumnKind, reader: Reader) -> Column | None:
    name, mark = item.key.text, item.key.mark
    # Otherwise the name itself was refused.
    if _is_own_column(item) and not of.fault(name):
        reader.valid_name(item.key, "column", column_fault, aliased)
    if isinstance(item.value, yaml.ScalarNode):
        kind = value_type(item.value, VALUE_TYPES, reader)
        return Column(name, kind, name, mark) if kind else None
    entries = reader.mapping(item.value, f"{of.what} {name}", (*COLUMN_KEYS, *of.keys), ("type",), of.hints)
    if "type" not in entries:
        return None
    column = column_name(entries["column"].value, "column", reader) if "column" in entries else name
    description_text = description(entries, reader)
    values = reader.texts(entries["values"].value, "values") if "values" in entries else ()
    kind = value_type(entries["type"].value, VALUE_TYPES, reader)
    if kind is None:
        return None
    if values and kind not in ("string", "strings"):
        message = f"values need a string, but {name} is a {kind}"
        reader.problem(entries["values"].key.mark, "wrong-type", message, "remove values")
        values = ()
    fixed = reader.flag(entries["fixed"].value, "fixed") if "fixed" in entries else None
    if fixed is not None and "history" in entries:
        message, hint = (
            "an attribute cannot have both fixed and history",
            "remove one: a value that never changes needs no history",
        )
        reader.problem(entries["fixed"].key.mark, "conflicting-keys", message, hint)
    called = label(entries, reader)
    read = Column(name, kind, column, mark, description_text, values, fixed=fixed is True, label=called)
    return replace(read, history=value_history(entries["history"], read, reader)) if "history" in entries else read


def _is_own_column(item: Entry) -> bool:
    """Whether the column has the name of the attribute or field."""
    keys = [key.value for key, _ in item.value.value] if isinstance(item.value, yaml.MappingNode) else []
    return "column" not in keys


def value_history(entry: Entry, attribute: Column, reader: Reader) -> ValueHistory | None:
    """Where past values of an attribute are stored. None after a problem."""
    if attribute.type == "strings":
        message = f"{attribute.name} is a list of texts, which cannot have a history"
        reader.problem(entry.key.mark, "wrong-type", message, "remove history, or make it a string")
        return None
    entries = reader.only(reader.entries(entry.value, "history", HISTORY_EXAMPLE), "history", HISTORY_KEYS)
    missing = [f'"{key}"' for key in ("model", "customer", "from") if key not in entries]
    if missing:
        if isinstance(entry.value, yaml.MappingNode):
            message = f"history has no {', no '.join(missing)}"
            reader.problem(entry.value, "missing-key", message, f"for example {HISTORY_EXAMPLE}")
        return None
    return ValueHistory(
        model=model(entries["model"].value, reader),
        customer=column_name(entries["customer"].value, "customer", reader),
        column=column_name(entries["column"].value, "column", reader) if "column" in entries else attribute.column,
        begins=time_column("from", entries["from"].value, reader),
        ends=time_column("to", entries["to"].value, reader) if "to" in entries else None,
        mark=entry.key.mark,
    )


def time_column(name: str, node: yaml.Node, reader: Reader) -> Column:
    """A time column: its name if it is a timestamp, or a mapping with its type."""
    mark = reader.mark(node)
    if isinstance(node, yaml.MappingNode):
        entries = reader.mapping(node, name, ("column", "type"), ("column",))
        column = column_name(entries["column"].value, "column", reader) if "column" in entries else ""
        kind = value_type(entries["type"].value, TIME_TYPES, reader) if "type" in entries else None
        return Column(name, kind or "timestamp", column, mark)
    return Column(name, "timestamp", column_name(node, name, reader), mark)


def value_type(node: yaml.Node, known: tuple[str, ...], reader: Reader) -> ValueType | None:
    """One of the known types. None after a problem."""
    scalar = reader.scalar(node, "type")
    if scalar and scalar.text not in known:
        message = f'unknown type "{scalar.text}"'
        reader.problem(node, "unknown-type", message, hint_for_word(scalar.text, list(known), "types"))
        return None
    return cast(ValueType, scalar.text) if scalar else None


def model(node: yaml.Node, reader: Reader) -> str:
    """A dbt model or source. Empty after a problem."""
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
    """A column's name. Empty after a problem."""
    return reader.named(node, what, column_fault, aliased)


def label(entries: dict[str, Entry], reader: Reader) -> str:
    """The label for sentences, or empty."""
    return reader.text(entries["label"].value, "label") if "label" in entries else ""


def description(entries: dict[str, Entry], reader: Reader) -> str:
    """The description, or empty."""
    return reader.text(entries["description"].value, "description") if "description" in entries else ""
