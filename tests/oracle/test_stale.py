"""Runs that compute only stale rows get the same result as runs that compute all rows."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from segctl.warehouse import RunRequest
from tests.oracle.test_oracle import SEED, Example, examples
from tests.support.built_project import FEATURES, TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import History, Tables, load, members, memory_of
from tests.support.strategies.definitions import TABLES, TABLES_WITH_STRING_KEYS, TIMEZONES

# The shortest and longest time between runs. Some of them exceed windows of hours, days, months and years.
LATER = (timedelta(minutes=1), timedelta(days=1, hours=1), timedelta(days=8), timedelta(days=40), timedelta(days=400))
DISTURBED = 3
CUSTOMERS = "stg_customers"
KEYS = ("order_id", "account_id")
ONLY = ("run_sources", *FEATURES)


# `make fuzz` runs all of them.
ZONES = TIMEZONES if "SEGCTL_EXAMPLES" in os.environ else ("Australia/Lord_Howe",)


@pytest.mark.parametrize("timezone", ZONES)
def test_stale_rows_are_all_that_change(engine: Engine, timezone: str, tmp_path: Path) -> None:
    string_keys = timezone == "Europe/London"
    columns = TABLES_WITH_STRING_KEYS if string_keys else TABLES
    (example,) = examples(timezone, 1, string_keys, 8 if engine.cluster else 30)
    project = TestProject(tmp_path, engine, f"stale_{TIMEZONES.index(timezone)}")
    project.define(example.catalog, **{f"file_{n}": text for n, text in enumerate(example.files)})
    history, as_of, rows = History(), example.as_of, example.rows
    project.load(rows, columns)
    for number, later in enumerate((timedelta(0), *(LATER[1:4] if engine.cluster else LATER))):
        as_of += later
        # In the other runs only time makes rows stale.
        if number == DISTURBED:
            rows = disturbed(example.rows, Random(SEED))
            project.load(rows, columns)
        run(project, history, example, rows, as_of)
        found = features(project)
        project.warehouse.build(RunRequest(as_of.astimezone(UTC).replace(tzinfo=None), everybody=True), only=ONLY)
        assert features(project) == found


def run(project: TestProject, history: History, example: Example, rows: Tables, as_of: datetime) -> None:
    """A run. The members after it are those of the oracle."""
    project.run(as_of)
    run_input = (load(example.catalog), [load(text) for text in example.files], rows, as_of)
    history.apply(as_of, members(*run_input), memory_of(*run_input))
    assert project.members() == history.members()


def disturbed(tables: Tables, random: Random) -> Tables:
    """The same tables with some rows missing, for now, and some with a value of another row."""
    return {
        model: [_changed(row, rows, model, random) for row in rows if random.random() > 0.1]
        for model, rows in tables.items()
    }


def _changed(row: dict[str, Any], rows: list[dict[str, Any]], model: str, random: Random) -> dict[str, Any]:
    keys = (*KEYS, "customer_id") if model == CUSTOMERS else KEYS
    column = random.choice([name for name in row if name not in keys])
    return row | {column: random.choice(rows)[column]} if random.random() < 0.1 else row


def features(project: TestProject) -> list[tuple[str, list[tuple[str, object]]]]:
    """All rows, without the columns for the time of a change."""
    rows = project.read("customer_features")
    result = [
        (str(row["customer_id"]), [(k, v) for k, v in sorted(row.items()) if not k.endswith("changed_at")])
        for row in rows
    ]
    return sorted(result, key=lambda row: row[0])


CATALOG = """
version: 1
timezone: UTC
entities: {customer: {model: stg_customers, key: customer_id}}
events: {order: {model: stg_orders, customer: customer_id, at: ordered_at}}
"""


def test_a_customer_becomes_overdue_without_any_event(engine: Engine, tmp_path: Path) -> None:
    project = TestProject(tmp_path, engine, "late")
    days = [datetime(2024, 3, day, 12, tzinfo=UTC) for day in (1, 5, 9, 13, 20)]
    orders = [{"customer_id": 1, "ordered_at": day.replace(tzinfo=None)} for day in days[:3]]
    columns = {
        CUSTOMERS: {"customer_id": "bigint"},
        "stg_orders": {"customer_id": "bigint", "ordered_at": "timestamp"},
    }
    project.load({CUSTOMERS: [{"customer_id": 1}], "stg_orders": orders}, columns)
    project.define(CATALOG, late="version: 1\nsegments: [{name: late, rule: {overdue: order, factor: 1.5}}]\n")
    result = []
    for as_of in days[3:]:
        project.run(as_of)
        result.append(project.members())
    assert result == [{}, {"late": {1}}]
