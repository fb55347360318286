"""The recipes of docs/recipes.md with the tools themselves, on the demo shop (`make recipes`)."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import duckdb
import pytest

from tests.support.built_project import REPOSITORY
from tests.support.servers.webhook_server import Receiver, answers, receiver
from tests.support.shops.demo_project import copied, segctl

pytestmark = pytest.mark.recipes
RECIPES = REPOSITORY / "examples" / "recipes"
BIN = REPOSITORY / ".venv-recipes" / "bin"
MEMBERS = "select segment, customer_id from main.segment_membership"
CHANGES = "select segment, customer_id, changed_at, change from main.segment_changes"
FIRST = "timestamp '2025-12-22'"


@pytest.fixture
def shop(demo_after_two_runs: Path, tmp_path: Path) -> Path:
    return copied(demo_after_two_runs, tmp_path / "shop")


@pytest.fixture
def crm() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def called(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    home = {"HOME": str(folder / "home"), "DLT_DATA_DIR": str(folder / "home" / "dlt"), "DO_NOT_TRACK": "1"}
    return subprocess.run(
        command, cwd=folder, env=os.environ | home | environment, capture_output=True, text=True, check=False
    )


def asked(file: Path, sql: str) -> set[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as warehouse:
        return set(warehouse.execute(sql).fetchall())


def after_first_run(shop: Path, file: Path) -> Path:
    """A file with the two views as they were after the first run."""
    with duckdb.connect(str(file)) as made:
        made.execute(f"attach '{shop}/segctl.duckdb' as shop (read_only)")
        made.execute(
            f"create table segment_changes as select * from shop.main.segment_changes where changed_at <= {FIRST}"
        )
        made.execute(
            "create view segment_membership as select segment, customer_id from segment_changes where change = 'joined'"
        )
    return file


def mirrored(folder: Path, source: Path) -> None:
    done = called(folder, str(BIN / "python"), "mirror.py", str(source), "copy.duckdb")
    assert done.returncode == 0, done.stderr


def test_dlt_mirrors_members_with_removals(shop: Path, tmp_path: Path) -> None:
    folder = Path(copytree(RECIPES / "dlt", tmp_path / "dlt"))
    warehouse, mirror = shop / "segctl.duckdb", folder / "copy.duckdb"
    first = after_first_run(shop, tmp_path / "first.duckdb")
    changes = "select segment, customer_id, changed_at, change from crm.segment_changes"
    members = "select segment, customer_id from crm.segment_members"
    for source in (first, warehouse, warehouse):
        mirrored(folder, source)
        assert asked(mirror, members) == asked(source, MEMBERS)
        assert asked(mirror, changes) == asked(source, CHANGES)
    before, after = asked(first, MEMBERS), asked(warehouse, MEMBERS)
    assert before - after, "nobody has left"
    # In a fresh container: its state comes back from the copy.
    rows = "select count(*) from crm.segment_changes"
    count = asked(mirror, rows)
    (tmp_path / "dlt" / "home").rename(tmp_path / "gone")
    mirrored(folder, warehouse)
    assert asked(mirror, rows) == count


def test_drt_sends_joins_and_leaves_and_what_failed_again(shop: Path, tmp_path: Path, crm: Receiver) -> None:
    folder = Path(copytree(RECIPES / "drt", tmp_path / "drt"))
    (folder / "home" / ".drt").mkdir(parents=True)
    copy(folder / "profiles.yml", folder / "home" / ".drt")
    warehouse = copy(shop / "segctl.duckdb", folder / "segments.duckdb")

    def run() -> int:
        crm.requests.clear()
        drt = (str(BIN / "drt"), "run", "--select", "segment_changes")
        return called(folder, *drt, CRM_URL=crm.url, CRM_TOKEN="t0ken").returncode

    crm.script = [answers(200), *(answers(400) for _ in range(9))]
    assert run() == 1
    crm.script = []
    assert run() == 0
    assert {request.headers["Authorization"] for request in crm.requests} == {"Bearer t0ken"}
    sent = [change for request in crm.requests for change in json.loads(request.body)["changes"]]
    lists: set[tuple[str, int]] = set()
    for change in sent:
        pair = (change["segment"], int(change["customer_key"]))
        lists.add(pair) if change["op"] == "add" else lists.remove(pair)
    assert lists == asked(Path(warehouse), MEMBERS)
    assert len(sent) == len(asked(Path(warehouse), CHANGES))
    assert run() == 0
    assert not crm.requests
    assert segctl(shop, "run", "--as-of", "2026-01-05").code == 0
    copy(shop / "segctl.duckdb", folder / "segments.duckdb")
    assert run() == 0
    later = {change["run_id"] for request in crm.requests for change in json.loads(request.body)["changes"]}
    assert later == {"20260105T000000.000000Z"}
