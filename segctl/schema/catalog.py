"""JSON Schema of the catalog, for completion in editors.

It accepts what the parser accepts, and refuses what the parser refuses from the shape of the file alone.
"""

from segctl.language.syntax import AGGREGATIONS, APPEND_ONLY, IDENTIFIERS, MARTS, PROMISE_UNITS
from segctl.schema.columns import COLUMN, FIXED, LABEL, attributes, columns, model, time_column
from segctl.schema.document import RULE, VERSION, document
from segctl.schema.guards import LIMITS, guard, guard_limit
from segctl.schema.parts import (
    DURATION,
    FLAG,
    SHARE,
    WHOLE_NUMBER,
    Schema,
    by_name,
    closed,
    duration,
    narrowing_keys,
    reference,
    text,
)
from segctl.schema.sharing import reverse_etl_schema

OTHER_NAME = r"^(?!customer$)[a-z][a-z0-9_]*$"
RECORDED_OR_CHANGED: Schema = {
    "anyOf": [{"required": ["recorded_at"]}, {"properties": {"changes": {"type": "object"}}}]
}
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


def catalog_schema() -> Schema:
    """The schema of the catalog."""
    properties = {
        "version": VERSION,
        "timezone": text("An IANA name, like Europe/London; it decides every window and date."),
        "currency": text("For documentation and formatting."),
        "revenue": text("The metric that says what a member is worth: a sum."),
        "entities": _entities(),
        "events": by_name(_event(), "What customers do."),
        "metrics": by_name(
            _metric(), "Named numbers and times: aggregates of events, and ratios and differences of two."
        ),
        "rules": by_name(RULE, "Named rules, for rule: in segments."),
        "holdout": {**SHARE, "description": "The share of customers who are kept out of every experiment, like 5%."},
        "experiments": by_name(_experiment(), "Experiments, their variants and who takes part."),
        "guard": guard(LIMITS, "Limits for every segment and every source.", lifted=False),
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
    return document("Catalog", closed(properties, ["version", "timezone", "entities"]))


def _costs() -> Schema:
    properties = {
        "model": model(),
        "day": time_column("The day of the spend"),
        "amount": {**COLUMN, "description": "The column with the amount, in the catalog's currency."},
        "segment": {**COLUMN, "description": "The column with the name of the segment that the spend was for."},
        "source": {**COLUMN, "description": "The column with the source of customers, as in acquired_by."},
        "window_days": {**WHOLE_NUMBER, "description": "How many days after joining revenue counts; 90 if not given."},
    }
    one = [{"required": ["segment"]}, {"required": ["source"]}]
    description = "The table of spend, for the mart roi: one row for each day and thing paid for."
    return closed(properties, ["model", "day", "amount"], oneOf=one, description=description)


def _entities() -> Schema:
    own = "The column of the customers' model that holds its key."
    properties = {
        "model": model(),
        "key": {**COLUMN, "description": "The column that identifies one: unique, never NULL."},
        "customers": {**COLUMN, "description": own},
        "description": text("What a row is."),
        "attributes": columns("Its columns that rules after that: can use.", {"fixed": FIXED}),
        "max_loss": guard_limit("max_loss"),
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
        **by_name(SHARE, "Their shares of the customers who take part; they add up to 100%."),
        "minProperties": 1,
    }
    share = {**SHARE, "description": "The share of customers that takes part; 100% if not given."}
    return closed({"share": share, "variants": variants}, ["variants"])


def _customer() -> Schema:
    properties = {
        "model": model(),
        "key": {**COLUMN, "description": "The column that identifies a customer: unique, never NULL."},
        "description": text("What a row is."),
        "attributes": attributes(),
        "eligible": {**RULE, "description": "Who may be contacted; reported beside membership."},
        "since": time_column("When a customer begins to exist"),
        "acquired_by": text("The attribute that says what brought a customer, for the marts sources and roi."),
        "identifiers": _identifiers(),
        "max_loss": guard_limit("max_loss"),
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
        "model": model(),
        "key": {**COLUMN, "description": "The column that identifies a row."},
        "customer": {**COLUMN, "description": "The column that holds the customer's key."},
        "at": time_column("When it happened"),
        "recorded_at": time_column("When the warehouse learned of it"),
        "verb": text("What a customer did, for sentences in English: ordered, visited the site."),
        "fields": columns("Columns that rules can use."),
        "where": reference("where"),
        "description": text("What a row is."),
        "freshness": {**DURATION, "description": "The newest event must lie within this time before the run."},
        "max_loss": guard_limit("max_loss"),
        **_promise(),
    }
    dependencies: Schema = {"changes": RECORDED_OR_CHANGED, "check_every": ["changes"], "late_by": ["changes"]}
    return closed(properties, ["model", "customer", "at"], dependencies=dependencies)


def _promise() -> dict[str, Schema]:
    at = time_column("A time that is later whenever a row is new or has changed")
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
    common = {**narrowing_keys(), "label": text(LABEL), "description": text("What it is.")}
    found = []
    for key in AGGREGATIONS:
        pattern = r"^[^.]+(\..+)?$" if key in OF_EITHER else r"^[^.]+$" if key in OF_EVENTS else r"^[^.]+\..+$"
        of = {"type": "string", "pattern": pattern, "description": AGGREGATES[key]}
        found.append(closed({key: of, **common}, [key]))
    for key, description in OPERATIONS.items():
        two = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2, "description": description}
        found.append(closed({key: two, "label": common["label"], "description": common["description"]}, [key]))
    return {"anyOf": found}
