"""What a run reads of a source with a promise, and its warning when the promise was broken."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.support.built_project import TestProject
from tests.support.engines import Engine

FIRST = datetime(2024, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CUSTOMERS = range(60)
COLUMNS = {
    "customers": {"id": "bigint"},
    "orders": {
        "id": "bigint",
        "customer": "bigint",
        "at_time": "timestamp",
        "kind": "varchar",
        "loaded_at": "timestamp",
    },
}
METRICS = {
    "orders": {"count": "order"},
    "teas": {"count": "order", "where": {"kind": "tea"}},
    "lately": {"count": "order", "within_last": "3 days"},
    "kinds_lately": {"count_distinct": "order.kind", "within_last": "3 days"},
    "first_order_at": {"first": "order"},
}
SEGMENTS = {
    "version": 1,
    "segments": [
        *({"name": f"with_{name}", "rule": {"metric": name, "gte": 1}} for name in METRICS if name != "first_order_at"),
        {"name": "old", "rule": {"metric": "first_order_at", "older_than": "20 days"}},
        {
            "name": "drinkers",
            "rule": {
                "sequence": [{"event": "order", "where": {"kind": "tea"}}, {"event": "order", "within": "2 days"}],
                "within_last": "30 days",
            },
        },
    ],
}
APPEND_ONLY = {"recorded_at": "loaded_at", "changes": "append_only"}
CHANGED_AT = {"changes": {"at": "loaded_at"}}
Order = dict[str, Any]


class Shop:
    """A project whose runs are a day apart, over orders with the time when the warehouse got, or changed, them."""

    def __init__(self, root: Path, engine: Engine, schema: str, promise: dict[str, Any]) -> None:
        fields = {"kind": "string"}
        order = {"model": "orders", "customer": "customer", "at": "at_time", "fields": fields}
        order["where"] = {"kind": {"ne": "cancelled"}}
        catalog = {
            "version": 1,
            "timezone": "UTC",
            "entities": {"customer": {"model": "customers", "key": "id"}},
            "events": {"order": {**order, **promise}},
            "metrics": METRICS,
        }
        self.project = TestProject(root, engine, schema)
        self.project.define(json.dumps(catalog), main=json.dumps(SEGMENTS))
        self.as_of = FIRST - DAY
        self.orders: list[Order] = []
        for key in CUSTOMERS:
            self.order(key, FIRST - timedelta(days=key % 30, hours=1), FIRST - timedelta(hours=2 if key == 0 else 9))

    def order(self, customer: int, at: datetime, loaded_at: datetime | None, kind: str = "tea") -> Order:
        """One more order."""
        stamp = loaded_at.replace(tzinfo=None) if loaded_at else None
        result = {"id": len(self.orders), "customer": customer, "at_time": at.replace(tzinfo=None), "kind": kind}
        self.orders.append({**result, "loaded_at": stamp})
        return self.orders[-1]

    def of(self, customer: int) -> Order:
        """The first order of a customer."""
        return next(order for order in self.orders if order["customer"] == customer)

    def run(self, but: int | None = None) -> list[str]:
        """A run a day later. Returns its warnings. Its features are those of all orders, except `but`."""
        self.as_of += DAY
        return self.again(but)

    def again(self, but: int | None = None) -> list[str]:
        """The same run again."""
        self.project.load({"customers": [{"id": key} for key in CUSTOMERS], "orders": self.orders}, COLUMNS)
        told = self.project.run(self.as_of).warnings
        wrong = {key for key, found in self.features().items() if found != self.expected(key)}
        assert wrong == (set() if but is None else {but})
        return told

    def features(self) -> dict[int, tuple[Any, ...]]:
        """The run's features of each customer."""
        return {
            row["customer_id"]: (*(row[name] for name in METRICS), row["order__rows"])
            for row in self.project.read("customer_features")
        }

    def expected(self, key: int) -> tuple[Any, ...]:
        """The features of all orders of a customer."""
        now = self.as_of.replace(tzinfo=None)
        of_key = [order for order in self.orders if order["customer"] == key and order["at_time"] <= now]
        mine = [one for one in of_key if one["kind"] not in ("cancelled", None)]
        lately = [one for one in mine if one["at_time"] > now - 3 * DAY]
        teas = [one for one in mine if one["kind"] == "tea"]
        first = min((one["at_time"] for one in mine), default=None)
        return len(mine), len(teas), len(lately), len({one["kind"] for one in lately}), first, len(mine)


def shop_of(engine: Engine, root: Path, request: pytest.FixtureRequest, promise: dict[str, Any]) -> Shop:
    shop = Shop(root, engine, request.node.originalname[:40], promise)
    assert shop.run() == []
    return shop


