"""Consecutive runs: what joins, leaves, repeats, edits and deletions do to the tables. On every engine."""

import pytest

from segctl.errors import Failure, ProblemsFound
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.history_shop import (
    BIG,
    CATALOG,
    COLUMNS,
    DAYS,
    HOSTILE,
    RECENT,
    SHOP,
    customer,
    history,
    order,
    shop,
    snapshot,
)

__all__ = ["shop"]


def test_customers_join_and_leave(shop: TestProject) -> None:
    for day in DAYS[:9:2]:
        shop.run(day)
    assert history(shop) == [
        ("big", 1, 0, None, "first_run", None),
        ("big", 2, 2, None, "activity", None),
        ("recent", 1, 0, 6, "first_run", "time"),
        ("recent", 2, 0, None, "first_run", None),
    ]
    sizes = shop.warehouse.query(
        "select segment, size, joined_count, left_count, member_revenue, total_revenue "
        "from {{ ref('segment_sizes') }} where as_of = timestamp '2024-03-07' order by segment"
    )
    assert [tuple(row.values()) for row in sizes] == [("big", 2, 0, 0, 200, 200), ("recent", 1, 0, 1, 100, 200)]
    contact = shop.warehouse.query(
        "select customer_id, eligible from {{ ref('segment_membership') }} where segment = 'big'"
    )
    assert sorted(tuple(row.values()) for row in contact) == [(1, True), (2, False)]


def test_the_same_instant_twice_changes_nothing(shop: TestProject) -> None:
    shop.run(DAYS[0])
    shop.run(DAYS[2])
    before = snapshot(shop)
    shop.run(DAYS[2])
    assert snapshot(shop) == before


def test_an_earlier_instant_is_refused_in_one_line_and_changes_nothing(shop: TestProject) -> None:
    shop.run(DAYS[2])
    before = snapshot(shop)
    shop.define(CATALOG, value=BIG.replace("100", "10"))
    with pytest.raises(Failure, match="before the last finished run") as failure:
        shop.run(DAYS[1])
    assert "\n" not in failure.value.message
    assert not failure.value.detail
    assert snapshot(shop) == before


