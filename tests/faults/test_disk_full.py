"""A full disk: a clear message, no loss, and with more space the next run does what it would have done."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import KEPT, VICTIM, Case
from tests.faults.program import Nursery, is_one_message
from tests.faults.shop import copied, iso
from tests.faults.states import seen, written
from tests.support.built_project import TestProject

# The space of a run in addition to what is in use, in kB: for the whole project, or for the database alone.
ROOM = [("project", kilobytes) for kilobytes in range(0, 500, 50)]
ROOM += [("database", kilobytes) for kilobytes in range(0, 250, 25)]
PLENTY = "200m"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Creates and resizes a file system of limited size."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def sized(size: str) -> Path:
        again = "remount," if folder.is_mount() else ""
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"{again}size={size}", "tmpfs", folder], check=True)
        return folder

    if os.geteuid() != 0:
        pytest.skip("mounting a file system of a limited size takes root")
    yield sized
    if folder.is_mount():
        subprocess.run(["umount", "--lazy", folder], check=True)


def used(folder: Path) -> int:
    """The kB in use."""
    found = os.statvfs(folder)
    return (found.f_blocks - found.f_bfree) * found.f_frsize // 1024


@pytest.fixture
def on_disk(on_duckdb: Case, disk: Callable[[str], Path]) -> TestProject:
    """The shop on a disk with plenty of space."""
    on_duckdb.copies.restore(KEPT)
    return copied(on_duckdb.shop, disk(PLENTY) / "shop")


@pytest.mark.parametrize("room", ROOM, ids=str)
def test_a_disk_that_is_full(
    room: tuple[str, int], on_duckdb: Case, on_disk: TestProject, disk: Callable[[str], Path], program: Nursery
) -> None:
    what, kilobytes = room
    elsewhere = {name: str(on_duckdb.shop.root / "elsewhere") for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH")}
    disk(f"{used(disk(PLENTY)) + kilobytes}k")
    ended = program.run(on_disk, "run", "--as-of", iso(VICTIM), **(elsewhere if what == "database" else {}))
    disk(PLENTY)
    print(f"{what} {kilobytes} kB: exit {ended.code}, {ended.err.splitlines()[:1]}", flush=True)
    # A failure after publication, such as of a view or a test, takes nothing back.
    assert seen(on_disk) in ([on_duckdb.after] if ended.code == 0 else [on_duckdb.before, on_duckdb.after])
    if ended.code:
        assert ended.code == 3, ended.err
        assert is_one_message(ended), ended.err
        assert "hint: free some disk space" in ended.err
        program.done(on_disk, "run", "--as-of", iso(VICTIM))
    assert written(on_disk) == on_duckdb.finished
