"""Shops that several tests start from, built once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from segctl.warehouse import Row
from tests.faults.program import Nursery, nursery
from tests.faults.shop import copied, iso, moved_on, opened
from tests.faults.states import Copies, database, seen, written
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server

# The instants of the runs before the disturbed one, of that one, and of the one after it.
BEFORE, VICTIM, LATER = (0, 3), 4, 5
KEPT = "before"


@dataclass(frozen=True)
class Case:
    """A shop after two runs with changed data and definitions, and what the next run must write.

    `copies` holds the current warehouse under KEPT. `finished` is what an undisturbed run writes. `next_day` is what a
    run as of the day after writes when none happened in between.
    """

    shop: TestProject
    copies: Copies
    before: dict[str, list[Row]]
    after: dict[str, list[Row]]
    finished: dict[str, list[Row]]
    next_day: dict[str, list[Row]]


def case(shop: TestProject, folder: Path, program: Nursery) -> Case:
    """The case of an opened shop."""
    for number in BEFORE:
        program.done(shop, "run", "--as-of", iso(number))
    moved_on(shop, VICTIM)
    # Parsed once, so that later processes need not.
    program.done(shop, "list")
    copies = Copies(shop, folder)
    copies.keep(KEPT)
    before = seen(shop)
    program.done(shop, "run", "--as-of", iso(LATER))
    next_day = written(shop)
    copies.restore(KEPT)
    program.done(shop, "run", "--as-of", iso(VICTIM))
    after, finished = seen(shop), written(shop)
    copies.restore(KEPT)
    assert before != after
    return Case(shop, copies, before, after, finished, next_day)


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with nursery(tmp_path_factory.mktemp("said")) as started:
        yield started


@pytest.fixture(scope="session")
def on_duckdb(tmp_path_factory: pytest.TempPathFactory, program: Nursery) -> Case:
    folder = tmp_path_factory.mktemp("duckdb")
    return case(opened(folder / "shop", Engine("duckdb")), folder / "copies", program)


@pytest.fixture(scope="session")
def on_postgres(server: Server, tmp_path_factory: pytest.TempPathFactory, program: Nursery) -> Case:
    folder = tmp_path_factory.mktemp("postgres")
    return case(opened(folder / "shop", database(server, "faults")), folder / "copies", program)


@pytest.fixture
def shop(on_duckdb: Case, tmp_path: Path) -> TestProject:
    """A copy of the shop before its third run."""
    on_duckdb.copies.restore(KEPT)
    return copied(on_duckdb.shop, tmp_path / "shop")
