"""Rows in portions, on every engine: all of them, in order, during other queries, and without leftovers."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segctl.errors import Failure, InUse
from segctl.process.waiting import Patience
from segctl.warehouse import NothingBuilt, Warehouse, stream
from segctl.warehouse.opening import close_files
from tests.support.built_project import TestProject
from tests.support.engines import Engine

KEYS = ["10", "9", "a'b", "a,b", "Z", "é", "\U0001f600", "line\nbreak", "secret_key"]
CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer: {model: customers, key: id, attributes: {flag: boolean}}
"""
SEGMENTS = "version: 1\nsegments:\n  - {name: flagged, rule: {attribute: flag, is: set}}\n"
QUERY = """
select id, amount, flag, '{{ segctl.as_of_instant().isoformat() }}' as ran_at
from {{ ref('customers') }}
where id != 'secret' || '_of_nobody'
order by {{ segctl.text_order('id') }}
"""
# A program that writes to a database file for a second.
WRITER = """
import duckdb, sys, time
with duckdb.connect(sys.argv[1]):
    print("open", flush=True)
    time.sleep(1)
"""


@pytest.fixture
def project(tmp_path: Path, engine: Engine) -> TestProject:
    made = TestProject(tmp_path, engine, "streamed")
    made.define(CATALOG, people=SEGMENTS)
    rows = [{"id": key, "amount": number, "flag": None if number % 2 else True} for number, key in enumerate(KEYS)]
    made.load({"customers": rows}, {"customers": {"id": "varchar", "amount": "decimal(12, 2)", "flag": "boolean"}})
    return made


def test_rows_in_portions(project: TestProject, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NothingBuilt), project.warehouse.stream("select * from {{ ref('segment_runs') }}"):
        pass
    project.run(datetime(2024, 1, 1, tzinfo=UTC))
    monkeypatch.setattr(stream, "AT_ONCE", 2)
    # A result would appear in the log if dbt wrote it there.
    monkeypatch.setenv("DBT_LOG_LEVEL_FILE", "debug")
    warehouse = project.warehouse.loaded()
    found: list[tuple[Any, ...]] = []
    with warehouse.stream(QUERY, datetime(2024, 1, 1)) as rows:
        assert rows.names == ("id", "amount", "flag", "ran_at")
        for portion in rows.portions:
            assert len(portion) <= 2
            found += portion
            if len(found) == 2:
                assert warehouse.query("select count(*) as found from {{ ref('customers') }}") == [{"found": len(KEYS)}]
    expected = {key: (Decimal(number), None if number % 2 else True) for number, key in enumerate(KEYS)}
    assert [row[0] for row in found] == sorted(KEYS)
    assert {row[0]: (row[1], row[2]) for row in found} == expected
    assert {row[3] for row in found} == {"2024-01-01T00:00:00"}
    for wrong, kind in (("select missing from {{ ref('customers') }}", Failure), ("select 1 where 'secret", Failure)):
        with pytest.raises(kind), warehouse.stream(wrong):
            pass
    # A reader may stop early, and no file of a query remains.
    with warehouse.stream(QUERY) as rows:
        next(rows.portions)
    for path in project.root.rglob("*"):
        if path.is_file() and path.suffix in (".sql", ".log", ".json"):
            assert "secret" not in path.read_text(errors="replace"), path


@pytest.mark.parametrize("limit", ["", "2GB"])
def test_a_duckdb_holds_a_bounded_part_of_it(tmp_path: Path, limit: str) -> None:
    """Unless the profile says how much. Its file is only read, while others read it, too."""
    settings = {"settings": {"memory_limit": limit}} if limit else {}
    target = {"type": "duckdb", "path": str(tmp_path / "shop.duckdb"), **settings}
    (tmp_path / "dbt_project.yml").write_text("{name: shop, version: '1.0', profile: shop, config-version: 2}")
    (tmp_path / "profiles.yml").write_text(json.dumps({"shop": {"target": "test", "outputs": {"test": target}}}))
    duckdb.connect(str(tmp_path / "shop.duckdb")).close()
    expected = "select current_setting('memory_limit') as memory, current_setting('access_mode') as mode"
    with Warehouse(tmp_path, profiles=str(tmp_path)).stream(expected) as rows:
        assert list(rows.rows) == [("1.8 GiB" if limit else "953.6 MiB", "read_only")]
    close_files()
    other = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "shop.duckdb")], stdout=subprocess.PIPE)
    assert other.stdout
    assert other.stdout.readline() == b"open\n"
    warned: list[InUse] = []
    patience = Patience(time.monotonic() + 30, warned.append)
    with Warehouse(tmp_path, profiles=str(tmp_path), patience=patience).stream("select 1 as one") as rows:
        assert list(rows.rows) == [(1,)]
    assert warned
    assert other.wait() == 0
