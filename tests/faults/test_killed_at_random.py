"""`kill -9` at random times during a month of runs: nothing is lost and nothing is duplicated."""

import os
import signal
import time
from pathlib import Path
from random import Random

import pytest

from tests.faults.program import Nursery, times
from tests.faults.shop import COLUMNS, changed, iso, moved_on, opened, tables
from tests.faults.states import Copies, database, seen, written
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server

BEFORE = "before"


def killed(shop: TestProject, program: Nursery, seconds: float, *arguments: str) -> bool:
    """Starts the program and kills it some time later. Returns whether it was still running."""
    process = program.begin(shop, *arguments)
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    return program.end().killed


def pair(name: str, folder: Path, request: pytest.FixtureRequest) -> tuple[TestProject, TestProject]:
    """Two equal shops on an engine."""
    engines = [Engine("duckdb")] * 2
    if name == "postgres":
        server: Server = request.getfixturevalue("server")
        engines = [database(server, f"month_{part}") for part in ("quiet", "killed")]
    quiet, other = (opened(folder / part, engine) for part, engine in zip(("quiet", "killed"), engines, strict=True))
    return quiet, other


@pytest.mark.parametrize(
    ("name", "days", "kills"),
    [
        ("duckdb", times(1, 30), times(3, 10)),
        pytest.param("postgres", times(1, 5), times(3, 10), marks=pytest.mark.postgres),
    ],
)
def test_a_month_of_kills(name: str, days: int, kills: int, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    program: Nursery = request.getfixturevalue("program")
    quiet, shop = pair(name, tmp_path, request)
    for one in (quiet, shop):
        program.done(one, "run", "--as-of", iso(0))
    dice, hit, finished = Random(3), 0, 0
    copies = Copies(shop, tmp_path / "copies")
    for number in range(1, days + 1):
        for one in (quiet, shop):
            moved_on(one, 1) if number == 1 else one.load(changed(tables(), number), COLUMNS)
        before = seen(shop)
        copies.keep(BEFORE)
        lasting = program.done(quiet, "run", "--as-of", iso(number)).seconds
        after = seen(quiet)
        for _ in range(kills):
            hit += killed(shop, program, dice.uniform(0, 0.8 * lasting), "run", "--as-of", iso(number))
            state = seen(shop)
            assert state in (before, after)
            if state == after:
                finished += 1
                copies.restore(BEFORE)
        program.done(shop, "run", "--as-of", iso(number))
        assert written(shop) == written(quiet)
        print(f"{name}: {number} days, {hit} kills, {finished} of them after the run had finished", flush=True)
    assert hit > days * kills / 2
