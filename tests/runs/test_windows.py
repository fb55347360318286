"""Windows carried forward from run to run equal those of all events, at their boundaries to the microsecond."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import Tables, measured
from tests.support.oracle.time import moved
from tests.support.oracle.world import world_of

ZONE = ZoneInfo("Europe/London")
WINDOWS = ("36 hours", "1 day", "2 weeks", "30 days", "1 month", "3 months", "1 year")
BEFORE = {"the_quarter_before": {"within_last": "6 months", "older_than": "3 months"}}
# A day of 25 hours and one of 23, the end of a leap month, a gap longer than most windows, twice in a minute.
LATER = (
    *(timedelta(days=1), timedelta(hours=13), timedelta(minutes=1), timedelta(days=1, hours=1), timedelta(days=29)),
    *(timedelta(days=1), timedelta(days=31), timedelta(hours=1), timedelta(days=100), timedelta(days=1)),
    *(timedelta(days=1), timedelta(days=400), timedelta(days=1)),
)
CUSTOMERS = range(40)
COLUMNS = {
    "customers": {"id": "bigint"},
    "orders": {
        "id": "bigint",
        "customer": "bigint",
        "at_time": "timestamp",
        "amount": "decimal(12, 2)",
        "kind": "varchar",
    },
    "calls": {"customer": "bigint", "called_on": "date", "minutes": "bigint"},
}


def catalog() -> dict[str, Any]:
    """Metrics of each aggregation over each window."""
    windows = {f"last_{window.replace(' ', '_')}": {"within_last": window} for window in WINDOWS} | BEFORE
    metrics: dict[str, Any] = {}
    for name, window in windows.items():
        metrics |= {
            f"orders_{name}": {"count": "order", **window},
            f"teas_{name}": {"count": "order", "where": {"kind": "tea"}, **window},
            f"spend_{name}": {"sum": "order.amount", **window},
        }
        if "hours" not in str(window):
            metrics |= {
                f"calls_{name}": {"count": "call", **window},
                f"minutes_{name}": {"sum": "call.minutes", **window},
            }
    metrics |= {
        "most_in_30_days": {"max": "order.amount", "within_last": "30 days"},
        "kinds_in_a_month": {"count_distinct": "order.kind", "within_last": "1 month"},
        "usual_in_a_year": {"avg": "order.amount", "within_last": "1 year"},
        "first_in_3_months": {"first": "order", "within_last": "3 months"},
        "shortest_in_2_weeks": {"min": "call.minutes", "within_last": "2 weeks"},
        "orders_ever": {"count": "order"},
    }
    fields = {"amount": "number", "kind": "string"}
    day = {"column": "called_on", "type": "date"}
    return {
        "version": 1,
        "timezone": ZONE.key,
        "entities": {"customer": {"model": "customers", "key": "id"}},
        "events": {
            "order": {"model": "orders", "customer": "customer", "at": "at_time", "fields": fields},
            "call": {"model": "calls", "customer": "customer", "at": day, "fields": {"minutes": "number"}},
        },
        "metrics": metrics,
    }


def instants(count: int) -> Iterator[datetime]:
    """Of runs, from before the clocks go forward in a leap year."""
    as_of = datetime(2024, 2, 28, 23, 30, tzinfo=UTC)
    for number in range(count):
        yield as_of
        as_of += LATER[number % len(LATER)]


def order(number: int, as_ofs: list[datetime], random: Random) -> dict[str, Any]:
    """An order at, or next to, a window's boundary in one of the runs."""
    edge = random.choice(as_ofs)
    if random.random() < 0.9:
        edge = moved(edge, random.choice((*WINDOWS, "6 months")), -1, ZONE)
    edge += timedelta(microseconds=random.choice((-1, 0, 0, 1)))
    return {
        "id": number,
        "customer": random.choice((*CUSTOMERS, None)),
        "at_time": edge.astimezone(UTC).replace(tzinfo=None),
        "amount": random.choice((None, *(Decimal(random.randint(-500, 90_000)) / 100 for _ in range(4)))),
        "kind": random.choice(("tea", "coffee", None)),
    }


def call(as_ofs: list[datetime], random: Random) -> dict[str, Any]:
    """A call on a day that is the boundary of a window, or next to it."""
    edge = moved(random.choice(as_ofs), random.choice(WINDOWS[1:]), -1, ZONE).astimezone(ZONE).date()
    return {
        "customer": random.choice(CUSTOMERS),
        "called_on": edge + timedelta(days=random.choice((-1, 0, 1))),
        "minutes": random.choice((None, 1, 2, 30)),
    }


