"""What others get of segments: shares and tables for reverse ETL, over several runs, against the raw rows."""

from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from segctl.language.names import digest
from segctl.operations.people.erase import erase
from segctl.warehouse import SELECTION, Row, RunRequest
from tests.support.built_project import TestProject
from tests.support.engines import Engine

CATALOG = """
version: 1
timezone: UTC
revenue: spent
entities:
  customer:
    model: customers
    key: id
    attributes: {email: string, country: string, consent: boolean, likes: strings}
    eligible: {attribute: consent, eq: true}
  account: {model: accounts, key: account_key, customers: account, attributes: {industry: string}}
events:
  order: {model: orders, customer: customer, at: ordered_at, fields: {amount: number}}
metrics:
  spent: {sum: order.amount}
  largest: {max: order.amount}
"""
REVERSE_ETL = "reverse_etl: {columns: [email, spent], grants: {select: [public]}}\n"
SHARED = """
version: 1
segments:
  - name: big
    label: Big ones
    owner: crm@shop.example
    tags: [value, mail]
    rule: {metric: spent, gte: 100}
    share: {name: big_spenders, columns: [email, largest, likes], eligible_only: true, grants: {select: [public]}}
  - name: german
    rule: {attribute: country, eq: DE}
    share: [spent]
  - {name: paused, enabled: false, rule: {event: order}, share: {name: paused_people, columns: [email]}}
  - {name: bought, rule: {event: order}}
"""
ACCOUNTS = """
version: 1
entity: account
segments:
  - {name: retail, rule: {attribute: industry, eq: retail}, share: {name: shops, columns: [industry, revenue]}}
"""
COLUMNS = {
    "customers": {
        **dict.fromkeys(("id", "email", "country", "account"), "varchar"),
        "consent": "boolean",
        "likes": "varchar[]",
    },
    "accounts": {"account_key": "varchar", "industry": "varchar"},
    "orders": {"customer": "varchar", "ordered_at": "timestamp", "amount": "double precision"},
}
HOSTILE = 'O\'Neil "x"; -- {{ 1 }}\n%s'
DAYS = [datetime(2024, 3, day, tzinfo=UTC) for day in range(1, 8)]


def customer(key: str, country: str = "GB", consent: bool | None = True, likes: list[str] | None = None) -> Row:
    columns = {"id": key, "email": f"{key}@shop.example", "country": country, "consent": consent}
    return {**columns, "account": "a", "likes": likes}


def order(key: str, day: int, amount: float) -> Row:
    return {"customer": key, "ordered_at": datetime(2024, 2, day), "amount": amount}


SHOP: dict[str, list[Row]] = {
    "customers": [
        customer("1", likes=["tea", "Mate"]),
        customer("2", "DE", consent=False),
        customer("3", "DE", consent=None),
        customer(HOSTILE),
    ],
    "accounts": [{"account_key": "a", "industry": "retail"}, {"account_key": "b", "industry": "food"}],
    "orders": [order("1", 1, 80.0), order("1", 2, 30.0), order("2", 1, 500.0), order(HOSTILE, 3, 100.0)],
}


def define(project: TestProject, catalog: str, **files: str) -> None:
    """Renders definitions, without grants where Spark has no authorisation and refuses them."""
    if project.engine.cluster:
        catalog, files = ungranted(catalog), {name: ungranted(text) for name, text in files.items()}
    project.define(catalog, **files)


def ungranted(text: str) -> str:
    return text.replace(", grants: {select: [public]}", "")


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    project = TestProject(tmp_path, engine, f"shares_{digest(request.node.nodeid, 8)}")
    project.load(SHOP, COLUMNS)
    define(project, CATALOG + REVERSE_ETL, customers=SHARED, accounts=ACCOUNTS)
    return project


def spent(shop: dict[str, list[Row]]) -> dict[str, list[float]]:
    return {
        one["id"]: [row["amount"] for row in shop["orders"] if row["customer"] == one["id"]]
        for one in shop["customers"]
    }


def expected(shop: dict[str, list[Row]]) -> dict[str, set[tuple[Any, ...]]]:
    """The members and their shared columns, by share, from the raw rows."""
    paid, people = spent(shop), shop["customers"]
    any_segment = [one for one in people if paid[one["id"]] or one["country"] == "DE"]
    return {
        "big_spenders": {
            (one["id"], True, one["email"], max(paid[one["id"]]), str(one["likes"]))
            for one in people
            if sum(paid[one["id"]]) >= 100 and one["consent"]
        },
        "shared_german": {
            (one["id"], one["consent"] is True, sum(paid[one["id"]])) for one in people if one["country"] == "DE"
        },
        "paused_people": set(),
        "shops": {("a", None, "retail", sum(map(sum, paid.values())))},
        "audience_people": {
            (one["id"], one["id"], one["consent"] is True, one["email"], sum(paid[one["id"]])) for one in any_segment
        },
    }


TIMES = ("joined_at", "updated_at")


def found(project: TestProject, share: str) -> set[tuple[Any, ...]]:
    """The same from the warehouse, without times."""
    rows = [{name: value for name, value in row.items() if name not in TIMES} for row in project.read(share)]
    values = [
        tuple(
            str(value) if name == "likes" else float(value) if name in ("largest", "spent", "revenue") else value
            for name, value in row.items()
        )
        for row in rows
    ]
    assert len(values) == len(set(values))
    return set(values)


