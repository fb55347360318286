"""The columns of an export and the values in them, whichever format they are written in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

# A text, a number (whole, or a decimal of six places at most), true or false, a day, an instant (naive, in UTC), texts.
Kind = Literal["text", "whole", "number", "boolean", "date", "timestamp", "texts"]
Value = str | int | Decimal | bool | date | datetime | list[str] | None
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Column:
    """A column of a file: its header, and what kind of values it has."""

    name: str
    kind: Kind


def of_driver(value: Value, kind: Kind) -> Value:
    """A value of its kind: Spark's driver gives days as texts, and lists as JSON."""
    if not isinstance(value, str) or kind not in READ:
        return value
    return READ[kind](value)


READ: dict[Kind, Callable[[str], Value]] = {
    "date": date.fromisoformat,
    "texts": json.loads,
}


def number_text(number: Decimal | float) -> str:
    """A number with as many places as it needs."""
    text = format(Decimal(str(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def instant_text(value: date) -> str:
    """A day, or an instant with the zone that it is in."""
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else value.isoformat()
