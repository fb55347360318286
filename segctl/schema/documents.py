"""JSON Schemas of the catalog and of definition files, for completion in editors.

A schema knows the shape of a file, not the names in the catalog. It accepts what the parser accepts, and refuses what
the parser refuses without the catalog.
"""

from collections.abc import Iterable

from segctl.language.amounts import CHANGE_PATTERN, SHARE_PATTERN
from segctl.language.names import LONGEST_NAME
from segctl.language.syntax import (
    AGGREGATIONS,
    APPEND_ONLY,
    IDENTIFIERS,
    MARTS,
    PROMISE_UNITS,
    SEGMENT_GUARD_KEYS,
    TIME_TYPES,
    VALUE_TYPES,
)
from segctl.rules import COMBINATORS, RULE_TYPES
from segctl.rules.rank import DESCRIPTIONS, forms
from segctl.schema.parts import (
    DURATION,
    FLAG,
    SCALAR,
    WHOLE_NUMBER,
    Schema,
    closed,
    duration,
    named,
    narrowing_keys,
    reference,
    shared,
)
from segctl.schema.sharing import reverse_etl_schema, share_schema, used_by_schema

DIALECT = "http://json-schema.org/draft-07/schema#"
NAME = r"^[a-z][a-z0-9_]*$"
COLUMN: Schema = {"type": "string", "pattern": r"^[A-Za-z_][A-Za-z0-9_]*$"}
OTHER_NAME = r"^(?!customer$)[a-z][a-z0-9_]*$"
SHARE: Schema = {"type": "string", "pattern": SHARE_PATTERN}
RULE = reference("rule")
NO_MEMORY: Schema = {"not": {"anyOf": [{"required": ["group"]}, {"required": ["limit"]}]}}
DEPENDENCIES: Schema = {
    "group": ["priority"],
    "priority": ["group"],
    **dict.fromkeys(("keep_while", "min_stay", "cool_down"), NO_MEMORY),
}
RECORDED_OR_CHANGED: Schema = {
    "anyOf": [{"required": ["recorded_at"]}, {"properties": {"changes": {"type": "object"}}}]
}
LABEL = "Its name in sentences: lifetime spend."
OF_EVENTS = ("count", "usual_gap")
OF_EITHER = ("first", "last")
FIELD = "of a field, like order.amount."
AGGREGATES = {
    "count": "How many of these events.",
    "count_distinct": f"How many different values {FIELD}",
    "sum": f"The sum {FIELD}",
    "avg": f"The average {FIELD}",
    "min": f"The least value {FIELD}",
    "max": f"The greatest value {FIELD}",
    "first": "The time of the first such event; for a field, like order.channel, its value then.",
    "last": "The time of the last such event; for a field, like order.channel, its value then.",
    "usual_gap": "The average number of days from one day with such events to the next.",
}
OPERATIONS = {"ratio": "One metric divided by another.", "difference": "One metric less another."}
LIMITS: dict[str, Schema] = {
    "max_change": {"type": "string", "pattern": CHANGE_PATTERN},
    "min_size": WHOLE_NUMBER,
    "max_size": WHOLE_NUMBER,
    "max_loss": SHARE,
}
GUARDED = {
    "max_change": "The most that a run may join and remove together, as a share of the size before: 20%.",
    "min_size": "The fewest members after a run.",
    "max_size": "The most members after a run.",
    "max_loss": "The share of the last run's rows that may be gone: 10%.",
}
FIXED: Schema = {**FLAG, "description": "true: it never changes, so that a past run may take it as it is now."}
VERSION: Schema = {"enum": [1, "1"], "description": "Always 1."}


def definitions_schema() -> Schema:
    """The schema of a definition file."""
    segment = closed(
        {
            "name": {**_name(), "description": "A lower-case identifier."},
            "label": _text("The name that people read."),
            "description": _text("What it is for."),
            "owner": _text("Who is responsible for it."),
            "tags": {"type": "array", "items": SCALAR, "description": "Words to find it by."},
            "enabled": {**FLAG, "description": "false: no members, stays are closed; others may still refer to it."},
            "rule": {**RULE, "description": "Who is in it: one combinator or one leaf."},
            **_beside_the_rule(),
        },
        ["name"],
        anyOf=[{"required": ["rule"]}, {"required": ["extends"]}],
        dependencies=DEPENDENCIES,
    )
    listed = {"type": "array", "items": segment, "minItems": 1, "description": "The segments of this file."}
    entity = _text("What the segments of this file are about: an entity of the catalog; customer if not given.")
    file = closed({"version": VERSION, "entity": entity, "segments": listed}, ["version", "segments"])
    return _document("Segments", file)


