"""The file for BI: what it holds, who may open it, and what it never replaces."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.exports.bi_file import write_bi_file
from segctl.personal_data.erased_files import erase_files
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.demo_project import copied, segctl

START = datetime(2025, 6, 1, tzinfo=UTC)
CATALOG = """
version: 1
timezone: UTC
revenue: spend
marts: [value, customers]
entities: {customer: {model: people, key: person, attributes: {name: string}}}
events: {order: {model: orders, customer: person, at: bought_at, fields: {amount: number}}}
metrics: {spend: {sum: order.amount}}
"""
SEGMENTS = """
version: 1
segments:
  - {name: active, label: Active, rule: {event: order, within_last: 10 days}}
  - {name: all_of_them, rule: {metric: spend, gte: 0}}
"""
COLUMNS = {
    "people": {"person": "varchar", "name": "varchar"},
    "orders": {"person": "varchar", "bought_at": "timestamp", "amount": "decimal(18, 2)"},
}
READER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
for line in sys.stdin:
    print(connection.execute("select max(run_id), count(*) from segment_runs").fetchall()[0], flush=True)
"""


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> TestProject:
    """A shop of three customers. One has a key with special characters."""
    project = TestProject(tmp_path, engine, f"bi_{digest(str(tmp_path), 8)}")
    people = [{"person": key, "name": key.upper()} for key in ("ann", "it's", "=1+1")]
    at = START.replace(tzinfo=None)
    orders = [
        {"person": "ann", "bought_at": at - timedelta(days=9), "amount": 5},
        {"person": "it's", "bought_at": at, "amount": 7},
    ]
    project.load({"people": people, "orders": orders}, COLUMNS)
    project.define(CATALOG, active=SEGMENTS)
    return project


