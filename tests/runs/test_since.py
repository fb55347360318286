"""Customers who exist from a time on, over several runs: members, accounts, revenue and guards. On every engine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.project.project import planned
from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine

CATALOG = """
version: 1
timezone: Europe/London
revenue: spent
guard: {max_loss: 20%}
entities:
  customer: {model: customers, key: id, since: signed_up_at}
  account: {model: accounts, key: id, customers: account_id}
events:
  order: {model: orders, customer: customer, at: ordered_at, fields: {amount: number}}
metrics:
  spent: {sum: order.amount}
"""
REFERRAL = "  referral: {model: customers, customer: referred_by, at: referred_at}\n"
SEGMENTS = """
version: 1
segments:
  - {name: never_ordered, rule: {event: order, never: true}}
  - {name: better_half, rule: {rank: spent, top: 50%}}
"""
ACCOUNTS = """
version: 1
entity: account
segments:
  - {name: of_two, rule: {customers: {not: {event: order, sum: amount, gt: 1000}}, times: {gte: 2}}}
"""
COLUMNS = {
    "customers": {
        "id": "bigint",
        "signed_up_at": "timestamp",
        "referred_by": "bigint",
        "referred_at": "timestamp",
        "account_id": "bigint",
    },
    "accounts": {"id": "bigint"},
    "orders": {"customer": "bigint", "ordered_at": "timestamp", "amount": "double precision"},
}
START = datetime(2024, 5, 1, tzinfo=UTC)


def at(number: int | None) -> datetime | None:
    """The instant so many days after the first run, as the tables have it."""
    return None if number is None else (START + timedelta(days=number)).replace(tzinfo=None)


def rows(**since: int | None) -> dict[str, list[Row]]:
    """Customers 0 to 9, all of account 1. Customer 8 begins on day 2, 9 on day 4, and the others before, unless given.

    Customer 0 referred customer 9 before the first run. 7, 8 and 9 have ordered, 9 spent the most.
    """
    begins = {**dict.fromkeys(range(8), -1), 8: 2, 9: 4} | {int(key[1:]): day for key, day in since.items()}
    orders = [(7, 10.0), (8, 20.0), (9, 30.0)]
    return {
        "customers": [
            {
                "id": number,
                "signed_up_at": at(day),
                "referred_by": 0 if number == 9 else None,
                "referred_at": at(-1) if number == 9 else None,
                "account_id": 1 if number > 6 else None,
            }
            for number, day in begins.items()
        ],
        "accounts": [{"id": 1}],
        "orders": [{"customer": customer, "ordered_at": at(-2), "amount": amount} for customer, amount in orders],
    }


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    project = TestProject(tmp_path, engine, f"since_{digest(request.node.nodeid, 8)}")
    project.load(rows(), COLUMNS)
    return project


def of_accounts(shop: TestProject) -> list[tuple[object, ...]]:
    """Each account's open stays, and the total revenue of its customers."""
    sql = """
        select membership.segment, features.account_id, features.revenue
        from {{ ref('account_features') }} as features
        left join {{ ref('account_segment_membership') }} as membership on features.account_id = membership.account_id
    """
    return [tuple(row.values()) for row in shop.warehouse.query(sql)]


def test_who_does_not_exist_yet_is_nobody_and_joins_like_a_new_customer(shop: TestProject) -> None:
    shop.define(CATALOG, segments=SEGMENTS, accounts=ACCOUNTS)
    shop.run(START)
    assert shop.members() == {"never_ordered": set(range(7)), "better_half": {7, 0, 1, 2}}
    assert of_accounts(shop) == [(None, 1, 10)]
    shop.run(START + timedelta(days=2))
    assert shop.members() == {"never_ordered": set(range(7)), "better_half": {8, 7, 0, 1, 2}}
    assert of_accounts(shop) == [("of_two", 1, 30)]
    shop.run(START + timedelta(days=4))
    assert shop.members() == {"never_ordered": set(range(7)), "better_half": {9, 8, 7, 0, 1}}
    assert of_accounts(shop) == [("of_two", 1, 60)]
    sql = "select customer_id, change, cause from {{ ref('segment_changes') }} where cause <> 'first_run'"
    assert {tuple(row.values()) for row in shop.warehouse.query(sql)} == {
        (8, "joined", "activity"),
        (9, "joined", "activity"),
        (2, "left", "population"),
    }
    # A customer whose known beginning moves into the future is gone until then.
    shop.load(rows(_9=9), COLUMNS)
    shop.run(START + timedelta(days=5))
    assert shop.members()["better_half"] == {8, 7, 0, 1, 2}
    assert {(9, "left", "deleted")} <= {tuple(row.values()) for row in shop.warehouse.query(sql)}


def test_customers_are_counted_as_far_as_they_exist(shop: TestProject) -> None:
    """A run misses known customers of an earlier run who now begin later or never. New ones do not compensate."""
    shop.define(CATALOG, segments=SEGMENTS)
    for day in (0, 2, 4):
        shop.run(START + timedelta(days=day))
    sql = "select row_count, known_count from {{ ref('run_sources') }} where source = 'customer' order by as_of"
    assert [tuple(row.values()) for row in shop.warehouse.query(sql)] == [(8, 0), (9, 8), (10, 9)]
    shop.load(rows(_1=5, _2=5, _3=None), COLUMNS)
    with pytest.raises(Failure) as failure:
        shop.run(START + timedelta(days=6))
    assert "customer: 3 of the 10 rows that the last run saw are gone" in failure.value.detail


def test_events_in_rows_of_customers_who_do_not_exist_yet_are_those_of_others(shop: TestProject) -> None:
    with_referral = CATALOG.replace("metrics:\n", f"{REFERRAL}metrics:\n")
    referred = "version: 1\nsegments: [{name: referred_somebody, rule: {event: referral}}]\n"
    shop.define(with_referral, segments=SEGMENTS, referred=referred, accounts=ACCOUNTS)
    shop.run(START)
    assert shop.members() == {
        "never_ordered": set(range(7)),
        "better_half": {7, 0, 1, 2},
        "referred_somebody": {0},
    }
    assert of_accounts(shop) == [(None, 1, 10)]


def test_since_is_no_part_of_what_a_definition_means() -> None:
    def hashes(catalog: str) -> list[str]:
        found = planned({"segments/catalog.yml": catalog.encode(), "segments/some.yml": SEGMENTS.encode()})
        return [segment.definition_hash for segment in found.segments]

    assert hashes(CATALOG) == hashes(CATALOG.replace(", since: signed_up_at", ""))
