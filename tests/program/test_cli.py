"""The program as users run it: in its own process, on a copy of the demo shop."""

import re
import time
from pathlib import Path
from shutil import copytree

import duckdb
import pytest

from tests.support.servers.postgres_server import Server
from tests.support.shops.demo_project import copied, demo, segctl


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo shop after two runs a week apart."""
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("shop"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return demo(tmp_path)


def test_run_prints_a_row_a_segment(shop: Path) -> None:
    outcome = segctl(shop, "run", "--as-of", "2025-12-29", "--all")
    assert outcome.code == 0
    assert "As of 2025-12-29 00:00:00 GMT\n" in outcome.out
    row = next(line for line in outcome.out.splitlines() if line.startswith("vip "))
    assert row.split()[-5:] == ["30", "+3", "0", "35,948.93", "47.5%"]
    assert "\x1b" not in outcome.out + outcome.err


def test_run_as_data(shop: Path) -> None:
    outcome = segctl(shop, "run", "--as-of", "2025-12-29", "--json")
    segments = {row["segment"]: row for row in outcome.data["segments"]}
    assert outcome.data["as_of"] == "2025-12-29T00:00:00Z"
    assert (segments["vip"]["size"], segments["vip"]["joined_count"], segments["vip"]["left_count"]) == (30, 3, 0)
    worth = [segments["vip"][name] for name in ("member_revenue", "total_revenue", "revenue_share")]
    assert worth == ["35948.93", "75630.57", "0.475323"]
    assert outcome.data["moved"] == sum(bool(row["joined_count"] + row["left_count"]) for row in segments.values()) > 20
    assert (outcome.data["is_first"], outcome.data["edited"], outcome.data["new"]) == (False, [], [])
    sql = "select segment, change, cause, count(*) from segment_changes"
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        history = connection.execute(f"{sql} where changed_at = timestamp '2025-12-29' group by all").fetchall()
    result = {
        (name, change, cause, count)
        for name, row in segments.items()
        for change, causes in row["causes"].items()
        for cause, count in causes.items()
    }
    assert result == set(history)
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
    outcome = segctl(shop, "show", "win_back", "--members", "2")
    assert "in segment lapsed_90_days and lifetime_value >= 75" in outcome.out
    assert "-- segment lapsed_90_days" in outcome.out
    assert re.search(r"2025-12-29 00:00:00 GMT +68 +\+1 +-6", outcome.out)
    data = segctl(shop, "show", "win_back", "--members", "2", "--json").data
    assert len(data["members"]) == 2
    assert [run["size"] for run in data["runs"]] == [68, 73]


def test_why_explains_a_member_clause_by_clause(shop: Path) -> None:
    outcome = segctl(shop, "why", "181", "lapsed_60_days")
    assert "Customer 181 is in lapsed_60_days as of 2025-12-29" in outcome.out
    assert "true  last_order_at older than 60 days  is 2025-10-23 00:00:00 BST" in outcome.out
    assert "joined 2025-12-22 00:00:00 GMT (first_run), still in" in outcome.out


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
    outcome = segctl(tmp_path, "why", "181", "lapsed_60_days")
    assert "the definition has changed since the last run" in outcome.out


def test_why_of_a_disabled_segment_tells_the_stays(shop: Path) -> None:
    outcome = segctl(shop, "why", "181", "iced_coffee_summer")
    assert outcome.code == 0, outcome.err
    assert "the segment is disabled: it has no members" in outcome.out
    assert segctl(shop, "why", "181", "iced_coffee_summer", "--json").data["rule"] is None


def test_a_warehouse_that_cannot_be_read_is_no_empty_segment(shop: Path) -> None:
    for verb in (["list"], ["show", "vip"]):
        outcome = segctl(shop, "--target", "nope", *verb, "--json")
        assert outcome.code == 3
        assert "does not have a target named 'nope' (targets: duckdb, postgres, spark, spark_local)" in outcome.err
        assert outcome.data


def test_an_instant_to_come_is_warned_of(fresh: Path) -> None:
    # By then no customer has ordered for long, and the demo's guard would hold its segment of VIPs back.
    outcome = segctl(fresh, "run", "--as-of", "2100-01-01", "--allow-future", "--allow", "vip")
    assert outcome.code == 0
    assert "as of a future instant" in outcome.err


def test_definitions_in_a_folder_below_are_not_overlooked(fresh: Path) -> None:
    (fresh / "segments" / "more").mkdir()
    (fresh / "segments" / "more" / "x.yml").write_text("version: 1\n")
    outcome = segctl(fresh, "validate")
    assert outcome.code == 1
    assert "segments/more/x.yml is in a folder below segments/" in outcome.err


def test_unknown_segment_and_customer(shop: Path) -> None:
    outcome = segctl(shop, "why", "181", "lapsed_6_days")
    assert (outcome.code, outcome.out) == (2, "")
    assert 'there is no segment "lapsed_6_days"' in outcome.err
    assert "did you mean lapsed_60_days?" in outcome.err
    outcome = segctl(shop, "why", "x'; drop table segment_history; --{{ 1 }}", "vip")
    assert outcome.code == 2
    assert "there is no customer" in outcome.err


def test_an_earlier_instant_is_one_line(shop: Path) -> None:
    outcome = segctl(shop, "run", "--as-of", "2025-12-24")
    assert (outcome.code, outcome.out) == (3, "")
    lines = outcome.err.strip().splitlines()
    assert lines[0].startswith("segctl: this run is as of 2025-12-24 00:00:00 GMT, before the last finished run")
    assert len(lines) == 2
    assert "hint" in lines[1]


@pytest.mark.parametrize("text", ["yesterday", "2025-13-01", "2025-12-01 25:00", "2025-12-01T00:00:00"])
def test_what_is_no_instant(shop: Path, text: str) -> None:
    outcome = segctl(shop, "run", "--as-of", text)
    if text == "2025-12-01T00:00:00":
        assert outcome.code == 3, "local time; refused as too early"
    else:
        assert outcome.code == 2
        assert "is not an instant" in outcome.err
        assert (
            "month" in outcome.err if "13-01" in text else "25:00 is not a time of day" in outcome.err or text[0] == "y"
        )


def test_a_statement_that_fails_is_reported_and_changes_nothing(shop: Path, tmp_path: Path) -> None:
    folder = copied(shop, tmp_path / "shop")
    database = str(folder / "segctl.duckdb")
    with duckdb.connect(database) as connection:
        connection.execute("alter table erasures drop column erased_at")
    outcome = segctl(folder, "erase", "181")
    assert outcome.code == 3
    assert outcome.err.startswith("segctl: ")
    assert "erased_at" in outcome.err
    assert "Traceback" not in outcome.err
    with duckdb.connect(database) as connection:
        assert connection.execute("select count(*) from customer_features where customer_id = 181").fetchone() == (1,)


def test_a_missing_table_and_an_unknown_target(fresh: Path) -> None:
    path = fresh / "models" / "staging" / "stg_carts.sql"
    path.write_text(path.read_text().replace("ref('raw_carts')", "ref('raw_cartz')"))
    outcome = segctl(fresh, "run")
    assert outcome.code == 3
    assert "raw_cartz" in outcome.err
    assert "Traceback" not in outcome.err
    unknown = segctl(fresh, "run", "--target", "duckbd").err
    assert unknown.startswith("segctl: the profile 'segctl' does not have a target named 'duckbd'\n")
    assert "hint: did you mean duckdb?" in unknown


@pytest.mark.parametrize("target", ["spark", "postgres"])
def test_an_engine_that_is_not_there(fresh: Path, target: str) -> None:
    """Its adapter may be missing, or a server may not listen."""
    outcome = segctl(fresh, "--target", target, "run", PGPORT="1", SPARK_PORT="1")
    assert outcome.code == 3
    headline, *others = outcome.err.splitlines()
    assert re.match("segctl: (Could not find adapter type|failed to connect|connection to server)", headline)
    assert "  hint: " in "\n".join(others)
    assert "Traceback" not in outcome.err


def test_before_the_first_run(fresh: Path) -> None:
    assert "nothing has been built on this target yet" in segctl(fresh, "list").err
    outcome = segctl(fresh, "why", "1", "vip")
    assert outcome.code == 3
    assert "nothing has been built on this target yet" in outcome.err


@pytest.mark.postgres
def test_the_demo_is_the_same_on_postgresql(shop: Path, tmp_path: Path, server: Server) -> None:
    folder = demo(tmp_path)
    environment = server.environment() | {"SEGCTL_SCHEMA": f"demo_{int(time.time())}"}
    for day in ("2025-12-22", "2025-12-29"):
        outcome = segctl(folder, "--target", "postgres", "run", "--as-of", day, **environment)
        assert outcome.code == 0, outcome.err
    here = segctl(shop, "list", "--json").data
    there = segctl(folder, "--target", "postgres", "list", "--json", **environment).data
    assert here == there
    reason = segctl(folder, "--target", "postgres", "why", "181", "win_back", "--json", **environment).data
    assert reason == segctl(shop, "why", "181", "win_back", "--json").data
