"""Leaves that hold no other rule: of attributes, metrics and events, and of chance."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from tests.support.strategies.catalog import (
    AT_TYPES,
    CATALOG,
    EVENTS,
    EXPERIMENTS,
    FIELDS,
    METRIC_EVENTS,
    METRICS,
    Mapping,
    type_of,
)
from tests.support.strategies.operands import SHARES, WINDOW_KEYS, Words, comparators, limits, times, where
from tests.support.strategies.rows import STRANGE_TEXTS, TEXTS
from tests.support.strategies.time import DUE_WITHIN, EVERY, ITINERARIES, WINDOWS, WITHIN_DAYS, WITHIN_HOURS

SALTS = tuple(text for text in (*TEXTS, *STRANGE_TEXTS, "holdout", "experiment:spring_offer", "a:b") if text)
FACTORS = (0.01, 0.5, 1, 1.5, 2.25, 3)


def attribute_leaf(random: Random, attributes: dict[str, str], words: Words) -> Mapping:
    name = random.choice(sorted(attributes))
    return {"attribute": name, **comparators(random, attributes[name], words)}


def narrowed(random: Random, name: str, words: Words) -> Mapping:
    """What may narrow a metric for one rule. A metric computed from two takes nothing, a time takes no window."""
    if name not in METRIC_EVENTS:
        return {}
    takes_window = METRICS[name] in ("number", "string", "status") and not set(CATALOG["metrics"][name]) & set(
        WINDOW_KEYS
    )
    return limits(random, METRIC_EVENTS[name], words, window_in=2 if takes_window else 0)


def metric_leaf(random: Random, words: Words) -> Mapping:
    name = random.choice(sorted(METRICS))
    return {"metric": name, **comparators(random, METRICS[name], words), **narrowed(random, name, words)}


def event_leaf(random: Random, words: Words) -> Mapping:
    event = random.choice(EVENTS)
    form = random.choice(("once", "times", "never", "sum", "avg", "min", "max", "count_distinct"))
    leaf: Mapping = {"event": event}
    if form == "times":
        leaf["times"] = times(random, words)
    elif form == "never":
        leaf["never"] = True
    elif form != "once":
        wanted = set(FIELDS[event].values()) - {"strings"} if form == "count_distinct" else {"number"}
        leaf[form] = random.choice([name for name, kind in FIELDS[event].items() if kind in wanted])
        leaf |= comparators(random, "number", words)
    return leaf | limits(random, event, words)


def fields_in_common(events: Sequence[str]) -> list[str]:
    """Fields that all of the events have with one type."""
    first, *others = [{name: type_of(kind) for name, kind in FIELDS[event].items()} for event in events]
    return [
        name for name, kind in first.items() if kind != "strings" and all(other.get(name) == kind for other in others)
    ]


def sequence_leaf(random: Random, words: Words) -> Mapping:
    usual = random.choice(ITINERARIES)
    events = random.choice((usual, usual, [random.choice(EVENTS) for _ in usual]))
    steps: list[Mapping] = [{"event": event} for event in events]
    if random.randrange(4) == 3:
        narrow = random.choice(steps)
        narrow["where"] = where(random, narrow["event"], words)
    for before, step in pairwise(steps):
        by_days = "date" in (AT_TYPES[before["event"]], AT_TYPES[step["event"]])
        step["within"] = random.choice(WITHIN_DAYS if by_days else WITHIN_DAYS + WITHIN_HOURS)
    if random.randrange(3) == 2:
        steps[-1]["never"] = True
    leaf: Mapping = {"sequence": steps}
    if random.randrange(3) == 2 and (common := fields_in_common(events)):
        leaf["same"] = random.choice(("channel", random.choice(common)))
    if random.randrange(4) == 3:
        leaf["times"] = times(random, words)
    return leaf | limits(random, events[0], words, where_in=0, window_in=3)


def affinity_leaf(random: Random, words: Words) -> Mapping:
    event = random.choice(EVENTS)
    fits = [name for name, kind in FIELDS[event].items() if type_of(kind) in ("string", "number")]
    field = random.choice(fits)
    kind = FIELDS[event][field]
    wanted = comparators(random, kind, words)
    if type_of(kind) == "string" and set(wanted) == {"eq"} and random.choice([True, False]):
        wanted = {"is": wanted["eq"]}
    leaf: Mapping = {"affinity": f"{event}.{field}", **wanted, **limits(random, event, words, window_in=3)}
    if random.randrange(3) == 2:
        leaf["min_share"] = random.choice(SHARES)
    return leaf


def overdue_leaf(random: Random, words: Words) -> Mapping:
    event = random.choice(EVENTS)
    leaf: Mapping = {"overdue": event}
    if random.randrange(3):
        leaf["factor"] = random.choice(FACTORS)
    if random.randrange(3):
        leaf["min_events"] = random.choice((2, 2, 3, 4))
    if random.randrange(2):
        leaf["fallback"] = random.choice(WINDOWS)
    return leaf | limits(random, event, words, where_in=5, window_in=0)


def due_leaf(random: Random, words: Words) -> Mapping:
    event = random.choice(EVENTS)
    leaf: Mapping = {"due": event, "every": random.choice(EVERY), "within_next": random.choice(DUE_WITHIN)}
    return leaf | limits(random, event, words, where_in=4, window_in=0)


def sample_leaf(random: Random) -> Mapping:
    return {"sample": random.choice(SHARES), "salt": random.choice(SALTS)}


def experiment_leaf(random: Random) -> Mapping:
    name = random.choice(sorted(EXPERIMENTS))
    leaf: Mapping = {"experiment": name}
    if random.randrange(3):
        leaf["variant"] = random.choice(EXPERIMENTS[name])
    return leaf
