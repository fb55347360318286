"""Data for the browser: JSON in columns, gzip, base64.

Base64 has no character that HTML could take for its own, so no text that a person wrote is markup in the page.
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
    """The data as the browser unpacks it: base64 of gzip of JSON."""
    try:
        text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    except ValueError:
        text = json.dumps(finite(data), separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def finite(data: Json) -> Json:
    """The data, with None for numbers that are none: warehouses have NaN and infinity."""
    if isinstance(data, dict):
        return {key: finite(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [finite(value) for value in data]
    return data if known(data) else None


def packed_text(text: str) -> str:
    """The text, base64 of gzip of UTF-8."""
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def columns(rows: Sequence[Any]) -> Json:
    """Rows of one dataclass by field. Grain: a list a field, shorter where it can be; empty without rows."""
    if not rows:
        return {}
    return {field.name: column([getattr(row, field.name) for row in rows]) for field in fields(rows[0])}


def column(values: Sequence[Any]) -> Json:
    """The values as they are, as words and their places, or as a start and the steps between them."""
    if all(isinstance(value, str) for value in values):
        words = {word: place for place, word in enumerate(dict.fromkeys(values))}
        return {"words": list(words), "places": [words[value] for value in values]}
    if all(type(value) is int for value in values) and all(one <= other for one, other in pairwise(values)):
        return {"steps": steps(values)}
    return list(values)


def steps(values: Iterable[int]) -> list[int]:
    """Each value less the one before it."""
    before = 0
    found = []
    for value in values:
        found.append(value - before)
        before = value
    return found


def history(told: History) -> Json:
    """A segment's history: sizes as what joins and leaves do not explain, revenue as steps."""
    before = 0
    unexplained = []
    for size, joined, left in zip(told.sizes, told.joined, told.left, strict=True):
        unexplained.append(size - before - joined + left)
        before = size
    return {
        "runs": steps(told.runs),
        "unexplained": unexplained,
        "joined": told.joined,
        "left": told.left,
        "revenue": money_steps(told.revenue),
        "held_by": column(told.held_by),
    }


def money_steps(values: Sequence[Number]) -> Json:
    """Each amount less the known one before it; None where it is unknown.

    In hundredths (`unit` is 100), or whole where one is so large that nobody would read its hundredths.
    """
    unit = 1 if any(value is not None and known(value) and abs(value) >= LARGE for value in values) else 100
    before = 0
    found: list[int | None] = []
    for value in values:
        if value is None or not known(value):
            found.append(None)
            continue
        rounded = round(value * unit)
        found.append(rounded - before)
        before = rounded
    return {"unit": unit, "steps": found}
