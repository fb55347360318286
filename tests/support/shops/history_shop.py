"""A small shop for histories: its definitions and rows, its project, and readers of its tables."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine

CATALOG = """
version: 1
timezone: Europe/London
currency: GBP
revenue: spent
entities:
  customer:
    model: stg_customers
    key: id
    attributes: {country: string, consent: boolean}
    eligible: {attribute: consent, eq: true}
events:
  order:
    model: stg_orders
    customer: customer
    at: ordered_at
    fields: {amount: number}
metrics:
  spent: {sum: order.amount}
"""
BIG = "version: 1\nsegments:\n  - {name: big, label: Big, rule: {metric: spent, gte: 100}}\n"
RECENT = "version: 1\nsegments:\n  - {name: recent, rule: {event: order, within_last: 7 days}}\n"
COLUMNS = {
    "stg_customers": {"id": "bigint", "country": "varchar", "consent": "boolean"},
    "stg_orders": {"customer": "bigint", "ordered_at": "timestamp", "amount": "double precision"},
}
DAYS = [datetime(2024, 3, 1, tzinfo=UTC) + timedelta(days=number) for number in range(10)]
TABLES = (
    "segment_history",
    "segment_definitions",
    "segment_sizes",
    "segment_runs",
    "segment_membership",
    "segment_changes",
)
# Texts that a template or a database could misread.
HOSTILE = "O'Brien's {{ 1 / 0 }} {% if %} {# -- */ %s $1 ; 日本"
# The wall clock and dbt's own name of the invocation.
OUTSIDE = ("started_at", "invocation_id")


def customer(key: int, country: str = "GB", consent: bool | None = True) -> Row:
    return {"id": key, "country": country, "consent": consent}


def order(key: int, at: datetime, amount: float) -> Row:
    return {"customer": key, "ordered_at": at.replace(tzinfo=None), "amount": amount}


SHOP: dict[str, list[Row]] = {
    "stg_customers": [customer(1), customer(2, consent=None), customer(3, consent=False)],
    "stg_orders": [
        order(1, DAYS[0] - timedelta(days=1), 100.0),
        order(2, DAYS[0] - timedelta(days=1), 60.0),
        order(2, DAYS[2], 40.0),
    ],
}


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    project = TestProject(tmp_path, engine, f"history_{abs(hash(request.node.nodeid)) % 10**8}")
    project.load(SHOP, COLUMNS)
    project.define(CATALOG, value=BIG, activity=RECENT)
    return project


def snapshot(project: TestProject) -> dict[str, list[tuple[object, ...]]]:
    """Every table that BI reads, sorted, without what lies outside logical time."""
    result = {}
    for table in TABLES:
        rows = project.warehouse.query(f"select * from {{{{ ref('{table}') }}}}")
        kept = [tuple(value for name, value in row.items() if name not in OUTSIDE) for row in rows]
        result[table] = sorted(kept, key=repr)
    return result


def history(project: TestProject) -> list[tuple[object, ...]]:
    """Stays as (segment, customer, joined, left, causes), with days counted from the first."""
    rows = project.warehouse.query(
        "select * from {{ ref('segment_history') }} order by segment, customer_id, joined_at"
    )
    return [
        (
            row["segment"],
            row["customer_id"],
            _day(row["joined_at"]),
            _day(row["left_at"]),
            row["join_cause"],
            row["leave_cause"],
        )
        for row in rows
    ]


def _day(instant: datetime | None) -> int | None:
    return None if instant is None else (instant.replace(tzinfo=UTC) - DAYS[0]).days
