"""A new name without `formerly`: the segment and its past wait for an answer. On every engine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.recomputation.verify import verify
from segctl.operations.runs.run import Held, RunReport, run
from segctl.output import print_run
from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.every_table import every_table

CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer: {model: customers, key: id, attributes: {country: string}}
  account: {model: accounts, key: account_key, customers: account, attributes: {industry: string}}
events:
  order: {model: orders, key: order_id, customer: customer, at: ordered_at, fields: {amount: number}}
metrics:
  spent: {sum: order.amount}
"""
CUSTOMERS = """
version: 1
segments:
  - {name: vip, rule: {metric: spent, gte: 100}}
  - {name: french, rule: {attribute: country, eq: FR}}
  - {name: gold, group: tier, priority: 1, rule: {metric: spent, gte: 150}}
  - {name: silver, group: tier, priority: 2, rule: {metric: spent, gte: 50}}
"""
ACCOUNTS = """
version: 1
entity: account
segments:
  - {name: retail, rule: {attribute: industry, eq: retail}}
"""
COLUMNS = {
    "customers": {"id": "bigint", "country": "varchar", "account": "bigint"},
    "accounts": {"account_key": "bigint", "industry": "varchar"},
    "orders": {"order_id": "bigint", "customer": "bigint", "ordered_at": "timestamp", "amount": "double precision"},
}
START = datetime(2024, 5, 1, tzinfo=UTC)
# Customers 1 to 6 spend 20 to 120 before the first run, and the same again between it and the next.
TABLES: dict[str, list[Row]] = {
    "customers": [{"id": n, "country": "FR" if n % 2 else "GB", "account": n % 2} for n in range(1, 7)],
    "accounts": [{"account_key": n, "industry": "retail" if n else "food"} for n in range(2)],
    "orders": [
        {
            "order_id": 10 * day + n,
            "customer": n,
            "ordered_at": datetime(2024, 4, 30, 12) + timedelta(days=day),
            "amount": 20.0 * n,
        }
        for n in range(1, 7)
        for day in range(2)
    ],
}
BEFORE = {"vip": {5, 6}, "french": {1, 3, 5}, "silver": {3, 4, 5, 6}}
AFTER = {"vip": {3, 4, 5, 6}, "french": {1, 3, 5}, "gold": {4, 5, 6}, "silver": {2, 3}}


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def run_at(shop: TestProject, number: int, *allow: str) -> RunReport:
    return run(shop.project, shop.warehouse, day(number).isoformat(), lambda _: None, allow)


def told(report: RunReport) -> dict[str, tuple[str, int, int, bool, tuple[str, ...]]]:
    """What was held back: by which guard, its joins and leaves, whether it is gone, and what else it may be."""
    return {
        held_segment.segment: (
            held_segment.guard,
            held_segment.joins,
            held_segment.leaves,
            held_segment.gone,
            held_segment.others,
        )
        for held_segment in report.held
    }


def versions(shop: TestProject, *segments: str) -> list[tuple[str, int, int, int | None]]:
    """The published versions of segments, with the days of their first and last runs."""
    rows = [row for row in shop.read("segment_definitions") if row["segment"] in segments]
    return sorted((row["segment"], row["version"], number(row["valid_from"]), number(row["valid_to"])) for row in rows)


def number(instant: datetime | None) -> int:
    """The day of an instant. -1 for none."""
    return (instant.replace(tzinfo=UTC) - START).days if instant else -1


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    """A shop after its first run."""
    project = TestProject(tmp_path, engine, f"renames_{digest(request.node.nodeid, 8)}")
    project.load(TABLES, COLUMNS)
    project.define(CATALOG, customers=CUSTOMERS, accounts=ACCOUNTS)
    project.run(day(0))
    assert project.members() == BEFORE
    return project


def test_a_new_name_alone_is_held_back_until_formerly_says_what_it_was(shop: TestProject) -> None:
    """A segment, one of a group, which is held back with it, and one of accounts."""
    renamed = CUSTOMERS.replace("name: vip", "name: best").replace("name: gold", "name: platinum")
    shop.define(CATALOG, customers=renamed, accounts=ACCOUNTS.replace("name: retail", "name: shops"))
    report = run_at(shop, 1)
    assert told(report) == {
        "best": ("renamed", 4, 0, False, ("vip",)),
        "vip": ("renamed", 0, 2, True, ("best",)),
        "platinum": ("renamed", 3, 0, False, ("gold",)),
        "gold": ("renamed", 0, 0, True, ("platinum",)),
        "silver": ("group", 1, 3, False, ()),
        "shops": ("renamed", 1, 0, False, ("retail",)),
        "retail": ("renamed", 0, 1, True, ("shops",)),
    }
    assert next(held_segment.leaving for held_segment in report.held if held_segment.segment == "vip") == ("5", "6")
    assert shop.members() == BEFORE
    assert {row["segment"] for row in shop.read("account_segment_membership")} == {"retail"}
    assert versions(shop, "vip", "best") == [("vip", 1, 0, -1)]
    # The same again, and a day later: it waits.
    before = every_table(shop)
    assert told(run_at(shop, 1)) == told(report)
    assert every_table(shop) == before
    assert told(run_at(shop, 2)) == told(report)
    assert shop.failures().keys() == {
        f"segment_sizes: {one.segment} is held back by {one.guard}" for one in report.held
    }
    verification = verify(shop.project, shop.warehouse, "", lambda *_: None)
    assert (verification.is_valid, verification.stays, verification.sizes) == (True, (), ())
    former = renamed.replace("name: best", "name: best, formerly: vip")
    former = former.replace("name: platinum", "name: platinum, formerly: gold")
    accounts = ACCOUNTS.replace("name: retail", "name: shops, formerly: retail")
    shop.define(CATALOG, customers=former, accounts=accounts)
    assert run_at(shop, 3).held == ()
    names = {"vip": "best", "gold": "platinum"}
    assert shop.members() == {names.get(segment, segment): members for segment, members in AFTER.items()}
    joined = {
        row["customer_id"]: number(row["joined_at"]) for row in shop.read("segment_history") if row["segment"] == "best"
    }
    assert joined == {5: 0, 6: 0, 3: 3, 4: 3}
    assert versions(shop, "vip", "best", "retail", "shops") == [("best", 1, 0, -1), ("shops", 1, 0, -1)]
    sizes = {
        (row["segment"], number(row["as_of"])): (row["size"], row["held_by"]) for row in shop.read("segment_sizes")
    }
    assert [sizes["best", one] for one in range(4)] == [(2, None), (2, "renamed"), (2, "renamed"), (4, None)]
    assert not shop.failures()
    # A recomputed past holds the same segments back, although no segment has that name any more.
    verification = verify(shop.project, shop.warehouse, day(0).isoformat(), lambda *_: None)
    assert (verification.features, verification.stays, verification.sizes) == ((), (), ())


