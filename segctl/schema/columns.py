"""JSON Schemas of the columns that the catalog names: their types, times, and attributes with a history."""

from collections.abc import Iterable

from segctl.language.syntax import TIME_TYPES, VALUE_TYPES
from segctl.schema.parts import FLAG, SCALAR, Schema, by_name, closed, text

COLUMN: Schema = {"type": "string", "pattern": r"^[A-Za-z_][A-Za-z0-9_]*$"}
LABEL = "Its name in sentences: lifetime spend."
FIXED: Schema = {**FLAG, "description": "true: it never changes, so that a past run may take it as it is now."}


def columns(description: str, more: Schema | None = None) -> Schema:
    """Columns by name, each a type or a mapping."""
    return by_name({"anyOf": _column_forms(VALUE_TYPES, ("string", "strings"), more or {})}, description)


def _column_forms(types: Iterable[str], of_texts: Iterable[str], more: Schema, required: str = "type") -> list[Schema]:
    """The forms of a column: a mapping with a type, with listed values, or only the type."""
    properties = {
        "type": {"enum": list(types)},
        "column": {**COLUMN, "description": "The column, if it has another name."},
        "label": text(LABEL),
        "description": text("What it is."),
        **more,
    }
    texts = {"type": "array", "items": SCALAR, "description": "The only texts that rules may name."}
    listed = {**properties, "type": {"enum": list(of_texts)}, "values": texts}
    keys = dict.fromkeys(("type", required))
    alone = [properties["type"]] if required == "type" else []
    return [*alone, closed(properties, keys), closed(listed, [*keys, "values"])]


def attributes() -> Schema:
    """The customers' attributes. Only they may have a history, and then they are neither lists nor fixed."""
    single = [kind for kind in VALUE_TYPES if kind != "strings"]
    now = _column_forms(VALUE_TYPES, ("string", "strings"), {"fixed": FIXED})
    then = _column_forms(single, ("string",), {"history": _history()}, "history")
    return by_name({"anyOf": [*now, *then]}, "Columns of the customer that rules can use.")


def _history() -> Schema:
    properties = {
        "model": model(),
        "customer": {**COLUMN, "description": "The column that holds the customer's key."},
        "column": {
            **COLUMN,
            "description": "The column that holds the value, if it differs from the attribute's.",
        },
        "from": time_column("When a row begins to hold"),
        "to": time_column("When a row ends, which may be missing; without it, when the next one begins"),
    }
    description = "The table of its past values, so that a run for a past instant finds the value of then."
    return closed(properties, ["model", "customer", "from"], description=description)


def time_column(description: str) -> Schema:
    """A time column, by its name or with its type."""
    typed = closed({"column": COLUMN, "type": {"enum": list(TIME_TYPES)}}, ["column"])
    return {"anyOf": [COLUMN, typed], "description": f"{description}: a timestamp in UTC unless a type says otherwise."}


def model() -> Schema:
    """The model that holds a table."""
    pattern = r"^([A-Za-z_][A-Za-z0-9_]*|source\(.*\))$"
    return {"type": "string", "pattern": pattern, "description": "A dbt model, or source('shop', 'orders')."}
