"""Exports of the demo shop, and the rows of its tables to check them against."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segctl.operations.exports import Exported, ExportRequest, export
from segctl.project.project import Project
from segctl.warehouse import Warehouse
from segctl.warehouse.opening import close_files
from tests.support.shops.demo_project import copied

COLUMNS = (
    *("key", "email", "lifetime_value", "order_count", "last_order_at", "birthday", "company_size", "interests"),
    "eligible",
)
# Orders of a customer that count as of an instant.
ORDERED = """
select
    members.customer_id::varchar as customer_id,
    coalesce(sum(amount) filter (where {counts}), 0) as lifetime_value,
    count(order_id) filter (where {counts}) as order_count,
    max(ordered_at) filter (where {counts}) as last_order_at
from {members} as members
left join stg_orders as orders on members.customer_id = orders.customer_id
group by members.customer_id
"""
COUNTS = "status not in ('cancelled', 'refunded') and ordered_at <= timestamp '{}'"
LAST, BEFORE = "2025-12-29", "2025-12-22"


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copied(demo_after_two_runs, tmp_path_factory.mktemp("exports") / "shop")
    (folder / "target").mkdir()
    return folder


def exported(shop: Path, request: ExportRequest) -> list[Exported]:
    return list(export(Project(shop), loaded(shop), request))


@cache
def loaded(shop: Path) -> Warehouse:
    """The warehouse, with the project parsed once for all exports."""
    return Warehouse(shop).loaded()


def rows(shop: Path, sql: str) -> list[dict[str, Any]]:
    # dbt would keep it open.
    close_files()
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        found = connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def ordered(shop: Path, members: str, as_of: str) -> list[dict[str, Any]]:
    found = rows(shop, ORDERED.format(members=members, counts=COUNTS.format(as_of)))
    return sorted(found, key=lambda row: row["customer_id"])


def objects(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
