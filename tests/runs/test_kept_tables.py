"""The tables that dbt does not build: where and in which run they are created, and that no run recreates them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from dbt.cli.main import dbtRunner

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.people.erase import erase
from segctl.operations.recomputation.reset import reset
from segctl.operations.recomputation.verify import verify
from segctl.operations.segments.show import overview
from tests.program.test_settings import configured, dbt
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.every_table import every_table
from tests.support.servers.postgres_server import Server
from tests.support.shops.history_shop import BIG, CATALOG, COLUMNS, DAYS, RECENT, SHOP, history

KEPT = {"erased_members", "erasures", "segment_corrections", "history_format"}
MISSING = "runs are recorded, and tables beside them are missing: "
# The names of these tables.
ELSEWHERE = {"models": {"shop": {"segments": {"history": {"erased_members": {"+schema": "gdpr"}}}}}}


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    project = TestProject(tmp_path, engine, f"kept_{digest(request.node.nodeid, 8)}")
    project.load(SHOP, COLUMNS)
    project.define(CATALOG, value=BIG, activity=RECENT)
    return project


def stand_in(project: TestProject, schema: str) -> set[str]:
    """Those of them that a schema has."""
    with project.engine.cursor(project.root) as cursor:
        cursor.execute(f"select table_name from information_schema.tables where table_schema = '{schema}'")
        return {row[0] for row in cursor.fetchall()} & KEPT


def test_the_first_run_makes_them_and_what_only_reads_does_not(shop: TestProject) -> None:
    assert "no sizes" in overview(shop.project, shop.warehouse).note
    with pytest.raises(Failure):
        verify(shop.project, shop.warehouse, "", lambda *_: None)
    # Neither does a refused command.
    assert "--empty: " in dbt(shop, "--empty")
    assert stand_in(shop, shop.schema) == set()
    shop.run(DAYS[0])
    assert stand_in(shop, shop.schema) == KEPT
    (current,) = shop.warehouse.query("select {{ segctl.current_format() }} as format_number")
    assert [row["format_number"] for row in shop.read("history_format")] == [current["format_number"]]
    assert shop.read("erased_members") == shop.read("erasures") == shop.read("segment_corrections") == []
    for table in KEPT:
        # They contain what the models of these names select.
        rows = shop.warehouse.query(f"select * from {{{{ ref('{table}') }}}}")
        assert [list(row.values()) for row in rows] == [list(row.values()) for row in shop.read(table)]
    # Existing ones are left alone.
    before = every_table(shop)
    shop.run(DAYS[0])
    assert every_table(shop) == before


def test_a_missing_one_is_not_recreated_once_runs_are_recorded(shop: TestProject) -> None:
    shop.run(DAYS[0])
    erase(shop.project, shop.warehouse, ["2"], "customer", dry_run=False)
    shop.execute(f"alter table {shop.schema}.erased_members rename to elsewhere")
    before = every_table(shop)
    commands: dict[str, Callable[[], object]] = {
        "run": lambda: shop.run(DAYS[1]),
        "verify": lambda: verify(shop.project, shop.warehouse, "", lambda *_: None),
        "erase": lambda: erase(shop.project, shop.warehouse, ["1"], "customer", dry_run=False),
    }
    for name, command in commands.items():
        with pytest.raises(Failure, match=MISSING) as refused:
            command()
        assert "erased_members" in refused.value.message, name
        assert "segment_corrections" not in refused.value.message, name
        assert "Tables that no model makes" in refused.value.hint, name
        assert refused.value.exit_code == 3, name
    assert MISSING in dbt(shop)
    assert every_table(shop) == before
    shop.execute(f"alter table {shop.schema}.elsewhere rename to erased_members")
    shop.run(DAYS[1])
    assert {row[1] for row in history(shop)} == {1}
    # When it is lost for good, a user has to say so.
    shop.execute(f"drop table {shop.schema}.erasures")
    with pytest.raises(Failure, match=MISSING):
        shop.run(DAYS[2])
    shop.warehouse.operate("make_kept_tables")
    shop.run(DAYS[2])
    assert stand_in(shop, shop.schema) == KEPT


def test_one_that_has_a_schema_of_its_own(shop: TestProject) -> None:
    configured(shop, ELSEWHERE)
    shop.run(DAYS[0])
    beside = f"{shop.schema}_gdpr"
    assert (stand_in(shop, shop.schema), stand_in(shop, beside)) == (KEPT - {"erased_members"}, {"erased_members"})
    erase(shop.project, shop.warehouse, ["2"], "customer", dry_run=False)
    assert verify(shop.project, shop.warehouse, "", lambda *_: None).is_valid
    reset(shop.project, shop.warehouse)
    assert (stand_in(shop, shop.schema), stand_in(shop, beside)) == (set(), {"erased_members"})
    shop.run(DAYS[0])
    assert {row[1] for row in history(shop)} == {1}


def test_a_later_schema_of_its_own_does_not_begin_a_new_history(shop: TestProject) -> None:
    shop.run(DAYS[0])
    erase(shop.project, shop.warehouse, ["2"], "customer", dry_run=False)
    configured(shop, ELSEWHERE)
    with pytest.raises(Failure, match=rf"{MISSING}.*{shop.schema}_gdpr.*erased_members") as refused:
        shop.run(DAYS[1])
    assert "erasures" not in refused.value.message
    assert stand_in(shop, f"{shop.schema}_gdpr") == set()


@pytest.mark.postgres
def test_they_have_the_grants_of_their_models(server: Server, tmp_path: Path) -> None:
    shop = TestProject(tmp_path, Engine("postgres", server=server), "kept_for_others")
    shop.load(SHOP, COLUMNS)
    shop.define(CATALOG, value=BIG, activity=RECENT)
    shop.execute("create role kept_reader")
    history = {"+grants": {"select": ["kept_reader"]}, "erased_members": {"+grants": {"select": []}}}
    configured(shop, {"models": {"shop": {"segments": {"history": history}}}})
    shop.run(DAYS[0])
    with shop.engine.cursor(shop.root) as cursor:
        cursor.execute(
            "select table_name from information_schema.role_table_grants"
            f" where grantee = 'kept_reader' and table_schema = '{shop.schema}'"
        )
        readable = {row[0] for row in cursor.fetchall()}
    assert readable & KEPT == KEPT - {"erased_members"}
    assert "segment_stays" in readable


def test_models_that_an_earlier_version_has_rendered_are_rendered_first(shop: TestProject) -> None:
    path = shop.root / "models" / "segments" / "history" / "erasures.sql"
    path.write_text(path.read_text().replace("materialized='ephemeral'", "materialized='recorded', unique_key=[]"))
    assert "the models in models/segments are those of an earlier version" in dbt(shop)
    assert stand_in(shop, shop.schema) == set()


def test_no_foreign_model_takes_the_place_of_one(shop: TestProject) -> None:
    shop.run(DAYS[0])
    (shop.root / "models" / "gone.sql").write_text("{{ config(alias='erased_members') }}\nselect 1 as member\n")
    folder = str(shop.root)
    where = ["--project-dir", folder, "--profiles-dir", folder, "--log-level", "none"]
    found = dbtRunner().invoke(["run", "--select", "gone", *where])
    assert "two resources with the database representation" in str(found.exception)
