"""The instants of a schedule over clock changes and month ends, in all spellings, and instants that no run accepts."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from dbt.cli.main import dbtRunner

from segctl.cli import segctl
from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.runs.instants import as_local, every, read_as_of, read_every
from segctl.operations.runs.run import run
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.every_table import every_table

WINTER = ["2023-11-30", "2023-12-30", "2024-01-30", "2024-02-29", "2024-03-30"]
LONDON, LORD_HOWE, NEW_YORK = "Europe/London", "Australia/Lord_Howe", "America/New_York"


def local_times(start: str, end: str, step: str, zone: str = LONDON) -> list[str]:
    instants = every(read_as_of(start, zone), read_as_of(end, zone), read_every(step), zone)
    assert instants == sorted(set(instants))
    return [as_local(instant, zone).removesuffix(":00") for instant in instants]


def day(text: str, zone: str = LONDON) -> datetime:
    return read_as_of(text, zone)


def test_days_begin_at_local_midnight_on_both_sides_of_a_clock_change() -> None:
    found = every(day("2024-03-30"), day("2024-04-02"), read_every("1d"), LONDON)
    assert found == [day("2024-03-30"), day("2024-03-31"), day("2024-04-01"), day("2024-04-02")]
    assert [instant.hour for instant in found] == [0, 0, 23, 23]
    assert [instant.hour for instant in every(day("2024-10-26"), day("2024-10-29"), read_every("1d"), LONDON)] == [
        *(23, 23, 0, 0)
    ]


def test_hours_are_elapsed_time() -> None:
    found = every(day("2024-03-30"), day("2024-04-01"), read_every("12h"), LONDON)
    assert [after - before for before, after in pairwise(found)] == [timedelta(hours=12)] * 3
    # The last of them would be at one o'clock by the clocks that went forward, which is after the end.
    assert len(found) == 4


def test_a_local_time_that_is_skipped_or_comes_twice() -> None:
    """A skipped time is read with the offset before the gap. Of two, the first counts. The next day is as usual."""
    spring = every(day("2024-03-30 01:30"), day("2024-04-01 01:30"), read_every("1d"), LONDON)
    assert spring == [datetime(2024, 3, 30, 1, 30), datetime(2024, 3, 31, 1, 30), datetime(2024, 4, 1, 0, 30)]
    autumn = every(day("2024-10-26 01:30"), day("2024-10-28 01:30"), read_every("1d"), LONDON)
    assert autumn == [datetime(2024, 10, 26, 0, 30), datetime(2024, 10, 27, 0, 30), datetime(2024, 10, 28, 1, 30)]
    half_an_hour = every(day("2024-04-06", LORD_HOWE), day("2024-04-08", LORD_HOWE), read_every("1d"), LORD_HOWE)
    assert half_an_hour[2] - half_an_hour[1] == timedelta(hours=24, minutes=30)


def test_weeks_keep_the_weekday_and_the_time() -> None:
    assert local_times("2024-03-04 09:00", "2024-04-02", "1w", NEW_YORK) == [
        "2024-03-04 09:00:00 EST",
        "2024-03-11 09:00:00 EDT",
        "2024-03-18 09:00:00 EDT",
        "2024-03-25 09:00:00 EDT",
        "2024-04-01 09:00:00 EDT",
    ]


@pytest.mark.parametrize(
    ("start", "end", "step", "wanted"),
    [
        ("2024-01-31", "2024-06-01", "1mo", ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]),
        ("2023-11-30", "2024-03-30", "1 month", WINTER),
        ("2023-08-31", "2024-09-30", "6 months", ["2023-08-31", "2024-02-29", "2024-08-31"]),
        ("2024-02-29", "2028-03-01", "1 year", ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("2024-03-01", "2024-03-05", "2d", ["2024-03-01", "2024-03-03", "2024-03-05"]),
        ("2024-03-01", "2024-03-01", "1d", ["2024-03-01"]),
        ("2024-03-02", "2024-03-01", "1d", []),
    ],
)  # fmt: skip
def test_months_keep_the_day_or_take_the_last(start: str, end: str, step: str, wanted: list[str]) -> None:
    assert every(day(start), day(end), read_every(step), LONDON) == [day(one) for one in wanted]


def test_an_end_between_two_instants_is_not_one() -> None:
    assert len(every(day("2024-03-01 12:00"), day("2024-03-03 11:59"), read_every("1d"), LONDON)) == 2
    assert len(every(day("2024-03-01 12:00"), day("2024-03-03 12:00"), read_every("1d"), LONDON)) == 3


@pytest.mark.parametrize("text", ["", "d", "1", "0d", "-1d", "1.5d", "1 fortnight", "1D", "٣d", "99999999d", "1d 2h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(Failure, match="is not a duration") as refused:
        read_every(text)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    ("short", "long"), [("12h", "12 hours"), ("1d", "1 day"), ("2w", "2 weeks"), ("1mo", "1 month"), ("1y", "1 year")]
)
def test_durations_are_short_or_as_in_definitions(short: str, long: str) -> None:
    assert read_every(short) == read_every(long)


COLUMNS = {"customers": {"id": "bigint", "country": "varchar"}}
CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer: {model: customers, key: id, attributes: {country: string}}
"""
FRENCH = "version: 1\nsegments:\n  - {name: french, rule: {attribute: country, eq: FR}}\n"


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    """A shop after one run."""
    project = TestProject(tmp_path, engine, f"instants_{digest(request.node.nodeid, 8)}")
    project.load({"customers": [{"id": 1, "country": "FR"}]}, COLUMNS)
    project.define(CATALOG, french=FRENCH)
    project.run(datetime(2024, 5, 1, tzinfo=UTC))
    return project


