"""`segctl serve` on the demo shop: customers, reasons and forms, and readers during a run."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml

from segctl.errors import InUse
from segctl.operations.exports.bi_file import write_bi_file
from segctl.personal_data.erased_files import erase_files
from segctl.project.project import Project
from segctl.serve.questions import Desk
from segctl.serve.worker import Opening, answered_by
from segctl.warehouse.copies import Copies, delete_copies, folder_of_copies, is_written
from tests.support.shops.served_shop import MARKUP, desk, rows, shop

if TYPE_CHECKING:
    pass

__all__ = ["desk", "shop"]

ATTRIBUTE = {"about": "attribute", "name": "country", "compare": "in", "values": ["NO", "DE"]}
WRITES = "import duckdb; held = duckdb.connect('{}'); held.execute('create or replace table t as select {} as n');"


@contextmanager
def written(path: Path, number: int) -> Iterator[None]:
    """A program that writes to a database, and has it open."""
    code = WRITES.format(path, number) + "print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield
        process.communicate("\n")


def number(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        ((found,),) = connection.execute("select n from t").fetchall()
    return int(found)


def test_copies_are_of_files_that_nobody_writes(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with folder_of_copies(tmp_path / "target") as folder:
        copies = Copies(folder)
        with written(path, 1):
            assert is_written(path)
            with pytest.raises(InUse, match="a run is on"):
                copies.of(path)
        assert not is_written(path)
        first = copies.of(path)
        with duckdb.connect(str(first), read_only=True) as held:
            # An open copy blocks no writer.
            with written(path, 2):
                assert copies.renew() is False
                assert copies.of(path) == first
            assert held.execute("select n from t").fetchall() == [(1,)]
        stamp = copies.stamp
        assert copies.renew() is True
        assert (number(copies.of(path)), first.exists(), copies.stamp == stamp) == (2, False, False)
        assert copies.renew() is False
        assert delete_copies(tmp_path / "target") == [folder]
        assert copies.renew() is True
        assert number(copies.of(path)) == 2
        left = tmp_path / "target" / "segctl_copies_killed"
        left.mkdir()
        with folder_of_copies(tmp_path / "target"):
            # Copies of a killed program are gone, those of a live one are not.
            assert (left.exists(), number(copies.of(path))) == (False, 2)
    assert list((tmp_path / "target").iterdir()) == []


def test_a_customer(shop: Path, desk: Desk) -> None:
    told = answered_by(desk, "customer", {"key": "162", "entity": "customer"}).data
    wanted = rows(
        shop, "select segment, left_at is null from segment_history where customer_id = 162 order by 1, joined_at"
    )
    assert [(stay["segment"], not stay["left_at"]) for stay in told["stays"]] == wanted
    assert all(stay["joined_at"].startswith("2025-12-2") for stay in told["stays"])
    nobody = answered_by(desk, "customer", {"key": MARKUP, "entity": "customer"})
    assert nobody.message.startswith("none of our tables has customer")
    for key in ("162' or '1'='1", "\0"):
        assert "there is no customer" in answered_by(desk, "why", {"key": key, "segment": "vip"}).message, key
    assert "has no segments" in answered_by(desk, "customer", {"key": "1", "entity": "x'; drop table"}).message


def test_why_while_a_program_writes(shop: Path, desk: Desk) -> None:
    result = {"key": "162", "segment": "vip"}
    before = answered_by(desk, "why", result).data
    assert before["member"] is True
    assert before["rule"]["holds"] is True
    with written(shop / "segctl.duckdb", 1):
        assert answered_by(desk, "why", result).data == before
    rows(shop, "select 1")
    assert "there is no segment" in answered_by(desk, "why", {"key": "162", "segment": "vipp"}).message


def test_a_server_that_begins_during_a_run(shop: Path, tmp_path: Path) -> None:
    late = Desk(Opening(shop, "", str(shop), tmp_path, "", 5, with_members=True))
    with written(shop / "segctl.duckdb", 2):
        told = answered_by(late, "report", {})
        assert (told.message, told.hint, told.retry) == ("a run is on", "try again when it has ended", True)


def test_a_form_is_said_counted_and_written(shop: Path, desk: Desk) -> None:
    sent = a_form(
        {"about": "metric", "name": "lifetime_value", "compare": "gt", "values": ["500"]}, ATTRIBUTE, join="any"
    )
    said = answered_by(desk, "definition", {"form": sent}).data
    assert said["says"] == "Customers whose lifetime value is more than £500 or whose country is “NO” or “DE”."
    assert yaml.safe_load(said["yaml"])["segments"][0]["name"] == "new_one"
    found = answered_by(desk, "preview", {"form": sent}).data
    live = "from customer_features where deleted_at is null and"
    ((alone, others, both),) = rows(
        shop,
        f"select (select count(*) {live} lifetime_value > 500), (select count(*) {live} country in ('NO', 'DE')),"
        f" (select count(*) {live} (lifetime_value > 500 or country in ('NO', 'DE')))",
    )
    assert [step["alone"] for step in found["steps"]] == [alone, others]
    assert found["size"] == both
    assert answered_by(desk, "preview", {"form": a_form()}).faults == {"rule": "a condition is needed here"}
    taken = answered_by(desk, "definition", {"form": a_form(ATTRIBUTE) | {"name": "vip"}})
    assert taken.faults["name"].startswith("there is a segment vip already")


def test_few_people_are_not_counted_for_all(shop: Path, desk: Desk, tmp_path: Path) -> None:
    least = Desk(Opening(shop, "", str(shop), tmp_path, "", 5, with_members=False))
    least.copies, least._loaded = desk.copies, desk._loaded
    ((key, email),) = rows(shop, "select customer_id, email from customer_features where email is not null limit 1")
    sent = a_form({"about": "attribute", "name": "email", "compare": "eq", "values": [email]})
    found = answered_by(least, "preview", {"form": sent}).data
    assert [found[name] for name in ("size", "share", "revenue", "eligible", "overlaps")] == [
        None,
        None,
        None,
        None,
        [],
    ]
    assert found["steps"][0]["alone"] is None
    assert str(key) not in json.dumps(found)
    assert answered_by(desk, "preview", {"form": sent}).data["size"] == 1


def test_reports_are_read_from_the_file_for_bi(shop: Path, desk: Desk, tmp_path: Path) -> None:
    path, copies = tmp_path / "bi.duckdb", tmp_path / "copies"
    copies.mkdir()
    bi = Desk(Opening(shop, "", str(shop), copies, str(path), 5, with_members=False))
    desk.stamp()
    assert desk._loaded
    write_bi_file(Project(shop), desk._loaded, str(path))
    stamp, report = bi.report()
    assert report.as_of.startswith("2025-12-29")
    assert {segment.name: segment.size for segment in report.segments if segment.size} == dict(
        rows(shop, "select segment, count(*) from segment_membership group by 1")
    )
    assert bi.stamp() == stamp
    path.touch()
    assert bi.stamp() != stamp
    # The warehouse was not read.
    assert list(copies.iterdir()) == []


def test_erasures_reach_copies(shop: Path) -> None:
    with folder_of_copies(shop / "target") as folder:
        copies = Copies(folder)
        copy = copies.of(shop / "segctl.duckdb")
        erase_files(Project(shop), "customer", ["162"], dry_run=True)
        assert copy.exists()
        result = erase_files(Project(shop), "customer", ["162"], dry_run=False)
        assert result.changed[f"target/{folder.name}"] == "copies of a server deleted"
        assert not copy.exists()
        assert copies.renew() is True


def a_form(*parts: dict[str, Any], join: str = "all") -> dict[str, Any]:
    return {"name": "new_one", "rule": {"join": join, "parts": list(parts)}}
