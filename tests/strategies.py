"""Hypothesis strategies for definitions of every form in docs/language.md, about one shop.

An example is dear, for each becomes a dbt build: so one example holds many segments and many customers.

    timezone = draw(st.sampled_from(TIMEZONES))                     # catalog_text(timezone) is the catalog
    as_of = draw(as_of_instants(timezone))
    files = draw(definition_files(as_of, timezone, segments=30))    # dump(file) is the YAML text of one
    rows = draw(tables(as_of, timezone, customers=40))

For what is cheap to try again, `shrinks=True` lets Hypothesis make a failing example small.
"""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.reference import aggregate_of, at_type, load, type_of, type_of_metric
from tests.reference_time import TIME_TYPES, WINDOW_KEYS
from tests.strategies_rows import STRANGE_TEXTS, TEXTS, sources, tables
from tests.strategies_shop import CATALOG_YAML, TABLES, TABLES_WITH_STRING_KEYS, TIMEZONE, TIMEZONES, catalog_text
from tests.strategies_time import CALENDAR_WINDOWS, WINDOWS, as_of_instants, days_named, times_named

__all__ = [
    "CATALOG_YAML",
    "TABLES",
    "TABLES_WITH_STRING_KEYS",
    "TIMEZONE",
    "TIMEZONES",
    "as_of_instants",
    "catalog_text",
    "definition_files",
    "dump",
    "tables",
]

Mapping = dict[str, Any]

CATALOG = load(CATALOG_YAML)
ATTRIBUTES = {
    name: "plan" if name == "plan" else type_of(attribute)
    for name, attribute in CATALOG["entities"]["customer"]["attributes"].items()
}
FIELDS: dict[str, dict[str, str]] = {
    name: {field: type_of(declared) for field, declared in event["fields"].items()}
    for name, event in CATALOG["events"].items()
}

# Which comparators stand together, by type. A "plan" is a string of which the catalog names all values.
COMPARATORS: dict[str, tuple[str, ...]] = {
    "string": (
        *("eq", "ne", "in", "not_in", "contains", "starts_with", "ends_with", "matches", "is"),
        *("starts_with ends_with", "contains ne"),
    ),
    "plan": ("eq", "ne", "in", "not_in", "is"),
    "number": (
        *("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "is"),
        *("gte lt", "gt lte", "gte ne", "lt is"),
    ),
    "boolean": ("eq", "ne", "is"),
    "date": (
        *("before", "after", "between", "within_last", "older_than", "within_next"),
        *("anniversary_within_next", "is", "after before", "within_last older_than", "older_than after"),
    ),
}
COMPARATORS["timestamp"] = COMPARATORS["timestamptz"] = COMPARATORS["date"]
OF_THE_RUN = ("within_last", "older_than", "within_next", "anniversary_within_next")
WINDOW_FORMS = (*WINDOW_KEYS, "within_last older_than", "after before")
TIMES_FORMS = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "gte lt")

# In pools that are sorted, of two that stand together these take the lower one.
LOWER = ("gt", "gte", "after", "older_than")
NUMBERS = ("-5", "0", "0.000001", "0.000002", "0.1", "1", "2", "3", "12.5", "33.333333", "99.99", "100")
FRAGMENTS = ("web", "W", "%", "_", "\\", "'", '"', "{{ x }}", "a_b", "100%", "ï", "本", " ", "o")
# None of them tells a line break from another character, and no text ends with one: there engines differ.
PATTERNS = ("^web$", "e", "^[A-Z]", "a.b", "o+p", "^(web|shop)$", "[0-9]{3,4}", "x?b", "O'B", "^.{3}$", "%")
LABELS = ("Plain", "It's {{ ref('x') }}", "{# x #} */ -- x", '日本 "100%"', "{% endraw %} \\")


@dataclass(frozen=True)
class Words:
    """The days and local times that definitions may name, in order."""

    days: list[str]
    times: list[str]

    def of_type(self, kind: str) -> list[str]:
        return self.days if kind == "date" else sorted(self.days + self.times)


def words_of(as_of: datetime, timezone: str) -> Words:
    times = [named.isoformat(" ", "minutes") for named in times_named(as_of, timezone)]
    return Words([day.isoformat() for day in days_named(as_of, timezone)], times)


def dump(definitions: Mapping) -> str:
    return yaml.safe_dump(definitions, sort_keys=False, allow_unicode=True)


# Comparators and windows


def as_written(number: str) -> int | str:
    return number if "." in number else int(number)


def pool(key: str, kind: str, words: Words) -> list[Any]:
    """What may stand behind a comparator, sorted where order means something."""
    if key == "is":
        return ["set", "missing"]
    if key in (*OF_THE_RUN, "between_dates"):
        named = {"anniversary_within_next": list(CALENDAR_WINDOWS), "between_dates": words.days}
        return named.get(key, list(WINDOWS))
    if kind in TIME_TYPES:
        return words.of_type(kind)
    if kind == "string" and key in ("contains", "starts_with", "ends_with", "matches"):
        return list(PATTERNS if key == "matches" else FRAGMENTS)
    pools: dict[str, list[Any]] = {
        "string": [*TEXTS, *STRANGE_TEXTS],
        "plan": ["free", "pro"],
        "number": [as_written(number) for number in NUMBERS],
        "times": [0, 1, 2, 3, 5],
        "boolean": [True, False],
    }
    return pools[kind]


