"""An unusable database file: one message reports it, and the file is unchanged."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from tests.faults.conftest import VICTIM
from tests.faults.program import Nursery, is_one_message
from tests.faults.shop import iso
from tests.support.built_project import TestProject

RUN = ("run", "--as-of", iso(VICTIM))
DAMAGED = "the database file is damaged"


@pytest.mark.parametrize("what", ["half", "garbage", "empty"])
def test_a_damaged_file(what: str, shop: TestProject, program: Nursery) -> None:
    file = shop.root / "test.duckdb"
    whole = file.read_bytes()
    damaged = {"half": whole[: len(whole) // 2], "garbage": Random(1).randbytes(100_000), "empty": b""}[what]
    file.write_bytes(damaged)
    ended = program.run(shop, *RUN)
    assert ended.code == 3
    assert is_one_message(ended), ended.err
    assert DAMAGED in ended.err
    # DuckDB accepts half of a database file, opens it, and writes its header before it misses the rest.
    if what != "half":
        assert file.read_bytes() == damaged
    file.write_bytes(whole)
    program.done(shop, *RUN)


@contextmanager
def read_only(file: Path) -> Iterator[None]:
    """Prevents all writes to a file, also by root, who may ignore its mode."""
    if os.geteuid() != 0:
        file.chmod(0o444)
        yield
        file.chmod(0o644)
        return
    subprocess.run(["mount", "--bind", file, file], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", file], check=True)
        yield
    finally:
        subprocess.run(["umount", file], check=True)


def test_a_file_that_must_not_be_written(shop: TestProject, program: Nursery) -> None:
    file = shop.root / "test.duckdb"
    before = file.read_bytes()
    with read_only(file):
        ended = program.run(shop, *RUN)
    assert ended.code == 3
    assert is_one_message(ended), ended.err
    assert "may this account write the database?" in ended.err
    assert file.read_bytes() == before


def test_a_file_that_another_program_has_open(shop: TestProject, program: Nursery) -> None:
    opens = f"import duckdb\nheld = duckdb.connect({str(shop.root / 'test.duckdb')!r})\nprint(flush=True)\ninput()"
    with subprocess.Popen(
        [sys.executable, "-c", opens], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        other.stdout.readline()
        ended = program.run(shop, *RUN)
        other.communicate("\n")
    assert ended.code == 3
    assert is_one_message(ended), ended.err
    assert "close the program that has the database open" in ended.err
    program.done(shop, *RUN)
