"""The demo shop behind the desk of `segctl serve`."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from segctl.serve.questions import Desk
from segctl.serve.worker import Opening
from tests.support.shops.demo_project import copied

MARKUP = "</script><img src=x onerror=window.hit=1>'\"{{ 7*7 }}"


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("serve") / "shop")


@pytest.fixture(scope="module")
def desk(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(Opening(shop, "", str(shop), tmp_path_factory.mktemp("copies"), "", 5, with_members=True))


def rows(shop: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return found
