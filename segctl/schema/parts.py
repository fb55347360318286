"""JSON Schemas shared by rules and the catalog: values, names, comparators, conditions and windows."""

from collections.abc import Iterable
from typing import Any

from segctl.language.amounts import SHARE_PATTERN
from segctl.language.comparators import COMPARATORS, COUNT_COMPARATORS, WINDOW_KEYS
from segctl.language.literals import UNITS
from segctl.language.names import LONGEST_NAME

Schema = dict[str, Any]

# Editors may read `NO` or `010` as other types. The compared value decides the meaning.
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
FLAG: Schema = {"enum": [True, False]}
PAIR: Schema = {"type": "array", "items": SCALAR, "minItems": 2, "maxItems": 2}
LIST: Schema = {"type": "array", "items": SCALAR, "minItems": 1}
SHARE: Schema = {"type": "string", "pattern": SHARE_PATTERN}
NAME = r"^[a-z][a-z0-9_]*$"


def duration(units: Iterable[str]) -> Schema:
    """A whole number, at least 1, and a unit."""
    return {"type": "string", "pattern": f"^(?=0*[1-9])[0-9]{{1,6}} ({'|'.join(units)})s?$"}


DURATION = duration(UNITS)
WHOLE_NUMBER: Schema = {"type": ["integer", "string"], "pattern": "^[0-9]{1,10}$", "minimum": 1}
OPERANDS: dict[str, Schema] = {
    "value": SCALAR,
    "list": LIST,
    "pair": PAIR,
    "duration": DURATION,
    "presence": {"enum": ["set", "missing"]},
}

# Descriptions of keys that rule types share. The others are in the module of their rule type.
DESCRIPTIONS = {
    "eq": "Equals.",
    "ne": "Is set and differs.",
    "gt": "Is greater.",
    "gte": "Is greater or equal.",
    "lt": "Is less.",
    "lte": "Is less or equal.",
    "between": "Lies between two values, both included; for days, until the end of the second.",
    "in": "Is one of these.",
    "not_in": "Is set and none of these.",
    "contains": "Contains this text.",
    "starts_with": "Starts with this text.",
    "ends_with": "Ends with this text.",
    "matches": "This regular expression is found in it.",
    "is": "Whether there is a value: set or missing.",
    "before": "Lies before this day or local time.",
    "after": "Lies after this day has ended, or after this local time.",
    "within_last": "Lies within this time before the run.",
    "older_than": "Lies at least this long before the run.",
    "within_next": "Lies within this time after the run.",
    "anniversary_within_next": "Has an anniversary within this time, today included.",
    "between_dates": "Only events from the first day to the end of the second.",
    "where": "Only events whose fields match: a value, a list of values, or comparators.",
    "times": "How often: comparators of a number.",
    "has": "This text is in the list.",
    "has_any": "At least one of these texts is in the list.",
    "has_all": "Every one of these texts is in the list.",
}


def shared() -> dict[str, Schema]:
    """The shared parts of a document, used by reference."""
    keys = (*COMPARATORS, "between_dates")
    operators = {key: "between" if key == "between_dates" else key for key in keys}
    parts = {
        key: {"description": DESCRIPTIONS[key], **OPERANDS[COMPARATORS[operator].operand]}
        for key, operator in operators.items()
    }
    return {**parts, "where": _where(), "times": _times()}


def reference(part: str) -> Schema:
    """A reference to a shared part, or to the rule."""
    return {"$ref": f"#/definitions/{part}"}


def comparators(keys: Iterable[str]) -> Schema:
    """Properties for comparators and windows."""
    return {key: reference(key) for key in keys}


def some_of(keys: Iterable[str]) -> Schema:
    """The condition that at least one of the keys is present."""
    return {"anyOf": [{"required": [key]} for key in keys]}


def closed(properties: Schema, required: Iterable[str] = (), **more: object) -> Schema:
    """An object with exactly these properties allowed."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def _where() -> Schema:
    # The checks refuse values that depend on the run's instant, with a better message.
    compared = closed(comparators(COMPARATORS), minProperties=1)
    return {
        "type": "object",
        "description": DESCRIPTIONS["where"],
        "additionalProperties": {"anyOf": [SCALAR, LIST, compared]},
    }


def _times() -> Schema:
    return closed(comparators(COUNT_COMPARATORS), minProperties=1, description=DESCRIPTIONS["times"])


def narrowing_keys() -> Schema:
    """The keys that narrow events: a window, and `where`."""
    return {**comparators(WINDOW_KEYS), "where": reference("where")}


def named(description: str) -> Schema:
    """A name that is given for a key."""
    return {"type": "string", "description": description}


def identifier() -> Schema:
    """A name that a definition gives to something."""
    return {"type": "string", "pattern": NAME, "maxLength": LONGEST_NAME}


def by_name(value: Schema, description: str) -> Schema:
    """A mapping from names to such values."""
    return {
        "type": "object",
        "description": description,
        "patternProperties": {NAME: value},
        "additionalProperties": False,
    }


def text(description: str) -> Schema:
    """A text, described."""
    return {**SCALAR, "description": description}
