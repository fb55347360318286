"""Which rows the dbt tests of a run check: those that it wrote, or all if earlier runs had no tests."""

from datetime import datetime
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.warehouse import RunRequest
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.history_shop import BIG, CATALOG, COLUMNS, DAYS, SHOP


def day(number: int) -> datetime:
    return DAYS[number].replace(tzinfo=None)


def test_a_run_after_others_without_tests_looks_at_what_they_wrote(tmp_path: Path) -> None:
    shop = TestProject(tmp_path, Engine("duckdb"), "tested")
    shop.load(SHOP, COLUMNS)
    shop.define(CATALOG, value=BIG)
    shop.run(DAYS[0])
    shop.execute("update tested.segment_stays set join_cause = 'nonsense'")
    shop.run(DAYS[1])
    with pytest.raises(Failure, match="the run is not sound: segctl_history_is_sound failed") as failure:
        shop.warehouse.build(RunRequest(day(2), untested=True))
    assert "segment_stays: join_cause is none of its values (1 row)" in failure.value.detail
