"""Segments of accounts next to those of customers: members, history, reruns and reasons. On every engine."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.questions.why import Question, why
from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine

CATALOG = """
version: 1
timezone: UTC
revenue: spent
entities:
  customer: {model: customers, key: customer_number, attributes: {country: string}}
  account:
    model: accounts
    key: account_key
    customers: account
    attributes: {industry: string, renews_on: date, opened_at: timestamp}
events:
  order: {model: orders, customer: customer, at: ordered_at, fields: {amount: number}}
metrics:
  spent: {sum: order.amount}
"""
CUSTOMERS = """
version: 1
segments:
  - {name: buyers, rule: {event: order}}
  - {name: of_active, rule: {belongs_to: account, that: {segment: active_accounts}}}
"""
ACCOUNTS = """
version: 1
entity: account
segments:
  - {name: active_accounts, rule: {customers: {segment: buyers}, times: {gte: 2}}}
  - {name: retail, rule: {attribute: industry, eq: retail}, min_stay: 10 days}
  - {name: rich, extends: retail, rule: {customers: {event: order}, sum: spent, gt: 100}}
  - {name: renewing, rule: {attribute: renews_on, within_next: 14 days}}
"""
TABLES = {
    "customers": {"customer_number": "bigint", "country": "varchar", "account": "varchar"},
    "accounts": {"account_key": "varchar", "industry": "varchar", "renews_on": "date", "opened_at": "timestamp"},
    "orders": {"customer": "bigint", "ordered_at": "timestamp", "amount": "double precision"},
}
FIRST, SECOND = datetime(2024, 1, 10, tzinfo=UTC), datetime(2024, 1, 25, tzinfo=UTC)
OPENED = datetime(2023, 12, 1)
ORDERS = [(0, 2), (2, 3), (1, 4), (3, 20), (7, 1)]


def rows(industry_of_a: str = "retail") -> dict[str, list[Row]]:
    """Customers 0 to 5 of accounts a (even) and b (odd), 6 and 7 without account. Account c has no customers."""
    return {
        "customers": [
            {"customer_number": n, "country": "GB", "account": "ab"[n % 2] if n < 6 else None} for n in range(8)
        ],
        "accounts": [
            {"account_key": "a", "industry": industry_of_a, "renews_on": date(2024, 1, 20), "opened_at": OPENED},
            {"account_key": "b", "industry": "food", "renews_on": None, "opened_at": FIRST.replace(tzinfo=None)},
            {"account_key": "c", "industry": "retail", "renews_on": None, "opened_at": None},
        ],
        "orders": [{"customer": c, "ordered_at": datetime(2024, 1, day), "amount": 60.0} for c, day in ORDERS],
    }


@pytest.fixture
def project(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    made = TestProject(tmp_path, engine, f"entities_{digest(request.node.name, 8)}")
    made.load(rows(), TABLES)
    made.define(CATALOG, customers=CUSTOMERS, accounts=ACCOUNTS)
    return made


def account_stays(project: TestProject) -> list[tuple[str, str, int, int | None]]:
    """Stays of accounts as (segment, account, day joined, day left)."""
    sql = """
        select segment, account_id, joined_at, left_at
        from {{ ref('account_segment_history') }}
        order by segment, account_id, joined_at
    """
    return [
        (r["segment"], r["account_id"], r["joined_at"].day, r["left_at"].day if r["left_at"] else None)
        for r in project.warehouse.query(sql)
    ]


def test_accounts_join_and_leave(project: TestProject) -> None:
    project.run(FIRST)
    assert account_stays(project) == [
        ("active_accounts", "a", 10, None),
        ("renewing", "a", 10, None),
        ("retail", "a", 10, None),
        ("retail", "c", 10, None),
        ("rich", "a", 10, None),
    ]
    assert project.members() == {"buyers": {0, 1, 2, 7}, "of_active": {0, 2, 4}}
    report = project.run(SECOND)
    assert ("active_accounts", "b", 25, None) in account_stays(project)
    assert ("renewing", "a", 10, 25) in account_stays(project)
    assert project.members()["of_active"] == {0, 1, 2, 3, 4, 5}
    sql = "select segment, account_id, change, cause from {{ ref('account_segment_changes') }} where changed_at > "
    later = project.warehouse.query(f"{sql} timestamp '2024-01-10'")
    assert {tuple(row.values()) for row in later} == {
        ("active_accounts", "b", "joined", "activity"),
        ("renewing", "a", "left", "time"),
    }
    revenue = {row["segment"]: (row["size"], row["member_revenue"]) for row in report.rows}
    assert revenue["active_accounts"] == (2, 240)
    assert revenue["retail"] == (2, 120)


def test_an_account_without_a_key_is_reported_as_such(project: TestProject) -> None:
    found = rows()
    found["accounts"] += [{**found["accounts"][0], "account_key": None}, {**found["accounts"][1]}]
    project.load(found, TABLES)
    told = r"^key account_key of accounts is missing \(NULL\) in 1 row, and does not tell its rows apart: b in 2 rows$"
    with pytest.raises(Failure, match=told) as failure:
        project.run(FIRST)
    assert failure.value.hint == "fix the model to have one row per key, then run again"


def test_the_same_instant_again_with_other_data_equals_having_run_so_at_once(project: TestProject) -> None:
    project.run(FIRST)
    before = account_stays(project)
    project.run(FIRST)
    assert account_stays(project) == before
    project.load(rows("food"), TABLES)
    project.run(FIRST)
    assert [stay for stay in account_stays(project) if stay[0] in ("retail", "rich")] == [("retail", "c", 10, None)]


def test_an_account_stays_as_long_as_it_must_and_goes_when_it_is_gone(project: TestProject) -> None:
    project.run(FIRST)
    project.load(rows("food"), TABLES)
    project.run(datetime(2024, 1, 19, tzinfo=UTC))
    assert ("retail", "a", 10, None) in account_stays(project)
    without_c = rows("food")
    without_c["accounts"] = without_c["accounts"][:2]
    project.load(without_c, TABLES)
    project.run(datetime(2024, 1, 20, tzinfo=UTC))
    assert ("retail", "a", 10, 20) in account_stays(project)
    assert ("retail", "c", 10, 20) in account_stays(project)


def test_accounts_have_instants_that_lie_in_windows_up_to_the_run(project: TestProject) -> None:
    new = "version: 1\nentity: account\nsegments: [{name: new, rule: {attribute: opened_at, within_last: 3 days}}]\n"
    project.define(CATALOG, accounts=new)
    project.run(FIRST)
    assert account_stays(project) == [("new", "b", 10, None)]


def test_why_tells_an_account_from_a_customer(project: TestProject) -> None:
    project.run(FIRST)
    reason = why(project.project, project.warehouse, Question("a", "rich"))
    assert reason.clause is not None
    assert reason.clause.holds
    assert [part.value for part in reason.clause.parts] == [None, 120]
    assert len(reason.stays) == 1