def command_errors(shop: TestProject, *arguments: str) -> tuple[int, list[str]]:
    """The exit code of a command, and the lines of its error output."""
    options = ["--project-dir", str(shop.root), "--profiles-dir", str(shop.root)]
    outcome = CliRunner().invoke(segctl, [*options, *arguments])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
    return outcome.exit_code, outcome.stderr.splitlines()


EMPTY = [
    *(("run", "--as-of", ""), ("run", "--as-of", " "), ("list", "--as-of", ""), ("export", "--as-of", "")),
    *(("replay", "--from", ""), ("replay", "--from", "2024-05-02", "--to", "")),
    *(("restate", "--since", ""), ("restate", "--apply", "--since", ""), ("verify", "--since", "")),
]


def build(shop: TestProject) -> str:
    """The error output of a plain `dbt build`, empty on success."""
    outcome = dbtRunner().invoke(
        ["build", "--project-dir", str(shop.root), "--profiles-dir", str(shop.root), "--log-level", "none"]
    )
    return "" if outcome.success else str(outcome.exception)


def ahead(**given: float) -> str:
    return f"{datetime.now(UTC).replace(tzinfo=None) + timedelta(**given):%Y-%m-%dT%H:%M:%S}Z"


def test_what_no_run_is_as_of(shop: TestProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty option or variable does not mean now, and an instant far ahead is a mistake."""
    before, far = every_table(shop), ahead(days=1, minutes=5)
    for arguments in EMPTY:
        code, lines = command_errors(shop, *arguments)
        assert (code, lines[0], len(lines)) == (2, f"segctl: {arguments[-2]} is empty", 2), arguments
        assert "hint" in lines[1]
    for arguments in (
        ("run", "--as-of", far),
        ("replay", "--from", "2024-05-02", "--to", far),
        ("replay", "--from", far, "--to", ahead(days=3)),
        ("replay", "--from", "2024-05-02", "--to", far, "--segments", "french"),
    ):
        code, lines = command_errors(shop, *arguments)
        assert (code, len(lines)) == (2, 2), lines
        assert f"{far} is more than a day ahead of the clock" in lines[0]
        assert "--allow-future" in lines[1]
    for value, told, by_dbt in (
        ("", "SEGCTL_AS_OF is empty", "SEGCTL_AS_OF is empty: unset it for a run as of now"),
        ("someday", 'SEGCTL_AS_OF is "someday"', "SEGCTL_AS_OF is 'someday', expected an instant"),
        (far, "ahead of the clock", "is more than a day ahead of the clock: SEGCTL_ALLOW_FUTURE=true lets it pass"),
    ):
        monkeypatch.setenv("SEGCTL_AS_OF", value)
        code, lines = command_errors(shop, "run")
        assert (code, len(lines)) == (2, 2), lines
        assert told in lines[0]
        assert by_dbt in build(shop)
    assert every_table(shop) == before
    assert not (shop.root / "exports").exists()


def test_instants_of_the_environment_and_to_come(shop: TestProject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGCTL_AS_OF", "")
    # An instant on the command line counts, for any value of the variable.
    assert command_errors(shop, "run", "--as-of", "2024-05-02")[0] == 0
    monkeypatch.setenv("SEGCTL_AS_OF", "2024-05-03T02:00:00+02:00")
    assert command_errors(shop, "run")[0] == 0
    instants = [row["as_of"].isoformat() for row in shop.read("segment_runs")]
    assert sorted(instants) == ["2024-05-01T00:00:00", "2024-05-01T23:00:00", "2024-05-03T00:00:00"]
    monkeypatch.setenv("SEGCTL_AS_OF", ahead(days=2))
    monkeypatch.setenv("SEGCTL_ALLOW_FUTURE", "true")
    assert build(shop) == ""
    monkeypatch.delenv("SEGCTL_AS_OF")
    monkeypatch.delenv("SEGCTL_ALLOW_FUTURE")
    happened: list[str] = []
    run(
        shop.project,
        shop.warehouse,
        ahead(days=3),
        lambda _: happened.append("a step"),
        allow_future=True,
        on_warning=happened.append,
    )
    # The message comes before the run, once.
    assert "as of a future instant" in happened[0]
    assert set(happened[1:]) == {"a step"}
    # A recorded future instant can be recomputed.
    assert command_errors(shop, "verify")[0] == 0
