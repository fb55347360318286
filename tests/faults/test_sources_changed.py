"""Changed columns and segments: the messages, and that the tables are unchanged or right."""

import pytest

from tests.faults.conftest import VICTIM
from tests.faults.program import Nursery, is_one_message
from tests.faults.shop import CATALOG, COLUMNS, FILES, HABITS, VALUE, iso, tables
from tests.faults.states import read, seen, written
from tests.support.built_project import TestProject

RUN = ("run", "--as-of", iso(VICTIM))
ORDERS = "shop_raw.orders"


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (f"alter table {ORDERS} drop column amount", "orders has no column amount"),
        (f"alter table {ORDERS} rename column amount to total", "ordered_at, total"),
        (f"alter table {ORDERS} alter column amount type varchar using 'some'", "column amount of orders is VARCHAR"),
        (
            f"alter table {ORDERS} alter column ordered_at type varchar",
            "column ordered_at of orders is VARCHAR, and the catalog says timestamp",
        ),
    ],
    ids=["missing", "renamed", "text", "instant as text"],
)
def test_a_column_that_is_not_what_it_was(statement: str, message: str, shop: TestProject, program: Nursery) -> None:
    before = seen(shop)
    shop.execute(statement)
    ended = program.run(shop, *RUN)
    assert ended.code == 1
    assert is_one_message(ended), ended.err
    assert message in ended.err
    assert "segments/catalog.yml:" in ended.err
    assert "segment_runs" not in ended.err
    assert "caused by" not in ended.err
    assert seen(shop) == before


def test_a_column_that_another_type_makes_no_difference_to(shop: TestProject, program: Nursery) -> None:
    program.done(shop, *RUN)
    expected = seen(shop)
    shop.execute(f"alter table {ORDERS} alter column amount type decimal(12, 2)")
    shop.execute(f"alter table {ORDERS} alter column customer type integer")
    program.done(shop, *RUN)
    assert seen(shop) == expected


def test_half_of_the_customers_and_none_of_the_orders(shop: TestProject, program: Nursery) -> None:
    before = seen(shop)
    rows = tables()
    shop.load({**rows, "customers": rows["customers"][::2], "orders": []}, COLUMNS)
    ended = program.run(shop, *RUN)
    assert ended.code == 3
    assert is_one_message(ended), ended.err
    assert "customer: 20 of the 40 rows that the last run saw are gone (50.0 %; max_loss is 40 %)" in ended.err
    assert "order: empty, and the last run saw" in ended.err
    assert "--allow customer --allow order" in ended.err
    assert seen(shop) == before


def test_a_segment_removed_renamed_redefined_and_disabled_at_once(shop: TestProject, program: Nursery) -> None:
    """Changed in one run and undone in the next: members are back, and each end has its own cause."""
    shop.define(CATALOG, **FILES)
    shop.load(tables(), COLUMNS)
    other = HABITS.replace("name: french", "name: francophone, formerly: french").replace(
        "name: recent, rule", "name: recent, enabled: false, rule"
    )
    shop.define(
        CATALOG,
        value=VALUE.replace("  - {name: best, rule: {rank: spent, top: 20%}}\n", "").replace("gte: 150", "gte: 100000"),
        habits=other,
        accounts=FILES["accounts"].replace("segment: recent", "segment: sticky"),
    )
    program.done(shop, *RUN)
    ends = {
        (r["segment"], r["leave_cause"])
        for r in seen(shop)["segment_history"]
        if r["left_at"] and r["left_at"].day == 5
    }
    assert {("best", "removed"), ("big", "definition"), ("recent", "disabled")} <= ends
    names = {row["segment"] for row in read(shop, ["segment_history"])["segment_history"]}
    assert "francophone" in names
    assert "french" not in names
    shop.define(CATALOG, **{**FILES, "habits": HABITS.replace("name: french", "name: french, formerly: francophone")})
    program.done(shop, "run", "--as-of", iso(VICTIM + 1))
    state = written(shop)
    again = {r["segment"]: r["join_cause"] for r in state["segment_history"] if r["joined_at"].day == 6}
    assert (again["big"], again["recent"]) == ("definition", "enabled")
    assert {"best", "french"} <= {row["segment"] for row in state["segment_membership"]}
