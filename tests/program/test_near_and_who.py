"""`segctl near` and `segctl who` on the demo shop, against its tables."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.shops.demo_project import copied, segctl

# Our tables with rows of customers. Views only show the rows of these.
OURS = "select table_name from duckdb_columns() join duckdb_tables() using (database_name, schema_name, table_name)"
OURS += " where column_name = 'customer_id' and table_name not like 'raw_%' and table_name not like 'stg_%'"


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("people") / "shop")


def rows(shop: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return found


def test_near_a_threshold(shop: Path) -> None:
    result = {(one["by"], one["change"]): one for one in segctl(shop, "near", "vip", "--json").data["near"]}
    spent, orders = "lifetime_value >= 500", "count of order within last 6 months >= 4"
    assert result.keys() == {(by, change) for by in (spent, orders, "time") for change in ("join", "leave")}
    people = "select customer_id from customer_features where deleted_at is null and customer_id not in"
    people += " (select customer_id from segment_membership where segment = 'staff')"
    conditions = {
        (spent, "join"): "lifetime_value >= 450 and lifetime_value < 500 and order_count__6mo >= 4",
        (spent, "leave"): "lifetime_value >= 500 and lifetime_value < 550 and order_count__6mo >= 4",
        # For whole numbers, at least a difference of one is close.
        (orders, "join"): "lifetime_value >= 500 and order_count__6mo = 3",
        (orders, "leave"): "lifetime_value >= 500 and order_count__6mo = 4",
    }
    for key, condition in conditions.items():
        wanted = {member for (member,) in rows(shop, f"{people} and {condition}")}
        assert result[key]["count"] == len(wanted), key
        assert {member["member"] for member in result[key]["members"]} <= wanted
        assert len(result[key]["members"]) == min(5, len(wanted))
    short = [member["gap"] for member in result[spent, "join"]["members"]]
    assert all(output.endswith(" short") for output in short)


def test_near_by_time(shop: Path) -> None:
    """The customers that time moves in a week are those that a run as of then would move."""
    result = {
        one["change"]: one for one in segctl(shop, "near", "lapsed_60_days", "--json", "--members", "1000").data["near"]
    }
    run = segctl(shop, "-q", "run", "--as-of", "2026-01-05", "--json")
    # dbt's warnings about the demo's rows do not matter here.
    assert (run.code, run.err) == (0, "")
    for change, verb in (("join", "joined"), ("leave", "left")):
        sql = f"select customer_id from segment_changes where segment = 'lapsed_60_days' and change = '{verb}'"
        wanted = {member for (member,) in rows(shop, f"{sql} and changed_at = timestamp '2026-01-05'")}
        assert {member["member"] for member in result[change]["members"]} == wanted
        assert result[change]["count"] == len(wanted)
    assert result["join"]["count"] > 0


def test_who(shop: Path) -> None:
    found = segctl(shop, "who", "162", "--json").data
    wanted = rows(
        shop, "select segment, joined_at, join_cause from segment_history where customer_id = 162 order by 1, 2"
    )
    stays = [(stay["segment"], stay["joined_at"].removesuffix("Z"), stay["join_cause"]) for stay in found["stays"]]
    assert stays == [(segment, joined.isoformat(), cause) for segment, joined, cause in wanted]
    output = segctl(shop, "who", "162").out
    current = [stay for stay in found["stays"] if stay["left_at"] is None]
    assert output.startswith(f"Customer 162 is in {len(current)} segments\n")


def test_everything_that_is_stored_about_a_customer(shop: Path) -> None:
    found = segctl(shop, "who", "162", "--all", "--json").data
    for (table,) in rows(shop, OURS):
        ((count,),) = rows(shop, f"select count(*) from {table} where customer_id = 162")
        assert count == len(found["tables"].get(table, [])), table
    assert len(found["tables"]["customer_features"]) == 1
    assert "lifetime_value" in found["tables"]["customer_features"][0]


def test_changes(shop: Path) -> None:
    found = segctl(shop, "changes", "--since", "2025-12-22", "--members", "100000", "--json").data
    until = found["until"].removesuffix("Z")
    kinds = "select segment, change, cause, count(*) from segment_changes where changed_at > timestamp '2025-12-22'"
    kinds += f" and changed_at <= timestamp '{until}'"
    wanted = {tuple(row[:3]): row[3] for row in rows(shop, f"{kinds} group by all")}
    moves = {
        (segment["segment"], move["change"], move["cause"]): move
        for segment in found["segments"]
        for move in segment["moves"]
    }
    assert {key: move["count"] for key, move in moves.items()} == wanted
    for (segment, change, cause), move in moves.items():
        sql = "select customer_id from segment_changes where changed_at > timestamp '2025-12-22'"
        members = rows(shop, f"{sql} and (segment, change, cause) = ('{segment}', '{change}', '{cause}')")
        assert sorted(member["member"] for member in move["members"]) == sorted(str(key) for (key,) in members)
    output = segctl(shop, "changes", "--members", "2").out
    assert output.startswith("In the run as of ")
    assert " and " in output


def test_nobody(shop: Path) -> None:
    for arguments, output in (
        (("who", "nobody"), 'none of our tables has customer "nobody"'),
        (("who", "162", "--entity", "acount"), '"acount" has no segments'),
        (("near", "vipp"), 'there is no segment "vipp"'),
        (("changes", "vipp"), "no run knows a segment vipp"),
        (("changes", "--since", "2190-01-01"), "is not before the last finished run"),
    ):
        outcome = segctl(shop, *arguments)
        assert outcome.code == 2
        assert output in outcome.err
