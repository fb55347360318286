"""Instants and days on every boundary that a definition can draw."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.support.oracle.time import AHEAD, BACK, days_and_months_away, instant, local_time, midnight, moved
from tests.support.strategies.shop import TIMEZONE

# Shortest first, so that the second of two is longer.
WINDOWS = ("1 day", "36 hours", "7 days", "2 weeks", "30 days", "1 month", "3 months", "1 year")
CALENDAR_WINDOWS = tuple(window for window in WINDOWS if "hour" not in window)
# Events that often follow each other, which sequences then look for.
ITINERARIES = (
    *(("visit", "order"), ("order", "order"), ("order", "refund"), ("visit", "visit"), ("refund", "order")),
    *(("visit", "order", "refund"), ("order", "order", "order"), ("order", "refund", "order")),
    *(("visit", "visit", "order", "order"), ("visit", "order", "refund", "visit")),
    ("visit", "order", "order", "refund", "order"),
)
# The distance of a sequence's steps, the days of `due`, and the length of a memory.
WITHIN_HOURS = ("1 hour", "36 hours")
WITHIN_DAYS = ("1 day", "2 days", "1 week")
EVERY = ("1 day", "7 days", "30 days", "4 weeks", "13 weeks")
DUE_WITHIN = ("1 day", "2 days", "7 days", "2 weeks")
MEMORIES = ("1 day", "2 days", "1 week", "14 days")
CATALOG_DAYS = ("2023-12-31", "2024-01-01", "2024-02-29", "2024-03-01", "2024-05-31")
LOCAL_TIMES = tuple(time.fromisoformat(text) for text in ("00:00", "01:30", "02:00", "02:15", "02:30", "12:00"))
INSTANT = timedelta(microseconds=1)


@cache
def clock_changes(timezone: str) -> tuple[datetime, ...]:
    """The instants of 2024 at which the local clock is put forward or back."""
    zone = ZoneInfo(timezone)
    halves = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(366 * 48)]
    offsets = [half.astimezone(zone).utcoffset() for half in halves]
    return tuple(halves[n] for n in range(1, len(halves)) if offsets[n] != offsets[n - 1])


def as_of_instants(timezone: str = TIMEZONE) -> st.SearchStrategy[datetime]:
    """Month ends, leap days, clock changes and days a window away from one. Midnight and odd hours."""
    zone = ZoneInfo(timezone)
    texts = ("2024-02-29", "2024-03-31", "2024-05-31", "2023-02-28", "2025-02-28", "2024-12-31", "2024-03-01")
    days = [date.fromisoformat(text) for text in texts]
    for change in clock_changes(timezone):
        day = local_time(change, zone).date()
        days += [day, day + timedelta(days=1)]
        days += [days_and_months_away(day, window, way) for window in CALENDAR_WINDOWS for way in (BACK, AHEAD)]
    shown = [datetime.combine(day, at) for day in days for at in LOCAL_TIMES]
    # An hour later may be the second time that the clock shows the same.
    later = (timedelta(0), -INSTANT, timedelta(hours=1))
    return st.sampled_from([instant(local, zone) + away for local in shown for away in later])


def days_named(as_of: datetime, timezone: str) -> list[date]:
    """The days that definitions name, in order."""
    zone = ZoneInfo(timezone)
    today = local_time(as_of, zone).date()
    days = {today + timedelta(days=away) for away in (-30, -7, -1, 0, 1)}
    days |= {date.fromisoformat(text) for text in CATALOG_DAYS}
    return sorted(days | {local_time(change, zone).date() for change in clock_changes(timezone)})


def times_named(as_of: datetime, timezone: str) -> list[datetime]:
    """The local times that definitions name: some are skipped by the clock, some occur twice."""
    zone = ZoneInfo(timezone)
    days = [local_time(change, zone).date() for change in clock_changes(timezone)]
    named = {datetime.combine(day, at) for day in days for at in LOCAL_TIMES[1:5]}
    return sorted(named | {local_time(as_of, zone).replace(second=0, microsecond=0)})


def birthdays(as_of: datetime, timezone: str) -> list[date]:
    """Days whose anniversaries begin and end the windows, leap days, and a future day."""
    today = local_time(as_of, ZoneInfo(timezone)).date()
    ends = [days_and_months_away(today, window, AHEAD) for window in CALENDAR_WINDOWS]
    edges = [today, today - timedelta(days=1), *ends, *(end - timedelta(days=1) for end in ends)]
    born = [days_and_months_away(edge, years, BACK) for edge in edges for years in ("1 year", "24 years")]
    return [*born, date(2000, 2, 29), date(1999, 2, 28), date(2004, 3, 1), today + timedelta(days=3)]


def moments(as_of: datetime, timezone: str) -> list[datetime]:
    """Instants on every boundary that a definition can draw, and a microsecond to either side."""
    zone = ZoneInfo(timezone)
    edges = [as_of, *clock_changes(timezone)]
    edges += [moved(as_of, window, way, zone) for window in WINDOWS for way in (BACK, AHEAD)]
    for day in days_named(as_of, timezone):
        edges += [midnight(day, zone), midnight(day + timedelta(days=1), zone)]
    edges += [instant(local, zone) for local in times_named(as_of, timezone)]
    around = {edge + away for edge in edges for away in (-INSTANT, timedelta(0), INSTANT)}
    around |= {midnight(day, zone) for day in birthdays(as_of, timezone)}
    return sorted(around | {as_of - timedelta(days=day) for day in (3, 20, 60, 200)})
