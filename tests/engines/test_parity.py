"""One story on every engine: after each step, readers see the same as on DuckDB."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from segctl.errors import Failure
from segctl.operations.people.erase import erase
from segctl.operations.recomputation.replay import Schedule, replay
from segctl.operations.runs.compact import compact
from segctl.operations.runs.run import run
from segctl.warehouse import RUN_MODELS, Row, RunRequest
from tests.faults.shop import CATALOG, COLUMNS, EDITED, changed, day, iso, opened, tables
from tests.faults.states import VIEWS, rows_of
from tests.support.built_project import TestProject
from tests.support.engines import Engine

State = dict[str, list[Row]]
# Without the tolerance that the story's first steps need, and with a limit on how far segments may move.
GUARDED = CATALOG.replace("max_loss: 40%", "max_loss: 40%, max_change: 5%")
RENAMED = {**EDITED, "value": EDITED["value"].replace("name: big,", "name: large, formerly: big,")}


def seen(shop: TestProject) -> State:
    """All sorted rows of the views for readers, without what lies outside logical time."""
    with shop.engine.cursor(shop.root) as cursor:
        return {view: rows_of(cursor, f"{shop.schema}.{view}") for view in VIEWS}


def go(shop: TestProject, number: float, *, whole: bool = False) -> None:
    """A run, `whole` or of the tables alone as in replays, where views and tests stay those of the run before."""
    if whole:
        run(shop.project, shop.warehouse, iso(number), lambda _: None)
    else:
        shop.warehouse.loaded().build(RunRequest(day(number)), only=RUN_MODELS)


def moved(shop: TestProject) -> None:
    """Definitions are edited, one is removed, one is new. Customers are gone, orders come late."""
    shop.load(changed(tables(), 4), COLUMNS)
    shop.define(CATALOG, **EDITED)
    go(shop, 4, whole=True)


def emptied(shop: TestProject) -> None:
    """An empty source stops the run, which changes nothing."""
    shop.load({**changed(tables(), 5), "orders": []}, COLUMNS)
    with pytest.raises(Failure, match="guards of sources stop this run"):
        go(shop, 5, whole=True)


def held(shop: TestProject) -> None:
    """Only segments that would move too far are held back."""
    shop.load(changed(tables(), 6), COLUMNS)
    shop.define(GUARDED, **EDITED)
    report = run(shop.project, shop.warehouse, iso(6), lambda _: None)
    assert report.held


def let_pass(shop: TestProject) -> None:
    """And a renamed segment."""
    shop.define(CATALOG, **RENAMED)
    go(shop, 7)


def erased(shop: TestProject) -> None:
    erase(shop.project, shop.warehouse, ["7", "8"], "customer", dry_run=False)
    go(shop, 8)


def given_a_past(shop: TestProject) -> None:
    """A new segment gets the past that it would have had. All others keep theirs."""
    new = "  - {name: generous, rule: {metric: spent, gte: 60}}\n"
    shop.define(CATALOG, **{**RENAMED, "value": RENAMED["value"] + new})
    replay(shop.project, shop.warehouse, Schedule(iso(6), iso(8), "1d"), ("generous",), lambda *_: None)
    go(shop, 9)


def compacted(shop: TestProject) -> None:
    """The files contain no erased customer either."""
    assert bool(compact(shop.project, shop.warehouse, keep_days=0)) == (shop.engine.cluster is not None)


STORY: dict[str, Callable[[TestProject], Any]] = {
    "first run": lambda shop: go(shop, 0, whole=True),
    "three days later": lambda shop: go(shop, 3),
    "data and definitions changed": moved,
    "the same again": lambda shop: go(shop, 4),
    "a source is empty": emptied,
    "held back": held,
    "let pass": let_pass,
    "erased": erased,
    "given a past": given_a_past,
    "compacted": compacted,
}


def told_steps(shop: TestProject) -> Iterator[tuple[str, State]]:
    """The story's steps, with what readers see after each."""
    for step, happens in STORY.items():
        happens(shop)
        yield step, seen(shop)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, State]:
    """What DuckDB shows after each step."""
    return dict(told_steps(opened(tmp_path_factory.mktemp("duckdb") / "shop", Engine("duckdb"))))


def test_the_story_moves_a_customer_at_each_step(expected: dict[str, State]) -> None:
    states = list(expected.values())
    same = [
        step for step, before, after in zip(list(expected)[1:], states, states[1:], strict=False) if before == after
    ]
    assert same == ["the same again", "a source is empty", "compacted"]
    causes = {row["cause"] for row in states[-1]["segment_changes"]}
    assert causes >= {"activity", "definition", "first_run", "population", "removed", "time"}


def test_every_engine_tells_the_same_story(other_engine: Engine, expected: dict[str, State], tmp_path: Path) -> None:
    for step, state in told_steps(opened(tmp_path / "shop", other_engine)):
        for view in VIEWS:
            assert state[view] == expected[step][view], f"{view} after: {step}"
