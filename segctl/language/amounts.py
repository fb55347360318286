"""Reads shares, counts and durations in rules."""

import re
from decimal import Decimal

from segctl.language.literals import Duration, read_duration, read_number
from segctl.language.reader import Entry, Reader

HUNDRED = Decimal(100)
# More than 0% and at most 100%.
SHARE_PATTERN = r"^(0{0,2}[1-9]|0?[1-9][0-9]|100(?=%|\.0+%)|0{1,3}(?=\.[0-9]*[1-9]))(\.[0-9]{1,4})?%$"
# Above 0% and at most 1000%: joins plus leaves can exceed the number of members.
CHANGE_PATTERN = r"^(?!0*(\.0*)?%)([0-9]{1,3}(\.[0-9]{1,4})?|1000(\.0{1,4})?)%$"
CALENDAR_DAYS = ("day", "week")


def share(entry: Entry, reader: Reader, pattern: str = SHARE_PATTERN, most: int = 100) -> Decimal | None:
    """A percentage above 0 and at most `most`, matching `pattern`. None after a problem."""
    key = entry.key.text
    scalar = reader.scalar(entry.value, key)
    if scalar is None:
        return None
    if re.fullmatch(pattern, scalar.text):
        return Decimal(scalar.text[:-1])
    message = f'{key} expects a percentage, found "{scalar.text}"'
    hint = f"more than 0% and at most {most}%, with at most four places: 20% or 12.5%"
    plain = scalar.text.rstrip("% ") + "%"
    if plain != scalar.text and re.fullmatch(pattern, plain) and Decimal(plain[:-1]) >= 1:
        hint = f"write {plain}"
    reader.problem(entry.value, "share", message, hint)
    return None


def whole_number(entry: Entry, reader: Reader, least: int = 1, most: int = 1_000_000_000) -> int | None:
    """A whole number within bounds. None after a problem."""
    key = entry.key.text
    scalar = reader.scalar(entry.value, key)
    if scalar is None:
        return None
    number = int(scalar.text) if re.fullmatch(r"[0-9]{1,10}", scalar.text) else None
    if number is not None and least <= number <= most:
        return number
    reach = f"from {least} to {most}" if most < 1_000_000_000 else f"of at least {least}"
    message = f'{key} expects a whole number {reach}, found "{scalar.text}"'
    reader.problem(entry.value, "wrong-type", message, f"for example {key}: {max(least, min(most, 3))}")
    return None


def count_or_share(entry: Entry, reader: Reader) -> tuple[int, None] | tuple[None, Decimal] | None:
    """A whole number or a percentage. None after a problem."""
    scalar = reader.scalar(entry.value, entry.key.text)
    if scalar is None:
        return None
    if scalar.text.endswith("%"):
        percent = share(entry, reader)
        return (None, percent) if percent else None
    if re.fullmatch(r"[0-9]{1,10}", scalar.text) and int(scalar.text):
        return int(scalar.text), None
    key = entry.key.text
    message = f'{key} expects a whole number of at least 1 or a percentage, found "{scalar.text}"'
    reader.problem(entry.value, "wrong-type", message, f"for example {key}: 500 or {key}: 20%")
    return None


def number(entry: Entry, reader: Reader, least: Decimal, places: int) -> Decimal | None:
    """A decimal number of at least `least` with at most `places` decimals. None after a problem."""
    key = entry.key.text
    scalar = reader.scalar(entry.value, key)
    if scalar is None:
        return None
    amount = read_number(scalar.text)
    if amount is not None and least <= amount <= 1_000_000 and -int(amount.as_tuple().exponent) <= places:
        return amount
    message = f'{key} expects a number of at least {least} with at most {places} places, found "{scalar.text}"'
    reader.problem(entry.value, "wrong-type", message, f"for example {key}: 1.5")
    return None


def span(entry: Entry, reader: Reader, units: tuple[str, ...]) -> Duration | None:
    """A duration in one of the units. None after a problem."""
    key = entry.key.text
    scalar = reader.scalar(entry.value, key)
    if scalar is None:
        return None
    duration = read_duration(scalar.text)
    if duration and duration.unit in units:
        return duration
    listed = " or ".join([", ".join(f"{unit}s" for unit in units[:-1]), f"{units[-1]}s"])
    message = f'{key} expects a duration in {listed}, found "{scalar.text}"'
    reader.problem(
        entry.value, "wrong-type", message, f"a whole number of at least 1 and its unit, for example {key}: 14 days"
    )
    return None


def in_days(duration: Duration) -> int:
    """The number of days in a duration of days or weeks."""
    return duration.count * (7 if duration.unit == "week" else 1)