def test_allow_says_that_it_is_another_one(shop: TestProject) -> None:
    """A copy next to the first is no rename. A segment that was removed long ago may be one."""
    copied = (
        CUSTOMERS.replace("name: vip", "name: best") + "  - {name: of_france, rule: {attribute: country, eq: FR}}\n"
    )
    shop.define(CATALOG, customers=copied, accounts=ACCOUNTS)
    assert told(run_at(shop, 1)).keys() == {"best", "vip"}
    assert shop.members()["of_france"] == {1, 3, 5}
    assert run_at(shop, 2, "best").held == ()
    history = [row for row in shop.read("segment_history") if row["segment"] in ("vip", "best")]
    stays = {(row["segment"], row["customer_id"], number(row["joined_at"]), number(row["left_at"])) for row in history}
    assert stays == {("vip", 5, 0, 2), ("vip", 6, 0, 2), *(("best", customer, 2, -1) for customer in (3, 4, 5, 6))}
    assert {row["leave_cause"] for row in history if row["segment"] == "vip"} == {"removed"}
    assert {row["join_cause"] for row in history if row["segment"] == "best"} == {"first_run"}
    assert versions(shop, "vip", "best") == [("best", 1, 2, -1), ("vip", 1, 0, 2)]
    # Of two with the same meaning, one is removed: the other keeps its own past.
    gone = copied.replace("  - {name: french, rule: {attribute: country, eq: FR}}\n", "")
    shop.define(CATALOG, customers=gone, accounts=ACCOUNTS)
    assert run_at(shop, 3).held == ()
    assert versions(shop, "french") == [("french", 1, 0, 3)]
    # Both are gone, and a new one means the same.
    gallic = gone.replace("name: of_france", "name: gallic")
    shop.define(CATALOG, customers=gallic, accounts=ACCOUNTS)
    assert told(run_at(shop, 4)) == {
        "gallic": ("renamed", 3, 0, False, ("french", "of_france")),
        "of_france": ("renamed", 0, 3, True, ("gallic",)),
    }
    # It was the one that was gone for long. The other one ends.
    shop.define(CATALOG, customers=gallic.replace("name: gallic", "name: gallic, formerly: french"), accounts=ACCOUNTS)
    assert run_at(shop, 5).held == ()
    assert versions(shop, "french", "gallic", "of_france") == [
        ("gallic", 1, 0, 3),
        ("gallic", 2, 5, -1),
        ("of_france", 1, 1, 5),
    ]
    history = [row for row in shop.read("segment_history") if row["segment"] == "gallic" and row["customer_id"] == 1]
    assert sorted((number(row["joined_at"]), number(row["left_at"])) for row in history) == [(0, 3), (5, -1)]
    # A segment that has begun as another one keeps its past apart from that of the first.
    before = every_table(shop)
    both = gallic.replace("name: gallic", "name: gallic, formerly: french").replace(
        "name: best", "name: best, formerly: vip"
    )
    shop.define(CATALOG, customers=both, accounts=ACCOUNTS)
    with pytest.raises(Failure, match="segment best was called vip, and both have a history"):
        run_at(shop, 6)
    after = every_table(shop)
    assert {
        name: rows for name, rows in after.items() if name not in ("run_sources", "source_days", "customer_features")
    } == {
        name: rows for name, rows in before.items() if name not in ("run_sources", "source_days", "customer_features")
    }


def test_what_may_have_been_renamed_is_reported_with_all_names(capsys: pytest.CaptureFixture[str]) -> None:
    new = Held("best", "renamed", 719, 0, (), (), False, ("vip", "vips"))
    old = Held("vip", "renamed", 0, 924, (), (), True, ("best",))
    print_run(RunReport([], datetime(2024, 5, 1), "UTC", "", [], (new, old)), False)
    assert capsys.readouterr().err.splitlines() == [
        "held back: best (it has the meaning of vip or vips, which is no longer defined: was it renamed?); "
        "719 would join, 0 would leave; it keeps its members",
        "  hint: add formerly: vip to best if it was renamed, or segctl run --allow best if it is a new segment",
        "held back: vip (it is no longer defined, and best has the same meaning: was it renamed?); "
        "0 would join, 924 would leave; it keeps its members",
        "  hint: add formerly: vip to best if it was renamed, or segctl run --allow best if it is a new segment",
    ]
