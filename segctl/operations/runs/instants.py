"""Reads and writes instants, durations and schedules."""

import calendar
import os
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from segctl.errors import Failure
from segctl.language.literals import (
    UNITS,
    Duration,
    calendar_fault,
    in_utc,
    midnight,
    read_day,
    read_duration,
    read_instant,
)
from segctl.warehouse import AS_OF_VARIABLE, FUTURE_VARIABLE

A_DAY = timedelta(days=1)
# The format of the macro as_of_instant: ISO 8601, UTC by default.
VARIABLE = r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?"


def given(text: str | None, option: str) -> str:
    """An instant from the command line, or empty if the option is absent.

    Raises Failure for an empty value, which is usually an unset variable in a script.
    """
    if text is not None and not text.strip():
        hint = "name a day (2024-12-31), or omit the option; perhaps a variable in the script is not set"
        raise Failure(f"{option} is empty", hint, exit_code=2)
    return text or ""


def read_variable() -> datetime | None:
    """The naive UTC instant of the environment variable SEGCTL_AS_OF, or None. Raises Failure."""
    text = os.environ.get(AS_OF_VARIABLE)
    if text is None:
        return None
    if not text.strip():
        raise Failure(f"{AS_OF_VARIABLE} is empty", "unset it for a run as of now, or name an instant", exit_code=2)
    try:
        instant = datetime.fromisoformat(text) if re.fullmatch(VARIABLE, text, re.ASCII) else None
        if instant and instant.tzinfo:
            instant = instant.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        instant = None
    if instant is None:
        fault, hint = calendar_fault(text)
        message = f'{AS_OF_VARIABLE} is "{text}"' + (f": {fault}" if fault else "")
        raise Failure(message, hint or "an instant is 2024-12-31T18:00:00Z", exit_code=2)
    return instant


def check_not_future(instant: datetime, label: str, allowed: bool) -> None:
    """Raises Failure for a naive UTC instant more than a day in the future, unless `allowed`."""
    allowed = allowed or os.environ.get(FUTURE_VARIABLE) == "true"
    if instant > datetime.now(UTC).replace(tzinfo=None) + A_DAY and not allowed:
        hint = "no run as of an earlier instant is possible after it; --allow-future lets it pass"
        raise Failure(f"{label} is more than a day ahead of the clock", hint, exit_code=2)


def read_as_of(text: str, timezone: str, option: str = "--as-of") -> datetime:
    """The naive UTC instant of `2024-12-31` (the local midnight that begins it), `2024-12-31 18:00` (local time) or
    an ISO 8601 instant with its zone. Raises Failure for anything else.
    """
    try:
        instant = _read(text, timezone)
    except (ValueError, OverflowError):
        instant = None
    # Near the ends of Python's calendar, some zones lack the time.
    if instant is None or not 1 < instant.year < 9999:
        fault, hint = calendar_fault(text)
        message = f'{option} "{text}" is not an instant' + (f": {fault}" if fault else "")
        hint = hint or "a day (2024-12-31), a local time (2024-12-31 18:00) or an instant (2024-12-31T18:00:00Z)"
        raise Failure(message, hint, exit_code=2)
    return instant


def _read(text: str, timezone: str) -> datetime | None:
    day, local = read_day(text), read_instant(text)
    if day:
        return midnight(day, timezone)
    if local:
        return in_utc(local, timezone)
    if re.search(r"(Z|[+-]\d{2}:\d{2})$", text):
        return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    return None


def as_local(instant: datetime | None, timezone: str) -> str:
    """A naive UTC instant as local time, to the second."""
    if instant is None:
        return ""
    return f"{instant.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S %Z}"


def read_every(text: str) -> Duration:
    """A duration as in definitions (`1 day`) or short (`1d`, `12h`, `2w`, `1mo`). Raises Failure for anything else."""
    short = re.fullmatch(r"([0-9]{1,6})\s*([a-z]+)", text.strip())
    units = {letters: unit for unit, letters in UNITS.items()}
    duration = Duration(int(short[1]), units[short[2]]) if short and short[2] in units else read_duration(text.strip())
    if duration is None or duration.count < 1:
        raise Failure(f'--every "{text}" is not a duration', "for example 1d, 12h, 1w or 1mo", exit_code=2)
    return duration


def every(start: datetime, end: datetime, step: Duration, timezone: str) -> list[datetime]:
    """The naive UTC instants from start to end, inclusive, at the same local time across clock changes.

    Hours are elapsed time. Months and years keep the day of the month, or use the month's last day.
    """
    local = start.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    instants: list[datetime] = []
    while not instants or instants[-1] <= end:
        count = len(instants) * step.count
        later = (
            start + timedelta(hours=count) if step.unit == "hour" else in_utc(_later(local, count, step.unit), timezone)
        )
        instants.append(later)
    return instants[:-1]


def _later(local: datetime, count: int, unit: str) -> datetime:
    """A local time plus days, weeks, months or years."""
    if unit in ("day", "week"):
        return local + timedelta(days=count * (7 if unit == "week" else 1))
    months = local.year * 12 + local.month - 1 + count * (12 if unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return local.replace(year=year, month=month, day=min(local.day, calendar.monthrange(year, month)[1]))
