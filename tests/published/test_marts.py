"""The optional marts against loops over a random history, on every engine."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from segctl.language.names import digest
from segctl.project.project import load
from segctl.render.published.marts import MART_TABLES, mart_models
from segctl.render.sql.templates import HISTORY, MARTS
from segctl.warehouse import Row, RunRequest
from tests.runs.test_kept_tables import KEPT
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.made_marts import CATALOG, COLUMNS, DEFINITIONS, MadeShop, made_shop


@pytest.fixture(scope="module")
def made() -> MadeShop:
    return made_shop(seed=4)


@pytest.fixture(params=["timestamp, by source", "date, by segment"])
def aimed(request: pytest.FixtureRequest) -> bool:
    return bool(request.param.endswith("segment"))


@pytest.fixture
def project(engine: Engine, made: MadeShop, aimed: bool, tmp_path: Path) -> TestProject:
    """A project of the marts alone, over tables that runs would have published."""
    found = TestProject(tmp_path, engine, f"marts_{digest(str(tmp_path), 8)}")
    catalog = CATALOG.replace("AIM", "segment: aim" if aimed else "source: channel")
    found.define(catalog.replace("AT}", "date}" if aimed else "timestamp}"), rich=DEFINITIONS)
    model_files = {tmp_path / path for path in mart_models(load(found.project))}
    for path in sorted((tmp_path / "models").rglob("*.*")):
        if path not in model_files and path.stem not in KEPT:
            path.unlink()
    columns = {name: dict(kinds) for name, kinds in COLUMNS.items()}
    tables = made.tables()
    if aimed:
        columns["orders"]["bought_at"] = "date"
        tables["orders"] = [row | {"bought_at": row["bought_at"] and row["bought_at"].date()} for row in made.orders]
    found.load(tables, columns)
    # The lock on our tables is stored next to them. This one leads to it.
    (tmp_path / "models" / "segment_runs.sql").rename(tmp_path / HISTORY / "segment_runs.sql")
    found.warehouse.build(RunRequest(), only=(f"+path:{MARTS}",))
    return found


def test_each_mart_says_what_loops_find(project: TestProject, made: MadeShop, aimed: bool) -> None:
    assert {Path(path).stem for path in (project.root / MARTS).glob("*.sql")} == set(MART_TABLES.values())

    value = rows_of(project, "segment_value")
    assert {row[0]: row[4:] for row in value} == {name: (made.last, *row) for name, row in made.value().items()}
    assert {row[:4] for row in value} == {(name, f"{name} v2", "o", "a, b") for name in made.value()}

    customers = {key: row[:2] for key, *row in rows_of(project, "customer_segments")}
    assert {key: tuple(row) for key, row in customers.items()} == made.of_customers()

    overlap = rows_of(project, "segment_overlap")
    assert {(row[0], row[2]): row[4:] for row in overlap} == made.overlap()
    assert {(row[0], row[1]) for row in overlap} == {(name, f"{name} v2") for name, _ in made.overlap()}

    retention = rows_of(project, "segment_retention")
    assert {(row[0], row[2], row[3]): row[4:7] for row in retention} == made.retention()
    assert any(0 < row[6] < row[5] for row in retention)
    assert all((row[7] is None) == (row[5] == 0) for row in retention)

    sources = {(row[0], row[2], row[3]): (row[4], row[6]) for row in rows_of(project, "segment_sources")}
    assert sources == made.sources()

    concentration = {(row[0], row[2]): row[3:] for row in rows_of(project, "segment_concentration")}
    assert concentration == made.concentration()

    roi = {(row[0], row[2], row[3]): row[4:8] for row in rows_of(project, "segment_roi")}
    assert roi == made.roi(aimed, by_day=aimed)
    assert any(row[3] for row in roi.values())
    assert any(row[2] for row in roi.values())


def rows_of(project: TestProject, model: str) -> list[tuple[Any, ...]]:
    """All rows of a mart."""
    rows: list[Row] = project.read(model)
    assert rows
    # Spark's server returns days as texts.
    day = re.compile(r"\d{4}-\d\d-\d\d")
    return [
        tuple(date.fromisoformat(one) if isinstance(one, str) and day.fullmatch(one) else one for one in row.values())
        for row in rows
    ]