def test_repeating_a_run_with_other_data_and_definitions_equals_having_run_so_at_once(
    shop: TestProject, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    later = {**SHOP, "stg_orders": [order(3, DAYS[1], 500.0), order(2, DAYS[2], 40.0)]}
    smaller = BIG.replace("gte: 100", "gte: 30")
    shop.run(DAYS[0])
    shop.run(DAYS[2])
    shop.load(later, COLUMNS)
    shop.define(CATALOG, value=smaller, activity=RECENT)
    shop.run(DAYS[2])

    other = TestProject(tmp_path_factory.mktemp("other"), engine, f"{shop.schema}_other")
    other.load(SHOP, COLUMNS)
    other.define(CATALOG, value=BIG, activity=RECENT)
    other.run(DAYS[0])
    other.load(later, COLUMNS)
    other.define(CATALOG, value=smaller, activity=RECENT)
    other.run(DAYS[2])
    assert snapshot(shop) == snapshot(other)


def test_an_edited_definition_is_the_cause_and_a_new_version(shop: TestProject) -> None:
    shop.run(DAYS[0])
    shop.define(
        CATALOG, value=BIG.replace("gte: 100", "gte: 60").replace("label: Big", "label: Bigger"), activity=RECENT
    )
    shop.run(DAYS[1])
    assert ("big", 2, 1, None, "definition", None) in history(shop)
    versions = shop.warehouse.query(
        "select version, label, valid_to is null as current_version from {{ ref('segment_definitions') }} "
        "where segment = 'big' order by version"
    )
    assert [tuple(row.values()) for row in versions] == [(1, "Big", False), (2, "Bigger", True)]


def test_wording_and_order_make_no_version(shop: TestProject) -> None:
    shop.run(DAYS[0])
    before = history(shop)
    reworded = BIG.replace("label: Big", f'label: "{HOSTILE}"')
    shop.define(CATALOG, activity=RECENT, value=f"# A comment.\n{reworded}")
    shop.run(DAYS[1])
    rows = shop.warehouse.query("select segment, version, label from {{ ref('segment_definitions') }} order by segment")
    assert [tuple(row.values()) for row in rows] == [("big", 1, HOSTILE), ("recent", 1, "")]
    assert history(shop) == before


def test_disabled_enabled_and_removed_segments_close_and_open_stays(shop: TestProject) -> None:
    shop.run(DAYS[0])
    shop.define(CATALOG, value=BIG.replace("name: big", "name: big, enabled: false"), activity=RECENT)
    shop.run(DAYS[1])
    shop.define(CATALOG, value=BIG)
    shop.run(DAYS[2])
    assert history(shop) == [
        ("big", 1, 0, 1, "first_run", "disabled"),
        ("big", 1, 2, None, "enabled", None),
        ("big", 2, 2, None, "enabled", None),
        ("recent", 1, 0, 2, "first_run", "removed"),
        ("recent", 2, 0, 2, "first_run", "removed"),
    ]


def test_a_customer_gone_from_the_source_leaves_and_may_come_back(shop: TestProject) -> None:
    shop.run(DAYS[0])
    shop.load({**SHOP, "stg_customers": SHOP["stg_customers"][1:]}, COLUMNS)
    shop.run(DAYS[1])
    shop.load(SHOP, COLUMNS)
    shop.run(DAYS[3])
    stays = [stay for stay in history(shop) if stay[1] == 1]
    assert stays == [
        ("big", 1, 0, 1, "first_run", "deleted"),
        ("big", 1, 3, None, "activity", None),
        ("recent", 1, 0, 1, "first_run", "deleted"),
        ("recent", 1, 3, None, "activity", None),
    ]


def test_a_failed_build_leaves_the_tables_as_they_were_and_the_next_run_catches_up(shop: TestProject) -> None:
    shop.run(DAYS[0])
    before = snapshot(shop)
    (shop.root / "models" / "stg_orders.sql").write_text("select none_such from {{ source('raw', 'stg_orders') }}\n")
    with pytest.raises(Failure, match="could not build"):
        shop.run(DAYS[1])
    assert snapshot(shop) == before
    shop.load(SHOP, COLUMNS)
    shop.run(DAYS[2])
    assert ("big", 2, 2, None, "activity", None) in history(shop)


def test_what_goes_wrong_in_an_ephemeral_model_is_reported(shop: TestProject) -> None:
    shop.run(DAYS[0])
    before = snapshot(shop)
    macro = shop.root / "dbt_packages" / "segctl" / "macros" / "definitions" / "segments_to_reevaluate.sql"
    text = macro.read_text(encoding="utf-8")
    macro.write_text(text.replace("versions.segment,", "versions.no_such_column,"), encoding="utf-8")
    with pytest.raises(Failure, match=r"could not build members_(value|activity), members_") as failure:
        shop.run(DAYS[1])
    assert "no_such_column" in failure.value.detail
    assert "segment_runs" not in failure.value.message + failure.value.detail
    assert snapshot(shop) == before
    macro.write_text(text, encoding="utf-8")
    shop.run(DAYS[1])


def test_bad_keys_stop_a_run_and_leave_nothing_behind(shop: TestProject) -> None:
    twice = {**SHOP, "stg_customers": [*SHOP["stg_customers"], customer(7), customer(7)]}
    missing = {**SHOP, "stg_customers": [*SHOP["stg_customers"], {**customer(8), "id": None}]}
    shop.load(twice, COLUMNS)
    with pytest.raises(Failure, match="key id of stg_customers does not tell its rows apart: 7 in 2 rows"):
        shop.run(DAYS[0])
    shop.load(SHOP, COLUMNS)
    shop.run(DAYS[0])
    before = snapshot(shop)
    for bad, told in ((twice, "7 in 2 rows"), (missing, r"is missing \(NULL\) in 1 row$")):
        shop.load(bad, COLUMNS)
        with pytest.raises(Failure, match=told):
            shop.run(DAYS[1])
        assert snapshot(shop) == before
    shop.load(SHOP, COLUMNS)
    shop.run(DAYS[1])
    assert shop.warehouse.query("select count(*) as customers from {{ ref('customer_features') }}") == [
        {"customers": 3}
    ]


@pytest.mark.parametrize(("found", "said"), [("timestamptz", "timestamp"), ("timestamp", "timestamptz")])
def test_instants_with_and_without_a_zone_are_not_mixed_up(shop: TestProject, found: str, said: str) -> None:
    shop.load(SHOP, {**COLUMNS, "stg_orders": {**COLUMNS["stg_orders"], "ordered_at": found}})
    catalog = CATALOG.replace("at: ordered_at", f"at: {{column: ordered_at, type: {said}}}")
    shop.define(catalog, value=BIG, activity=RECENT)
    with pytest.raises(ProblemsFound) as raised:
        shop.run(DAYS[0])
    assert [problem.message.split(", ")[1] for problem in raised.value.problems] == [f"and the catalog says {said}"]


def test_empty_tables(shop: TestProject) -> None:
    shop.load({"stg_customers": [], "stg_orders": []}, COLUMNS)
    shop.run(DAYS[0])
    assert history(shop) == []
    shop.load(SHOP, COLUMNS)
    shop.run(DAYS[1])
    assert [stay[:3] for stay in history(shop)] == [("big", 1, 1), ("recent", 1, 1), ("recent", 2, 1)]


AGREES = "segment_stays: customers are not in the segments whose rules take them"
SIZES = "segment_stays: not as many open in {} as its size says"


def test_every_stay_still_holds_for_all_customers_under_dbt_test(shop: TestProject) -> None:
    shop.run(DAYS[0])
    assert not shop.failures()
    # The history is corrupted: the invariants must notice.
    shop.execute(f"delete from {shop.schema}.segment_stays where customer_id = 1 and segment = 'big'")
    assert shop.failures() == {AGREES: 1, SIZES.format("big"): 1}


def test_a_member_of_as_many_but_other_segments_is_noticed_under_dbt_test(shop: TestProject) -> None:
    shop.run(DAYS[0])
    assert [stay[:2] for stay in history(shop)] == [("big", 1), ("recent", 1), ("recent", 2)]
    shop.execute(f"update {shop.schema}.segment_stays set segment = 'big' where customer_id = 2")
    assert shop.failures() == {AGREES: 1, SIZES.format("big"): 1, SIZES.format("recent"): 1}
