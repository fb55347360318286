"""Packs data for the browser: columns as JSON, gzipped, in base64.

Base64 has no characters with a meaning in HTML, so that no text of a user becomes markup in the page.
"""

import base64
import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any

from segctl.operations.report.contents import History, Number
from segctl.page.figures import known

Json = Any
LARGE = 10_000


def packed(data: Json) -> str:
    """The data as gzipped JSON in base64."""
    try:
        text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(finite(data), separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def finite(data: Json) -> Json:
    """The data with None instead of NaN and infinity, which warehouses may return."""
    if isinstance(data, dict):
        return {key: finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(value) for value in data]
    return data if known(data) else None


def packed_text(text: str) -> str:
    """The text as gzipped UTF-8 in base64."""
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def columns(rows: Sequence[Any]) -> Json:
    """The rows of one dataclass as columns by field. Empty without rows."""
    if not rows:
        return {}
    return {field.name: column([getattr(row, field.name) for row in rows]) for field in fields(rows[0])}


def column(values: Sequence[Any]) -> Json:
    """The values as distinct words with indexes, as a start with steps, or as a plain list."""
    if all(isinstance(value, str) for value in values):
        places = {word: place for place, word in enumerate(dict.fromkeys(values))}
        return {"words": list(places), "places": [places[value] for value in values]}
    if all(type(value) is int for value in values) and all(earlier <= later for earlier, later in pairwise(values)):
        return {"steps": steps(values)}
    return list(values)


def steps(values: Iterable[int]) -> list[int]:
    """The difference of each value from the previous one, the first from 0."""
    before = 0
    differences = []
    for value in values:
        differences.append(value - before)
        before = value
    return differences


def history(series: History) -> Json:
    """A segment's history. Sizes are stored as the changes that joins and leaves do not explain, revenue as steps."""
    before = 0
    unexplained = []
    for size, joined, left in zip(series.sizes, series.joined, series.left, strict=True):
        unexplained.append(size - before - joined + left)
        before = size
    return {
        "runs": steps(series.runs),
        "unexplained": unexplained,
        "joined": series.joined,
        "left": series.left,
        "revenue": money_steps(series.revenue),
        "held_by": column(series.held_by),
    }


def money_steps(values: Sequence[Number]) -> Json:
    """The difference of each amount from the previous known one. None where the amount is unknown.

    In hundredths (`unit` is 100), or in whole units if any amount is too large for cents to matter.
    """
    unit = 1 if any(value is not None and known(value) and abs(value) >= LARGE for value in values) else 100
    before = 0
    differences: list[int | None] = []
    for value in values:
        if value is None or not known(value):
            differences.append(None)
            continue
        rounded = round(value * unit)
        differences.append(rounded - before)
        before = rounded
    return {"unit": unit, "steps": differences}
