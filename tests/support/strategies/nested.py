"""Leaves that may hold rules: a place among others, and what a customer belongs to."""

from collections.abc import Callable
from random import Random

from tests.support.strategies.catalog import ACCOUNT_ATTRIBUTES, ATTRIBUTES, METRICS, TIME_KINDS, Mapping
from tests.support.strategies.leaves import attribute_leaf, narrowed
from tests.support.strategies.operands import SHARES, Words, comparators, some_of, times

COUNTS = (1, 2, 3, 5, 10, 39, 500)
RANKED = {name: kind for name, kind in sorted({**ATTRIBUTES, **METRICS}.items()) if kind in ("number", *TIME_KINDS)}
SPLIT_BY = tuple(name for name, kind in sorted(ATTRIBUTES.items()) if kind != "strings")
SUMMED = tuple(name for name, kind in sorted(METRICS.items()) if kind == "number")

# Draws a rule about customers. None if no further rule may be inside.
Inner = Callable[[], Mapping] | None


def places(random: Random, kind: str) -> Mapping:
    form = random.choice(("top", "bottom", "tiles", *(["top_share"] if kind == "number" else [])))
    if form == "top_share":
        return {form: random.choice(SHARES)}
    drawn: Mapping
    if form == "tiles":
        tiles = random.choice((2, 3, 4, 5, 6, 7, 100))
        groups = list(range(1, min(tiles, 10) + 1))
        drawn = {"tiles": tiles, "in": random.choice([random.choice(groups), some_of(random, groups, 3)])}
    else:
        drawn = {form: random.choice([*COUNTS, *SHARES])}
    if random.randrange(3) == 2:
        drawn["ties"] = "together"
    return drawn


def ranking(random: Random, words: Words) -> Mapping:
    """A rank without `among`: a limit is one, too."""
    # Numbers more often, because the many times would crowd them out.
    kinds = random.choice((("number",), ("number", *TIME_KINDS)))
    name = random.choice([name for name, kind in RANKED.items() if kind in kinds])
    leaf: Mapping = {"rank": name, **places(random, RANKED[name])}
    if random.randrange(3) == 2:
        leaf |= narrowed(random, name, words)
    if random.randrange(3) == 2:
        leaf["per"] = random.choice(("country", "plan", "marketing_consent", random.choice(SPLIT_BY)))
    return leaf


def rank_leaf(random: Random, words: Words, inner: Inner) -> Mapping:
    leaf = ranking(random, words)
    if inner and random.randrange(2):
        leaf["among"] = inner()
    return leaf


def customers_leaf(random: Random, words: Words, inner: Callable[[], Mapping]) -> Mapping:
    """Within a rule about an account."""
    leaf: Mapping = {"customers": inner()}
    form = random.choice(("once", "times", "sum"))
    if form == "times":
        leaf["times"] = times(random, words)
    if form == "sum":
        leaf["sum"] = random.choice(SUMMED)
        leaf |= comparators(random, "number", words)
    return leaf


def account_rule(random: Random, words: Words, inner: Inner, depth: int) -> Mapping:
    form = random.choice(("leaf", "leaf", *(["all", "any", "none", "not"] if depth else [])))
    if form == "leaf":
        if inner and random.randrange(2):
            return customers_leaf(random, words, inner)
        return attribute_leaf(random, ACCOUNT_ATTRIBUTES, words)
    if form == "not":
        return {"not": account_rule(random, words, inner, depth - 1)}
    return {form: [account_rule(random, words, inner, depth - 1) for _ in range(random.randint(1, 3))]}


def belongs_to_leaf(random: Random, words: Words, inner: Inner) -> Mapping:
    leaf: Mapping = {"belongs_to": "account"}
    if random.randrange(6):
        leaf["that"] = account_rule(random, words, inner, 1)
    return leaf
