"""Places in a ranking, as docs/language.md describes `rank`."""

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from tests.support.oracle.values import Value, share

Values = list[tuple[object, Any]]  # customers' keys with their ranking values


def qualifying(rule: dict[str, Any], values: dict[object, Value], parts: dict[object, Value] | None) -> set[object]:
    """The customers with one of the rule's places, with a separate ranking for each part."""
    rankings: dict[Value, Values] = {}
    for key, value in sorted(values.items(), key=lambda pair: str(pair[0])):
        part = True if parts is None else parts[key]
        if value is not None and part is not None:
            rankings.setdefault(part, []).append((key, value))
    return {key for ranking in rankings.values() for key in qualifying_of_one(rule, ranking)}


def qualifying_of_one(rule: dict[str, Any], by_key: Values) -> set[object]:
    """Sorting is stable, so that among equal values the first key stays ahead."""
    lowest_first = sorted(by_key, key=lambda pair: pair[1])
    highest_first = sorted(by_key, key=lambda pair: pair[1], reverse=True)
    together = rule.get("ties") == "together"
    if "top" in rule:
        return first_places(highest_first, rule["top"], together)
    if "bottom" in rule:
        return first_places(lowest_first, rule["bottom"], together)
    if "tiles" in rule:
        wanted = [rule["in"]] if isinstance(rule["in"], str) else rule["in"]
        return in_tiles(lowest_first, int(rule["tiles"]), {int(tile) for tile in wanted}, together)
    return bringing_share(highest_first, share(rule["top_share"]))


def first_places(ordered: Values, wanted: str, together: bool) -> set[object]:
    """This number, or this share of the ranked, rounded up to whole customers."""
    places = ceil(share(wanted) * len(ordered)) if wanted.endswith("%") else int(wanted)
    best = [first_with(value, ordered) if together else place for place, (_, value) in enumerate(ordered)]
    return {key for (key, _), place in zip(ordered, best, strict=True) if place < places}


def in_tiles(ordered: Values, tiles: int, wanted: set[int], together: bool) -> set[object]:
    """Sizes differ by at most one, and the lower groups are the larger ones."""
    size, larger = divmod(len(ordered), tiles)
    tile_at = [tile for tile in range(1, tiles + 1) for _ in range(size + 1 if tile <= larger else size)]
    return {
        key
        for place, (key, value) in enumerate(ordered)
        if tile_at[first_with(value, ordered) if together else place] in wanted
    }


def first_with(value: Any, ordered: Values) -> int:  # noqa: ANN401
    return next(place for place, (_, other) in enumerate(ordered) if other == value)


def bringing_share(ordered: Values, wanted: Fraction) -> set[object]:
    """From the highest value on, while those before have less. 0 and below add nothing."""
    positive: list[tuple[object, Decimal]] = [(key, value) for key, value in ordered if value > 0]
    enough = wanted * sum((Fraction(value) for _, value in positive), Fraction(0))
    brought, found = Fraction(0), set()
    for key, value in positive:
        if brought < enough:
            found.add(key)
        brought += Fraction(value)
    return found