def operands(random: Random, form: str, kind: str, words: Words) -> Mapping:
    """A mapping for a form such as "eq" or "gte lt"."""
    drawn: Mapping = {}
    keys = form.split()
    for key in keys:
        values = pool(key, kind, words)
        if key in ("in", "not_in"):
            drawn[key] = some_of(random, values, 3)
        elif key in ("between", "between_dates"):
            ends = [random.randrange(len(values)), random.randrange(len(values))]
            drawn[key] = [values[min(ends)], values[max(ends)]]
        elif len(keys) == 2 and key != "is":
            # The lower half for the lower end, so that something fits between.
            middle = len(values) // 2
            drawn[key] = random.choice(values[:middle] if key in LOWER else values[middle:])
        else:
            drawn[key] = "set" if len(keys) == 2 else random.choice(values)
    return drawn


def some_of(random: Random, values: list[Any], most: int) -> list[Any]:
    return random.sample(values, random.randint(1, min(most, len(values))))


def comparators(random: Random, kind: str, words: Words) -> Mapping:
    return operands(random, random.choice(COMPARATORS[kind]), kind, words)


def window(random: Random, event: str, words: Words) -> Mapping:
    return operands(random, random.choice(WINDOW_FORMS), at_type(CATALOG["events"][event]), words)


def where(random: Random, event: str, words: Words) -> Mapping:
    """One field or two; a scalar for `eq`, a list for `in`, or comparators that do not depend on the run."""
    drawn: Mapping = {}
    for name in some_of(random, sorted(FIELDS[event]), 2):
        kind = FIELDS[event][name]
        allowed = [form for form in COMPARATORS[kind] if not set(form.split()) & set(OF_THE_RUN)]
        wanted = operands(random, random.choice(allowed), kind, words)
        short = set(wanted) in ({"eq"}, {"in"}) and random.choice([True, False])
        drawn[name] = next(iter(wanted.values())) if short else wanted
    return drawn


# Leaves and rules


def attribute_leaf(random: Random, words: Words) -> Mapping:
    name = random.choice(sorted(ATTRIBUTES))
    return {"attribute": name, **comparators(random, ATTRIBUTES[name], words)}


def metric_leaf(random: Random, words: Words) -> Mapping:
    """Narrowed at times; by a window only where the metric has none and is no time."""
    name = random.choice(sorted(CATALOG["metrics"]))
    kind = type_of_metric(CATALOG, name)
    _, event, _ = aggregate_of(CATALOG["metrics"][name])
    leaf: Mapping = {"metric": name, **comparators(random, kind, words)}
    if random.randrange(3) == 2:
        leaf["where"] = where(random, event, words)
    if kind == "number" and not set(CATALOG["metrics"][name]) & set(WINDOW_KEYS) and random.randrange(2):
        leaf |= window(random, event, words)
    return leaf


def event_leaf(random: Random, words: Words) -> Mapping:
    event = random.choice(sorted(FIELDS))
    form = random.choice(("once", "times", "never", "sum", "avg", "min", "max", "count_distinct"))
    leaf: Mapping = {"event": event}
    if form == "times":
        leaf["times"] = operands(random, random.choice(TIMES_FORMS), "times", words)
    elif form == "never":
        leaf["never"] = True
    elif form != "once":
        fits = [name for name, kind in FIELDS[event].items() if form == "count_distinct" or kind == "number"]
        leaf[form] = random.choice(fits)
        leaf |= comparators(random, "number", words)
    if random.randrange(3) == 2:
        leaf["where"] = where(random, event, words)
    if random.randrange(2):
        leaf |= window(random, event, words)
    return leaf


def rule(random: Random, words: Words, names: list[str], depth: int = 3) -> Mapping:
    """A leaf, or combinators up to `depth` deep; `names` are the segments that it may refer to."""
    forms = ["attribute", "attribute", "metric", "metric", "event", "event", *(["segment"] if names else [])]
    if depth:
        forms += ["all", "any", "none", "not"]
    form = random.choice(forms)
    if form == "attribute":
        return attribute_leaf(random, words)
    if form == "metric":
        return metric_leaf(random, words)
    if form == "event":
        return event_leaf(random, words)
    if form == "segment":
        return {"segment": random.choice(names)}
    if form == "not":
        return {"not": rule(random, words, names, depth - 1)}
    return {form: [rule(random, words, names, depth - 1) for _ in range(random.randint(1, 3))]}


def segment(random: Random, name: str, words: Words, names: list[str]) -> Mapping:
    drawn: Mapping = {"name": name}
    if random.randrange(3) == 2:
        drawn["label"] = random.choice(LABELS)
        drawn["description"] = random.choice(LABELS) + "\n\nMore: {{ x }}.\n"
        drawn["owner"] = "crm@shop.example"
        drawn["tags"] = some_of(random, ["loyalty", "win back"], 2)
    if random.randrange(4) == 3:
        drawn["enabled"] = random.choice([True, False])
    return {**drawn, "rule": rule(random, words, names)}


@st.composite
def definition_files(
    draw: st.DrawFn,
    as_of: datetime,
    timezone: str = TIMEZONE,
    *,
    segments: int = 30,
    files: int = 2,
    shrinks: bool = False,
) -> list[Mapping]:
    """So many segments, in any order, shared out over so many files; `dump` makes YAML of one."""
    words = words_of(as_of, timezone)
    random = draw(sources(as_of, timezone, shrinks=shrinks))
    names = [f"segment_{number}" for number in range(segments)]
    # Only to those before it, so that segments never refer to each other in a circle.
    drawn = [segment(random, name, words, names[:number]) for number, name in enumerate(names)]
    random.shuffle(drawn)
    return [{"version": 1, "segments": drawn[first::files]} for first in range(files)]
