"""A replay of a fortnight has the same result on every engine."""

from pathlib import Path

from segctl.operations.recomputation.replay import Schedule, replay
from tests.engines.test_parity import seen
from tests.faults.shop import iso, opened
from tests.faults.states import VIEWS
from tests.support.engines import Engine


def test_a_fortnight_replayed_is_the_same_on_every_engine(other_engine: Engine, tmp_path: Path) -> None:
    # A run takes half a minute on Spark.
    step = "3d" if other_engine.cluster else "1d"
    states = []
    for name, engine in (("one", Engine("duckdb")), ("other", other_engine)):
        shop = opened(tmp_path / name, engine, schema="fortnight")
        replay(shop.project, shop.warehouse, Schedule(iso(0), iso(14), step), (), lambda *_: None)
        states.append(seen(shop))
    for view in VIEWS:
        assert states[0][view] == states[1][view], view
    assert len(states[0]["segment_history"]) > 100
