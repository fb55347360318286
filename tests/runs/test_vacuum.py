"""DuckDB frees the space of deleted rows once there are many."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.built_project import TestProject
from tests.support.engines import Engine

CATALOG = """
version: 1
timezone: UTC
entities: {customer: {model: customers, key: id, attributes: {country: string}}}
"""
BRITISH = "version: 1\nsegments:\n  - {name: british, rule: {attribute: country, eq: GB}}\n"
MANY = 400_000


def kept(project: TestProject) -> int:
    """How many rows the table of features holds, including deleted ones."""
    told = "select estimated_size from duckdb_tables() where table_name = 'customer_features'"
    with project.engine.cursor(project.root) as cursor:
        found: int = cursor.execute(told).fetchone()[0]
    return found


@pytest.fixture
def shop(tmp_path: Path) -> TestProject:
    project = TestProject(tmp_path, Engine("duckdb"))
    project.load({"customers": [{"id": 1, "country": "GB"}]}, {"customers": {"id": "bigint", "country": "varchar"}})
    project.define(CATALOG, main=BRITISH)
    project.execute(f"insert into shop_raw.customers select range, 'GB' from range(2, {MANY + 1})")
    project.run(datetime(2024, 1, 1, tzinfo=UTC))
    return project


def test_room_is_made_of_many_deleted_rows_alone(shop: TestProject) -> None:
    assert kept(shop) == MANY
    result = []
    for day in range(2, 6):
        # Another quarter of the rows of each block is replaced: no block is empty. A bulk load would free the space.
        country = f"case when id % 4 < {day - 1} then 'FR' else country end as country"
        staging = f"select id, {country} from {{{{ source('raw', 'customers') }}}}\n"
        (shop.root / "models" / "customers.sql").write_text(staging, encoding="utf-8")
        shop.run(datetime(2024, 1, day, tzinfo=UTC))
        result.append(kept(shop))
    assert MANY * 6 // 5 < result[0] < result[1] - MANY // 5 < result[2] - MANY * 2 // 5
    # More than a third of them is deleted as this run begins.
    assert result[3] < result[2]
    assert not shop.read("segment_membership")


def test_tables_of_others_are_left_to_duckdb(shop: TestProject) -> None:
    # We do not count rows that an incremental model deletes.
    config = "{{ config(materialized='incremental', unique_key='id') }}"
    changed = "{% if is_incremental() %} where country = 'FR'{% endif %}"
    incremental = f"{config}\nselect id, country from {{{{ source('raw', 'customers') }}}}{changed}\n"
    (shop.root / "models" / "customers.sql").write_text(incremental, encoding="utf-8")
    shop.run(datetime(2024, 1, 2, tzinfo=UTC))
    shop.execute("update shop_raw.customers set country = 'FR' where id % 2 = 0")
    shop.run(datetime(2024, 1, 3, tzinfo=UTC))
    with shop.engine.cursor(shop.root) as cursor:
        told = "select estimated_size from duckdb_tables() where schema_name = 'shop' and table_name = 'customers'"
        found: int = cursor.execute(told).fetchone()[0]
    assert found < MANY * 3 // 2