def _beside_the_rule() -> Schema:
    limit = forms(closed({"rank": named(DESCRIPTIONS["rank"])}, ["rank"]), {})
    return {
        "extends": _text("Another segment whose rule must hold, too."),
        "group": {**_name(), "description": "An exclusive group: customers are in the first segment that takes them."},
        "priority": {**WHOLE_NUMBER, "description": "The place within the group; 1 comes first."},
        "limit": {"anyOf": limit, "description": "Keeps only the best of the customers that the rule lets in."},
        "keep_while": {**RULE, "description": "Members stay while the rule or this holds."},
        "min_stay": {**DURATION, "description": "How long a member stays at least."},
        "cool_down": {**DURATION, "description": "How long after leaving a customer cannot rejoin."},
        "guard": _guard(
            SEGMENT_GUARD_KEYS, "Limits beyond which a run holds this segment back; none lifts one of the catalog's."
        ),
        "formerly": {**_name(), "description": "Its earlier name, whose history it continues."},
        "share": share_schema(_name()),
        "used_by": used_by_schema(_name()),
    }


def _guard(limits: Iterable[str], description: str, lifted: bool = True) -> Schema:
    properties = {limit: _limit(limit, lifted) for limit in limits}
    return closed(properties, minProperties=1, description=description)


def _limit(limit: str, lifted: bool = True) -> Schema:
    amount = LIMITS[limit]
    return {**({"anyOf": [{"const": "none"}, amount]} if lifted else amount), "description": GUARDED[limit]}


def catalog_schema() -> Schema:
    """The schema of the catalog."""
    properties = {
        "version": VERSION,
        "timezone": _text("An IANA name, like Europe/London; it decides every window and date."),
        "currency": _text("For documentation and formatting."),
        "revenue": _text("The metric that says what a member is worth: a sum."),
        "entities": _entities(),
        "events": _named(_event(), "What customers do."),
        "metrics": _named(
            _metric(), "Named numbers and times: aggregates of events, and ratios and differences of two."
        ),
        "rules": _named(RULE, "Named rules, for rule: in segments."),
        "holdout": {**SHARE, "description": "The share of customers who are kept out of every experiment, like 5%."},
        "experiments": _named(_experiment(), "Experiments, their variants and who takes part."),
        "guard": _guard(LIMITS, "Limits for every segment and every source.", lifted=False),
        "marts": {
            "type": "array",
            "items": {"enum": list(MARTS)},
            "uniqueItems": True,
            "description": "Further tables for BI; each is a view.",
        },
        "costs": _costs(),
        "reverse_etl": reverse_etl_schema(),
        "semantic_models": {**FLAG, "description": "true: dbt's semantic models of segments are rendered, too."},
    }
    return _document("Catalog", closed(properties, ["version", "timezone", "entities"]))


def _costs() -> Schema:
    properties = {
        "model": _model(),
        "day": _time("The day of the spend"),
        "amount": {**COLUMN, "description": "The column with the amount, in the catalog's currency."},
        "segment": {**COLUMN, "description": "The column with the name of the segment that the spend was for."},
        "source": {**COLUMN, "description": "The column with the source of customers, as in acquired_by."},
        "window_days": {**WHOLE_NUMBER, "description": "How many days after joining revenue counts; 90 if not given."},
    }
    one = [{"required": ["segment"]}, {"required": ["source"]}]
    description = "The table of spend, for the mart roi: one row for each day and thing paid for."
    return closed(properties, ["model", "day", "amount"], oneOf=one, description=description)


def _document(title: str, body: Schema) -> Schema:
    return {"$schema": DIALECT, "title": title, **body, "definitions": {"rule": _rule(), **shared()}}


def _rule() -> Schema:
    several = {"type": "array", "items": RULE, "minItems": 1}
    forms = [
        closed({key: {"description": description, **(RULE if key == "not" else several)}}, [key])
        for key, description in COMBINATORS.items()
    ]
    return {"anyOf": forms + [form for rule_type in RULE_TYPES.values() for form in rule_type.schemas()]}


def _entities() -> Schema:
    own = "The column of the customers' model that holds its key."
    properties = {
        "model": _model(),
        "key": {**COLUMN, "description": "The column that identifies one: unique, never NULL."},
        "customers": {**COLUMN, "description": own},
        "description": _text("What a row is."),
        "attributes": _columns("Its columns that rules after that: can use.", {"fixed": FIXED}),
        "max_loss": _limit("max_loss"),
    }
    other = closed(properties, ["model", "key", "customers"], description="What customers belong to: one row each.")
    return {
        "type": "object",
        "description": "Who can be in a segment, and what customers belong to.",
        "properties": {"customer": _customer()},
        "required": ["customer"],
        "patternProperties": {OTHER_NAME: other},
        "additionalProperties": False,
    }


def _experiment() -> Schema:
    variants = {
        **_named(SHARE, "Their shares of the customers who take part; they add up to 100%."),
        "minProperties": 1,
    }
    share = {**SHARE, "description": "The share of customers that takes part; 100% if not given."}
    return closed({"share": share, "variants": variants}, ["variants"])


def _customer() -> Schema:
    properties = {
        "model": _model(),
        "key": {**COLUMN, "description": "The column that identifies a customer: unique, never NULL."},
        "description": _text("What a row is."),
        "attributes": _attributes(),
        "eligible": {**RULE, "description": "Who may be contacted; reported beside membership."},
        "since": _time("When a customer begins to exist"),
        "acquired_by": _text("The attribute that says what brought a customer, for the marts sources and roi."),
        "identifiers": _identifiers(),
        "max_loss": _limit("max_loss"),
    }
    return closed(properties, ["model", "key"], description="The customers: one row each.")


