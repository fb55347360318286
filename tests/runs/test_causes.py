"""The causes of joins and leaves: own data, others, only time, or an edit. On every engine."""

from collections import Counter
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segctl.language.names import digest
from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import Tables

CATALOG = """
version: 1
timezone: UTC
entities:
  customer: {model: customers, key: customer_id, attributes: {country: string}}
  account: {model: accounts, key: account_id, customers: account_id, attributes: {industry: string}}
events:
  order: {model: orders, customer: customer_id, at: ordered_at, fields: {amount: number, channel: string}}
  visit: {model: visits, customer: customer_id, at: {column: visited_on, type: date}}
metrics:
  spent: {sum: order.amount}
"""
DEFINITIONS = """
version: 1
segments:
  - {name: spender, rule: {metric: spent, gte: 100}}
  - {name: recent, rule: {event: order, within_last: 7 days}}
  - {name: visitor, rule: {event: visit, within_last: 4 days}}
  - {name: british, rule: {attribute: country, eq: GB}}
  - {name: best, rule: {rank: spent, top: 1}}
  - {name: in_retail, rule: {belongs_to: account, that: {attribute: industry, eq: retail}}}
  - {name: left_cold, rule: {sequence: [{event: visit}, {event: order, within: 4 days, never: true}]}}
  - {name: gold, group: tier, priority: 1, rule: {metric: spent, gte: 100}}
  - {name: silver, group: tier, priority: 2, rule: {metric: spent, gte: 50}}
"""
COLUMNS = {
    "customers": {"customer_id": "bigint", "country": "varchar", "account_id": "bigint"},
    "accounts": {"account_id": "bigint", "industry": "varchar"},
    "orders": {"customer_id": "bigint", "ordered_at": "timestamp", "amount": "double precision", "channel": "varchar"},
    "visits": {"customer_id": "bigint", "visited_on": "date"},
}
DAY = [datetime(2024, 5, 1, tzinfo=UTC) + timedelta(days=number) for number in range(20)]
Change = tuple[str, int, str, str]


def order(customer: int, day: int, amount: float) -> dict[str, object]:
    at = DAY[0].replace(tzinfo=None) + timedelta(days=day, hours=-1)
    return {"customer_id": customer, "ordered_at": at, "amount": amount, "channel": "web"}


def shop() -> Tables:
    return {
        "customers": [{"customer_id": n, "country": "GB" if n < 3 else "FR", "account_id": n % 2} for n in range(4)],
        "accounts": [{"account_id": 0, "industry": "retail"}, {"account_id": 1, "industry": "food"}],
        "orders": [order(0, 0, 90.0), order(1, 0, 60.0)],
        "visits": [{"customer_id": 2, "visited_on": DAY[0].date() - timedelta(days=1)}],
    }