def test_rows_that_are_added_are_seen_whenever_they_happened(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shop = shop_of(engine, tmp_path, request, APPEND_ONLY)
    shop.order(1, FIRST - 20 * DAY, FIRST + timedelta(hours=1), "coffee")
    shop.order(2, FIRST + 3 * DAY, FIRST + timedelta(hours=1))
    # Without a time. And a late one, less than an hour before the latest that existed.
    shop.order(3, FIRST - 9 * DAY, None)
    shop.order(4, FIRST - 9 * DAY, FIRST - timedelta(hours=2, minutes=59))
    shop.order(5, FIRST - 9 * DAY, FIRST + 99 * DAY)
    for _ in range(5):
        assert shop.run() == []
        key = shop.as_of.day
        shop.order(key, shop.as_of - 2 * DAY, shop.as_of + timedelta(minutes=1))
    assert shop.again() == []
    shop.order(8, FIRST, shop.as_of + timedelta(hours=3))
    assert shop.run() == []


def test_what_is_added_between_checks_breaks_no_promise(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shop = shop_of(engine, tmp_path, request, {**APPEND_ONLY, "check_every": "2 days"})
    for key in range(5):
        shop.order(key, FIRST - 5 * DAY, shop.as_of + timedelta(hours=5))
        shop.order(key, shop.as_of, shop.as_of + timedelta(hours=9))
        assert shop.run() == []


def test_rows_that_change_are_seen_by_their_time(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shop = shop_of(engine, tmp_path, request, {**CHANGED_AT, "check_every": "3 days"})
    random = Random(3)
    for _ in range(7):
        stamp = shop.as_of.replace(tzinfo=None) + timedelta(hours=random.randint(1, 20))
        for one in random.sample(shop.orders, 9):
            change = random.choice(("kind", "at_time", "cancelled"))
            one["kind"] = {"kind": "coffee", "cancelled": "cancelled"}.get(change, one["kind"])
            one["at_time"] += timedelta(days=random.randint(-9, 9)) if change == "at_time" else timedelta(0)
            one["loaded_at"] = stamp
        shop.order(random.choice(CUSTOMERS), shop.as_of - random.randint(0, 9) * DAY, stamp.replace(tzinfo=UTC))
        assert shop.run() == []


def test_a_promise_that_is_not_kept_is_reported_and_healed_by_the_next_check(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shop = shop_of(engine, tmp_path, request, {**APPEND_ONLY, "check_every": "4 days"})
    shop.run()
    shop.order(9, FIRST - 40 * DAY, FIRST - 40 * DAY)
    shop.of(9)["kind"] = "coffee"
    # A run does not read seen rows again: that is the benefit of the promise.
    assert shop.run(but=9) == []
    assert shop.run(but=9) == []
    for key in (20, 21):
        shop.orders.remove(shop.of(key))
    (told,) = shop.run()
    assert told == (
        "order: events of 4 days, 2024-01-21 to 2024-02-21 (1 fewer than before) and events of 3 customers have "
        'changed, against the promise "changes: append_only, by loaded_at", since the last check; this run has read '
        "them all again"
    )
    for _ in range(4):
        assert shop.run() == []


def test_what_is_deleted_bears_no_time(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    shop = shop_of(engine, tmp_path, request, {**CHANGED_AT, "check_every": "2 days", "late_by": "3 hours"})
    shop.orders.remove(shop.of(20))
    shop.order(21, FIRST, FIRST - timedelta(hours=4, minutes=59))
    assert shop.run(but=20) == []
    (told,) = shop.run()
    assert told.startswith('order: events of 1 customer have changed, against the promise "changes: {at: loaded_at}"')
    assert shop.run() == []


def test_a_run_that_died_or_is_repeated_is_followed_by_one_that_reads_all_rows(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shop = shop_of(engine, tmp_path, request, APPEND_ONLY)
    shop.order(1, FIRST, FIRST + timedelta(hours=1))
    shop.run()
    died = shop.as_of.strftime("%Y-%m-%d %H:%M:%S")
    schema = shop.project.schema
    shop.project.execute(f"delete from {schema}.segment_runs where as_of = timestamp '{died}'")
    # As if the run had read the source's rows of a time, and died before it knew their result.
    shop.project.execute(f"delete from {schema}.order_features where customer_id = 1")
    assert shop.run() == []
    shop.order(2, FIRST, shop.as_of - timedelta(hours=2))
    assert shop.again() == []
    assert shop.run() == []
