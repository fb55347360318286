"""When the shop sells, and at which hours. Times are UTC without a zone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from shop.dice import Dice

START = datetime(2023, 1, 1)
# When the data was "extracted".
END = datetime(2025, 12, 31, 23, 59, 59)
HOURS = dict(enumerate([1, 3, 4, 3, 2, 2, 3, 2, 1, 1, 1, 2, 3, 4, 5, 4, 2, 1], start=6))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def at_some_hour(day: datetime, dice: Dice) -> datetime:
    """Mostly in the morning and in the evening."""
    hour = dice.weighted(HOURS)
    return datetime.combine(day, time(hour)) + timedelta(seconds=dice.between(0, 3599))
