"""Columns with other types than the catalog declares: reported with their lines before any row is read."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from segctl.errors import Problem, ProblemsFound
from segctl.operations.definitions.column_types import type_problems
from segctl.project.project import load
from segctl.warehouse import Row
from tests.faults.program import segctl
from tests.support.built_project import TestProject
from tests.support.engines import Engine, release
from tests.support.shops.history_shop import BIG, COLUMNS, DAYS, RECENT, SHOP, snapshot
from tests.support.shops.history_shop import CATALOG as PLAIN

# Types of the engines, and the types of the catalog that accept them. A date is no timestamp, a text no number.
TAKEN = {
    "varchar": {"string"},
    "varchar(20)": {"string"},
    "integer": {"number"},
    "smallint": {"number"},
    "bigint": {"number"},
    "decimal(12, 2)": {"number"},
    "double precision": {"number"},
    "real": {"number"},
    "boolean": {"boolean"},
    "date": {"date"},
    "timestamp": {"timestamp"},
    "timestamptz": {"timestamptz"},
    "varchar[]": {"strings"},
    "uuid": set(),
    "time": set(),
}
KINDS = ("string", "number", "boolean", "date", "timestamp", "timestamptz", "strings")
# Types of two key columns that compare without a cast.
ALIKE = [{"varchar", "varchar(20)"}, {"integer", "smallint", "bigint", "decimal(12, 2)"}, {"double precision", "real"}]
WIDE = "source('raw', 'wide')"


def made(folder: Path, engine: Engine, name: str) -> TestProject:
    project = TestProject(folder, engine, f"types_{name}")
    project.load(SHOP, COLUMNS)
    return project


def wide(folder: Path, engine: Engine) -> tuple[TestProject, dict[str, str]]:
    """A project with a table of a column for each type, and the columns' names by type."""
    shop = TestProject(folder, engine, f"types_{folder.name[-20:-1]}")
    types = [kind for kind in TAKEN if engine.name != "spark" or kind not in ("uuid", "time", "timestamptz")]
    names = {kind: f"column_{number}" for number, kind in enumerate(types)}
    shop.load({WIDE: []}, {WIDE: {name: kind for kind, name in names.items()}})
    return shop, names


def test_which_types_are_taken(engine: Engine, tmp_path: Path) -> None:
    shop, types = wide(tmp_path, engine)
    result = [(WIDE, types[found], kind) for found in types for kind in KINDS]
    wrong = {row["index"] for row in shop.warehouse.misfits(result)}
    taken = {
        (found, kind)
        for number, (found, kind) in enumerate((f, k) for f in types for k in KINDS)
        if number not in wrong
    }
    expected = {(found, kind) for found in types for kind in TAKEN[found]}
    if engine.name == "spark":
        expected |= {("timestamp", "timestamptz")}
    assert taken == expected


