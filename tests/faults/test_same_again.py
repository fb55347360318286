"""Runs repeated, replayed and out of order."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from segctl.operations.exports import ExportRequest, export
from segctl.operations.runs.instants import every, read_every
from tests.faults.conftest import BEFORE, VICTIM
from tests.faults.program import Nursery, times
from tests.faults.shop import COLUMNS, day, iso, opened, tables
from tests.faults.states import written
from tests.support.built_project import TestProject
from tests.support.engines import Engine

DAYS = times(4, 365)


def exported(shop: TestProject, folder: Path) -> dict[str, bytes]:
    list(export(shop.project, shop.warehouse, ExportRequest(to=folder)))
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def run(shop: TestProject, number: float) -> None:
    shop.run(day(number).replace(tzinfo=UTC))


def test_the_same_instant_again_and_again(shop: TestProject, tmp_path: Path) -> None:
    result = []
    for number in range(times(3, 10)):
        run(shop, VICTIM)
        result.append(exported(shop, tmp_path / f"files_{number}"))
    assert len(result[0]) > 5
    assert sum(len(content) for content in result[0].values()) > 1000
    assert all(files == result[0] for files in result)


def test_daily_runs_are_one_replay(program: Nursery, tmp_path: Path) -> None:
    daily, replayed = (opened(tmp_path / name, Engine("duckdb")) for name in ("daily", "replayed"))
    for shop in (daily, replayed):
        # Something happens on every day.
        shop.load(tables(days=DAYS), COLUMNS)
    # A schedule keeps the local time of day when the clocks change.
    for instant in every(day(0), day(DAYS - 1), read_every("1d"), "Europe/London"):
        daily.run(instant.replace(tzinfo=UTC))
    program.done(replayed, "replay", "--from", iso(0), "--to", iso(DAYS - 1), "--every", "1d")
    one, other = written(daily), written(replayed)
    for state in (one, other):
        # A replay passes guards, and reports it.
        state["segment_runs"] = [{**row, "allowed": ""} for row in state["segment_runs"]]
    assert len(one["segment_runs"]) == DAYS
    assert one == other


@pytest.mark.parametrize("earlier", [1 / 86_400, 1 / 24, 1])
def test_an_earlier_instant_is_refused(earlier: float, shop: TestProject, program: Nursery) -> None:
    before = written(shop)
    ended = program.run(shop, "run", "--as-of", iso(BEFORE[-1] - earlier))
    assert ended.code == 3
    assert "before the last finished run, as of 2024-01-04 00:00:00 UTC" in ended.err.splitlines()[0]
    assert written(shop) == before


def test_now_is_earlier_than_a_run_that_was_as_of_a_time_to_come(shop: TestProject, program: Nursery) -> None:
    ended = program.done(shop, "run", "--as-of", f"{datetime.now(UTC).year + 2}-01-01", "--allow-future")
    assert "as of a future instant" in ended.err
    before = written(shop)
    ended = program.run(shop, "run")
    assert ended.code == 3
    assert "before the last finished run" in ended.err.splitlines()[0]
    assert "begin again" in ended.err
    assert written(shop) == before
