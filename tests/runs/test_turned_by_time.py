"""Conditions that change only with time: a customer who meets one is in its segment in the next run."""

import json
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.time import moved

ZONE = ZoneInfo("Europe/London")
WINDOWS = ("36 hours", "1 day", "2 weeks", "1 month", "1 year")
# Days of 23 and 25 hours, the end of a leap month, a gap longer than most windows, twice in a minute.
LATER = (
    *(timedelta(days=1), timedelta(hours=13), timedelta(minutes=1), timedelta(days=31), timedelta(days=1)),
    *(timedelta(days=70), timedelta(days=1), timedelta(days=150), timedelta(days=1, hours=1), timedelta(days=370)),
)
COLUMNS = {
    "customers": {"id": "bigint", "signed_up": "timestamp", "renews_on": "date"},
    "orders": {"customer": "bigint", "at_time": "timestamp"},
}
CUSTOMERS = range(300)


def definitions() -> tuple[dict[str, Any], dict[str, Any]]:
    """A catalog, and a segment for each time, comparator and window."""
    day = {"column": "renews_on", "type": "date"}
    catalog = {
        "version": 1,
        "timezone": ZONE.key,
        "entities": {
            "customer": {
                "model": "customers",
                "key": "id",
                "attributes": {"signed_up": "timestamp", "renews_on": day},
            }
        },
        "events": {"order": {"model": "orders", "customer": "customer", "at": "at_time"}},
        "metrics": {"first_order": {"first": "order"}},
    }
    rules: dict[str, Any] = {}
    for window, comparator in product(WINDOWS, ("within_last", "older_than", "within_next")):
        condition = {comparator: window}
        name = f"{comparator}_{window.replace(' ', '_')}"
        rules[f"signed_up_{name}"] = {"attribute": "signed_up", **condition}
        if "hours" not in window:
            rules[f"renews_{name}"] = {"attribute": "renews_on", **condition}
        if comparator != "within_next":
            rules[f"began_{name}"] = {"metric": "first_order", **condition}
    listed = [{"name": name, "rule": rule} for name, rule in rules.items()]
    return catalog, {"version": 1, "segments": listed}


def holds(time: Any, comparator: str, window: str, as_of: datetime) -> bool:  # noqa: ANN401
    """Whether a naive UTC instant, or a day, meets a condition."""
    if time is None:
        return False
    boundary = moved(as_of, window, 1 if comparator == "within_next" else -1, ZONE).astimezone(UTC)
    now: Any = as_of.astimezone(UTC).replace(tzinfo=None)
    edge: Any = boundary.replace(tzinfo=None)
    if not isinstance(time, datetime):
        now, edge = as_of.astimezone(ZONE).date(), boundary.astimezone(ZONE).date()
    return bool(
        {"within_last": edge < time <= now, "older_than": time <= edge, "within_next": now < time <= edge}[comparator]
    )


def test_time_alone_makes_customers_join_and_leave(engine: Engine, tmp_path: Path) -> None:
    random = Random(3)
    as_ofs = [datetime(2024, 1, 30, 23, 30, tzinfo=UTC)]
    for later in LATER:
        as_ofs.append(as_ofs[-1] + later)

    def edge() -> datetime:
        at = moved(random.choice(as_ofs), random.choice(WINDOWS), random.choice((-1, 1)), ZONE)
        return at.astimezone(UTC).replace(tzinfo=None) + timedelta(microseconds=random.choice((-1, 0, 0, 1)))

    people = [
        {
            "id": key,
            "signed_up": random.choice((None, edge(), edge())),
            "renews_on": random.choice((None, edge().date())),
        }
        for key in CUSTOMERS
    ]
    begun = {key: min(edge(), as_ofs[0].replace(tzinfo=None)) for key in CUSTOMERS if key % 3}
    catalog, segments = definitions()
    project = TestProject(tmp_path, engine, "turned")
    project.define(json.dumps(catalog), main=json.dumps(segments))
    orders = [{"customer": key, "at_time": at} for key, at in begun.items()]
    project.load({"customers": people, "orders": orders}, COLUMNS)
    turned = 0
    for as_of in as_ofs:
        project.run(as_of)
        members_found = project.members()
        for one in segments["segments"]:
            (field, time), (comparator, window) = one["rule"].items()
            times = {row["id"]: row[time] for row in people} if field == "attribute" else begun
            expected = {key for key in CUSTOMERS if holds(times.get(key), comparator, window, as_of)}
            assert members_found.get(one["name"], set()) == expected, f"{one['name']} as of {as_of.isoformat()}"
            turned += len(expected)
    causes = {row["join_cause"] for row in project.read("segment_stays")}
    assert turned > 1000
    assert causes == {"first_run", "time"}
