"""Fixtures for reports of the demo shop, and the tables to check them against."""

from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segctl.operations.report import Report, ReportRequest, read_report
from segctl.operations.report.contents import Segment
from segctl.project.project import Project
from segctl.warehouse import Warehouse
from tests.support.engines import release
from tests.support.shops.demo_project import copied

FIRST, LAST = datetime(2025, 12, 22), datetime(2025, 12, 29)
INSTANTS = (FIRST, LAST)


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("report") / "shop")


@pytest.fixture(scope="module")
def read(shop: Path) -> dict[int, Report]:
    """Reports by the smallest number of customers that they describe."""
    warehouse = Warehouse(shop, profiles=str(shop))
    result = {least: read_report(Project(shop), warehouse, ReportRequest(least)) for least in (0, 5)}
    release()
    return result


@pytest.fixture(scope="module")
def whole_report(read: dict[int, Report]) -> Report:
    return read[0]


@pytest.fixture(scope="module")
def segments(whole_report: Report) -> dict[str, Segment]:
    return {segment.name: segment for segment in whole_report.segments if segment.enabled}


@pytest.fixture(scope="module")
def rows(shop: Path, read: dict[int, Report]) -> Any:  # noqa: ANN401
    assert read

    def query(sql: str) -> list[tuple[Any, ...]]:
        with closing(duckdb.connect(str(shop / "segctl.duckdb"), read_only=True)) as connection:
            return list(connection.execute(sql).fetchall())

    return query


@pytest.fixture(scope="module")
def stays(rows: Any) -> list[tuple[str, Any, datetime, datetime | None, str, str | None]]:  # noqa: ANN401
    sql = "select segment, customer_id, joined_at, left_at, join_cause, leave_cause from segment_history"
    return list(rows(sql))


@pytest.fixture(scope="module")
def spent(rows: Any) -> dict[Any, list[float]]:  # noqa: ANN401
    """The orders of each customer, by what was paid."""
    sql = "select c.customer_id, o.amount from stg_customers as c left join stg_orders as o"
    sql += f" on c.customer_id = o.customer_id and o.ordered_at <= '{LAST}'"
    sql += f" and o.status not in ('cancelled', 'refunded') where c.signed_up_at <= '{LAST}'"
    result: dict[Any, list[float]] = {}
    for customer, amount in rows(sql):
        result.setdefault(customer, []).extend([float(amount)] if amount is not None else [])
    return result


@pytest.fixture(scope="module")
def members(stays: list[tuple[Any, ...]], segments: dict[str, Segment]) -> dict[str, set[Any]]:
    result: dict[str, set[Any]] = {name: set() for name in segments}
    for segment, customer, _, left, *_ in stays:
        if left is None:
            result[segment].add(customer)
    return result
