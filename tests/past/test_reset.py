"""Beginning a history again: by segctl reset, and by a replay over first runs alone."""

from datetime import timedelta

import pytest

from segctl.errors import Failure
from segctl.operations.people.erase import erase
from segctl.operations.recomputation.replay import Schedule, replay
from segctl.operations.recomputation.reset import reset, what_is_lost
from segctl.warehouse import NothingBuilt
from tests.support.built_project import TestProject
from tests.support.engines import release
from tests.support.shops.demo_project import segctl
from tests.support.shops.history_shop import COLUMNS, DAYS, SHOP, history, order, shop, snapshot

__all__ = ["shop"]


def replayed(project: TestProject, first: int, last: int) -> None:
    """A replay of some of the days."""
    days = Schedule(DAYS[first].isoformat(), DAYS[last].isoformat(), "1d")
    replay(project.project, project.warehouse, days, (), lambda *_: None)


def test_reset_drops_what_runs_have_recorded_and_keeps_erasures(shop: TestProject) -> None:
    shop.run(DAYS[0])
    shop.run(DAYS[1])
    erase(shop.project, shop.warehouse, ["2"], "customer", dry_run=False)
    loss = what_is_lost(shop.project, shop.warehouse)
    assert loss
    assert (loss.runs, loss.first, loss.last) == (2, DAYS[0].replace(tzinfo=None), DAYS[1].replace(tzinfo=None))
    reset(shop.project, shop.warehouse)
    with pytest.raises(NothingBuilt):
        shop.warehouse.query("select * from {{ ref('segment_runs') }}")
    assert what_is_lost(shop.project, shop.warehouse) is None
    assert len(shop.warehouse.query("select * from {{ ref('erased_members') }}")) == 1
    # An instant before any earlier run: the history is new, and no erased customer is back.
    shop.run(DAYS[0] - timedelta(days=1))
    assert {row[1] for row in history(shop)} == {1}
    assert len(shop.warehouse.query("select * from {{ ref('stg_customers') }}")) == 3


def test_the_command_says_what_will_be_lost_and_asks(shop: TestProject) -> None:
    if not shop.engine.embedded:
        pytest.skip("the program's words are the same on every engine")
    shop.run(DAYS[0])
    shop.run(DAYS[2])
    before = snapshot(shop)
    release()
    outcome = segctl(shop.root, "reset")
    assert outcome.code == 1
    assert "2 runs from 2024-03-" in outcome.out
    assert "Nothing has been dropped." in outcome.out
    assert snapshot(shop) == before
    release()
    outcome = segctl(shop.root, "reset", "--yes")
    assert outcome.code == 0
    assert "Erasures are kept." in outcome.out
    assert "No run has finished" in segctl(shop.root, "reset", "--yes").out


def test_a_foreign_view_stops_a_reset_that_would_drop_it(shop: TestProject) -> None:
    if shop.engine.embedded:
        pytest.skip("DuckDB does not know what a view reads")
    shop.run(DAYS[0])
    before = snapshot(shop)
    shop.execute(f"create view {shop.schema}.mine as select * from {shop.schema}.segment_history")
    with pytest.raises(Failure, match="other objects depend on"):
        reset(shop.project, shop.warehouse)
    assert snapshot(shop) == before


def test_a_history_of_first_runs_alone_gives_way_to_a_replay(shop: TestProject) -> None:
    shop.run(DAYS[2])
    replayed(shop, 0, 2)
    stays_found = history(shop)
    reset(shop.project, shop.warehouse)
    replayed(shop, 0, 2)
    assert history(shop) == stays_found
    assert ("big", 2, 2, None, "activity", None) in stays_found


def test_any_other_history_does_not(shop: TestProject) -> None:
    shop.run(DAYS[1])
    shop.load({**SHOP, "stg_orders": [*SHOP["stg_orders"], order(3, DAYS[1].replace(tzinfo=None), 150.0)]}, COLUMNS)
    shop.run(DAYS[2])
    before = snapshot(shop)
    with pytest.raises(Failure, match="a replay cannot go before it") as failure:
        replayed(shop, 0, 2)
    assert "segctl reset" in failure.value.hint
    assert snapshot(shop) == before
