"""The program as users run it: in its own process, on a copy of the demo shop."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from shutil import copytree, rmtree

import duckdb
import pytest

from tests.support.servers.postgres_server import Server
from tests.support.shops.demo_project import copied, demo, segctl

VERBS = ("init", "validate", "render", "schema", "run", "list", "show", "why")


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo shop after two runs a week apart."""
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("shop"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return demo(tmp_path)


def test_run_prints_a_row_a_segment(shop: Path) -> None:
    found = segctl(shop, "run", "--as-of", "2025-12-29", "--all")
    assert found.code == 0
    assert "As of 2025-12-29 00:00:00 GMT\n" in found.out
    row = next(line for line in found.out.splitlines() if line.startswith("vip "))
    assert row.split()[-5:] == ["30", "+3", "0", "35,948.93", "47.5%"]
    assert "\x1b" not in found.out + found.err


def test_run_as_data(shop: Path) -> None:
    found = segctl(shop, "run", "--as-of", "2025-12-29", "--json")
    segments = {row["segment"]: row for row in found.data["segments"]}
    assert found.data["as_of"] == "2025-12-29T00:00:00Z"
    assert (segments["vip"]["size"], segments["vip"]["joined_count"], segments["vip"]["left_count"]) == (30, 3, 0)
    worth = [segments["vip"][name] for name in ("member_revenue", "total_revenue", "revenue_share")]
    assert worth == ["35948.93", "75630.57", "0.475323"]
    assert found.data["moved"] == sum(bool(row["joined_count"] + row["left_count"]) for row in segments.values()) > 20
    assert (found.data["is_first"], found.data["edited"], found.data["new"]) == (False, [], [])
    sql = "select segment, change, cause, count(*) from segment_changes"
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        history = connection.execute(f"{sql} where changed_at = timestamp '2025-12-29' group by all").fetchall()
    told = {
        (name, change, cause, count)
        for name, row in segments.items()
        for change, causes in row["causes"].items()
        for cause, count in causes.items()
    }
    assert told == set(history)
    shown = segctl(shop, "show", "vip", "--json").data["runs"][0]
    assert (shown["member_revenue"], shown["as_of"]) == ("35948.93", "2025-12-29T00:00:00Z")


def test_list_as_data(shop: Path) -> None:
    now = segctl(shop, "list", "--json").data
    assert now == segctl(shop, "list", "--as-of", "2025-12-29", "--json").data
    rows = {row["segment"]: row for row in now}
    assert rows["vip"]["size"] == 30
    assert (rows["vip"]["as_of"], rows["vip"]["run_as_of"]) == ("2025-12-29T00:00:00Z", "2025-12-29T00:00:00Z")
    assert rows["iced_coffee_summer"]["enabled"] is False
    assert rows["iced_coffee_summer"]["size"] is None


def test_show_tells_rule_sql_runs_and_members(shop: Path) -> None:
    found = segctl(shop, "show", "win_back", "--members", "2")
    assert "in segment lapsed_90_days and lifetime_value >= 75" in found.out
    assert "-- segment lapsed_90_days" in found.out
    assert re.search(r"2025-12-29 00:00:00 GMT +68 +\+1 +-6", found.out)
    data = segctl(shop, "show", "win_back", "--members", "2", "--json").data
    assert len(data["members"]) == 2
    assert [run["size"] for run in data["runs"]] == [68, 73]


def test_why_explains_a_member_clause_by_clause(shop: Path) -> None:
    found = segctl(shop, "why", "181", "lapsed_60_days")
    assert "Customer 181 is in lapsed_60_days as of 2025-12-29" in found.out
    assert "true  last_order_at older than 60 days  is 2025-10-23 00:00:00 BST" in found.out
    assert "joined 2025-12-22 00:00:00 GMT (first_run), still in" in found.out


def test_why_as_data_agrees_with_membership(shop: Path) -> None:
    data = segctl(shop, "why", "181", "win_back", "--json").data
    assert data["member"] is False
    assert data["rule"]["holds"] is False
    assert [part["holds"] for part in data["rule"]["parts"]] == [False, False, True]
    assert data["rule"]["parts"][1]["value"] == "19.5"


def test_why_notices_that_the_definition_has_changed_since(shop: Path, tmp_path: Path) -> None:
    copytree(shop, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "segments" / "retention.yml"
    path.write_text(path.read_text().replace("older_than: 60 days", "older_than: 90 days"))
    found = segctl(tmp_path, "why", "181", "lapsed_60_days")
    assert "the definition has changed since the last run" in found.out


def test_why_of_a_disabled_segment_tells_the_stays(shop: Path) -> None:
    found = segctl(shop, "why", "181", "iced_coffee_summer")
    assert found.code == 0, found.err
    assert "the segment is disabled: it has no members" in found.out
    assert segctl(shop, "why", "181", "iced_coffee_summer", "--json").data["rule"] is None


def test_a_warehouse_that_cannot_be_read_is_no_empty_segment(shop: Path) -> None:
    for verb in (["list"], ["show", "vip"]):
        found = segctl(shop, "--target", "nope", *verb, "--json")
        assert found.code == 3
        assert "does not have a target named 'nope' (targets: duckdb, postgres, spark, spark_local)" in found.err
        assert found.data


def test_an_instant_to_come_is_warned_of(fresh: Path) -> None:
    # By then no customer has ordered for long, and the demo's guard would hold its segment of VIPs back.
    found = segctl(fresh, "run", "--as-of", "2100-01-01", "--allow-future", "--allow", "vip")
    assert found.code == 0
    assert "as of a future instant" in found.err


def test_definitions_in_a_folder_below_are_not_overlooked(fresh: Path) -> None:
    (fresh / "segments" / "more").mkdir()
    (fresh / "segments" / "more" / "x.yml").write_text("version: 1\n")
    found = segctl(fresh, "validate")
    assert found.code == 1
    assert "segments/more/x.yml is in a folder below segments/" in found.err


def test_unknown_segment_and_customer(shop: Path) -> None:
    found = segctl(shop, "why", "181", "lapsed_6_days")
    assert (found.code, found.out) == (2, "")
    assert 'there is no segment "lapsed_6_days"' in found.err
    assert "did you mean lapsed_60_days?" in found.err
    found = segctl(shop, "why", "x'; drop table segment_history; --{{ 1 }}", "vip")
    assert found.code == 2
    assert "there is no customer" in found.err


def test_an_earlier_instant_is_one_line(shop: Path) -> None:
    found = segctl(shop, "run", "--as-of", "2025-12-24")
    assert (found.code, found.out) == (3, "")
    lines = found.err.strip().splitlines()
    assert lines[0].startswith("segctl: this run is as of 2025-12-24 00:00:00 GMT, before the last finished run")
    assert len(lines) == 2
    assert "hint" in lines[1]


@pytest.mark.parametrize("text", ["yesterday", "2025-13-01", "2025-12-01 25:00", "2025-12-01T00:00:00"])
def test_what_is_no_instant(shop: Path, text: str) -> None:
    found = segctl(shop, "run", "--as-of", text)
    if text == "2025-12-01T00:00:00":
        assert found.code == 3, "local time; refused as too early"
    else:
        assert found.code == 2
        assert "is not an instant" in found.err
        assert "month" in found.err if "13-01" in text else "25:00 is not a time of day" in found.err or text[0] == "y"


def test_a_statement_that_fails_is_told_and_changes_nothing(shop: Path, tmp_path: Path) -> None:
    folder = copied(shop, tmp_path / "shop")
    database = str(folder / "segctl.duckdb")
    with duckdb.connect(database) as connection:
        connection.execute("alter table erasures drop column erased_at")
    found = segctl(folder, "erase", "181")
    assert found.code == 3
    assert found.err.startswith("segctl: ")
    assert "erased_at" in found.err
    assert "Traceback" not in found.err
    with duckdb.connect(database) as connection:
        assert connection.execute("select count(*) from customer_features where customer_id = 181").fetchone() == (1,)


def test_stale_models_stop_a_run_and_render_mends_them(fresh: Path) -> None:
    path = fresh / "segments" / "loyalty.yml"
    path.write_text(path.read_text().replace("gt: 100", "gt: 200"))
    found = segctl(fresh, "run")
    assert found.code == 1
    assert "the committed models are not what the definitions render to" in found.err
    check = segctl(fresh, "render", "--check")
    assert check.code == 1
    assert "+        coalesce(lifetime_value > 200, false) as spent_over_100" in check.out or "> 200" in check.out
    assert segctl(fresh, "render").code == 0
    assert segctl(fresh, "render", "--check").code == 0


def test_render_prunes_and_refuses_to_overwrite(fresh: Path) -> None:
    (fresh / "segments" / "value.yml").unlink()
    text = (fresh / "segments" / "retention.yml").read_text()
    (fresh / "segments" / "retention.yml").write_text(
        text.replace("- {segment: frequent_returners}", "- {segment: staff}")
    )
    found = segctl(fresh, "render")
    assert "deleted models/segments/members_value.sql" in found.out
    assert not (fresh / "models" / "segments" / "members_value.sql").exists()
    mine = fresh / "models" / "segments" / "members_mine.sql"
    mine.write_text("select 1")
    (fresh / "segments" / "mine.yml").write_text("version: 1\nsegments: [{name: mine, rule: {event: order}}]\n")
    found = segctl(fresh, "render")
    assert found.code == 1
    assert "was not generated by segctl and is not overwritten" in found.err
    assert mine.read_text() == "select 1"


def test_problems_come_all_at_once_and_as_data(fresh: Path) -> None:
    path = fresh / "segments" / "loyalty.yml"
    path.write_text(path.read_text().replace("lifetime_value", "lifetime_valu"))
    found = segctl(fresh, "validate")
    assert found.code == 1
    assert "did you mean lifetime_value?" in found.err
    problems = segctl(fresh, "validate", "--json").data
    # Rules and a share name it.
    codes = [problem["code"] for problem in problems]
    assert {*codes} == {"unknown-metric", "unknown-column"}
    assert found.err.count("[unknown-metric]") == codes.count("unknown-metric") > 1


def test_problems_of_some_files_alone(fresh: Path) -> None:
    loyalty, value = (fresh / "segments" / name for name in ("loyalty.yml", "value.yml"))
    loyalty.write_text(loyalty.read_text().replace("gt: 100", "gr: 100"))
    value.write_text(value.read_text().replace("top: 20%", "top: 20"))
    found = segctl(fresh, "validate", "segments/loyalty.yml")
    assert (found.code, found.err.count("[unknown-key]")) == (1, 1)
    assert "segments/value.yml" not in found.err
    told = segctl(fresh / "segments", "validate", "rfm.yml", str(fresh / "segments" / "catalog.yml"))
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("segments/rfm.yml, segments/catalog.yml: valid, as far as problems in other files")
    assert segctl(fresh, "validate", "segments/rfm.yml", "--json").data == []
    assert {one["file"] for one in segctl(fresh, "validate", "--json", "segments/loyalty.yml").data} == {
        "segments/loyalty.yml"
    }
    for other in ("segments/loyalti.yml", "models/staging/stg_orders.sql", "segments", "/etc/hosts"):
        found = segctl(fresh, "validate", "segments/loyalty.yml", other)
        assert found.code == 2
        assert f"{other} is not one of the project's definitions" in found.err
    assert "did you mean segments/loyalty.yml?" in segctl(fresh, "validate", "segments/loyalti.yml").err


def test_what_is_written_as_data(fresh: Path) -> None:
    assert segctl(fresh, "render", "--json").data == {"written": [], "deleted": [], "files": 102, "segments": 61}
    (fresh / "models" / "segments" / "members_value.sql").unlink()
    found = segctl(fresh, "render", "--check", "--json")
    assert (found.code, found.data["stale"]) == (1, ["models/segments/members_value.sql"])
    assert "+++ rendered/models/segments/members_value.sql" in found.data["diff"]
    assert segctl(fresh, "render", "--json").data["written"] == ["models/segments/members_value.sql"]
    (fresh / "segments" / ".schema" / "catalog.json").unlink()
    assert segctl(fresh, "schema", "--check", "--json").data == {"stale": ["segments/.schema/catalog.json"]}
    assert segctl(fresh, "schema", "--json").data == {"written": ["segments/.schema/catalog.json"]}
    proposed = segctl(fresh, "init", "--dry-run", "--json").data
    assert proposed["dry_run"] is True
    assert proposed["written"] == []
    assert {"path": "segments/catalog.yml", "reason": "it exists"} in proposed["left"]
    assert proposed["steps"][0].startswith("segctl render")


def test_options_of_the_program_behind_the_verb(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert segctl(elsewhere, "validate").code == 2
    assert segctl(elsewhere, "validate", "--project-dir", str(fresh)).code == 0
    # Options after the verb count.
    assert segctl(elsewhere, "--project-dir", str(elsewhere), "validate", "--project-dir", str(fresh)).code == 0
    for verb in VERBS:
        assert all(option in segctl(elsewhere, verb, "--help").out for option in ("--project-dir", "--target"))


def test_a_missing_table_and_an_unknown_target(fresh: Path) -> None:
    path = fresh / "models" / "staging" / "stg_carts.sql"
    path.write_text(path.read_text().replace("ref('raw_carts')", "ref('raw_cartz')"))
    found = segctl(fresh, "run")
    assert found.code == 3
    assert "raw_cartz" in found.err
    assert "Traceback" not in found.err
    unknown = segctl(fresh, "run", "--target", "duckbd").err
    assert unknown.startswith("segctl: the profile 'segctl' does not have a target named 'duckbd'\n")
    assert "hint: did you mean duckdb?" in unknown


@pytest.mark.parametrize("target", ["spark", "postgres"])
def test_an_engine_that_is_not_there(fresh: Path, target: str) -> None:
    """Its adapter may be missing, or a server may not listen."""
    found = segctl(fresh, "--target", target, "run", PGPORT="1", SPARK_PORT="1")
    assert found.code == 3
    headline, *others = found.err.splitlines()
    assert re.match("segctl: (Could not find adapter type|failed to connect|connection to server)", headline)
    assert "  hint: " in "\n".join(others)
    assert "Traceback" not in found.err


def test_schemas_are_written_and_checked(fresh: Path) -> None:
    assert segctl(fresh, "schema", "--check").code == 0
    path = fresh / "segments" / ".schema" / "catalog.json"
    path.write_text("{}")
    found = segctl(fresh, "schema", "--check")
    assert (found.code, found.out) == (1, "stale segments/.schema/catalog.json\n")
    assert segctl(fresh, "schema").out == "wrote segments/.schema/catalog.json\n"
    assert "timezone" in json.loads(path.read_text())["properties"]
    rmtree(path.parent)
    path.parent.write_text("in the way")
    found = segctl(fresh, "schema")
    assert found.code == 1
    assert found.err.startswith("segctl: cannot write ")


def test_outside_of_a_project(tmp_path: Path) -> None:
    found = segctl(tmp_path, "validate")
    assert found.code == 2
    assert "no dbt_project.yml" in found.err
    (tmp_path / "dbt_project.yml").write_text("name: x\n")
    found = segctl(tmp_path, "validate")
    assert found.code == 1
    assert "there is no segments/catalog.yml" in found.err


def test_before_the_first_run(fresh: Path) -> None:
    assert "nothing has been built on this target yet" in segctl(fresh, "list").err
    found = segctl(fresh, "why", "1", "vip")
    assert found.code == 3
    assert "nothing has been built on this target yet" in found.err


@pytest.mark.parametrize("verb", VERBS)
def test_help_has_an_example(verb: str) -> None:
    found = segctl(Path(), verb, "--help")
    assert found.code == 0
    assert "Example:" in found.out


def test_help_imports_neither_dbt_nor_a_driver(tmp_path: Path) -> None:
    code = "import sys, segctl.cli; print([m for m in sys.modules if m in ('dbt', 'duckdb', 'rich', 'yaml', 'jinja2')])"
    found = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.postgres
def test_the_demo_is_the_same_on_postgresql(shop: Path, tmp_path: Path, server: Server) -> None:
    folder = demo(tmp_path)
    environment = server.environment() | {"SEGCTL_SCHEMA": f"demo_{int(time.time())}"}
    for day in ("2025-12-22", "2025-12-29"):
        found = segctl(folder, "--target", "postgres", "run", "--as-of", day, **environment)
        assert found.code == 0, found.err
    here = segctl(shop, "list", "--json").data
    there = segctl(folder, "--target", "postgres", "list", "--json", **environment).data
    assert here == there
    reason = segctl(folder, "--target", "postgres", "why", "181", "win_back", "--json", **environment).data
    assert reason == segctl(shop, "why", "181", "win_back", "--json").data