def _identifiers() -> Schema:
    attribute = {"type": "string", "description": "The attribute that holds it: a string."}
    country = {
        "type": "string",
        "pattern": "^[A-Z]{2}$",
        "description": "The country of phone numbers without a country code: GB, US.",
    }
    description = "The attributes that platforms know a customer by, for exports."
    properties = {**dict.fromkeys(IDENTIFIERS, attribute), "phone_country": country}
    return closed(properties, description=description, dependencies={"phone_country": ["phone"]})


def _event() -> Schema:
    properties = {
        "model": _model(),
        "key": {**COLUMN, "description": "The column that identifies a row."},
        "customer": {**COLUMN, "description": "The column that holds the customer's key."},
        "at": _time("When it happened"),
        "recorded_at": _time("When the warehouse learned of it"),
        "verb": _text("What a customer did, for sentences in English: ordered, visited the site."),
        "fields": _columns("Columns that rules can use."),
        "where": reference("where"),
        "description": _text("What a row is."),
        "freshness": {**DURATION, "description": "The newest event must lie within this time before the run."},
        "max_loss": _limit("max_loss"),
        **_promise(),
    }
    dependencies: Schema = {"changes": RECORDED_OR_CHANGED, "check_every": ["changes"], "late_by": ["changes"]}
    return closed(properties, ["model", "customer", "at"], dependencies=dependencies)


def _promise() -> dict[str, Schema]:
    at = _time("A time that is later whenever a row is new or has changed")
    description = (
        "A promise by which a run reads only what is new: rows never change, or have a time of their last change."
    )
    every = "How often a run reads all rows anyway; 7 days if not given."
    late = "How much earlier such a time may be than one that a run has seen; 1 hour if not given."
    return {
        "changes": {"anyOf": [{"const": APPEND_ONLY}, closed({"at": at}, ["at"])], "description": description},
        "check_every": {**duration(PROMISE_UNITS), "description": every},
        "late_by": {**duration(PROMISE_UNITS), "description": late},
    }


def _metric() -> Schema:
    common = {**narrowing_keys(), "label": _text(LABEL), "description": _text("What it is.")}
    found = []
    for key in AGGREGATIONS:
        pattern = r"^[^.]+(\..+)?$" if key in OF_EITHER else r"^[^.]+$" if key in OF_EVENTS else r"^[^.]+\..+$"
        of = {"type": "string", "pattern": pattern, "description": AGGREGATES[key]}
        found.append(closed({key: of, **common}, [key]))
    for key, description in OPERATIONS.items():
        two = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2, "description": description}
        found.append(closed({key: two, "label": common["label"], "description": common["description"]}, [key]))
    return {"anyOf": found}


def _columns(description: str, more: Schema | None = None) -> Schema:
    return _named({"anyOf": _column_forms(VALUE_TYPES, ("string", "strings"), more or {})}, description)


def _column_forms(types: Iterable[str], of_texts: Iterable[str], more: Schema, required: str = "type") -> list[Schema]:
    """The forms of a column: a mapping with a type, with listed values, or only the type."""
    properties = {
        "type": {"enum": list(types)},
        "column": {**COLUMN, "description": "The column, if it has another name."},
        "label": _text(LABEL),
        "description": _text("What it is."),
        **more,
    }
    texts = {"type": "array", "items": SCALAR, "description": "The only texts that rules may name."}
    listed = {**properties, "type": {"enum": list(of_texts)}, "values": texts}
    keys = dict.fromkeys(("type", required))
    alone = [properties["type"]] if required == "type" else []
    return [*alone, closed(properties, keys), closed(listed, [*keys, "values"])]


def _attributes() -> Schema:
    """The customers' attributes. Only they may have a history, and then they are neither lists nor fixed."""
    single = [kind for kind in VALUE_TYPES if kind != "strings"]
    now = _column_forms(VALUE_TYPES, ("string", "strings"), {"fixed": FIXED})
    then = _column_forms(single, ("string",), {"history": _history()}, "history")
    return _named({"anyOf": [*now, *then]}, "Columns of the customer that rules can use.")


def _history() -> Schema:
    properties = {
        "model": _model(),
        "customer": {**COLUMN, "description": "The column that holds the customer's key."},
        "column": {
            **COLUMN,
            "description": "The column that holds the value, if it differs from the attribute's.",
        },
        "from": _time("When a row begins to hold"),
        "to": _time("When a row ends, which may be missing; without it, when the next one begins"),
    }
    description = "The table of its past values, so that a run for a past instant finds the value of then."
    return closed(properties, ["model", "customer", "from"], description=description)


def _time(description: str) -> Schema:
    """A time column, by its name or with its type."""
    typed = closed({"column": COLUMN, "type": {"enum": list(TIME_TYPES)}}, ["column"])
    return {"anyOf": [COLUMN, typed], "description": f"{description}: a timestamp in UTC unless a type says otherwise."}


def _name() -> Schema:
    return {"type": "string", "pattern": NAME, "maxLength": LONGEST_NAME}


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
