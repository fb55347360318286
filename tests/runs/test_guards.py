"""Guards: what is held back, what stops a run, what --allow lets pass, and what happens then. On every engine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.runs.run import RunReport, run
from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine

CATALOG = """
version: 1
timezone: Europe/London
guard: {max_loss: 20%}
entities:
  customer: {model: customers, key: id, attributes: {country: string}}
events:
  order:
    model: orders
    key: order_id
    customer: customer
    at: ordered_at
    freshness: 10 days
    fields: {amount: number}
"""
GUARDED = """
version: 1
segments:
  - {name: buyers, guard: {max_change: 50%}, rule: {event: order}}
  - {name: french, rule: {attribute: country, eq: FR}}
  - {name: few, guard: {max_size: 3}, rule: {event: order, times: {gte: 2}}}
  - {name: many, guard: {min_size: 2}, rule: {event: order, within_last: 5 days}}
  - {name: gold, group: tier, priority: 1, guard: {max_size: 2}, rule: {event: order, sum: amount, gte: 100}}
  - {name: silver, group: tier, priority: 2, rule: {event: order, sum: amount, gte: 10}}
"""
TABLES = {
    "customers": {"id": "bigint", "country": "varchar"},
    "orders": {"order_id": "bigint", "customer": "bigint", "ordered_at": "timestamp", "amount": "double precision"},
}
START = datetime(2024, 5, 1, tzinfo=UTC)


def orders(*given: tuple[int, int, float]) -> list[Row]:
    """Orders as (customer, day counted from the start, amount). Keys by place."""
    start = START.replace(tzinfo=None)
    return [
        {"order_id": place, "customer": customer, "ordered_at": start + timedelta(days=day), "amount": amount}
        for place, (customer, day, amount) in enumerate(given)
    ]


def day(number: int) -> datetime:
    return START + timedelta(days=number)


BEFORE = orders((1, -1, 10), (2, -1, 10), (3, -2, 200), (4, -3, 20))
CUSTOMERS = [{"id": number, "country": "FR" if number % 2 else "GB"} for number in range(1, 11)]


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    project = TestProject(tmp_path, engine, f"guards_{digest(request.node.nodeid, 8)}")
    project.load({"customers": CUSTOMERS, "orders": BEFORE}, TABLES)
    project.define(CATALOG, guarded=GUARDED)
    return project


def run_at(shop: TestProject, number: int, *allow: str) -> RunReport:
    return run(shop.project, shop.warehouse, day(number).isoformat(), lambda _: None, allow)


def sizes(report: RunReport) -> dict[str, tuple[int, str | None]]:
    return {row["segment"]: (row["size"], row["held_by"]) for row in report.rows}


def test_a_breach_holds_back_that_segment_alone_until_it_is_allowed(shop: TestProject) -> None:
    assert run_at(shop, 0).held == ()
    first = shop.members()
    # Buyers double (and one is French). Everything else goes on.
    more = orders(*((c, 0, 10) for c in range(5, 9)))
    shop.load(
        {"customers": CUSTOMERS, "orders": [*BEFORE, *[{**o, "order_id": o["order_id"] + 100} for o in more]]}, TABLES
    )
    report = run_at(shop, 1)
    assert [
        (held_segment.segment, held_segment.guard, held_segment.joins, held_segment.leaves)
        for held_segment in report.held
    ] == [("buyers", "max_change", 4, 0)]
    assert report.held[0].joining == ("5", "6", "7")
    assert sizes(report)["buyers"] == (4, "max_change")
    assert sizes(report)["silver"] == (7, None)
    assert shop.members()["buyers"] == first["buyers"]
    assert shop.members()["silver"] == {1, 2, 4, 5, 6, 7, 8}
    # Held while it is a breach, for any other changes.
    assert [held_segment.segment for held_segment in run_at(shop, 2).held] == ["buyers"]
    report = run_at(shop, 3, "buyers")
    assert report.held == ()
    assert shop.members()["buyers"] == set(range(1, 9))
    rows = shop.warehouse.query(
        "select join_cause, count(*) as joins from {{ ref('segment_history') }} "
        "where segment = 'buyers' and joined_at > timestamp '2024-05-03' group by join_cause"
    )
    # They have ordered since the segment was last published, but not since the last run.
    assert rows == [{"join_cause": "activity", "joins": 4}]
    runs = shop.warehouse.query("select held_count, allowed from {{ ref('segment_runs') }} order by as_of")
    assert [tuple(row.values()) for row in runs] == [(0, ""), (1, ""), (1, ""), (0, "buyers")]


def test_sizes_hold_back_and_a_group_is_held_back_together(shop: TestProject) -> None:
    run_at(shop, 0)
    rich = orders((1, 0, 500), (2, 0, 500), (3, 0, 1), (4, 0, 1))
    shop.load(
        {"customers": CUSTOMERS, "orders": [*BEFORE, *[{**o, "order_id": o["order_id"] + 100} for o in rich]]}, TABLES
    )
    report = run_at(shop, 1)
    assert {held_segment.segment: held_segment.guard for held_segment in report.held} == {
        "few": "max_size",
        "gold": "max_size",
        "silver": "group",
    }
    members = shop.members()
    assert members["gold"] == {3}
    assert members["silver"] == {1, 2, 4}
    # A week later no customer has ordered recently, which would leave too few members.
    report = run_at(shop, 8, "few", "gold")
    assert {held_segment.segment: held_segment.guard for held_segment in report.held} == {"many": "min_size"}
    assert shop.members()["gold"] == {1, 2, 3}


def test_an_edit_that_is_held_back_stays_the_cause(shop: TestProject) -> None:
    run_at(shop, 0)
    shop.define(
        CATALOG,
        guarded=GUARDED.replace(
            "{name: buyers, guard: {max_change: 50%}, rule: {event: order}}",
            "{name: buyers, guard: {max_change: 50%}, rule: {attribute: country, is: set}}",
        ),
    )
    assert [held_segment.segment for held_segment in run_at(shop, 1).held] == ["buyers"]
    assert [held_segment.segment for held_segment in run_at(shop, 2).held] == ["buyers"]
    run_at(shop, 3, "buyers")
    rows = shop.warehouse.query(
        "select distinct join_cause from {{ ref('segment_history') }} "
        "where segment = 'buyers' and joined_at > timestamp '2024-05-02'"
    )
    assert rows == [{"join_cause": "definition"}]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ([], "order: empty, and the last run saw 4 rows"),
        (BEFORE[1:], "order: 1 of the 4 rows that the last run saw are gone (25.0 %; max_loss is 20 %)"),
        ([*BEFORE, BEFORE[0]], "order: 1 rows repeat the key of another"),
        ([*BEFORE[1:], {**BEFORE[0], "order_id": None}], "order: 1 rows have no key"),
    ],
    ids=["empty", "lost", "repeated", "missing"],
)
def test_a_source_that_breaches_stops_the_run_before_anything_changes(
    shop: TestProject, changed: list[Row], told: str
) -> None:
    run_at(shop, 0)
    before, stays = shop.members(), shop.stays()
    shop.load({"customers": CUSTOMERS, "orders": changed}, TABLES)
    with pytest.raises(Failure, match="guards of sources stop this run; nothing has been changed") as failure:
        run_at(shop, 1)
    assert told in failure.value.detail
    assert "segctl run --allow order" in failure.value.hint
    assert failure.value.exit_code == 3
    assert (shop.members(), shop.stays()) == (before, stays)
    run_at(shop, 1, "order")
    assert shop.warehouse.query("select allowed from {{ ref('segment_runs') }} order by as_of desc")[0] == {
        "allowed": "order"
    }


def test_a_stale_source_and_lost_customers_are_reported_together(shop: TestProject) -> None:
    run_at(shop, 0)
    shop.load({"customers": CUSTOMERS[:5], "orders": BEFORE}, TABLES)
    with pytest.raises(Failure) as failure:
        run_at(shop, 20)
    assert [line.strip() for line in failure.value.detail.splitlines()] == [
        "customer: 5 of the 10 rows that the last run saw are gone (50.0 %; max_loss is 20 %)",
        "order: stale, the newest row is of 2024-04-30 00:00:00 UTC (freshness is 10 days)",
    ]


def test_a_name_that_meant_something_else_is_not_used_again_unseen(shop: TestProject) -> None:
    run_at(shop, 0)
    other = "version: 1\nsegments:\n  - {name: keepers, rule: {event: order}}\n"
    shop.define(CATALOG, other=other)
    run_at(shop, 1)
    shop.define(
        CATALOG,
        other=other,
        guarded="version: 1\nsegments:\n  - {name: french, rule: {event: order}}\n"
        "  - {name: buyers, rule: {event: order}}\n",
    )
    report = run_at(shop, 2)
    # The same meaning again is no surprise. Another meaning is one.
    assert [(held_segment.segment, held_segment.guard) for held_segment in report.held] == [("french", "reused_name")]
    assert "french" not in shop.members()
    assert [held_segment.segment for held_segment in run_at(shop, 3).held] == ["french"]
    run_at(shop, 4, "french")
    assert shop.members()["french"] == {1, 2, 3, 4}


def test_a_renamed_segment_keeps_its_history_and_its_old_name_is_not_free(shop: TestProject) -> None:
    run_at(shop, 0)
    renamed = GUARDED.replace("name: buyers,", "name: customers_who_bought, formerly: buyers,")
    shop.define(CATALOG, guarded=renamed)
    run_at(shop, 1)
    rows = shop.warehouse.query(
        "select distinct segment, joined_at, left_at from {{ ref('segment_history') }} where segment like '%b%'"
    )
    assert rows == [{"segment": "customers_who_bought", "joined_at": day(0).replace(tzinfo=None), "left_at": None}]
    versions = shop.warehouse.query(
        "select segment, version, formerly from {{ ref('segment_definitions') }} where segment like '%b%'"
    )
    assert [tuple(row.values()) for row in versions] == [("customers_who_bought", 1, "buyers")]
    # Once it was carried over, the line may be removed. The name stays taken.
    kept = renamed.replace(" formerly: buyers,", "") + "  - {name: buyers, rule: {attribute: country, eq: FR}}\n"
    shop.define(CATALOG, guarded=kept)
    assert [(held_segment.segment, held_segment.guard) for held_segment in run_at(shop, 2).held] == [
        ("buyers", "reused_name")
    ]
    assert run_at(shop, 3, "buyers").held == ()


def test_two_histories_are_not_made_one(shop: TestProject) -> None:
    run_at(shop, 0)
    shop.define(CATALOG, guarded=GUARDED.replace("name: buyers,", "name: bought,"))
    # Declared another segment, it has its own history from then on.
    run_at(shop, 1, "bought")
    before = shop.stays()
    shop.define(CATALOG, guarded=GUARDED.replace("name: buyers,", "name: bought, formerly: buyers,"))
    with pytest.raises(Failure, match="segment bought was called buyers, and both have a history") as failure:
        run_at(shop, 2)
    assert failure.value.hint
    assert shop.stays() == before


def test_allow_knows_its_names(shop: TestProject) -> None:
    with pytest.raises(Failure, match='--allow "buyer" is neither a segment nor an event or entity') as failure:
        run_at(shop, 0, "buyer")
    assert (failure.value.hint, failure.value.exit_code) == ("did you mean buyers?", 2)
