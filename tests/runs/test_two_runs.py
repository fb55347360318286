"""Runs that interrupt each other, as two `dbt build`s on one server can: nothing is mixed up."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.warehouse import RunRequest
from tests.support.built_project import FEATURES, MEMBERS, TestProject
from tests.support.engines import Engine
from tests.support.shops.history_shop import BIG, CATALOG, COLUMNS, DAYS, RECENT, SHOP, history

UNTIL_SIZES = ("run_sources", *FEATURES, "definition_versions", MEMBERS, "segment_proposals", "run_sizes")
FROM_STAYS = ("segment_stays", "segment_runs")


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    project = TestProject(tmp_path, engine, f"two_{digest(request.node.nodeid, 8)}")
    project.load(SHOP, COLUMNS)
    project.define(CATALOG, value=BIG, activity=RECENT)
    project.run(DAYS[0])
    return project


def asked(day: int, seconds: int = 0) -> RunRequest:
    return RunRequest((DAYS[day] + timedelta(seconds=seconds)).astimezone(UTC).replace(tzinfo=None))


def test_a_run_that_a_later_one_has_overtaken_ends(shop: TestProject) -> None:
    shop.warehouse.build(asked(2), only=UNTIL_SIZES)
    shop.warehouse.build(asked(2, 5))
    with pytest.raises(Failure, match="another run has begun or finished while this one") as failure:
        shop.warehouse.build(asked(2), only=FROM_STAYS)
    assert failure.value.hint
    once = history(shop)
    assert [stay[:3] for stay in once] == [("big", 1, 0), ("big", 2, 2), ("recent", 1, 0), ("recent", 2, 0)]
    assert [
        row["as_of"] for row in shop.warehouse.query("select as_of from {{ ref('segment_runs') }} order by as_of")
    ] == [
        DAYS[0].replace(tzinfo=None),
        DAYS[2].replace(tzinfo=None) + timedelta(seconds=5),
    ]


def test_of_two_runs_half_way_the_one_that_wrote_last_goes_on(shop: TestProject) -> None:
    shop.warehouse.build(asked(2), only=UNTIL_SIZES)
    shop.warehouse.build(asked(2, 5), only=UNTIL_SIZES)
    with pytest.raises(Failure, match="another run has begun or finished while this one"):
        shop.warehouse.build(asked(2), only=FROM_STAYS)
    shop.warehouse.build(asked(2, 5), only=FROM_STAYS)
    assert [stay[:3] for stay in history(shop)] == [("big", 1, 0), ("big", 2, 2), ("recent", 1, 0), ("recent", 2, 0)]


def test_a_run_that_an_earlier_one_has_finished_under_ends(shop: TestProject) -> None:
    shop.warehouse.build(asked(2, 5), only=UNTIL_SIZES[:-1])
    shop.warehouse.build(asked(2))
    with pytest.raises(Failure, match="another run has begun or finished while this one"):
        shop.warehouse.build(asked(2, 5), only=("run_sizes", *FROM_STAYS))
    assert datetime(2024, 3, 3, 0, 0, 5) not in {
        row["as_of"] for row in shop.warehouse.query("select as_of from {{ ref('segment_runs') }}")
    }
    shop.run(DAYS[4])
    assert [stay[:3] for stay in history(shop)] == [("big", 1, 0), ("big", 2, 2), ("recent", 1, 0), ("recent", 2, 0)]
