"""Hypothesis strategies for definitions of every form in docs/language.md, about one shop.

An example is dear, for each becomes a dbt build: so one example holds many segments and many customers.

    as_of = draw(as_of_instants(timezone))
    files = draw(definition_files(as_of, timezone, segments=30))    # dump(file) is the YAML text of one
    rows = draw(tables(as_of, timezone, customers=40))
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from hypothesis import strategies as st

from tests.reference import at_type, load, type_of, type_of_metric
from tests.reference_time import TIME_TYPES, WINDOW_KEYS
from tests.strategies_shop import (
    CALENDAR_WINDOWS,
    CATALOG_YAML,
    STRANGE_TEXTS,
    TABLES,
    TABLES_WITH_STRING_KEYS,
    TEXTS,
    TIMEZONE,
    TIMEZONES,
    WINDOWS,
    as_of_instants,
    catalog_text,
    days_named,
    tables,
    times_named,
)

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
    "rules",
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


@st.composite
def operands(draw: st.DrawFn, form: str, kind: str, words: Words) -> Mapping:
    """A mapping for a form such as "eq" or "gte lt"."""
    drawn: Mapping = {}
    keys = form.split()
    for key in keys:
        values = pool(key, kind, words)
        if key in ("in", "not_in"):
            drawn[key] = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True))
        elif key in ("between", "between_dates"):
            ends = draw(st.tuples(*[st.integers(0, len(values) - 1)] * 2))
            drawn[key] = [values[min(ends)], values[max(ends)]]
        elif len(keys) == 2 and key != "is":
            # The lower half for the lower end, so that something fits between.
            middle = len(values) // 2
            drawn[key] = draw(st.sampled_from(values[:middle] if key in LOWER else values[middle:]))
        else:
            drawn[key] = draw(st.sampled_from(values))
    if "is" in keys and len(keys) > 1:
        drawn["is"] = "set"
    return drawn


@st.composite
def comparators(draw: st.DrawFn, kind: str, words: Words) -> Mapping:
    return draw(operands(draw(st.sampled_from(COMPARATORS[kind])), kind, words))


@st.composite
def windows(draw: st.DrawFn, event: str, words: Words) -> Mapping:
    kind = at_type(CATALOG["events"][event])
    return draw(operands(draw(st.sampled_from(WINDOW_FORMS)), kind, words))


@st.composite
def wheres(draw: st.DrawFn, event: str, words: Words) -> Mapping:
    """One field or two; a scalar for `eq`, a list for `in`, or comparators that do not depend on the run."""
    drawn: Mapping = {}
    names = sorted(FIELDS[event])
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True)):
        kind = FIELDS[event][name]
        allowed = [form for form in COMPARATORS[kind] if not set(form.split()) & set(OF_THE_RUN)]
        wanted = draw(operands(draw(st.sampled_from(allowed)), kind, words))
        short = draw(st.booleans()) and set(wanted) in ({"eq"}, {"in"})
        drawn[name] = next(iter(wanted.values())) if short else wanted
    return drawn


# Leaves and rules


@st.composite
def attribute_leaves(draw: st.DrawFn, words: Words) -> Mapping:
    name = draw(st.sampled_from(sorted(ATTRIBUTES)))
    return {"attribute": name, **draw(comparators(ATTRIBUTES[name], words))}


def in_one_of(draw: st.DrawFn, chances: int) -> bool:
    return draw(st.integers(0, chances - 1)) == chances - 1


@st.composite
def metric_leaves(draw: st.DrawFn, words: Words) -> Mapping:
    """Narrowed at times; by a window only where the metric has none and is no time."""
    name = draw(st.sampled_from(sorted(CATALOG["metrics"])))
    kind = type_of_metric(CATALOG, name)
    metric = CATALOG["metrics"][name]
    event = next(metric[key] for key in metric if key not in ("description", "where", *WINDOW_KEYS))
    event = event.partition(".")[0]
    leaf: Mapping = {"metric": name, **draw(comparators(kind, words))}
    if in_one_of(draw, 3):
        leaf["where"] = draw(wheres(event, words))
    if kind == "number" and not set(metric) & set(WINDOW_KEYS) and in_one_of(draw, 2):
        leaf |= draw(windows(event, words))
    return leaf


@st.composite
def event_leaves(draw: st.DrawFn, words: Words) -> Mapping:
    event = draw(st.sampled_from(sorted(FIELDS)))
    form = draw(st.sampled_from(("once", "times", "never", "sum", "avg", "min", "max", "count_distinct")))
    leaf: Mapping = {"event": event}
    if form == "times":
        leaf["times"] = draw(operands(draw(st.sampled_from(TIMES_FORMS)), "times", words))
    elif form == "never":
        leaf["never"] = True
    elif form != "once":
        fits = [name for name, kind in FIELDS[event].items() if form == "count_distinct" or kind == "number"]
        leaf[form] = draw(st.sampled_from(fits))
        leaf |= draw(comparators("number", words))
    if in_one_of(draw, 3):
        leaf["where"] = draw(wheres(event, words))
    if in_one_of(draw, 2):
        leaf |= draw(windows(event, words))
    return leaf


@st.composite
def rules(draw: st.DrawFn, words: Words, names: tuple[str, ...] = (), depth: int = 3) -> Mapping:
    """A leaf, or combinators up to `depth` deep; `names` are the segments that it may refer to."""
    forms = ["attribute", "metric", "event", "metric", "event", *(["segment"] if names else [])]
    if depth:
        forms += ["all", "any", "none", "not"]
    form = draw(st.sampled_from(forms))
    if form == "attribute":
        return draw(attribute_leaves(words))
    if form == "metric":
        return draw(metric_leaves(words))
    if form == "event":
        return draw(event_leaves(words))
    if form == "segment":
        return {"segment": draw(st.sampled_from(names))}
    inner = rules(words, names, depth - 1)
    if form == "not":
        return {"not": draw(inner)}
    return {form: draw(st.lists(inner, min_size=1, max_size=3))}


@st.composite
def segment_of(draw: st.DrawFn, name: str, words: Words, names: tuple[str, ...]) -> Mapping:
    segment: Mapping = {"name": name}
    if in_one_of(draw, 3):
        segment["label"] = draw(st.sampled_from(LABELS))
        segment["description"] = draw(st.sampled_from(LABELS)) + "\n\nMore: {{ x }}.\n"
        segment["owner"] = "crm@shop.example"
        segment["tags"] = draw(st.lists(st.sampled_from(("loyalty", "win back")), max_size=2, unique=True))
    if in_one_of(draw, 4):
        segment["enabled"] = draw(st.booleans())
    return {**segment, "rule": draw(rules(words, names))}


@st.composite
def definition_files(
    draw: st.DrawFn, as_of: datetime, timezone: str = TIMEZONE, *, segments: int = 30, files: int = 2
) -> list[Mapping]:
    """So many segments, in any order, shared out over so many files; `dump` makes YAML of one."""
    words = words_of(as_of, timezone)
    drawn: list[Mapping] = []
    for number in range(segments):
        # Only to segments that are there already: so that they never refer to each other in a circle.
        names = tuple(segment["name"] for segment in drawn)
        drawn.append(draw(segment_of(f"segment_{number}", words, names)))
    shuffled = draw(st.permutations(drawn))
    return [{"version": 1, "segments": shuffled[first::files]} for first in range(files)]
