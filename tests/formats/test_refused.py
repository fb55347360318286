"""Tables of a format that a command does not know, or may not upgrade: one message, and nothing changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from segctl.errors import Failure
from segctl.operations.people.erase import erase
from segctl.operations.recomputation.replay import Schedule, replay
from segctl.operations.recomputation.restate import RestateRequest, restate
from segctl.operations.recomputation.verify import verify
from segctl.operations.segments.show import overview
from segctl.warehouse import RunRequest
from tests.formats.loaded import DATABASES, load
from tests.formats.shop import DAYS, MADE, prepare
from tests.support.built_project import TestProject
from tests.support.engines import Engine

COMMANDS: dict[str, Callable[[TestProject], object]] = {
    "run": lambda shop: shop.run(DAYS[MADE]),
    "replay": lambda shop: replay(
        shop.project, shop.warehouse, Schedule("2024-01-12", "2024-01-13", "1d"), (), lambda *_: None
    ),
    "restate": lambda shop: restate(shop.project, shop.warehouse, RestateRequest("2024-01-01"), lambda *_: None),
    "verify": lambda shop: verify(shop.project, shop.warehouse, "", lambda *_: None),
    "erase": lambda shop: erase(shop.project, shop.warehouse, ["7"], "customer", dry_run=False),
    "a build by dbt alone": lambda shop: shop.warehouse.build(RunRequest(as_of=None), only=("run_sources",)),
}


def oldest(folder: Path) -> TestProject:
    """The oldest database, with the definitions of its last day."""
    project = TestProject(folder, Engine("duckdb"))
    load(project, "8a1dd25")
    prepare(project, MADE)
    return project


@pytest.fixture
def shop(tmp_path: Path) -> TestProject:
    return oldest(tmp_path)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> TestProject:
    """With the number of a future version. All tests share it, because none changes it."""
    project = oldest(tmp_path_factory.mktemp("later"))
    project.execute("create table shop.history_format as select 7 as format_number")
    return project


def all_tables(shop: TestProject) -> dict[str, Any]:
    """Every table and view with its columns, and the rows of tables."""
    with shop.engine.cursor(shop.root) as cursor:
        cursor.execute(
            "select table_schema, table_name, column_name, data_type from information_schema.columns order by all"
        )
        result: dict[str, Any] = {"columns": cursor.fetchall()}
        for name in {row[1] for row in result["columns"] if row[0] == "shop"}:
            cursor.execute(f"select * from shop.{name}")
            result[name] = sorted(map(repr, cursor.fetchall()))
    return result


@pytest.mark.parametrize("command", COMMANDS)
def test_a_later_format_is_refused_by_all_that_write(later: TestProject, command: str) -> None:
    before = all_tables(later)
    with pytest.raises(Failure) as refused:
        COMMANDS[command](later)
    message = "the tables are of format 7, and this version of segctl knows format 2 and earlier ones"
    assert (refused.value.message, refused.value.hint, refused.value.exit_code) == (
        message,
        "install a newer segctl",
        3,
    )
    assert all_tables(later) == before


def test_what_only_reads_brings_nothing_up(shop: TestProject) -> None:
    before = all_tables(shop)
    message = "the tables are of format 0, and this version of segctl keeps them in format 2"
    assert overview(shop.project, shop.warehouse).note == f"no sizes: {message} (segctl run upgrades them)"
    with pytest.raises(Failure, match=message) as refused:
        erase(shop.project, shop.warehouse, ["7"], "customer", dry_run=True)
    assert refused.value.hint == "segctl run upgrades them"
    assert all_tables(shop) == before


def test_a_query_that_fails_otherwise_says_so(shop: TestProject) -> None:
    shop.warehouse.operate("upgrade_tables")
    with pytest.raises(Failure, match="none_such"):
        shop.warehouse.query("select none_such from {{ ref('segment_runs') }}")


def test_models_of_an_earlier_version_are_rendered_first(shop: TestProject) -> None:
    folder = shop.root / "models" / "segments" / "history"
    (folder / "history_format.sql").unlink()
    runs = folder / "segment_runs.sql"
    runs.write_text(runs.read_text().replace("-- depends_on: {{ ref('history_format') }}\n", ""))
    before = all_tables(shop)
    with pytest.raises(Failure, match="models in models/segments are those of an earlier version") as refused:
        shop.warehouse.operate("upgrade_tables")
    assert refused.value.hint == "segctl render writes those of this version"
    assert all_tables(shop) == before


def test_a_table_of_erasures_of_a_format_without_a_number_is_kept(tmp_path: Path) -> None:
    project = TestProject(tmp_path, Engine("duckdb"))
    load(project, "4d58e1b")
    prepare(project, MADE)
    project.execute("drop table shop.erased_members")
    before = all_tables(project)
    message = "runs are recorded, and tables beside them are missing: .*erased_members"
    with pytest.raises(Failure, match=message) as refused:
        project.run(DAYS[MADE])
    assert "history_format" not in refused.value.message
    assert all_tables(project) == before


@pytest.mark.parametrize("name", sorted(folder.name for folder in DATABASES.iterdir()))
def test_readers_find_what_they_found(tmp_path: Path, name: str) -> None:
    project = TestProject(tmp_path, Engine("duckdb"))
    load(project, name)
    prepare(project, MADE)
    views = ("segment_history", "segment_membership", "segment_changes", "account_segment_history")
    before = {view: sorted(map(repr, project.read(view))) for view in views}
    columns = set(project.read("segment_sizes")[0]), set(project.read("segment_definitions")[0])
    project.warehouse.operate("upgrade_tables")
    assert {view: sorted(map(repr, project.read(view))) for view in views} == before
    assert columns[0] <= set(project.read("segment_sizes")[0])
    assert columns[1] - {"source_line"} <= set(project.read("segment_definitions")[0])
    after = all_tables(project)
    project.warehouse.operate("upgrade_tables")
    assert all_tables(project) == after