def test_which_keys_can_be_compared(engine: Engine, tmp_path: Path) -> None:
    shop, types = wide(tmp_path, engine)
    pairs = [(own, other) for own in types for other in types]
    result = [(WIDE, types[kind], f"key of entity_{number}") for number, pair in enumerate(pairs) for kind in pair]
    wrong = {pairs[row["index"] // 2] for row in shop.warehouse.misfits(result)}
    if engine.name != "spark":
        # Each is a kind of its own. One of them has no second name here.
        assert ("uuid", "varchar") in wrong
    assert set(pairs) - wrong == {
        (own, other) for own, other in pairs if own == other or any({own, other} <= alike for alike in ALIKE)
    }


CATALOG = """
version: 1
timezone: America/New_York
entities:
  customer:
    model: stg_customers
    key: id
    attributes:
      born_on: {column: born_at, type: date}
      tags: strings
      age: number
      plan: {type: string, history: {model: stg_plans, customer: who, from: since}}
  account:
    model: stg_accounts
    key: account
    customers: account
    attributes: {industry: string}
events:
  order:
    model: stg_orders
    customer: customer
    at: ordered_on
    fields: {amount: number, channel: string}
  visit:
    model: stg_visits
    customer: customer
    at: {column: seen, type: date}
    fields: {gone: string}
  call:
    model: stg_calls
    customer: customer
    at: called_at
metrics:
  spent: {sum: order.amount}
"""
RULES = """
version: 1
segments:
  - {name: ordered, rule: {event: order, between_dates: [2024-05-31, 2024-05-31]}}
  - {name: visited, rule: {event: visit, within_last: 1 day}}
  - {name: called, rule: {event: call}}
  - {name: spenders, rule: {metric: spent, gt: 1}}
  - {name: young, rule: {attribute: born_on, after: 2000-01-01}}
  - {name: tagged, rule: {attribute: tags, has: vip}}
  - {name: grown, rule: {attribute: age, gte: 18}}
  - {name: planned, rule: {attribute: plan, eq: gold}}
  - {name: retail, rule: {belongs_to: account, that: {attribute: industry, eq: retail}}}
"""
WRONG = {
    "stg_customers": {
        "id": "varchar",
        "born_at": "timestamp",
        "tags": "varchar",
        "age": "varchar",
        "plan": "varchar",
        "account": "varchar",
    },
    "stg_plans": {"who": "bigint", "plan": "bigint", "since": "date"},
    "stg_accounts": {"account": "bigint", "industry": "varchar"},
    "stg_orders": {"customer": "integer", "ordered_on": "date", "amount": "varchar", "channel": "bigint"},
    "stg_visits": {"customer": "double precision", "seen": "timestamp"},
    "stg_calls": {"customer": "varchar", "called_at": "timestamp"},
}
SAID = """
9: column born_at of stg_customers is TIMESTAMP, and the catalog says date
10: column tags of stg_customers is TEXT, and the catalog says strings
11: column age of stg_customers is TEXT, and the catalog says number
12: column plan of stg_plans is BIGINT, and the catalog says string
12: column since of stg_plans is DATE, and the catalog says timestamp
12: column who of stg_plans is BIGINT, and the key that it holds, column id of stg_customers, is TEXT
13: column account of stg_customers is TEXT, and the key that it holds, column account of stg_accounts, is BIGINT
19: column customer of stg_orders is INTEGER, and the key that it holds, column id of stg_customers, is TEXT
22: column ordered_on of stg_orders is DATE, and the catalog says timestamp
23: column amount of stg_orders is TEXT, and the catalog says number
23: column channel of stg_orders is BIGINT, and the catalog says string
24: column customer of stg_visits is DOUBLE, and the key that it holds, column id of stg_customers, is TEXT
27: column seen of stg_visits is TIMESTAMP, and the catalog says date
28: stg_visits has no column gone
"""
# Each engine's name for the same type.
CALLED = {
    "CHARACTER VARYING": "TEXT",
    "VARCHAR": "TEXT",
    "STRING": "TEXT",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "DOUBLE PRECISION": "DOUBLE",
    "INT": "INTEGER",
}


def messages_of(problems: list[Problem]) -> list[str]:
    """Line and message of each, by line."""
    lines = []
    for problem in problems:
        message = problem.message
        for name, common in CALLED.items():
            message = re.sub(rf"\b{name}\b", common, message)
        lines.append((problem.mark.line, message))
    return [f"{line}: {message}" for line, message in sorted(lines)]


def test_all_columns_of_other_types_are_reported_with_their_lines(engine: Engine, tmp_path: Path) -> None:
    shop = TestProject(tmp_path, engine, "types_lines")
    shop.load({model: [] for model in WRONG}, WRONG)
    shop.define(CATALOG, rules=RULES)
    with pytest.raises(ProblemsFound) as failure:
        shop.run(DAYS[0])
    assert messages_of(failure.value.problems) == SAID.strip().splitlines()
    assert all(problem.hint and problem.code == "column-type" for problem in failure.value.problems)
    assert messages_of(type_problems(load(shop.project), shop.warehouse)) == SAID.strip().splitlines()


def keyed(key: str, orders: str) -> dict[str, dict[str, str]]:
    columns = {"stg_customers": {**COLUMNS["stg_customers"], "id": key}}
    return {**columns, "stg_orders": {**COLUMNS["stg_orders"], "customer": orders}}


TWO_KINDS = (
    ("varchar", "bigint", ["007", "7", "7.0", " 7"], [7]),
    ("bigint", "varchar", [7, 8], ["007", "8.4", "guest"]),
    ("bigint", "double precision", [9007199254740993, 9007199254740992], [9007199254740992.0]),
)


def test_keys_of_two_kinds_buy_nothing(tmp_path: Path) -> None:
    shop = made(tmp_path, Engine("duckdb"), "kinds")
    shop.define(PLAIN, value=BIG, activity=RECENT)
    for key, orders, keys, theirs in TWO_KINDS:
        customers: list[Row] = [{"id": key, "country": "GB", "consent": True} for key in keys]
        bought: list[Row] = [
            {"customer": one, "ordered_at": DAYS[0].replace(tzinfo=None), "amount": 100.0} for one in theirs
        ]
        shop.load({"stg_customers": customers, "stg_orders": bought}, keyed(key, orders))
        release()
        ended = segctl(shop, "run", "--as-of", DAYS[1].isoformat())
        assert ended.code == 1
        assert "segments/catalog.yml:13:3: column customer of stg_orders is" in ended.err
        assert "segctl: 1 problem found" in ended.err


def test_a_guest_belongs_to_nobody(engine: Engine, tmp_path: Path) -> None:
    shop = made(tmp_path, engine, "guest")
    customers = [{"id": "7", "country": "GB", "consent": True}, {"id": "007", "country": "GB", "consent": True}]
    at = (DAYS[0] - timedelta(days=1)).replace(tzinfo=None)
    bought: list[Row] = [{"customer": one, "ordered_at": at, "amount": 100.0} for one in ("7", "guest", "7.0", None)]
    shop.load({"stg_customers": customers, "stg_orders": bought}, keyed("varchar", "varchar"))
    shop.define(PLAIN, value=BIG, activity=RECENT)
    shop.run(DAYS[0])
    assert shop.members() == {"big": {"7"}, "recent": {"7"}}


CHANGED = (
    ({"amount": "varchar"}, "column amount of stg_orders is VARCHAR, and the catalog says number"),
    ({"ordered_at": "date"}, "column ordered_at of stg_orders is DATE, and the catalog says timestamp"),
    ({"customer": "varchar"}, "column customer of stg_orders is VARCHAR, and the key that it holds"),
)


def test_a_column_that_changes_its_type_between_runs_is_named(tmp_path: Path) -> None:
    shop = made(tmp_path, Engine("duckdb"), "changed")
    shop.define(PLAIN, value=BIG, activity=RECENT)
    shop.run(DAYS[0])
    before = snapshot(shop)
    for changed, said in CHANGED:
        shop.load(SHOP, {**COLUMNS, "stg_orders": {**COLUMNS["stg_orders"], **changed}})
        with pytest.raises(ProblemsFound) as failure:
            shop.run(DAYS[1])
        assert [problem.message.startswith(said) for problem in failure.value.problems] == [True]
        assert snapshot(shop) == before
    shop.load(SHOP, COLUMNS)
    shop.run(DAYS[1])


def test_validate_asks_the_warehouse(tmp_path: Path) -> None:
    shop = made(tmp_path, Engine("duckdb"), "validate")
    shop.define(PLAIN, value=BIG, activity=RECENT)
    ended = segctl(shop, "validate", "--warehouse")
    assert (ended.code, ended.err.count("hint: dbt build")) == (3, 1)
    assert "not on this target yet: ref('stg_customers'), ref('stg_orders')" in ended.err
    shop.run(DAYS[0])
    release()
    assert segctl(shop, "validate", "--warehouse").code == 0
    shop.load(SHOP, {**COLUMNS, "stg_orders": {**COLUMNS["stg_orders"], "amount": "varchar"}})
    shop.execute(f"create or replace view {shop.schema}.stg_orders as select * from {shop.schema}_raw.stg_orders")
    assert segctl(shop, "validate").code == 0
    ended = segctl(shop, "validate", "--warehouse")
    assert ended.code == 1
    assert "segments/catalog.yml:17:14: column amount of stg_orders is VARCHAR" in ended.err
    assert "cast(amount as decimal(18, 2))" in ended.err
