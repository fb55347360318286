"""Rules of every form, and segments with every key."""

from collections.abc import Callable
from random import Random

from tests.support.strategies.catalog import ATTRIBUTES, RULES, Mapping
from tests.support.strategies.leaves import (
    affinity_leaf,
    attribute_leaf,
    due_leaf,
    event_leaf,
    experiment_leaf,
    metric_leaf,
    overdue_leaf,
    sample_leaf,
    sequence_leaf,
)
from tests.support.strategies.nested import belongs_to_leaf, rank_leaf, ranking
from tests.support.strategies.operands import Words, some_of
from tests.support.strategies.sql import condition
from tests.support.strategies.time import MEMORIES

LABELS = ("Plain", "It's {{ ref('x') }}", "{# x #} */ -- x", '日本 "100%"', "{% endraw %} \\")
COMBINATORS = ("all", "any", "none", "not")
OLD_LEAVES = ("attribute", "attribute", "metric", "metric", "event", "event", "segment")
NEW_LEAVES = (
    *("rank", "rank", "sequence", "sequence", "affinity", "overdue", "due", "belongs_to", "belongs_to"),
    *("sql", "sql", "rule", "sample", "experiment", "holdout"),
)
# Their answers change with the data or with time, for any operands: next to them `keep_while` has a meaning.
CHANGING = ("attribute", "metric", "event", "rank", "sequence", "affinity", "overdue", "due")
# Each segment takes one, so that an exclusive group or a limit never occurs with a memory.
EXTRAS = (*["plain"] * 5, *["group"] * 2, "limit", "limited group", *["memory"] * 2)


def leaf(random: Random, words: Words, names: list[str], depth: int) -> Mapping:
    """If another rule may be inside a leaf, it is one level less deep."""
    leaves = OLD_LEAVES if random.randrange(2) else NEW_LEAVES
    form = random.choice(leaves)
    if form == "segment" and not names:
        form = "event"
    inner = (lambda: rule(random, words, names, depth - 1)) if depth else None
    forms: dict[str, Callable[[], Mapping]] = {
        "attribute": lambda: attribute_leaf(random, ATTRIBUTES, words),
        "metric": lambda: metric_leaf(random, words),
        "event": lambda: event_leaf(random, words),
        "segment": lambda: {"segment": random.choice(names)},
        "rule": lambda: {"rule": random.choice(RULES)},
        "rank": lambda: rank_leaf(random, words, inner),
        "sequence": lambda: sequence_leaf(random, words),
        "affinity": lambda: affinity_leaf(random, words),
        "overdue": lambda: overdue_leaf(random, words),
        "due": lambda: due_leaf(random, words),
        "belongs_to": lambda: belongs_to_leaf(random, words, inner),
        "sql": lambda: {"sql": condition(random, 2)},
        "sample": lambda: sample_leaf(random),
        "experiment": lambda: experiment_leaf(random),
        "holdout": lambda: {"holdout": random.choice([True, False])},
    }
    return forms[form]()


def rule(random: Random, words: Words, names: list[str], depth: int = 3) -> Mapping:
    """A leaf, or combinators up to `depth` deep. `names` are the segments that it may refer to."""
    form = random.choice((*["leaf"] * 7, *COMBINATORS)) if depth else "leaf"
    if form == "leaf":
        return leaf(random, words, names, depth)
    if form == "not":
        return {"not": rule(random, words, names, depth - 1)}
    return {form: [rule(random, words, names, depth - 1) for _ in range(random.randint(1, 3))]}


def changes(wanted: Mapping) -> bool:
    """Whether a rule is more than samples, without its references."""
    for combinator in COMBINATORS:
        if combinator in wanted:
            inner = wanted[combinator]
            return any(changes(part) for part in ([inner] if combinator == "not" else inner))
    return any(key in wanted for key in CHANGING)


def memory(random: Random, wanted: Mapping, words: Words, names: list[str]) -> Mapping:
    keys = some_of(random, ["min_stay", "cool_down", *(["keep_while"] * 2 if changes(wanted) else [])], 3)
    drawn: Mapping = {key: random.choice(MEMORIES) for key in keys}
    if "keep_while" in keys:
        drawn["keep_while"] = rule(random, words, names, 2)
    return drawn


def described(random: Random) -> Mapping:
    return {
        "label": random.choice(LABELS),
        "description": random.choice(LABELS) + "\n\nMore: {{ x }}.\n",
        "owner": "crm@shop.example",
        "tags": some_of(random, ["loyalty", "win back"], 2),
    }


def segment(random: Random, names: list[str], number: int, words: Words) -> Mapping:
    """It refers to earlier segments only. Priorities follow the names, so that groups make no circle, either."""
    name, before = names[number], names[:number]
    drawn: Mapping = {"name": name}
    if random.randrange(3) == 2:
        drawn |= described(random)
    if random.randrange(4) == 3:
        drawn["enabled"] = random.choice([True, False])
    wanted = rule(random, words, before)
    if before and random.randrange(6) == 5:
        drawn["extends"] = random.choice(before)
    if "extends" not in drawn or random.randrange(3):
        drawn["rule"] = wanted
    extra = random.choice(EXTRAS)
    if "group" in extra:
        # Named after the segments, so that those of other files have other groups.
        drawn["group"] = f"{name.rpartition('_')[0]}_{random.choice(('tier', 'journey'))}"
        drawn["priority"] = number + 1
    if "limit" in extra:
        drawn["limit"] = ranking(random, words)
    if extra == "memory":
        drawn |= memory(random, drawn.get("rule", {}), words, before)
    return drawn
