"""The instant that a run is as of, as people write it."""

import re
from datetime import UTC, datetime

from segctl.errors import Failure
from segctl.literals import in_utc, midnight, read_day, read_instant


def read_as_of(text: str, timezone: str) -> datetime:
    """The naive UTC instant of `2024-12-31` (the local midnight that begins it), `2024-12-31 18:00` (local time) or
    an ISO 8601 instant with its zone. Raises Failure for anything else.
    """
    try:
        found = _read(text, timezone)
    except (ValueError, OverflowError):
        found = None
    # Within a day of where the calendar of Python ends, some zone has no such time.
    if found is None or not 1 < found.year < 9999:
        hint = "a day (2024-12-31), a local time (2024-12-31 18:00) or an instant (2024-12-31T18:00:00Z)"
        raise Failure(f'--as-of "{text}" is not an instant', hint, exit_code=2)
    return found


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
    """A naive UTC instant as local time, to the second, for people."""
    from zoneinfo import ZoneInfo

    if instant is None:
        return ""
    return f"{instant.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S %Z}"