def read(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The sorted rows of each table of a BI database, or of each file of a folder."""
    with closing(duckdb.connect()) as connection:
        if path.is_dir():
            names = {file.stem: f"read_parquet('{file}')" for file in path.glob("*.parquet")}
        else:
            connection.execute(f"attach '{path}' as held (read_only)")
            listed = "select table_name from information_schema.tables where table_catalog = 'held'"
            names = {name: f"held.{name}" for (name,) in connection.execute(listed).fetchall()}
        return {
            name: sorted(connection.execute(f"select * from {source}").fetchall(), key=repr)
            for name, source in names.items()
        }


def published(shop: TestProject, name: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in shop.read(name)), key=repr)


@contextmanager
def reader(path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A program that opens the file, and queries it again for each line of its input."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", READER, str(path)], **pipes) as process:  # type: ignore[call-overload]
        yield process
        process.stdin.close()


def answer(process: "subprocess.Popen[str]") -> str:
    assert process.stdin
    assert process.stdout
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_it_holds_what_is_published_and_nothing_else(shop: TestProject, tmp_path: Path) -> None:
    shop.runs([START, START + timedelta(days=5)])
    written = write_bi_file(shop.project, shop.warehouse, str(tmp_path / "out" / "bi.duckdb"))
    found = read(tmp_path / "out" / "bi.duckdb")
    marker = found.pop("_segctl_bi_file")
    counts = {name: count for name, _, _, count in marker}
    assert counts == written.tables == {name: len(rows) for name, rows in found.items()}
    expected = {"segment_membership", "segment_history", "segment_changes", "segment_sizes", "segment_customers"}
    expected |= {"segment_flapping", "segment_migrations", "segment_definitions", "segment_runs", "run_sources"}
    assert found.keys() == expected | {"segment_value", "customer_segments"}
    assert found == {name: published(shop, name) for name in found}
    assert len(found["segment_changes"]) == 6
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["bi.duckdb"]

    folder = write_bi_file(shop.project, shop.warehouse, str(tmp_path / "files"), ["segment_changes", "segment_value"])
    assert read(tmp_path / "files") == {name: found[name] for name in folder.tables}
    assert folder.tables.keys() == {"segment_changes", "segment_value"}
    # The next file holds only what is written then. Files of others are not replaced.
    write_bi_file(shop.project, shop.warehouse, str(tmp_path / "files"), ["segment_sizes"])
    assert read(tmp_path / "files").keys() == {"segment_sizes"}
    (tmp_path / "files" / "segment_value.parquet").write_text("mine")
    with pytest.raises(Failure, match=r"segment_value\.parquet in files is not a BI file of segctl"):
        write_bi_file(shop.project, shop.warehouse, str(tmp_path / "files"))
    assert (tmp_path / "files" / "segment_value.parquet").read_text() == "mine"


def test_a_link_is_followed_and_what_a_killed_program_left_goes(shop: TestProject, tmp_path: Path) -> None:
    shop.run(START)
    (tmp_path / "link.duckdb").symlink_to(tmp_path / "real.duckdb")
    left = tmp_path / ".real.duckdb.segctl_bi_x1"
    left.mkdir()
    write_bi_file(shop.project, shop.warehouse, str(tmp_path / "link.duckdb"), ["segment_membership"])
    assert (tmp_path / "link.duckdb").is_symlink()
    assert not left.exists()
    left.mkdir()
    done = erase_files(shop.project, "customer", ["it's"], dry_run=False)
    assert done.changed["real.duckdb"] == "2 rows removed"
    assert {row[1] for row in read(tmp_path / "real.duckdb")["segment_membership"]} == {"ann", "=1+1"}
    assert not left.exists()


def test_readers_with_the_file_open_block_no_run(shop: TestProject, tmp_path: Path) -> None:
    if not shop.engine.embedded:
        pytest.skip("a server has no file that one program writes or many read")
    file = tmp_path / "bi.duckdb"
    shop.run(START)
    write_bi_file(shop.project, shop.warehouse, str(file))
    with reader(file) as first:
        before = answer(first)
        assert before.endswith(" 1)")
        for number in (2, 3, 4):
            shop.run(START + timedelta(days=number))
            write_bi_file(shop.project, shop.warehouse, str(file))
            assert answer(first) == before
            with reader(file) as later:
                assert answer(later).endswith(f" {number})")


def test_what_is_not_ours_stays(shop: TestProject, tmp_path: Path) -> None:
    shop.run(START)
    with duckdb.connect(str(tmp_path / "theirs.duckdb")) as connection:
        connection.execute("create table t as select 1 as a")
    (tmp_path / "text.db").write_text("no database")
    (tmp_path / "file").write_text("no folder")
    before = {path: path.read_bytes() for path in (tmp_path / "theirs.duckdb", tmp_path / "text.db", tmp_path / "file")}
    for name in ("theirs.duckdb", "text.db", "file", "test.duckdb"):
        if (tmp_path / name).exists():
            with pytest.raises(Failure, match=f"{name} (is|exists, and is)"):
                write_bi_file(shop.project, shop.warehouse, str(tmp_path / name))
    with pytest.raises(Failure, match="is not a table of the BI file"):
        write_bi_file(shop.project, shop.warehouse, str(tmp_path / "new.duckdb"), ["customer_features"])
    for name in ("out.parquet", "x" * 300 + ".duckdb"):
        with pytest.raises(Failure):
            write_bi_file(shop.project, shop.warehouse, str(tmp_path / name))
    with pytest.raises(Failure, match="no path is given"):
        write_bi_file(shop.project, shop.warehouse, "")
    assert {path: path.read_bytes() for path in before} == before
    assert not (tmp_path / "new.duckdb").exists()
    assert len(shop.read("segment_runs")) == 1


def test_a_run_writes_it_and_an_erasure_takes_people_out(demo_after_two_runs: Path, tmp_path: Path) -> None:
    shop = copied(demo_after_two_runs, tmp_path / "shop")
    settings = shop / "dbt_project.yml"
    settings.write_text(settings.read_text() + "vars: {segctl_bi_file: reports/bi.duckdb}\n")
    found = segctl(shop, "run", "--as-of", "2025-12-30", "--json")
    assert found.code == 0, found.err
    file = shop / "reports" / "bi.duckdb"
    members = {key for _, key, *_ in read(file)["segment_membership"]}
    key = max(members)
    assert segctl(shop, "erase", str(key), "--dry-run").code == 0
    assert read(file)["segment_membership"]
    outcome = segctl(shop, "erase", str(key), "--json")
    assert outcome.code == 0, outcome.err
    assert "reports/bi.duckdb" in json.loads(outcome.out)["files"]
    after = read(file)
    assert {one for _, one, *_ in after["segment_membership"]} == members - {key}
    assert key not in {row[0] for row in after["customer_segments"]}
    assert len(after["segment_sizes"]) == len(read(file)["segment_sizes"]) > 0

    # A run that cannot write the file is published nevertheless, and reports it.
    (shop / "reports").rename(shop / "elsewhere")
    (shop / "reports").write_text("in the way")
    failed = segctl(shop, "run", "--as-of", "2025-12-31")
    assert failed.code == 3
    assert "the run is published, but the BI file is unchanged" in failed.err
