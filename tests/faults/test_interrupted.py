"""Ctrl-C during a run: it ends within two seconds, reports it without a traceback, and changes nothing."""

import os
import signal
import subprocess
import time
from random import Random

import pytest

from tests.faults.conftest import VICTIM, Case
from tests.faults.program import Nursery, command, environment, times
from tests.faults.shop import iso
from tests.faults.states import seen, written
from tests.support.built_project import TestProject

SECONDS = 2.0


def interrupted(shop: TestProject, after: float) -> tuple[int, str, float]:
    """Starts a run as a shell does and presses Ctrl-C. Returns exit code, output and the time until it ended."""
    with subprocess.Popen(
        command(shop, "run", "--as-of", iso(VICTIM)),
        cwd=shop.root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        time.sleep(after)
        began = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        return process.returncode, out, time.monotonic() - began


@pytest.mark.parametrize("after", [1.0, 3.0, *(Random(4).uniform(0.5, 8) for _ in range(times(0, 10)))])
def test_interrupted(after: float, on_duckdb: Case, shop: TestProject, program: Nursery) -> None:
    code, said, seconds = interrupted(shop, after)
    print(f"after {after:.1f} s: exit {code} within {seconds:.2f} s, {said!r}")
    if code == 0:
        assert seen(shop) == on_duckdb.after
        return
    assert "Traceback" not in said, said
    # Until Click has parsed the command line, the process is not in our code.
    assert "segctl: interrupted" in said or said == "\nAborted!\n"
    assert seconds < SECONDS
    assert seen(shop) in (on_duckdb.before, on_duckdb.after)
    program.done(shop, "run", "--as-of", iso(VICTIM))
    assert written(shop) == on_duckdb.finished
