"""The contents of the shop's catalog by type. Definitions take their names from here."""

from typing import Any

from tests.support.oracle.reference import load
from tests.support.strategies.shop import CATALOG_YAML

Mapping = dict[str, Any]

CATALOG = load(CATALOG_YAML)
AGGREGATES = ("count", "count_distinct", "sum", "avg", "min", "max", "first", "last", "usual_gap")
TIME_KINDS = ("date", "timestamp", "timestamptz")

# Strings with likely values that generators know: a separate kind here, and a string in the language.
LIKELY = ("plan", "status")


def kinds_of(declared: Mapping) -> dict[str, str]:
    kinds = {name: each if isinstance(each, str) else each["type"] for name, each in declared.items()}
    return {name: name if name in LIKELY else kind for name, kind in kinds.items()}


def type_of(kind: str) -> str:
    """The type in the language."""
    return "string" if kind in LIKELY else kind


ATTRIBUTES = kinds_of(CATALOG["entities"]["customer"]["attributes"])
ACCOUNT_ATTRIBUTES = kinds_of(CATALOG["entities"]["account"]["attributes"])
FIELDS = {name: kinds_of(event["fields"]) for name, event in CATALOG["events"].items()}
EVENTS = sorted(FIELDS)
# The type of an event's own time.
AT_TYPES = {
    name: "timestamp" if isinstance(event["at"], str) else event["at"]["type"]
    for name, event in CATALOG["events"].items()
}


def event_and_field(metric: Mapping) -> tuple[str, str, str] | None:
    """The aggregate, its event and its field ("" for none). None for a metric computed from two others."""
    for aggregate in AGGREGATES:
        if aggregate in metric:
            event, _, field = metric[aggregate].partition(".")
            return aggregate, event, field
    return None


def kind_of_metric(metric: Mapping) -> str:
    aggregate, event, field = event_and_field(metric) or ("ratio", "", "")
    if aggregate in ("first", "last", "min", "max"):
        return FIELDS[event][field] if field else AT_TYPES[event]
    return "number"


METRICS = {name: kind_of_metric(metric) for name, metric in CATALOG["metrics"].items()}
# The event of each metric that can be narrowed.
METRIC_EVENTS = {
    name: found[1] for name, metric in CATALOG["metrics"].items() if (found := event_and_field(metric)) is not None
}
RULES = sorted(CATALOG["rules"])
EXPERIMENTS = {name: sorted(each["variants"]) for name, each in CATALOG["experiments"].items()}