@pytest.fixture
def project(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    made = TestProject(tmp_path, engine, f"causes_{digest(request.node.name, 8)}")
    made.load(shop(), COLUMNS)
    made.define(CATALOG, shop=DEFINITIONS)
    made.run(DAY[0])
    return made


def changes(project: TestProject, day: int) -> set[Change]:
    """The changes of one day's run as (segment, customer, change, cause)."""
    sql = f"""
        select segment, customer_id, change, cause
        from {{{{ ref('segment_changes') }}}}
        where changed_at = timestamp '{DAY[day].replace(tzinfo=None)}'
    """
    return {(r["segment"], r["customer_id"], r["change"], r["cause"]) for r in project.warehouse.query(sql)}


def test_the_first_run_is_a_cause_of_its_own(project: TestProject) -> None:
    assert {cause for *_, cause in changes(project, 0)} == {"first_run"}


def test_new_changed_and_late_data_are_activity_and_a_passing_window_is_time(project: TestProject) -> None:
    data = deepcopy(shop())
    data["orders"].append(order(3, 2, 5.0))  # new
    data["orders"][1]["amount"] = 120.0  # changed in place
    data["orders"].append(order(0, -3, 20.0))  # known late
    data["customers"][2]["country"] = "IE"
    project.load(data, COLUMNS)
    project.run(DAY[2])
    assert changes(project, 2) == {
        ("recent", 3, "joined", "activity"),
        ("spender", 1, "joined", "activity"),
        ("spender", 0, "joined", "activity"),
        ("gold", 1, "joined", "activity"),
        ("silver", 1, "left", "activity"),
        ("gold", 0, "joined", "activity"),
        ("silver", 0, "left", "activity"),
        ("british", 2, "left", "activity"),
        ("best", 1, "joined", "activity"),
        ("best", 0, "left", "activity"),
    }
    project.run(DAY[5])
    assert changes(project, 5) == {("visitor", 2, "left", "time"), ("left_cold", 2, "joined", "time")}
    project.run(DAY[8])
    assert changes(project, 8) == {("recent", 0, "left", "time"), ("recent", 1, "left", "time")}


def test_moves_by_others_have_the_cause_population(project: TestProject) -> None:
    data = deepcopy(shop())
    data["orders"].append(order(1, 1, 40.0))
    data["accounts"][1]["industry"] = "retail"
    project.load(data, COLUMNS)
    project.run(DAY[1])
    assert changes(project, 1) == {
        ("best", 0, "left", "population"),
        ("best", 1, "joined", "activity"),
        ("spender", 1, "joined", "activity"),
        ("gold", 1, "joined", "activity"),
        ("silver", 1, "left", "activity"),
        ("in_retail", 1, "joined", "population"),
        ("in_retail", 3, "joined", "population"),
    }


def test_an_edit_never_looks_like_what_customers_do(project: TestProject) -> None:
    """The edited segment reads another column of the orders. The changes in the others keep their causes."""
    edited = DEFINITIONS.replace(
        "{metric: spent, gte: 100}}\n  - {name: recent", "{metric: spent, gte: 80}}\n  - {name: recent"
    )
    edited += "  - {name: by_web, rule: {event: order, where: {channel: web}}}\n"
    data = deepcopy(shop())
    data["orders"].append(order(3, 8, 5.0))
    project.load(data, COLUMNS)
    project.define(CATALOG, shop=edited)
    report = project.run(DAY[8])
    found = changes(project, 8)
    assert ("spender", 0, "joined", "definition") in found
    # The run's own report equals the history, for all entities.
    result = {
        (segment, change, cause): count
        for segment, causes in report.causes.items()
        for change, by in (("joined", causes.joined), ("left", causes.left))
        for cause, count in by.items()
    }
    assert result == Counter((segment, change, cause) for segment, _, change, cause in found)
    assert (report.edited, report.new, report.is_first) == (("spender",), ("by_web",), False)
    assert {cause for segment, *_, cause in found if segment == "by_web"} == {"first_run"}
    assert ("recent", 0, "left", "time") in found
    assert ("recent", 1, "left", "time") in found
    assert ("recent", 3, "joined", "activity") in found


def test_a_failed_run_does_not_swallow_the_cause(project: TestProject) -> None:
    """Features were written and the run died. The next run still knows that there was activity."""
    data = deepcopy(shop())
    data["orders"].append(order(3, 1, 150.0))
    project.load(data, COLUMNS)
    proposals = project.root / "dbt_packages/segctl/macros/stays/proposals.sql"
    good = proposals.read_text()
    proposals.write_text("{% macro proposals(entity) %}select 1 / 0 from nowhere{% endmacro %}")
    with pytest.raises(Exception, match="segment_proposals"):
        project.run(DAY[1])
    proposals.write_text(good)
    project.run(DAY[2])
    assert ("spender", 3, "joined", "activity") in changes(project, 2)
    assert ("best", 0, "left", "population") in changes(project, 2)


BELONGING = """
version: 1
timezone: UTC
holdout: 100%
entities:
  customer: {model: customers, key: customer_id, attributes: {country: string}}
  market: {model: markets, key: market, customers: country, attributes: {zone: string}}
experiments:
  price: {share: 100%, variants: {low: 50%, high: 50%}}
events:
  order:
    model: orders
    customer: customer_id
    at: ordered_at
    fields: {channel: string, amount: number}
    where: {channel: {ne: test}}
"""
BY_KEY = """
version: 1
segments:
  - {name: sampled, rule: {sample: 100%, salt: x}}
  - {name: held_out, rule: {holdout: true}}
  - {name: tested, rule: {any: [{experiment: price, variant: low}, {experiment: price, variant: high}]}}
  - {name: of_a_market, rule: {belongs_to: market}}
  - {name: of_the_north, rule: {belongs_to: market, that: {attribute: zone, eq: north}}}
  - {name: idle, rule: {event: order, never: true, within_last: 3 days}}
"""
MARKETS: list[Row] = [{"market": "GB", "zone": "north"}, {"market": "FR", "zone": "south"}]


def person(number: int, country: str | None) -> dict[str, object]:
    return {"customer_id": number, "country": country, "account_id": 0}


def test_who_is_new_or_moves_does_so_by_what_they_do_themselves(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = TestProject(tmp_path, engine, f"causes_{digest(request.node.name, 8)}")
    columns = {key: COLUMNS[key] for key in ("customers", "orders")} | {
        "markets": {"market": "varchar", "zone": "varchar"}
    }
    people = [person(1, "GB"), person(2, "FR"), person(3, "GB")]
    tables: Tables = {"customers": people, "orders": [order(3, 0, 1.0)], "markets": MARKETS}
    project.load(tables, columns)
    project.define(BELONGING, shop=BY_KEY)
    project.run(DAY[0])
    # One is new, one no longer belongs to anything, one moves. The third's later order is gone.
    people = [person(1, None), person(2, "GB"), person(3, "GB"), person(4, "GB")]
    excluded = {**order(3, 2, 5.0), "channel": "test"}
    project.load({**tables, "customers": people, "orders": [order(3, 0, 1.0), excluded]}, columns)
    project.run(DAY[7])
    everywhere = ("sampled", "held_out", "tested", "of_a_market", "of_the_north", "idle")
    assert changes(project, 7) == {
        *((segment, 4, "joined", "activity") for segment in everywhere),
        ("of_a_market", 1, "left", "activity"),
        ("of_the_north", 1, "left", "activity"),
        ("of_the_north", 2, "joined", "activity"),
        ("idle", 3, "joined", "time"),
    }
    # No customer acts. A market changes. A customer who is gone and comes back is new.
    south: list[Row] = [{"market": "GB", "zone": "south"}, {"market": "FR", "zone": "south"}]
    project.load({**tables, "customers": people[:-1], "markets": south}, columns)
    project.run(DAY[8])
    assert changes(project, 8) == {
        *((segment, 4, "left", "deleted") for segment in everywhere),
        ("of_the_north", 2, "left", "population"),
        ("of_the_north", 3, "left", "population"),
    }
    project.load({**tables, "customers": people, "markets": south}, columns)
    project.run(DAY[9])
    assert changes(project, 9) == {
        (segment, 4, "joined", "activity") for segment in everywhere if segment != "of_the_north"
    }
