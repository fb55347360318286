"""Events that belong together: steps with exact distances, rhythms of days, and purchases that are due again.

Rows drawn cell by cell hardly ever hold them.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.support.oracle.time import BACK, amount_and_unit, days_and_months_away, instant, local_time
from tests.support.strategies.time import DUE_WITHIN, EVERY, INSTANT, ITINERARIES, WITHIN_DAYS, WITHIN_HOURS

EVENTS = ("order", "order", "refund", "visit")
HOURS = {"hour": 1, "day": 24, "week": 168}
NOTHING = timedelta(0)
# The first and the last instant of a local day, and one within the hours that clock changes skip or repeat.
AT_LOCAL = (time(0), time(1, 30), time(2, 30), time(12), time(23, 59, 59, 999999))


class Happening(NamedTuple):
    event: str
    at: datetime


def elapsed(window: str) -> timedelta:
    amount, unit = amount_and_unit(window)
    return timedelta(hours=amount * HOURS[unit])


def gap(random: Random) -> timedelta:
    """As long as a definition allows, a little more or less, or no time at all."""
    length = elapsed(random.choice(WITHIN_HOURS + WITHIN_DAYS))
    shorter = (length / 2, timedelta(minutes=30), timedelta(minutes=30))
    return random.choice((length, length + INSTANT, length - INSTANT, *shorter, NOTHING, NOTHING))


def chain(random: Random, as_of: datetime, zone: ZoneInfo) -> list[Happening]:  # noqa: ARG001
    """Steps that a sequence may match: until now, until their absence is known, or just before that."""
    known_now = as_of - elapsed(random.choice(WITHIN_HOURS + WITHIN_DAYS))
    at = random.choice((as_of, known_now, known_now + INSTANT, as_of - timedelta(days=random.randint(0, 40))))
    happened = []
    for event in reversed(random.choice(ITINERARIES)):
        happened.append(Happening(event, at))
        at -= gap(random)
    return happened


def on_day(random: Random, event: str, today: date, days_ago: int, zone: ZoneInfo) -> Happening:
    day = today - timedelta(days=days_ago)
    return Happening(event, instant(datetime.combine(day, random.choice(AT_LOCAL)), zone))


def rhythm(random: Random, as_of: datetime, zone: ZoneInfo) -> list[Happening]:
    """Every few days. Just late, not late yet, or uneven, so that the average is a fraction."""
    event, today = random.choice(EVENTS), local_time(as_of, zone).date()
    each = random.choice((1, 2, 4, 7, 30))
    ago = int(each * random.choice((0, 0.5, 1, 1.5, 2.25, 3))) + random.choice((0, 1, 1))
    days = [ago + each * number for number in range(random.randint(2, 5))]
    if random.randrange(3) == 2:
        days.append(days[-1] + random.choice((1, each + 1)))
    if random.randrange(3) == 2:
        days.append(random.choice(days))
    return [on_day(random, event, today, day, zone) for day in days]


def due_again(random: Random, as_of: datetime, zone: ZoneInfo) -> list[Happening]:
    """The due day is the first, the last, or just none of those that count. Some bought earlier, too."""
    event, today = random.choice(EVENTS), local_time(as_of, zone).date()
    every, ahead = elapsed(random.choice(EVERY)).days, elapsed(random.choice(DUE_WITHIN)).days
    ago = max(0, every - random.choice((-1, 0, ahead - 1, ahead)))
    days = [ago, *([ago + random.choice((0, every))] if random.randrange(2) else [])]
    return [on_day(random, event, today, day, zone) for day in days]


def around_a_month(random: Random, as_of: datetime, zone: ZoneInfo) -> list[Happening]:
    """One event, so long ago that the fallback of `overdue` is just reached."""
    now = local_time(as_of, zone)
    day = days_and_months_away(now.date(), random.choice(("30 days", "1 month", "7 days")), BACK)
    at = instant(datetime.combine(day, now.time()), zone)
    return [Happening(random.choice(EVENTS), at + random.choice((NOTHING, INSTANT, -INSTANT)))]


Story = Callable[[Random, datetime, ZoneInfo], list[Happening]]
STORIES: tuple[Story, ...] = (chain, chain, chain, chain, rhythm, rhythm, due_again, around_a_month)


def story(random: Random, as_of: datetime, zone: ZoneInfo) -> list[Happening]:
    return random.choice(STORIES)(random, as_of, zone)
