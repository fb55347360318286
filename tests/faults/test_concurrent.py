"""Several runs at once: one runs, all others report in one line that another is running, and the tables are right."""

import subprocess

import pytest

from tests.faults.conftest import KEPT, VICTIM, Case
from tests.faults.program import command, environment, times
from tests.faults.shop import iso
from tests.faults.states import written
from tests.support.built_project import TestProject

AT_ONCE = times(4, 8)
REFUSED = "segctl: another segctl is changing this target at the moment"


def run_at_once(shop: TestProject) -> list[tuple[int, str]]:
    """Exit code and error output of processes started together."""
    arguments = command(shop, "run", "--as-of", iso(VICTIM))
    processes = [
        subprocess.Popen(
            arguments, cwd=shop.root, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for _ in range(AT_ONCE)
    ]
    return sorted((process.wait(), process.communicate()[1]) for process in processes)


@pytest.mark.parametrize(
    ("engine", "rounds"),
    [("on_duckdb", times(1, 20)), pytest.param("on_postgres", times(1, 4), marks=pytest.mark.postgres)],
)
def test_runs_at_once(engine: str, rounds: int, request: pytest.FixtureRequest) -> None:
    case: Case = request.getfixturevalue(engine)
    for number in range(rounds):
        case.copies.restore(KEPT)
        (_, said), *others = run_at_once(case.shop)
        print(f"{engine} round {number + 1}: {[code for code, _ in others].count(3)} refused", flush=True)
        assert said == ""
        assert {(code, told.splitlines()[0]) for code, told in others} == {(3, REFUSED)}
        assert all("Traceback" not in told for _, told in others)
        assert written(case.shop) == case.finished
