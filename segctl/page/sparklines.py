"""Lines of a few dozen points, small enough for a table row."""

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 96, 24, 2
POINTS = 32
# The box spans at least this part of the largest value.
LEAST_SPAN = 0.1


def sparkline(values: Sequence[int]) -> str:
    """The points of an SVG polyline in a box of WIDTH by HEIGHT. One value gives a level line, none an empty text."""
    kept = thinned(values)
    if not kept:
        return ""
    if len(kept) == 1:
        kept = [kept[0], kept[0]]
    low, high = min(kept), max(kept)
    # A change of a few in a thousand should not look like a climb.
    span = max(high - low, LEAST_SPAN * high)
    across = (WIDTH - 2 * MARGIN) / (len(kept) - 1)

    def height(value: int) -> float:
        from_middle = (value - (low + high) / 2) / span if span else 0
        return HEIGHT / 2 - from_middle * (HEIGHT - 2 * MARGIN)

    return " ".join(f"{MARGIN + place * across:.0f},{height(value):.3g}" for place, value in enumerate(kept))


def thinned(values: Sequence[int]) -> list[int]:
    """At most POINTS of the values, evenly spaced, including the last."""
    if len(values) <= POINTS:
        return list(values)
    return [values[round(place * (len(values) - 1) / (POINTS - 1))] for place in range(POINTS)]
