"""Operands of comparators and windows that match values in the rows."""

from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from tests.support.strategies.catalog import AT_TYPES, FIELDS, TIME_KINDS, Mapping, type_of
from tests.support.strategies.rows import ITEMS, STATUSES, STRANGE_TEXTS, TEXTS
from tests.support.strategies.time import CALENDAR_WINDOWS, WINDOWS, days_named, times_named

WINDOW_KEYS = ("within_last", "older_than", "between_dates", "before", "after")

# Comparators that may be combined, by kind. A "plan" is a string whose values the catalog names.
COMPARATORS: dict[str, tuple[str, ...]] = {
    "string": (
        *("eq", "ne", "in", "not_in", "contains", "starts_with", "ends_with", "matches", "is"),
        *("starts_with ends_with", "contains ne"),
    ),
    "status": ("eq", "ne", "in", "not_in", "starts_with", "is"),
    "plan": ("eq", "ne", "in", "not_in", "is"),
    "number": (
        *("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "is"),
        *("gte lt", "gt lte", "gte ne", "lt is"),
    ),
    "boolean": ("eq", "ne", "is"),
    "strings": ("has", "has_any", "has_all", "is", "has has_any", "has_any has_all"),
    "date": (
        *("before", "after", "between", "within_last", "older_than", "within_next"),
        *("anniversary_within_next", "is", "after before", "within_last older_than", "older_than after"),
    ),
}
COMPARATORS["timestamp"] = COMPARATORS["timestamptz"] = COMPARATORS["date"]
OF_THE_RUN = ("within_last", "older_than", "within_next", "anniversary_within_next")
WINDOW_FORMS = (*WINDOW_KEYS, "within_last older_than", "after before")
TIMES_FORMS = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in", "gte lt")

# In sorted pools, these of two combined comparators take the lower value.
LOWER = ("gt", "gte", "after", "older_than")
NUMBERS = (
    *("-5", "0", "0.000001", "0.000002", "0.1", "0.333333", "0.5", "1", "2", "3"),
    *("12.5", "33.333333", "99.99", "100"),
)
FRAGMENTS = ("web", "w", "W", "b", "p", "%", "_", "\\", "'", '"', "{{ x }}", "a_b", "100%", "ï", "本", " ", "o")
PATTERNS = (
    *("^web$", "e", "^[A-Z]", "a.b", "o+p", "^(web|shop)$", "[0-9]{3,4}", "x?b", "O'B", "^.{3}$", "%"),
    *("^two.l", "[^a-z]l", "o$", "^[^x]*s$", "\\\\", "\n", "^.*$"),
)
SHARES = ("0.0001%", "10%", "12.5%", "20%", "33.3333%", "50%", "66.6667%", "80%", "100%")


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


def as_written(number: str) -> int | str:
    return number if "." in number else int(number)


def pool(key: str, kind: str, words: Words) -> list[Any]:
    """The operands of a comparator, sorted if order matters."""
    if key == "is":
        return ["set", "missing"]
    if key in (*OF_THE_RUN, "between_dates"):
        named = {"anniversary_within_next": list(CALENDAR_WINDOWS), "between_dates": words.days}
        return named.get(key, list(WINDOWS))
    if kind in TIME_KINDS:
        return words.of_type(kind)
    if type_of(kind) == "string" and key in ("contains", "starts_with", "ends_with", "matches"):
        return list(PATTERNS if key == "matches" else FRAGMENTS) if kind == "string" else ["p", "re", "R"]
    pools: dict[str, list[Any]] = {
        "string": [*TEXTS, *TEXTS[:3] * 4, *STRANGE_TEXTS],
        "status": list(STATUSES),
        "plan": ["free", "pro"],
        "number": [as_written(number) for number in NUMBERS],
        "times": [0, 1, 2, 3, 5],
        "boolean": [True, False],
        "strings": list(ITEMS),
    }
    return pools[kind]


def operands(random: Random, form: str, kind: str, words: Words) -> Mapping:
    """A mapping for a form such as "eq" or "gte lt"."""
    drawn: Mapping = {}
    keys = form.split()
    for key in keys:
        values = pool(key, kind, words)
        if key in ("in", "not_in", "has_any", "has_all"):
            drawn[key] = some_of(random, sorted(set(values), key=values.index), 3)
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


def times(random: Random, words: Words) -> Mapping:
    """The values of `times`."""
    return operands(random, random.choice(TIMES_FORMS), "times", words)


def window(random: Random, event: str, words: Words) -> Mapping:
    return operands(random, random.choice(WINDOW_FORMS), AT_TYPES[event], words)


def where(random: Random, event: str, words: Words) -> Mapping:
    """One field or two: a scalar for `eq`, a list for `in`, or comparators that do not depend on the run."""
    drawn: Mapping = {}
    for name in random.sample(sorted(FIELDS[event]), random.choice((1, 1, 2))):
        kind = FIELDS[event][name]
        allowed = [form for form in COMPARATORS[kind] if not set(form.split()) & set(OF_THE_RUN)]
        wanted = operands(random, random.choice(allowed), kind, words)
        short = set(wanted) in ({"eq"}, {"in"}) and random.choice([True, False])
        drawn[name] = next(iter(wanted.values())) if short else wanted
    return drawn


def limits(random: Random, event: str, words: Words, *, where_in: int = 3, window_in: int = 2) -> Mapping:
    """A `where` and a window, each with one chance in this number. 0 is never."""
    drawn: Mapping = {}
    if where_in and random.randrange(where_in) == where_in - 1:
        drawn["where"] = where(random, event, words)
    if window_in and random.randrange(window_in) == window_in - 1:
        drawn |= window(random, event, words)
    return drawn
