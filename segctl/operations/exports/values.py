"""Columns and values of an export, independent of the file format."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

# A text, a number (whole, or a decimal with up to six decimals), a boolean, a day, a naive UTC instant, texts.
Kind = Literal["text", "whole", "number", "boolean", "date", "timestamp", "texts"]
Value = str | int | Decimal | bool | date | datetime | list[str] | None
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Column:
    """A column of a file: its header and the kind of its values."""

    name: str
    kind: Kind


def of_driver(value: Value, kind: Kind) -> Value:
    """A value converted to its kind. Spark's driver returns days as texts and lists as JSON."""
    if not isinstance(value, str) or kind not in READ:
        return value
    return READ[kind](value)


READ: dict[Kind, Callable[[str], Value]] = {
    "date": date.fromisoformat,
    "texts": json.loads,
}


def number_text(number: Decimal | float) -> str:
    """A number with as many decimals as it needs."""
    text = format(Decimal(str(number)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def instant_text(value: date) -> str:
    """A day, or an instant with its time zone."""
    return f"{value.isoformat()}Z" if isinstance(value, datetime) else value.isoformat()
