"""Attributes with a history over several runs, and their effect on a replay. On every engine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segctl.language.names import digest
from segctl.plan.planned import PlannedSegment
from segctl.project.project import planned
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import Tables

CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer:
    model: customers
    key: customer_id
    attributes:
      country: string
      birthday: {type: date, fixed: true}
      plan: {type: string, history: {model: plans, customer: customer_id, from: valid_from, to: valid_to}}
    eligible: {attribute: country, eq: GB}
  account:
    model: accounts
    key: account_id
    customers: account_id
    attributes: {industry: string, founded_on: {type: date, fixed: true}}
events:
  order: {model: orders, customer: customer_id, at: ordered_at}
metrics:
  order_count: {count: order}
"""
DEFINITIONS = """
version: 1
segments:
  - {name: gold, rule: {attribute: plan, eq: gold}}
  - {name: recent, rule: {event: order, within_last: 7 days}}
  - {name: first_gold, rule: {rank: order_count, top: 1, among: {attribute: plan, eq: gold}}}
"""
COLUMNS = {
    "customers": {"customer_id": "bigint", "country": "varchar", "birthday": "date", "account_id": "bigint"},
    "accounts": {"account_id": "bigint", "industry": "varchar", "founded_on": "date"},
    "orders": {"customer_id": "bigint", "ordered_at": "timestamp"},
    "plans": {"customer_id": "bigint", "plan": "varchar", "valid_from": "timestamp", "valid_to": "timestamp"},
}
DAY = [datetime(2024, 5, 1, tzinfo=UTC) + timedelta(days=number) for number in range(8)]


def held(customer: int, plan: str | None, begins: int, ends: int | None = None) -> dict[str, object]:
    until = None if ends is None else DAY[ends].replace(tzinfo=None)
    return {"customer_id": customer, "plan": plan, "valid_from": DAY[begins].replace(tzinfo=None), "valid_to": until}


def shop() -> Tables:
    customers: list[dict[str, object]] = [
        {"customer_id": n, "country": None, "birthday": None, "account_id": None} for n in range(4)
    ]
    plans = [held(0, "gold", 0), held(1, "gold", 2), held(2, "gold", 0, 3), held(3, "gold", 0), held(3, "basic", 5)]
    return {"customers": customers, "accounts": [], "orders": [], "plans": plans}


def test_every_run_sees_the_value_of_its_time(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The raw rows never change. The customers' model has no column of that name."""
    project = TestProject(tmp_path, engine, f"then_{digest(request.node.name, 8)}")
    project.load(shop(), COLUMNS)
    project.define(CATALOG, shop=DEFINITIONS)
    gold = []
    for day in DAY[:7]:
        project.run(day)
        gold.append(project.members().get("gold", set()))
    assert gold == [{0, 2, 3}, {0, 2, 3}, {0, 1, 2, 3}, {0, 1, 3}, {0, 1, 3}, {0, 1}, {0, 1}]
    sql = "select customer_id, change, cause from {{ ref('segment_changes') }} where segment = 'gold'"
    later = {(r["customer_id"], r["change"], r["cause"]) for r in project.warehouse.query(sql)}
    assert {found for found in later if found[2] != "first_run"} == {
        (1, "joined", "activity"),
        (2, "left", "activity"),
        (3, "left", "activity"),
    }


def planned_of(rule: str, more: str = "", entity: str = "customer") -> PlannedSegment:
    """The segment, if the catalog has a beginning for customers. test_replayable tests the other case."""
    text = f"version: 1\nentity: {entity}\nsegments:\n  - {{name: one, rule: {rule}{more}}}\n"
    catalog = CATALOG.replace("    key: customer_id\n", "    key: customer_id\n    since: signed_up_at\n", 1)
    (found,) = planned({"segments/catalog.yml": catalog.encode(), "segments/some.yml": text.encode()}).segments
    return found


@pytest.mark.parametrize(
    ("rule", "changing"),
    [
        ("{event: order}", ()),
        ("{sample: 10%, salt: spring}", ()),
        ("{attribute: birthday, older_than: 18 years}", ()),
        ("{attribute: plan, eq: gold}", ()),
        ("{attribute: country, eq: GB}", ("country",)),
        ("{rank: order_count, top: 1, per: country}", ("country",)),
        ("{rank: order_count, top: 1, among: {attribute: country, eq: GB}}", ("country",)),
        ("{rank: order_count, top: 1, per: plan}", ()),
        ("{not: {any: [{sql: \"order_count > 1 or country = 'GB'\"}, {event: order}]}}", ("country",)),
        ("{belongs_to: account}", ("account",)),
        ("{belongs_to: account, that: {attribute: industry, eq: food}}", ("account", "account.industry")),
        ("{belongs_to: account, that: {attribute: founded_on, before: 2000-01-01}}", ("account",)),
        ("{belongs_to: account, that: {customers: {attribute: country, eq: GB}}}", ("account", "country")),
    ],
)
def test_what_holds_only_the_present_makes_a_segment_partial(rule: str, changing: tuple[str, ...]) -> None:
    found = planned_of(rule)
    assert found.changing == changing
    assert found.replayable == ("partial" if changing else "full")


def test_memory_counts_and_eligible_does_not() -> None:
    assert planned_of("{event: order}", ", keep_while: {attribute: country, eq: GB}").changing == ("country",)
    assert planned_of("{event: order}", ", min_stay: 3 days").changing == ()


def test_segments_of_accounts_name_whose_attribute_it_is() -> None:
    assert planned_of("{attribute: industry, eq: food}", entity="account").changing == ("account.industry",)
    assert planned_of("{customers: {attribute: plan, eq: gold}}", entity="account").changing == ("account",)


def test_a_history_means_something_else_and_fixed_does_not() -> None:
    def hash_with(written: str) -> str:
        catalog = CATALOG.replace("country: string", f"country: {written}", 1).encode()
        text = b"version: 1\nsegments: [{name: one, rule: {attribute: country, eq: GB}}]"
        return planned({"segments/catalog.yml": catalog, "segments/some.yml": text}).segments[0].definition_hash

    kept = "{type: string, history: {model: plans, customer: customer_id, from: valid_from}}"
    assert hash_with("{type: string, fixed: true}") == hash_with("string")
    assert hash_with(kept) != hash_with("string")