def everything(project: TestProject) -> dict[str, set[tuple[Any, ...]]]:
    return {share: found(project, share) for share in expected(SHOP)}


def memberships(project: TestProject) -> list[Row]:
    return sorted(project.read("audience_memberships"), key=lambda row: str(row["id"]))


def test_shares_over_runs(shop: TestProject) -> None:
    shop.run(DAYS[0])
    assert everything(shop) == expected(SHOP)
    assert {row["joined_at"] for row in shop.read("big_spenders")} == {DAYS[0].replace(tzinfo=None)}
    later = deepcopy(SHOP)
    later["customers"][0] |= {"email": "new@shop.example", "likes": ["tea"]}
    later["customers"][3]["consent"] = False
    later["customers"] += [customer("5", "DE")]
    later["orders"] += [order("5", 4, 250.0), order("2", 5, 1.0)]
    shop.load(later, COLUMNS)
    # A run that has written all of its tables but has not finished shows nothing of itself.
    ahead = shop.warehouse.loaded()
    ahead.build(RunRequest(DAYS[1].replace(tzinfo=None)), only=SELECTION, but=("segment_runs+",))
    assert everything(shop) == expected(SHOP)
    shop.run(DAYS[1])
    assert everything(shop) == expected(later)
    kept = memberships(shop)
    people = {row["id"]: row["updated_at"] for row in shop.read("audience_people")}
    changed = {"1", "2", "5", HOSTILE}
    assert {key for key, at in people.items() if at == DAYS[1].replace(tzinfo=None)} == changed
    assert [row["id"] for row in kept] == sorted(
        f"{row['segment']}:{row['customer_id']}" for row in shop.read("segment_membership")
    )
    assert {row["updated_at"].day for row in kept if row["person_id"] == "3"} == {1}
    audiences = {row["id"]: row for row in shop.read("audiences")}
    assert {name: row["size"] for name, row in audiences.items()} == {"big": 4, "german": 3, "bought": 4}
    big = audiences["big"]
    assert (big["label"], big["owner"], big["tags"]) == ("Big ones", "crm@shop.example", "value, mail")
    assert {row["as_of"] for row in audiences.values()} == {DAYS[1].replace(tzinfo=None)}
    assert shop.failures() == {}
    # A second time, and nothing is written.
    before = sorted(map(repr, shop.read("shared_members")))
    shop.run(DAYS[1])
    assert (everything(shop), sorted(map(repr, shop.read("shared_members")))) == (expected(later), before)
    # What no reader can see any more is not kept.
    shop.run(DAYS[2])
    assert {row["_valid_to"] for row in shop.read("shared_members")} == {None}
    erased = erase(shop.project, shop.warehouse, ["5", HOSTILE], "customer", dry_run=False)
    assert erased.tables["shared_members"] == 2 + 2 + 1 - 1
    assert {row["customer_id"] for row in shop.read("audience_people")} == {"1", "2", "3"}
    assert {row["customer_id"] for row in shop.read("big_spenders")} == {"1"}
    assert not [row for row in shop.read("shared_members") if row["customer_id"] in ("5", HOSTILE)]


def test_shares_that_are_changed_and_taken_away(shop: TestProject) -> None:
    define(shop, CATALOG, customers=SHARED.replace("largest, ", ""))
    shop.run(DAYS[0])
    # A metric that no rule needs, further columns, and one column less.
    define(shop, CATALOG, customers=SHARED.replace("[email, largest, likes]", "[email, likes, largest, spent]"))
    shop.run(DAYS[1])
    rows = {row["customer_id"]: row for row in shop.read("big_spenders")}
    assert {key: float(row["largest"]) for key, row in rows.items()} == {"1": 80.0, HOSTILE: 100.0}
    assert {key: float(row["spent"]) for key, row in rows.items()} == {"1": 110.0, HOSTILE: 100.0}
    hashes = {row["as_of"].day: row["features_hash"] for row in shop.read("segment_runs")}
    assert hashes[1] != hashes[2]
    assert "email" in shop.read("shared_members")[0]
    # One share is gone, and another has a column less. dbt leaves the view of the first, which shows no customer.
    fewer = SHARED.replace("share: [spent]", "share: {name: germans}").replace("[email, largest, likes]", "[largest]")
    define(shop, CATALOG, customers=fewer)
    shop.run(DAYS[2])
    assert shop.read("shared_german") == []
    assert {row["customer_id"] for row in shop.read("germans")} == {"2", "3"}
    assert set(shop.read("big_spenders")[0]) == {"customer_id", "joined_at", "eligible", "largest"}
    shop.run(DAYS[3])
    assert not [row for row in shop.read("shared_members") if row["email"] or row["likes"]]
    # No share is left.
    define(
        shop, CATALOG, customers=SHARED.split("    share", maxsplit=1)[0] + "  - {name: bought, rule: {event: order}}\n"
    )
    shop.run(DAYS[4])
    assert shop.read("germans") == shop.read("big_spenders") == shop.read("shared_members") == []