def disturbed(tables: Tables, as_ofs: list[datetime], random: Random) -> Tables:
    """The tables with rows that are late, gone, moved to another customer, duplicated or of another time."""
    orders = [dict(row) for row in tables["orders"]]
    orders.append(order(10_000 + len(orders), as_ofs, random))
    del orders[random.randrange(len(orders))]
    random.choice(orders)["customer"] = random.choice(CUSTOMERS)
    orders.append(dict(random.choice(orders)))
    random.choice(orders)["at_time"] = order(0, as_ofs, random)["at_time"]
    random.choice(orders)["amount"] = Decimal("0.01")
    calls = [row for row in tables["calls"] if random.random() > 0.02]
    return {**tables, "orders": orders, "calls": [*calls, call(as_ofs, random)]}


def test_windows_hold_what_all_events_come_to(engine: Engine, tmp_path: Path) -> None:
    random = Random(7)
    as_ofs = list(instants(len(LATER) * int(os.environ.get("SEGCTL_EXAMPLES", "1")) + 1))
    told = catalog()
    project = TestProject(tmp_path, engine, "windows")
    project.define(dumped(told), all=dumped({"version": 1, "segments": [one(name) for name in told["metrics"]]}))
    tables: Tables = {
        "customers": [{"id": key} for key in CUSTOMERS],
        "orders": [order(number, as_ofs, random) for number in range(600)],
        "calls": [call(as_ofs, random) for _ in range(200)],
    }
    moves = 0
    for number, as_of in enumerate(as_ofs):
        # In three of four runs only time moves anything, except new events.
        if number % 4 == 3:
            tables = disturbed(tables, as_ofs, random)
        if number == 0 or number % 4 == 3:
            project.load(tables, COLUMNS)
        before = found(project) if number else {}
        project.run(as_of)
        now = found(project)
        assert now == expected(told, tables, as_of), f"run {number}, as of {as_of.isoformat()}"
        moves += number > 0 and before != now
    assert moves > len(as_ofs) // 2


def one(metric: str) -> dict[str, Any]:
    return {"name": f"with_{metric}", "rule": {"metric": metric, "is": "set"}}


def dumped(document: dict[str, Any]) -> str:
    return json.dumps(document)


def found(project: TestProject) -> dict[int, dict[str, object]]:
    """The features of each customer that are metrics."""
    metrics = catalog()["metrics"]
    return {
        row["customer_id"]: {name: plain(row[name]) for name in metrics} for row in project.read("customer_features")
    }


def expected(told: dict[str, Any], tables: Tables, as_of: datetime) -> dict[int, dict[str, object]]:
    world = world_of(told, [], tables, as_of)
    return {key: {name: plain(measured(name, {}, {}, key, world)) for name in told["metrics"]} for key in CUSTOMERS}


def plain(value: object) -> object:
    """A value in one form for both: numbers at six places without trailing zeros, instants in UTC without a zone."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, date):
        return value
    return round(Decimal(str(value)), 6).normalize()


@pytest.mark.parametrize("model", ["moved", "looked_at", "data", "ever", "within_last_1_day", "flags", "counted"])
def test_a_model_may_be_called_as_a_step_of_ours(model: str, tmp_path: Path) -> None:
    project = TestProject(tmp_path, Engine("duckdb"))
    rows = [{"customer": 1, "seen": datetime(2024, 1, 1, 12), "page": "home"}]
    columns = {"customers": {"id": "bigint"}, model: {"customer": "bigint", "seen": "timestamp", "page": "varchar"}}
    project.load({"customers": [{"id": 1}], model: rows}, columns)
    event = {"model": model, "customer": "customer", "at": "seen", "fields": {"page": "string"}}
    metrics = {"lately": {"count": "visit", "within_last": "1 day"}, "usual": {"first": "visit.page"}}
    named = {"version": 1, "timezone": "UTC", "entities": {"customer": {"model": "customers", "key": "id"}}}
    project.define(
        dumped(named | {"events": {"visit": event}, "metrics": metrics}),
        main=dumped({"version": 1, "segments": [one("lately"), one("usual")]}),
    )
    counts = []
    for hour in (13, 11):
        project.run(datetime(2024, 1, 1 if hour == 13 else 3, hour, tzinfo=UTC))
        counts.append(project.read("customer_features")[0]["lately"])
    assert counts == [1, 0]
