"""Promises by day of a source: which customers have events that the last run has not seen."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.built_project import TestProject
from tests.support.engines import Engine

FIRST = datetime(2024, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CUSTOMERS = range(400)
COLUMNS = {
    "customers": {"id": "bigint"},
    "orders": {"customer": "bigint", "at_time": "timestamp", "kind": "varchar"},
}
CATALOG = {
    "version": 1,
    "timezone": "UTC",
    "entities": {"customer": {"model": "customers", "key": "id"}},
    "events": {
        "order": {"model": "orders", "customer": "customer", "at": "at_time", "fields": {"kind": "string"}},
    },
    "metrics": {
        "orders": {"count": "order"},
        "teas": {"count": "order", "where": {"kind": "tea"}},
        "lately": {"count": "order", "within_last": "2 days"},
        "kinds_lately": {"count_distinct": "order.kind", "within_last": "2 days"},
    },
}
SEGMENTS = {
    "version": 1,
    "segments": [{"name": f"with_{name}", "rule": {"metric": name, "gte": 1}} for name in CATALOG["metrics"]],  # type: ignore[attr-defined]
}
Order = dict[str, Any]


def order(customer: int, at: datetime, kind: str = "tea") -> Order:
    return {"customer": customer, "at_time": at.astimezone(UTC).replace(tzinfo=None), "kind": kind}


class Shop:
    """A project whose runs are a day apart. Each run gets all existing orders."""

    def __init__(self, root: Path, engine: Engine, schema: str) -> None:
        self.project = TestProject(root, engine, schema)
        self.project.define(json.dumps(CATALOG), main=json.dumps(SEGMENTS))
        self.as_of = FIRST - DAY
        self.orders = [order(key, FIRST - timedelta(days=key % 30, hours=1)) for key in CUSTOMERS]

    def run(self) -> None:
        """A run a day later. Its features are those of all orders."""
        self.as_of += DAY
        self.again()

    def again(self) -> None:
        """The same run again."""
        rows = [{"id": key} for key in CUSTOMERS]
        self.project.load({"customers": rows, "orders": self.orders}, COLUMNS)
        self.project.run(self.as_of)
        result = {
            row["customer_id"]: tuple(row[name] for name in ("orders", "teas", "lately", "kinds_lately"))
            for row in self.project.read("customer_features")
        }
        assert result == {key: self._expected(key) for key in CUSTOMERS}

    def _expected(self, key: int) -> tuple[int, ...]:
        now = self.as_of.replace(tzinfo=None)
        mine = [one for one in self.orders if one["customer"] == key and one["at_time"] <= now]
        lately = [one for one in mine if one["at_time"] > now - 2 * DAY]
        teas = [one for one in mine if one["kind"] == "tea"]
        return len(mine), len(teas), len(lately), len({one["kind"] for one in lately})

    def bucket(self, key: int) -> int:
        """The bucket of a customer by the engine: that of the one order on a separate day."""
        day = datetime(2020, 1, 1) + timedelta(days=key)
        (found,) = [row["bucket"] for row in self._days() if str(row["day"]) == str(day.date())]
        return int(found)

    def differed(self) -> set[int]:
        """The buckets in which the last run found other events than the one before had seen."""
        now = self.as_of.replace(tzinfo=None)
        return {row["bucket"] for row in self._days() if row["bucket"] >= 0 and row["differed_at"] == now}

    def compared_with(self) -> datetime | None:
        """The run with which the last run compared its events."""
        (found,) = [row["compared_with"] for row in self._days() if row["bucket"] == -1]
        return found.replace(tzinfo=UTC) if found else None

    def _days(self) -> Sequence[dict[str, Any]]:
        return self.project.read("source_days")


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Shop:
    shop = Shop(tmp_path, engine, request.node.originalname[:30])
    shop.run()
    assert shop.compared_with() is None
    return shop


def test_what_has_just_happened_is_no_change_of_the_past(shop: Shop) -> None:
    shop.orders += [order(3, FIRST + timedelta(microseconds=1)), order(4, FIRST + DAY), order(5, FIRST + 3 * DAY)]
    shop.run()
    assert (shop.compared_with(), shop.differed()) == (FIRST, set())
    shop.run()
    shop.run()
    assert (shop.compared_with(), shop.differed()) == (FIRST + 2 * DAY, set())


def test_late_moved_changed_and_deleted_events_are_found_where_they_are(shop: Shop) -> None:
    # A separate day for each customer shows its bucket.
    shop.orders += [order(key, datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=key)) for key in CUSTOMERS]
    shop.run()
    shop.run()
    buckets = {key: shop.bucket(key) for key in CUSTOMERS}
    late, moved, changed, deleted = 11, 12, 13, 14
    shop.orders.append(order(late, FIRST))
    for one in shop.orders:
        if one["customer"] == moved and one["at_time"].year > 2020:
            one["at_time"] -= timedelta(microseconds=1)
        if one["customer"] == changed and one["at_time"].year > 2020:
            one["kind"] = "coffee"
    shop.orders = [one for one in shop.orders if one["customer"] != deleted]
    shop.run()
    assert shop.differed() == {buckets[key] for key in (late, moved, changed, deleted)}
    # An event that moves to another customer of the same bucket.
    key = next(key for key in CUSTOMERS if key > 20 and buckets[key] == buckets[15])
    next(one for one in shop.orders if one["customer"] == 15)["customer"] = key
    shop.run()
    assert shop.differed() == {buckets[15]}
    # A late event and a future event, without any other change.
    shop.orders += [order(7, FIRST + DAY), order(7, shop.as_of + 9 * DAY)]
    shop.run()
    assert shop.differed() == {buckets[7]}


def test_many_late_events_make_a_run_evaluate_all_customers(shop: Shop) -> None:
    shop.orders += [order(key, FIRST - 5 * DAY, "coffee") for key in CUSTOMERS]
    shop.run()
    assert len(shop.differed()) > 60
    shop.run()
    assert shop.differed() == set()


def test_a_run_that_is_repeated_or_has_died_compares_with_none_but_a_finished_one(shop: Shop) -> None:
    shop.orders.append(order(1, FIRST + timedelta(hours=1)))
    shop.run()
    shop.orders.append(order(2, FIRST + timedelta(hours=2)))
    shop.again()
    shop.run()
    assert shop.compared_with() == FIRST + DAY
    died = shop.as_of
    now = died.strftime("%Y-%m-%d %H:%M:%S")
    shop.project.execute(f"delete from {shop.project.schema}.segment_runs where as_of = timestamp '{now}'")
    shop.orders.append(order(3, died - timedelta(hours=2)))
    shop.run()
    assert shop.compared_with() is None
    shop.orders.append(order(4, shop.as_of))
    shop.run()
    assert shop.compared_with() == died + DAY
