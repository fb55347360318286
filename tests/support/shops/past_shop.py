"""A small shop with a past, for tests of recomputation, verification and erasure, and the oracle's result for it."""

from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from segctl.operations.recomputation.replay import Replayed, Schedule, replay
from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import History, Tables, load, members, memory_of

CATALOG = """
version: 1
timezone: Europe/London
revenue: spent
entities:
  customer:
    model: customers
    key: id
    attributes: {country: string, consent: boolean}
    eligible: {attribute: consent, eq: true}
  account: {model: accounts, key: account_key, customers: account, attributes: {industry: string}}
events:
  order: {model: orders, customer: customer, at: ordered_at, fields: {amount: number}}
metrics:
  spent: {sum: order.amount}
"""
CUSTOMERS = """
version: 1
segments:
  - {name: spender, rule: {metric: spent, gte: 100}}
  - {name: recent, rule: {event: order, within_last: 1 day}}
  - {name: lasting, rule: {event: order, within_last: 1 day}, min_stay: 2 days}
  - {name: french, rule: {attribute: country, eq: FR}}
  - {name: best, rule: {rank: spent, top: 3}}
  - {name: gold, group: tier, priority: 1, rule: {metric: spent, gte: 150}}
  - {name: silver, group: tier, priority: 2, rule: {metric: spent, gte: 60}}
"""
ACCOUNTS = """
version: 1
entity: account
segments:
  - {name: busy, rule: {customers: {event: order, within_last: 1 day}, times: {gte: 2}}}
  - {name: retail, rule: {attribute: industry, eq: retail}}
"""
COLUMNS = {
    "customers": {"id": "varchar", "country": "varchar", "consent": "boolean", "account": "varchar"},
    "accounts": {"account_key": "varchar", "industry": "varchar"},
    "orders": {"customer": "varchar", "ordered_at": "timestamp", "amount": "double precision"},
}
# Midnights in London. On 31 March the clocks go forward.
DAYS = ("2024-03-30", "2024-03-31", "2024-04-01", "2024-04-02")
AT = [datetime(2024, 3, 30, tzinfo=UTC), datetime(2024, 3, 31, tzinfo=UTC)]
AT += [datetime(2024, 3, 31, 23, tzinfo=UTC), datetime(2024, 4, 1, 23, tzinfo=UTC)]
# What readers see, without the wall clock and what a command sets.
VIEWS = (
    *("segment_history", "segment_membership", "segment_changes", "segment_sizes", "segment_runs"),
    *("segment_definitions", "segment_customers", "segment_migrations", "customer_features", "run_sources"),
    *("account_features", "account_segment_history", "account_segment_membership", "account_segment_changes"),
)
OUTSIDE = ("started_at", "invocation_id", "allowed")


def key(number: int) -> str:
    return f"cust-{number:03}"


def shop(customers: int = 20) -> Tables:
    """Customers who order in bursts around the days of the runs, some exactly when a window ends."""
    random = Random(3)
    orders: list[Row] = []
    for number in range(customers):
        hour = random.randrange(-60, 60)
        while hour < 24 * len(DAYS):
            at = AT[0].replace(tzinfo=None) + timedelta(hours=hour)
            orders.append({"customer": key(number), "ordered_at": at, "amount": float(random.choice([10, 35, 60]))})
            hour += random.choice([2, 24, 40, 90])
    return {
        "customers": [
            {
                "id": key(number),
                "country": "FR" if number % 3 == 0 else "GB",
                "consent": number % 2 == 0,
                "account": f"acct-{number % 4}" if number % 5 else None,
            }
            for number in range(customers)
        ],
        "accounts": [{"account_key": f"acct-{n}", "industry": "retail" if n < 2 else "food"} for n in range(4)],
        "orders": orders,
    }


def order(customer: str, at: datetime, amount: float) -> Row:
    return {"customer": customer, "ordered_at": at.replace(tzinfo=None), "amount": amount}


def with_orders(tables: Tables, *more: Row) -> Tables:
    found = deepcopy(tables)
    found["orders"] += more
    return found


def insert_orders(project: TestProject, *rows: Row) -> None:
    """Adds rows to the raw table in place, so that its readers need no rebuild."""
    values = ", ".join(f"('{row['customer']}', timestamp '{row['ordered_at']}', {row['amount']})" for row in rows)
    project.execute(f"insert into {project.schema}_raw.orders values {values}")


def built(root: Path, engine: Engine, schema: str, tables: Tables | None = None) -> TestProject:
    root.mkdir(exist_ok=True)
    project = TestProject(root, engine, schema)
    project.load(shop() if tables is None else tables, COLUMNS)
    project.define(CATALOG, customers=CUSTOMERS, accounts=ACCOUNTS)
    return project


def replayed(project: TestProject, days: Sequence[str] = DAYS) -> Replayed:
    """The history of runs on consecutive days."""
    return replay(project.project, project.warehouse, Schedule(days[0], days[-1], "1d"), (), lambda *_: None)


def oracle(
    occasions: Iterable[tuple[datetime, Tables, str]], held: Iterable[tuple[datetime, str]] = ()
) -> list[tuple[str, object, datetime, datetime | None]]:
    """The stays of customers that result from runs as of these instants, each with its data and definitions."""
    history, catalog, kept = History(), load(CATALOG), set(held)
    for as_of, tables, definitions in occasions:
        asked = (catalog, [load(definitions)], tables, as_of)
        members_found = members(*asked)
        before = history.members()
        for name in members_found:
            if (as_of, name) in kept:
                members_found[name] = before.get(name, set())
        history.apply(as_of, members_found, memory_of(*asked))
    return [(stay.segment, stay.customer, stay.joined_at, stay.left_at) for stay in history.stays()]


def seen(project: TestProject, views: Sequence[str] = VIEWS) -> dict[str, list[str]]:
    """Everything readers see, as sorted texts."""
    result = {}
    for view in views:
        rows = project.read(view)
        kept = [sorted((name, value) for name, value in row.items() if name not in OUTSIDE) for row in rows]
        result[view] = sorted(map(str, kept))
    return result


def assert_totals_agree(project: TestProject) -> None:
    """The counts of segment_runs equal those of segment_sizes."""
    sizes = project.read("segment_sizes")
    for run in project.read("segment_runs"):
        for column in ("joined_count", "left_count"):
            assert run[column] == sum(row[column] for row in sizes if row["as_of"] == run["as_of"])
