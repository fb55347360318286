"""Values from YAML: read by the expected type, and written into SQL so that they stay values."""

import calendar
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from segctl.errors.visible import visible

LONGEST_YEARS = 100
UNITS = {"hour": "h", "day": "d", "week": "w", "month": "mo", "year": "y"}

_NUMBER = re.compile(r"-?[0-9]{1,22}(\.[0-9]{1,6})?\Z")
_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\Z")
_INSTANT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}(:[0-9]{2})?)\Z")
_WRITTEN = re.compile(
    r"(([0-9]{4})-([0-9]{2})-([0-9]{2}))(?:[ T]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?))?(?:Z|[+-][0-9:]{2,6})?\Z"
)
_DURATION = re.compile(r"([0-9]{1,6}) (hour|day|week|month|year)s?\Z")
# Anything that could open a Jinja block or a variable, and characters that engines escape differently.
_NEEDS_MACRO = re.compile(r"\{[{%#]|\$\{|[\\']")


@dataclass(frozen=True)
class Duration:
    """A number of hours, days, weeks, months or years in the project's calendar."""

    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @property
    def short(self) -> str:
        """The form in column names: 90d, 3mo."""
        return f"{self.count}{UNITS[self.unit]}"

    @property
    def call(self) -> str:
        """The form in a macro call: 90, 'day'."""
        return f"{self.count}, '{self.unit}'"


def read_number(text: str) -> Decimal | None:
    """A decimal number with at most six decimals."""
    return Decimal(text) if _NUMBER.match(text) else None


def calendar_fault(text: str) -> tuple[str, str]:
    """Why a text that looks like a day or a local time is invalid, and a hint. Empty if it does not look like one."""
    written = _WRITTEN.match(text)
    if not written:
        return "", ""
    day, year, month = written[1], int(written[2]), int(written[3])
    if read_day(day) is None:
        if not 1 <= month <= 12:
            return f"{day} is not a date", "a year has 12 months: year, month, day"
        if year == 0:
            return f"{day} is not a date", "years begin with 0001"
        days = calendar.monthrange(year, month)[1]
        return f"{day} is not a date", f"{calendar.month_name[month]} {year} has {days} days"
    if written[5] and read_instant(f"{day} {written[5]}") is None:
        hint = "midnight is 00:00 of the next day" if written[5].startswith("24:00") else "the last is 23:59:59"
        return f"{written[5]} is not a time of day", hint
    return "", ""


def read_day(text: str) -> date | None:
    """A calendar day, YYYY-MM-DD."""
    try:
        return date.fromisoformat(text) if _DAY.match(text) else None
    except ValueError:
        return None


def read_instant(text: str) -> datetime | None:
    """A local time, YYYY-MM-DD HH:MM[:SS], without a zone."""
    try:
        return datetime.fromisoformat(text) if _INSTANT.match(text) else None
    except ValueError:
        return None


def read_duration(text: str) -> Duration | None:
    """A whole number and a unit, from one unit to a hundred years."""
    match = _DURATION.match(text)
    if not match:
        return None
    most = {"hour": 8766, "day": 366, "week": 52, "month": 12, "year": 1}[match[2]] * LONGEST_YEARS
    return Duration(int(match[1]), match[2]) if 1 <= int(match[1]) <= most else None


def in_utc(local: datetime, timezone: str) -> datetime:
    """The naive UTC instant of a local time.

    A time that the clock skips uses the offset before the gap. A time that occurs twice is the first one.
    """
    return local.replace(tzinfo=ZoneInfo(timezone), fold=0).astimezone(UTC).replace(tzinfo=None)


def midnight(day: date, timezone: str, days_later: int = 0) -> datetime:
    """The UTC instant at which the local day that is `days_later` days after `day` begins."""
    later = day + timedelta(days=days_later)
    return in_utc(datetime(later.year, later.month, later.day), timezone)


def sql_text(text: str) -> str:
    """The text as an SQL string literal that neither SQL nor Jinja can read as anything else.

    dbt renders every model file as a template. Text with Jinja syntax therefore goes through the macro `text` as a
    Jinja string. So do quotes, backslashes and `${`, which engines escape differently.
    """
    if _NEEDS_MACRO.search(text) or any(character < " " for character in text):
        return f"{{{{ segctl.text({jinja_text(text)}) }}}}"
    return f"'{text}'"


def jinja_text(text: str) -> str:
    """The text as a Jinja string literal."""
    return json.dumps(text, ensure_ascii=False)


def sql_number(number: Decimal) -> str:
    """The number without an exponent."""
    return f"{number.normalize():f}"


def sql_day(day: date) -> str:
    """A date literal."""
    return f"date '{day.isoformat()}'"


def sql_instant(instant: datetime) -> str:
    """A literal for a naive UTC instant."""
    return f"{{{{ {instant_call(instant)} }}}}"


def instant_call(instant: datetime) -> str:
    """The same as a Jinja expression."""
    return f"segctl.timestamp_of('{instant.isoformat(sep=' ')}')"


def plain(text: str) -> str:
    """The text on one line without Jinja syntax, for comments and descriptions."""
    return re.sub(r"\{(?=[{%#])", "{ ", visible(" ".join(text.split())))
