"""The macros of macros/clock against the oracle, where clocks skip hours, midnights or a day. By dbt-core and dbt 2."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.support.built_project import TestProject
from tests.support.compilers import by_core, by_dbt_2
from tests.support.engines import Engine
from tests.support.oracle.time import AHEAD, BACK, instant, local_time, midnight, moved

# Days on which a clock changes by one hour, by half an hour, at midnight or by a whole day, and ordinary days.
DAYS = {
    "Europe/London": ("2024-03-31", "2024-10-27", "2024-02-29"),
    "Europe/Dublin": ("2024-03-31", "2024-10-27"),
    "America/New_York": ("2024-03-10", "2024-11-03", "2023-12-31"),
    "America/Sao_Paulo": ("2018-11-04", "2018-02-17", "2018-02-18"),
    "Australia/Lord_Howe": ("2024-04-07", "2024-10-06"),
    "Pacific/Apia": ("2011-12-29", "2011-12-30", "2011-12-31"),
    "Asia/Kathmandu": ("2024-10-31",),
}
TIMES = [
    (datetime.fromisoformat(day) + number * timedelta(minutes=30), zone)
    for zone, days in DAYS.items()
    for day in days
    for number in range(48)
]
WINDOWS = ("1 hour", "30 hours", "1 day", "7 days", "2 weeks", "1 month", "13 months", "1 year")
# A call of a macro as Jinja, and its expected result.
Case = tuple[str, str]
Said = Callable[[list[str], str], list[str]]


@pytest.fixture(params=[by_core, pytest.param(by_dbt_2, marks=pytest.mark.dbt2)])
def said(request: pytest.FixtureRequest, tmp_path: Path) -> Said:
    """The results of macros in a run as of an instant, by each dbt."""
    TestProject(tmp_path, Engine("duckdb"))
    (tmp_path / "packages.yml").write_text("packages: [{local: dbt_packages/segctl}]\n")
    model = tmp_path / "models" / "clock.sql"
    model.parent.mkdir()

    def compiled(expressions: list[str], as_of: str) -> list[str]:
        model.write_text("\n".join(f"{{{{ {expression} }}}}" for expression in expressions))
        folder: Path = request.param(tmp_path, as_of)
        return (folder / "shop" / "models" / "clock.sql").read_text().splitlines()

    return compiled


def at(time: datetime) -> str:
    return f"segctl.read_instant('{time.isoformat()}')"


def naive(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat()


def test_local_times_and_instants(said: Said) -> None:
    cases: list[Case] = []
    for time, zone in TIMES:
        there = ZoneInfo(zone)
        cases.append((f"segctl.in_utc({at(time)}, '{zone}').isoformat()", naive(instant(time, there))))
        shown = local_time(time.replace(tzinfo=UTC), there)
        cases.append((f"segctl.local_time({at(time)}, '{zone}').isoformat()", naive(shown)))
    assert said([asked for asked, _ in cases], "2024-01-01") == [wanted for _, wanted in cases]


def test_windows(said: Said) -> None:
    cases: list[Case] = []
    for time, zone in TIMES[::5]:
        for window in WINDOWS:
            count, unit = window.rstrip("s").split()
            for direction in (BACK, AHEAD):
                asked = f"segctl.shifted({at(time)}, {direction * int(count)}, '{unit}', '{zone}').isoformat()"
                cases.append((asked, naive(moved(time.replace(tzinfo=UTC), window, direction, ZoneInfo(zone)))))
    assert said([asked for asked, _ in cases], "2024-01-01") == [wanted for _, wanted in cases]


def test_midnights_of_a_run(said: Said) -> None:
    for zone, days in DAYS.items():
        day = datetime.fromisoformat(days[0])
        as_of = instant(day + timedelta(hours=12), ZoneInfo(zone))
        found = said(
            [f"segctl.midnight_from_today({number}, '{zone}')" for number in (-1, 0, 1)],
            as_of.isoformat().replace("+00:00", "Z"),
        )
        midnights = [midnight(day.date() + timedelta(days=number), ZoneInfo(zone)) for number in (-1, 0, 1)]
        assert found == [f"timestamp '{naive(one).replace('T', ' ')}'" for one in midnights]


INSTANTS = {
    "2024-03-31": "2024-03-31T00:00:00",
    "2024-03-31T01:30": "2024-03-31T01:30:00",
    "2024-03-31 01:30Z": "2024-03-31T01:30:00",
    "2024-03-31T01:30+02:00": "2024-03-30T23:30:00",
    "2024-03-31T01:30:15-05:30": "2024-03-31T07:00:15",
    "2024-03-31T01:30:15.5Z": "2024-03-31T01:30:15.500000",
    "2024-03-31T01:30:15.123456789": "2024-03-31T01:30:15.123456",
}


def test_the_instant_of_a_run(said: Said) -> None:
    for text, wanted in INSTANTS.items():
        name = wanted.replace("-", "").replace(":", "") + ("" if "." in wanted else ".000000")
        result = ["segctl.as_of_instant().isoformat()", "segctl.run_id()", "segctl.as_of()"]
        assert said(result, text) == [wanted, f"'{name}Z'", f"timestamp '{wanted.replace('T', ' ')}'"]
