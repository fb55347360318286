"""Time as docs/language.md describes it, to be read next to the section "Time".

An instant is an aware datetime in UTC. A local time is a naive datetime on the clock of the project's zone.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TIME_TYPES = ("date", "timestamp", "timestamptz")
WINDOW_KEYS = ("within_last", "older_than", "between_dates", "before", "after")

BACK = -1
AHEAD = 1


@dataclass(frozen=True)
class Clock:
    """The instant of a run, and its time zone."""

    as_of: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return local_time(self.as_of, self.zone).date()


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the local clock shows this time.

    A time that the clock skips is read with the offset from before the gap, and of two the first is taken: both are
    what fold=0 means (PEP 495).
    """
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def local_time(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins in the project's time zone."""
    return instant(datetime.combine(day, time()), zone)


def amount_and_unit(window: str) -> tuple[int, str]:
    """`3 months` is (3, "month")."""
    amount, unit = window.split()
    return int(amount), unit.removesuffix("s")


def days_and_months_away(day: date, window: str, direction: int) -> date:
    """Calendar arithmetic: months and years keep the day of the month, or use the month's last day."""
    amount, unit = amount_and_unit(window)
    if unit == "day":
        return day + timedelta(days=direction * amount)
    if unit == "week":
        return day + timedelta(days=direction * amount * 7)
    months = {"month": amount, "year": amount * 12}[unit]
    year, month_index = divmod(day.year * 12 + (day.month - 1) + direction * months, 12)
    last_day = calendar.monthrange(year, month_index + 1)[1]
    return date(year, month_index + 1, min(day.day, last_day))


def moved(moment: datetime, window: str, direction: int, zone: ZoneInfo) -> datetime:
    """`as of - W` (BACK) or `as of + W` (AHEAD)."""
    amount, unit = amount_and_unit(window)
    if unit == "hour":
        return moment + timedelta(hours=direction * amount)
    local = local_time(moment, zone)
    day = days_and_months_away(local.date(), window, direction)
    return instant(datetime.combine(day, local.time()), zone)


def has_come(value: date, clock: Clock) -> bool:
    """Whether an instant is that of the run or before it, or a day has begun before it."""
    if isinstance(value, datetime):
        return value <= clock.as_of
    return midnight(value, clock.zone) < clock.as_of


def as_instant(value: date, zone: ZoneInfo) -> datetime:
    """A date means the local midnight at which it begins. A timestamp is an instant already."""
    return value if isinstance(value, datetime) else midnight(value, zone)


def local_day(value: date, zone: ZoneInfo) -> date:
    return local_time(value, zone).date() if isinstance(value, datetime) else value


def names_a_day(text: str) -> bool:
    """`2024-12-31` is a day, `2024-12-31 18:00` an instant."""
    return len(text) == len("2024-12-31")


def lies_before(moment: datetime, text: str, zone: ZoneInfo) -> bool:
    """Before the day begins, or before the instant."""
    if names_a_day(text):
        return moment < midnight(date.fromisoformat(text), zone)
    return moment < instant(datetime.fromisoformat(text), zone)


def lies_after(moment: datetime, text: str, zone: ZoneInfo) -> bool:
    """After the day has ended, so from the next midnight on. Or after the instant."""
    if names_a_day(text):
        return moment >= midnight(date.fromisoformat(text) + timedelta(days=1), zone)
    return moment > instant(datetime.fromisoformat(text), zone)


def anniversary(born: date, year: int) -> date:
    """29 February has its anniversary on 28 February in common years."""
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return born.replace(year=year)


def anniversary_falls_within(born: date, today: date, window: str) -> bool:
    """One of the days from today on is the first or a later anniversary."""
    day = today
    end = days_and_months_away(today, window, AHEAD)
    while day < end:
        if day.year > born.year and day == anniversary(born, day.year):
            return True
        day += timedelta(days=1)
    return False


def time_holds(comparator: str, operand: str | list[str], value: date, clock: Clock) -> bool:
    """Whether a comparator of a date or timestamp holds for a value that is set."""
    zone, as_of = clock.zone, clock.as_of
    moment = as_instant(value, zone)
    if isinstance(operand, list):
        assert comparator in ("between", "between_dates"), comparator
        begin, end = operand
        return not lies_before(moment, begin, zone) and not lies_after(moment, end, zone)
    if comparator == "before":
        return lies_before(moment, operand, zone)
    if comparator == "after":
        return lies_after(moment, operand, zone)
    if comparator == "within_last":
        return moved(as_of, operand, BACK, zone) < moment <= as_of
    if comparator == "older_than":
        return moment <= moved(as_of, operand, BACK, zone)
    if comparator == "within_next":
        return as_of < moment <= moved(as_of, operand, AHEAD, zone)
    if comparator == "anniversary_within_next":
        return anniversary_falls_within(local_day(value, zone), clock.today, operand)
    raise ValueError(f"no comparator of times: {comparator}")
