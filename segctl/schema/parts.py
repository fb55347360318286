"""JSON Schemas shared by rules and the catalog: values, comparators, conditions and windows."""

from collections.abc import Iterable
from typing import Any

from segctl.language.comparators import COMPARATORS, COUNT_COMPARATORS, WINDOW_KEYS
from segctl.language.literals import UNITS

Schema = dict[str, Any]

# Editors may read `NO` or `010` as other types. The compared value decides the meaning.
SCALAR: Schema = {"type": ["string", "number", "boolean"]}
FLAG: Schema = {"enum": [True, False]}
PAIR: Schema = {"type": "array", "items": SCALAR, "minItems": 2, "maxItems": 2}
LIST: Schema = {"type": "array", "items": SCALAR, "minItems": 1}


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
    "never": "It never happened.",
    "sum": "Compares the sum of this field.",
    "avg": "Compares the average of this field.",
    "min": "Compares the least value of this field.",
    "max": "Compares the greatest value of this field.",
    "count_distinct": "Compares how many different values of this field there are.",
    "has": "This text is in the list.",
    "has_any": "At least one of these texts is in the list.",
    "has_all": "Every one of these texts is in the list.",
    "rule": "A rule of the catalog, by its name.",
    "rank": "A customer's place among others, by this metric or attribute.",
    "top": "The highest values: a number of customers, or a share like 20%.",
    "bottom": "The lowest values: a number of customers, or a share like 20%.",
    "top_share": "The fewest customers who together bring this share of the total.",
    "tiles": "The number of groups of equal size, from the lowest values (1) up; in: says which qualify.",
    "in_tiles": "Which of the tiles qualify.",
    "among": "Ranks only customers that meet this rule.",
    "per": "Ranks the customers of each value of this attribute by themselves.",
    "ties": "together: treats customers with equal values alike.",
    "sequence": "First this event, then that, or never that.",
    "within": "How long after the step before, in hours, days or weeks.",
    "same": "A field that holds the same value in all steps.",
    "affinity": "The value of a field that most of a customer's events hold, like order_item.category.",
    "is_value": "set, missing, or the value itself.",
    "min_share": "The value must hold at least this share of the events.",
    "overdue": "Later with this event than is usual for the customer.",
    "factor": "How many usual gaps are too long; 1.5 if not given.",
    "min_events": "The number of days with such events that are needed; 3 if not given.",
    "fallback": "How old the last event must be for customers with fewer events.",
    "due": "A product's life cycle: due some time after this event.",
    "every": "How long after the event it is due, in days or weeks.",
    "due_within_next": "How far ahead the due day may lie, today included, in days or weeks.",
    "sample": "A stable random share of customers, like 10%.",
    "salt": "Any text; samples with the same salt hold the same customers.",
    "experiment": "Takes part in this experiment of the catalog.",
    "variant": "Has this variant of it.",
    "holdout": "true: customers who are kept out of every experiment; false: all other customers.",
    "belongs_to": "Belongs to one of these entities.",
    "that": "A rule about the entity.",
    "customers": "How many of its customers fulfil a rule about customers.",
    "sum_of_metric": "Compares the sum of this metric over them.",
    "sql": "One boolean SQL expression over attributes and metrics.",
    "attribute": "A column of the customer, compared with something.",
    "metric": "A catalogued metric, compared with something.",
    "event": "Did something: at least once, a number of times, for an amount, or never.",
    "segment": "The rule of another segment.",
    "all": "Every one of these rules is true.",
    "any": "At least one of these rules is true.",
    "none": "None of these rules is true.",
    "not": "This rule is false.",
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


def named(key: str) -> Schema:
    """The name given for the first key of a leaf, or for an aggregate."""
    return {"type": "string", "description": DESCRIPTIONS[key]}
