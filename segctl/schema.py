"""JSON Schemas of the catalog and of definition files, for editors: keys, values and descriptions as one types.

A schema knows the shape of a file and not what the catalog names: it accepts what the parser accepts, and refuses
what the parser refuses without looking at the catalog.
"""

from segctl.names import LONGEST_NAME
from segctl.rules import COMBINATORS, RULE_TYPES
from segctl.shapes import DESCRIPTIONS, FLAG, SCALAR, Schema, closed, limits, reference, shared
from segctl.spec import AGGREGATIONS, TIME_TYPES, VALUE_TYPES

DIALECT = "http://json-schema.org/draft-07/schema#"
NAME = r"^[a-z][a-z0-9_]*$"
COLUMN: Schema = {"type": "string", "pattern": r"^[A-Za-z_][A-Za-z0-9_]*$"}
RULE = reference("rule")
VERSION: Schema = {"enum": [1, "1"], "description": "Always 1."}


def definitions_schema() -> Schema:
    """The schema of a definition file."""
    segment = closed(
        {
            "name": {
                "type": "string",
                "pattern": NAME,
                "maxLength": LONGEST_NAME,
                "description": "A lower-case identifier.",
            },
            "label": _text("What people call it."),
            "description": _text("What it is for."),
            "owner": _text("Who answers for it."),
            "tags": {"type": "array", "items": SCALAR, "description": "Words to find it by."},
            "enabled": {**FLAG, "description": "false: no members, stays are closed; others may still refer to it."},
            "rule": {**RULE, "description": "Who is in it: one combinator or one leaf."},
        },
        ["name", "rule"],
    )
    listed = {"type": "array", "items": segment, "minItems": 1, "description": "The segments of this file."}
    return _document("Segments", closed({"version": VERSION, "segments": listed}, ["version", "segments"]))


def catalog_schema() -> Schema:
    """The schema of the catalog."""
    properties = {
        "version": VERSION,
        "timezone": _text("An IANA name, like Europe/London; every window and date is reckoned in it."),
        "currency": _text("For documentation and formatting."),
        "revenue": _text("The metric that says what a member is worth: a sum."),
        "entities": closed({"customer": _customer()}, ["customer"], description="What can be in a segment."),
        "events": _named(_event(), "What customers do."),
        "metrics": _named(_metric(), "Aggregates of events, by name."),
    }
    return _document("Catalog", closed(properties, ["version", "timezone", "entities"]))


def _document(title: str, body: Schema) -> Schema:
    return {"$schema": DIALECT, "title": title, **body, "definitions": {"rule": _rule(), **shared()}}


def _rule() -> Schema:
    several = {"type": "array", "items": RULE, "minItems": 1}
    forms = [
        closed({key: {"description": DESCRIPTIONS[key], **(RULE if key == "not" else several)}}, [key])
        for key in COMBINATORS
    ]
    return {"anyOf": forms + [form for rule_type in RULE_TYPES.values() for form in rule_type.schemas()]}


def _customer() -> Schema:
    properties = {
        "model": _model(),
        "key": {**COLUMN, "description": "The column that identifies a customer: unique, never NULL."},
        "description": _text("What a row is."),
        "attributes": _columns("Columns of the customer that rules can ask for."),
        "eligible": {**RULE, "description": "Who may be contacted; reported beside membership."},
    }
    return closed(properties, ["model", "key"], description="The customers: one row each.")


def _event() -> Schema:
    when = closed({"column": COLUMN, "type": {"enum": list(TIME_TYPES)}}, ["column"])
    properties = {
        "model": _model(),
        "key": {**COLUMN, "description": "The column that identifies a row."},
        "customer": {**COLUMN, "description": "The column that holds the customer's key."},
        "at": {
            "anyOf": [COLUMN, when],
            "description": "When it happened: a timestamp in UTC unless a type says otherwise.",
        },
        "recorded_at": {**COLUMN, "description": "When the warehouse learned of it."},
        "fields": _columns("Columns that rules can ask for."),
        "where": reference("where"),
        "description": _text("What a row is."),
    }
    return closed(properties, ["model", "customer", "at"])


def _metric() -> Schema:
    common = {**limits(), "description": _text("What it is.")}
    forms = []
    for key in AGGREGATIONS:
        whole = key in ("count", "first", "last")
        pattern = r"^[^.]+$" if whole else r"^[^.]+\..+$"
        told = "An event." if whole else "A field of an event, like order.amount."
        forms.append(closed({key: {"type": "string", "pattern": pattern, "description": told}, **common}, [key]))
    return {"anyOf": forms}


def _columns(description: str) -> Schema:
    types: Schema = {"enum": list(VALUE_TYPES)}
    properties = {
        "type": types,
        "column": {**COLUMN, "description": "The column, when it is not called like this."},
        "description": _text("What it is."),
        "values": {"type": "array", "items": SCALAR, "description": "The only texts that rules may ask for."},
    }
    return _named({"anyOf": [types, closed(properties, ["type"])]}, description)


def _named(value: Schema, description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "patternProperties": {NAME: value},
        "additionalProperties": False,
    }


def _model() -> Schema:
    pattern = r"^([A-Za-z_][A-Za-z0-9_]*|source\(.*\))$"
    return {"type": "string", "pattern": pattern, "description": "A dbt model, or source('shop', 'orders')."}


def _text(description: str) -> Schema:
    return {**SCALAR, "description": description}
