"""One program writes a database file or many read it: readers need no write permission, and waiting is reported."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from segctl.errors import Failure, InUse
from segctl.process.waiting import Patience
from segctl.warehouse import Warehouse
from tests.support.shops.demo_project import SEGCTL, Outcome, copied, demo, segctl

READING = (("list",), ("show", "vip", "--members", "2"), ("why", "181", "vip"), ("export", "vip"))
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--")


@contextmanager
def opened(folder: Path, *, reads: bool) -> Iterator["subprocess.Popen[str]"]:
    """A notebook or BI tool in its own process, which has the demo's file open until it is stopped."""
    code = (
        f"import duckdb; held = duckdb.connect('segctl.duckdb', read_only={reads}); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def shop(demo_after_two_runs: Path, tmp_path: Path) -> Path:
    return copied(demo_after_two_runs, tmp_path / "shop")


def test_commands_that_read_share_the_file_with_others_that_read(shop: Path) -> None:
    alone = [segctl(shop, *verb) for verb in READING]
    with opened(shop, reads=True):
        together = [segctl(shop, *verb) for verb in READING]
    assert [found.code for found in together] == [0] * len(READING)
    assert together == alone


def test_a_run_says_who_reads_the_file_and_waits_for_it(shop: Path) -> None:
    with opened(shop, reads=True) as process:
        at_once = segctl(shop, "run", "--as-of", "2026-01-05")
        who = f"{shop}/segctl.duckdb is open in {os.path.realpath(sys.executable)} (PID {process.pid})"
        assert at_once == Outcome(3, "", f"segctl: {who}\n  hint: close it there, or --wait 60s waits for it\n")
        with subprocess.Popen(
            [SEGCTL, "run", "--as-of", "2026-01-05", "--wait", "60s"],
            cwd=shop,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            assert run.stderr is not None
            assert run.stderr.readline() == f"segctl: waiting: {who}\n"
            process.kill()
            out, err = run.communicate()
    assert run.returncode == 0, err
    assert "2026-01-05" in out


def test_who_reads_waits_for_who_writes(shop: Path) -> None:
    with opened(shop, reads=False) as process:
        began = time.monotonic()
        outcome = segctl(shop, "list", "--wait", "1s")
        assert outcome.code == 3
        assert f"(PID {process.pid})" in outcome.err
        assert time.monotonic() - began > 1


@pytest.mark.parametrize("wait", ["60", "1d", "-1s", "", "soon"])
def test_a_time_to_wait_that_is_none(wait: str, shop: Path) -> None:
    outcome = segctl(shop, "list", "--wait", wait)
    assert outcome.code == 2
    assert f'"{wait}" is not a duration; try 60s, 5m or 1h' in outcome.err


def test_commands_that_read_write_nothing_where_they_may_not(shop: Path, tmp_path: Path) -> None:
    subprocess.run(["chmod", "-R", "a-w", shop], check=True)
    as_nobody = WITHOUT_RIGHTS if os.geteuid() == 0 else ()
    try:
        for verb in (("list",), ("export", "vip", "--to", str(tmp_path / "out"))):
            completed = subprocess.run(
                [*as_nobody, SEGCTL, *verb], cwd=shop, capture_output=True, text=True, check=False
            )
            assert completed.returncode == 0, (verb, completed.stderr)
            warned = "will not search" in "".join(completed.stderr.split("\n"))
            assert warned == (verb[0] == "export"), completed.stderr
        assert (tmp_path / "out" / "vip.csv").exists()
        assert not {"target", "logs", ".segctl"} & {path.name for path in shop.iterdir()}
    finally:
        subprocess.run(["chmod", "-R", "u+w", shop], check=True)


def test_what_a_killed_program_has_left_beside_the_file_is_read_too(shop: Path) -> None:
    code = (
        "import duckdb, os; held = duckdb.connect('segctl.duckdb');"
        "held.execute('create table noted as select 1 as number'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=shop, check=False)
    assert (shop / "segctl.duckdb.wal").exists()
    assert Warehouse(shop).query("select number from noted") == [{"number": 1}]
    assert (shop / "segctl.duckdb.wal").exists()


def test_where_there_is_no_file_none_is_made(tmp_path: Path) -> None:
    shop = demo(tmp_path)
    outcome = segctl(shop, "list")
    assert outcome.code == 0
    assert "nothing has been built on this target yet" in outcome.err
    outcome = segctl(shop, "validate", "--warehouse")
    assert outcome.code == 3
    assert outcome.err.startswith("segctl: not on this target yet: ref('stg_accounts')")
    assert not (shop / "segctl.duckdb").exists()


def test_an_attached_file_is_read_too(shop: Path) -> None:
    (shop / "segctl.duckdb").rename(shop / "lake.duckdb")
    (shop / "profiles.yml").write_text(
        "segctl: {target: dev, outputs: {dev: {type: duckdb, path: segctl.duckdb, database: segctl, schema: main,"
        " attach: [{path: lake.duckdb}]}}}\n"
    )
    duckdb.connect(str(shop / "segctl.duckdb")).close()
    warehouse = Warehouse(shop)
    assert warehouse.query("select path, readonly from duckdb_databases() where path like '%lake%'") == [
        {"path": str(shop / "lake.duckdb"), "readonly": True}
    ]


def test_patience_ends() -> None:
    tried: list[float] = []

    def refused() -> None:
        tried.append(time.monotonic())
        raise InUse("it is in use")

    failures: list[Failure] = []
    with pytest.raises(InUse, match="it is in use"):
        Patience(time.monotonic() + 0.5, failures.append).attempt(refused)
    assert 0.4 < tried[-1] - tried[0] < 5
    assert len(failures) == 1
    tried.clear()
    with pytest.raises(InUse):
        Patience().attempt(refused)
    assert len(tried) == 1
