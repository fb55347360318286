"""The oracle's time against examples worked out by hand, one for each sentence of docs/language.md."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.support.oracle.reference import load
from tests.support.oracle.time import Clock, time_holds

LONDON, NEW_YORK, LORD_HOWE = "Europe/London", "America/New_York", "Australia/Lord_Howe"
NOON = "2024-03-15 12:00"  # London is on UTC until the 31st
INSTANT = timedelta(microseconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def holds(comparators: str, value: date, as_of: str = NOON, zone: str = LONDON) -> bool:
    """Whether comparators such as `within_last: 7 days` hold for a day or an instant. The as-of is in UTC."""
    clock = Clock(utc(as_of), ZoneInfo(zone))
    return all(time_holds(key, operand, value, clock) for key, operand in load(f"{{{comparators}}}").items())


@pytest.mark.parametrize(
    ("zone", "as_of", "window", "boundary"),
    [
        ("UTC", "2024-03-15 12:00", "36 hours", "2024-03-14 00:00"),
        ("UTC", "2024-03-15 12:00", "2 weeks", "2024-03-01 12:00"),
        # New York's clocks go forward on 10 March at 02:00 (07:00 in UTC): that day has 23 hours.
        (NEW_YORK, "2024-03-10 16:00", "1 day", "2024-03-09 17:00"),
        (NEW_YORK, "2024-03-10 16:00", "24 hours", "2024-03-09 16:00"),
        # 02:30 on that day is skipped: with the offset from before it is 07:30 in UTC.
        (NEW_YORK, "2024-03-11 06:30", "1 day", "2024-03-10 07:30"),
        (NEW_YORK, "2024-04-10 06:30", "1 month", "2024-03-10 07:30"),
        # On 3 November 01:30 comes at 05:30 and at 06:30 in UTC: the first of the two.
        (NEW_YORK, "2024-11-04 06:30", "1 day", "2024-11-03 05:30"),
        (NEW_YORK, "2024-11-03 06:30", "1 day", "2024-11-02 05:30"),
        # Half an hour is skipped on 6 October (from 02:00) and comes twice on 7 April (from 01:30).
        (LORD_HOWE, "2024-10-06 15:15", "1 day", "2024-10-05 15:45"),
        (LORD_HOWE, "2024-04-07 15:15", "1 day", "2024-04-06 14:45"),
        # The month's last day if that day does not exist.
        ("UTC", "2024-03-31 12:00", "1 month", "2024-02-29 12:00"),
        ("UTC", "2023-03-31 12:00", "1 month", "2023-02-28 12:00"),
        ("UTC", "2024-02-29 12:00", "1 year", "2023-02-28 12:00"),
        ("UTC", "2024-03-15 12:00", "15 months", "2022-12-15 12:00"),
        # 00:30 on 1 May in London is still 30 April in UTC.
        (LONDON, "2024-04-30 23:30", "1 month", "2024-03-31 23:30"),
    ],
)
def test_a_window_begins_just_after_its_boundary(zone: str, as_of: str, window: str, boundary: str) -> None:
    edge = utc(boundary)
    for at, old in ((edge, True), (edge + INSTANT, False)):
        assert holds(f"older_than: {window}", at, as_of, zone) is old
        assert holds(f"within_last: {window}", at, as_of, zone) is not old


def test_windows_end_at_the_as_of_and_begin_after_it() -> None:
    assert holds("within_last: 1 day", utc(NOON))
    assert not holds("within_last: 1 day", utc(NOON) + INSTANT)
    assert not holds("within_next: 1 day", utc(NOON))
    assert holds("within_next: 1 day", utc(NOON) + INSTANT)
    # 9 March 12:00 in New York and a day is 23 hours later.
    end = utc("2024-03-10 16:00")
    assert holds("within_next: 1 day", end, "2024-03-09 17:00", NEW_YORK)
    assert not holds("within_next: 1 day", end + INSTANT, "2024-03-09 17:00", NEW_YORK)


@pytest.mark.parametrize("at", ["2024-03-15 00:00", "2024-03-15 09:00", "2024-03-15 23:59:59.999999"])
def test_days_count_as_days_whatever_the_time_of_the_run(at: str) -> None:
    def days(comparator: str) -> list[int]:
        return [day for day in range(1, 32) if holds(comparator, date(2024, 3, day), at)]

    assert days("within_last: 7 days") == list(range(9, 16))  # today and the six days before it
    assert days("within_next: 7 days") == list(range(16, 23))  # the seven from tomorrow on
    assert days("older_than: 7 days") == list(range(1, 9))
    assert days("before: 2024-03-05") == [1, 2, 3, 4]
    assert days("after: 2024-03-29") == [30, 31]
    assert days("between: [2024-03-05, 2024-03-06]") == [5, 6]


def test_a_day_is_a_day_of_the_project_and_not_of_utc() -> None:
    # 10 March, 23:30 in New York; there 11 March begins half an hour later.
    as_of = "2024-03-11 03:30"
    assert holds("within_last: 1 day", date(2024, 3, 10), as_of, NEW_YORK)
    assert not holds("within_last: 1 day", date(2024, 3, 11), as_of, NEW_YORK)
    assert holds("within_next: 1 day", date(2024, 3, 11), as_of, NEW_YORK)


def test_hours_on_a_date_are_reckoned_from_its_midnight() -> None:
    # 36 hours before noon the 14th began, and `within_last` begins just after that.
    assert not holds("within_last: 36 hours", date(2024, 3, 14))
    assert holds("within_last: 36 hours", date(2024, 3, 14), "2024-03-15 11:59")


@pytest.mark.parametrize(
    ("comparators", "first", "last"),  # the first and the last instant for which they hold, in UTC
    [
        ("between: [2024-03-10, 2024-03-10]", "2024-03-10 05:00", "2024-03-11 03:59:59.999999"),
        ("between_dates: [2024-03-10, 2024-03-10]", "2024-03-10 05:00", "2024-03-11 03:59:59.999999"),
        ("between: [2024-03-10 02:30, 2024-03-10 12:00]", "2024-03-10 07:30", "2024-03-10 16:00"),
        ("between: [2024-11-03 01:30, 2024-11-03]", "2024-11-03 05:30", "2024-11-04 04:59:59.999999"),
        ("after: 2024-03-10, before: 2024-03-12", "2024-03-11 04:00", "2024-03-12 03:59:59.999999"),
        (
            "after: 2024-11-03 01:30, before: 2024-11-03 12:00",
            "2024-11-03 05:30:00.000001",
            "2024-11-03 16:59:59.999999",
        ),
    ],
)
def test_days_and_local_times_in_definitions(comparators: str, first: str, last: str) -> None:
    for at in (utc(first), utc(last)):
        assert holds(comparators, at, zone=NEW_YORK)
    for at in (utc(first) - INSTANT, utc(last) + INSTANT):
        assert not holds(comparators, at, zone=NEW_YORK)


@pytest.mark.parametrize(
    ("as_of", "window", "born", "expected"),
    [
        ("2024-03-15", "7 days", "1990-03-14", False),
        ("2024-03-15", "7 days", "1990-03-15", True),  # today is the first of them
        ("2024-03-15", "7 days", "1990-03-21", True),
        ("2024-03-15", "7 days", "1990-03-22", False),
        ("2024-03-15", "7 days", "2023-03-15", True),  # the first anniversary
        ("2024-03-15", "7 days", "2024-03-15", False),  # the day itself does not match
        ("2024-03-15", "1 year", "2024-03-15", False),  # for its first is the day after the last
        ("2024-03-15", "1 year", "2024-03-14", True),
        ("2024-03-15", "1 year", "2024-03-16", False),  # not yet there
        ("2024-12-30", "7 days", "1990-01-02", True),
        ("2024-03-15", "1 month", "1990-04-14", True),
        ("2024-03-15", "1 month", "1990-04-15", False),  # that day itself excluded
        ("2024-01-31", "1 month", "1990-02-28", True),
        ("2023-01-31", "1 month", "1990-02-28", False),
        ("2023-02-28", "1 day", "2000-02-29", True),  # on 28 February in common years
        ("2023-03-01", "1 day", "2000-02-29", False),
        ("2024-02-28", "1 day", "2000-02-29", False),
        ("2024-02-29", "1 day", "2000-02-29", True),
        ("2024-02-28", "1 day", "1999-02-28", True),
    ],
)
def test_anniversaries(as_of: str, window: str, born: str, expected: bool) -> None:
    comparator = f"anniversary_within_next: {window}"
    assert holds(comparator, date.fromisoformat(born), f"{as_of} 12:00") is expected


def test_the_anniversary_of_an_instant_is_that_of_its_local_day() -> None:
    signed_up = utc("2000-03-15 03:00")  # 22:00 on the 14th in New York
    comparator = "anniversary_within_next: 1 day"
    assert holds(comparator, signed_up, "2024-03-15 03:30", NEW_YORK)  # 23:30 on the 14th
    assert not holds(comparator, signed_up, "2024-03-15 04:30", NEW_YORK)
