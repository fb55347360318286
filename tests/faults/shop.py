"""A small shop whose data grow from day to day, with segments of every kind that a run handles differently."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copytree

import yaml

from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import DATABASE, Engine

CATALOG = """
version: 1
timezone: Europe/London
currency: GBP
revenue: spent
guard: {max_loss: 40%}
entities:
  customer:
    model: customers
    key: id
    attributes: {country: string, consent: boolean}
    eligible: {attribute: consent, eq: true}
  account: {model: accounts, key: account_key, customers: account, attributes: {industry: string}}
events:
  order: {model: orders, key: order_id, customer: customer, at: ordered_at, fields: {amount: number}}
metrics:
  spent: {sum: order.amount}
"""
VALUE = """
version: 1
segments:
  - {name: big, rule: {metric: spent, gte: 150}}
  - {name: best, rule: {rank: spent, top: 20%}}
  - {name: gold, group: tier, priority: 1, rule: {metric: spent, within_last: 14 days, gte: 80}}
  - {name: silver, group: tier, priority: 2, rule: {metric: spent, within_last: 14 days, gte: 30}}
"""
HABITS = """
version: 1
segments:
  - {name: recent, rule: {event: order, within_last: 3 days}}
  - name: sticky
    rule: {event: order, within_last: 3 days, times: {gte: 2}}
    keep_while: {event: order, within_last: 5 days}
    min_stay: 2 days
  - {name: french, rule: {attribute: country, eq: FR}}
"""
ACCOUNTS = """
version: 1
entity: account
segments:
  - {name: busy, rule: {customers: {segment: recent}, times: {gte: 3}}}
"""
FILES = {"value": VALUE, "habits": HABITS, "accounts": ACCOUNTS}
# What the interrupted run finds: edited definitions, one removed, one new, and in `changed` the data.
EDITED = {
    "value": VALUE.replace("gte: 150", "gte: 120"),
    "habits": HABITS.replace("  - {name: french, rule: {attribute: country, eq: FR}}\n", "")
    + "  - {name: british, rule: {attribute: country, eq: GB}}\n",
    "accounts": ACCOUNTS,
}
COLUMNS: dict[str, dict[str, str]] = {
    "customers": {"id": "bigint", "country": "varchar", "consent": "boolean", "account": "bigint"},
    "accounts": {"account_key": "bigint", "industry": "varchar"},
    "orders": {"order_id": "bigint", "customer": "bigint", "ordered_at": "timestamp", "amount": "double precision"},
}
START = datetime(2024, 1, 1)
CUSTOMERS = 40
Tables = Mapping[str, Sequence[Row]]


def day(number: float) -> datetime:
    """The naive UTC instant some days after the start."""
    return START + timedelta(days=number)


def iso(number: float) -> str:
    """The same in the form for --as-of."""
    return f"{day(number).isoformat()}Z"


def tables(days: int = 30, seed: int = 1) -> dict[str, list[Row]]:
    """Customers who order in bursts, from two weeks before the start until some days after it."""
    dice = Random(seed)
    orders: list[Row] = []
    for customer in range(1, CUSTOMERS + 1):
        at = dice.uniform(-14, 4)
        while at < days:
            amount = float(dice.randrange(5, 60))
            orders.append({"customer": customer, "ordered_at": day(round(at, 2)), "amount": amount})
            at += dice.choice([0.2, 0.5, 1, 3, 8, 15])
    numbered = [{"order_id": number, **order} for number, order in enumerate(orders)]
    customers = [
        {"id": n, "country": dice.choice(["GB", "FR", None]), "consent": dice.random() < 0.7, "account": n % 6}
        for n in range(1, CUSTOMERS + 1)
    ]
    accounts = [{"account_key": n, "industry": "retail" if n % 2 else "food"} for n in range(6)]
    return {"customers": customers, "accounts": accounts, "orders": numbered}


def changed(rows: Tables, number: int) -> dict[str, list[Row]]:
    """The same shop on a later day: some customers are gone, some moved, some orders came late."""
    dice = Random(number)
    customers = [
        {**row, "country": dice.choice(["GB", "FR", row["country"]])}
        for row in rows["customers"]
        if row["id"] % 13 != number % 13
    ]
    highest = max(row["order_id"] for row in rows["orders"])
    late = [
        {
            "order_id": highest + extra,
            "customer": dice.randrange(1, CUSTOMERS),
            "ordered_at": day(number - dice.uniform(0, 6)),
            "amount": 45.0,
        }
        for extra in range(1, 9)
    ]
    return {"customers": customers, "accounts": list(rows["accounts"]), "orders": [*rows["orders"], *late]}


def make(root: Path, engine: Engine, threads: int = 2, schema: str = "shop") -> TestProject:
    """The shop in its own folder, without definitions, data or runs."""
    root.mkdir(parents=True, exist_ok=True)
    shop = TestProject(root, engine, schema)
    output = {**engine.output(root, schema), "threads": threads}
    if engine.embedded:
        # So that a copy of the folder has its own warehouse.
        output["path"] = DATABASE
    profile = {"shop": {"target": "test", "outputs": {"test": output}}}
    (root / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    return shop


def opened(root: Path, engine: Engine, threads: int = 2, schema: str = "shop") -> TestProject:
    """The shop before its first run."""
    shop = make(root, engine, threads, schema)
    shop.load(tables(), COLUMNS)
    shop.define(CATALOG, **FILES)
    return shop


def moved_on(shop: TestProject, number: int) -> None:
    """What the run as of a later day finds: other data, and edited definitions."""
    shop.load(changed(tables(), number), COLUMNS)
    shop.define(CATALOG, **EDITED)


def copied(shop: TestProject, root: Path) -> TestProject:
    """A copy of a shop on DuckDB, with its warehouse, in another folder."""
    copy = make(root, shop.engine)
    copytree(shop.root, root, dirs_exist_ok=True)
    return copy
