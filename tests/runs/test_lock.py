"""Two checkouts of a project on one schema: one changes its tables, the other is refused with one message."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from segctl.cli import segctl
from segctl.errors import Failure
from segctl.warehouse import RunRequest
from tests.faults.program import command, environment
from tests.support.built_project import TestProject
from tests.support.checkouts import (
    HELD,
    LEASED,
    MOMENT,
    WRITING,
    checkout,
    dbt,
    ended,
    everything,
    expire,
    holds_session,
    is_leased,
    lease,
    until,
)
from tests.support.engines import Engine, release
from tests.support.servers.postgres_server import Server
from tests.support.shops.history_shop import BIG, CATALOG, COLUMNS, DAYS, SHOP

AT_ONCE = 3


@pytest.fixture(scope="module")
def both(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[TestProject, TestProject]:
    """Two checkouts. The first has run once."""
    folder, engine = tmp_path_factory.mktemp("both"), Engine("postgres", server=server)
    one, other = (checkout(folder / name, engine, "locked") for name in ("one", "other"))
    one.run(DAYS[0])
    return one, other


@pytest.fixture(autouse=True)
def nothing_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A failing test leaves no lease to the next."""
    yield
    if "both" in request.fixturenames:
        expire(request.getfixturevalue("both")[0])


@pytest.mark.postgres
def test_a_second_checkout_is_refused(both: tuple[TestProject, TestProject], tmp_path: Path) -> None:
    one, other = both
    before = everything(one)
    result = ["--project-dir", str(other.root), "--profiles-dir", str(other.root)]
    with one.warehouse.locked("run"):
        for name, write in WRITING.items():
            with pytest.raises(Failure, match=HELD) as failure:
                write(other)
            assert (failure.value.exit_code, failure.value.detail) == (3, ""), name
            assert failure.value.hint == "wait for it to end, then try again; --wait 60s waits for it"
        code, said = ended(dbt(other, "build"))
        assert code != 0
        assert re.search(HELD.strip("^$"), said), said
        # Readers hold no lock, and another schema is independent.
        assert CliRunner().invoke(segctl, [*result, "list"]).exit_code == 0
        elsewhere = TestProject(tmp_path, other.engine, "elsewhere")
        elsewhere.define(CATALOG, value=BIG)
        elsewhere.load(SHOP, COLUMNS)
        with elsewhere.warehouse.locked("run"):
            assert holds_session(one)
    assert not holds_session(one)
    assert everything(one) == before


@pytest.mark.postgres
def test_a_lease_of_a_dead_build(both: tuple[TestProject, TestProject]) -> None:
    one, other = both
    before = everything(one)
    lease(one)
    for name, write in WRITING.items():
        with pytest.raises(Failure, match=f"^{LEASED}$") as failure:
            write(other)
        assert failure.value.exit_code == 3, name
    code, said = ended(dbt(other, "build"))
    assert code != 0
    assert re.search(LEASED, said), said
    assert everything(one) == before
    assert is_leased(one)
    # After its end, anyone can take it.
    expire(one)
    other.run(DAYS[1])
    assert everything(one) != before
    lease(one)
    expire(one)
    code, said = ended(dbt(other, "build", SEGCTL_AS_OF=DAYS[2].isoformat()))
    assert code == 0, said
    assert not is_leased(one)
    lease(one)
    code, said = ended(dbt(other, "run-operation", "segctl.release_lock"))
    assert re.search(rf"let go of the lock of dbt build on host-b since {MOMENT}", said), said
    assert not is_leased(one)
    code, said = ended(dbt(other, "run-operation", "segctl.release_lock"))
    assert (code, "nobody holds the lock" in said) == (0, True)


@pytest.mark.postgres
def test_a_build_beside_a_build(both: tuple[TestProject, TestProject]) -> None:
    """It holds the lease while it builds, and releases it although a model of the project fails."""
    one, other = both
    (one.root / "models" / "wrong.sql").write_text("select nothing\n")
    builds = dbt(one, "build", SEGCTL_AS_OF=DAYS[4].isoformat())
    try:
        until(lambda: is_leased(one))
        with pytest.raises(Failure, match=r"another program is changing these tables: dbt build.* with a lease until"):
            other.run(DAYS[4])
        code, said = ended(builds)
    finally:
        (one.root / "models" / "wrong.sql").unlink()
    assert (code, 'column "nothing" does not exist' in said) == (1, True), said
    assert not is_leased(one)
    assert DAYS[4].replace(tzinfo=None) in {row["as_of"] for row in one.read("segment_runs")}


@pytest.mark.postgres
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_command_that_is_stopped(both: tuple[TestProject, TestProject], how: signal.Signals) -> None:
    """Killed, or stopped by Ctrl-C: the same command does its work at once."""
    one, _ = both
    arguments = command(one, "run", "--as-of", DAYS[5 if how == signal.SIGKILL else 6].isoformat())
    with subprocess.Popen(
        arguments, cwd=one.root, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
    ) as process:
        until(lambda: holds_session(one))
        process.send_signal(how)
        assert process.wait() == (-signal.SIGKILL if how == signal.SIGKILL else 3)
    done = subprocess.run(arguments, cwd=one.root, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not holds_session(one)


@pytest.mark.postgres
def test_a_run_that_has_lost_its_lock_ends(both: tuple[TestProject, TestProject]) -> None:
    one, other = both
    with one.warehouse.locked("run") as live:
        other.warehouse.operate("release_lock")
        other.run(DAYS[7])
        before = everything(one)
        with pytest.raises(Failure, match="this run does not hold the lock on its tables any more") as failure:
            live.build(RunRequest(DAYS[8].replace(tzinfo=None)))
    assert failure.value.hint.startswith("run again")
    assert everything(one) == before


RACER = """
import sys
from pathlib import Path
from segctl.errors import Failure
from segctl.warehouse import Warehouse
warehouse = Warehouse(Path(sys.argv[1]), profiles=sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
try:
    if sys.argv[2] == "segctl":
        with warehouse.locked("run"):
            print("won", flush=True)
            sys.stdin.readline()
    else:
        warehouse.operate("take_lease", owner=sys.argv[3], command="dbt build", host="host-b")
        print("won", flush=True)
except Failure as failure:
    print(failure.message, flush=True)
"""


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def _say(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stdin
    process.stdin.write(f"{text}\n")
    process.stdin.flush()


@pytest.mark.postgres
def test_of_many_at_once_one_wins(both: tuple[TestProject, TestProject]) -> None:
    """Our commands, which hold the lock of a session, and builds of dbt, which take the lease."""
    one, _ = both
    expire(one)
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(one.root), kind, f"owner_{number}"],
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(AT_ONCE)
        for kind in ("segctl", "dbt")
    ]
    assert {_line(racer) for racer in racers} == {"ready"}
    for racer in racers:
        _say(racer, "go")
    said = [_line(racer) for racer in racers]
    for racer in racers:
        racer.communicate("end\n")
    assert said.count("won") == 1, said
    assert all(one == "won" or one.startswith("another program is changing these tables") for one in said), said


def test_the_file_of_duckdb_is_the_lock(tmp_path: Path) -> None:
    shop = checkout(tmp_path, Engine("duckdb"), "shop")
    release()
    holds = (
        f"import duckdb; held = duckdb.connect({str(tmp_path / 'test.duckdb')!r}); print('open', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert _line(process) == "open"
        for write in WRITING.values():
            with pytest.raises(Failure, match=rf"test\.duckdb is open in .*\(PID {process.pid}\)") as failure:
                write(shop)
            assert (failure.value.exit_code, failure.value.detail) == (3, "")
            assert failure.value.hint == "close it there, or --wait 60s waits for it"
        process.communicate("\n")
    shop.run(DAYS[0])
    with shop.engine.cursor(tmp_path) as cursor:
        cursor.execute("select count(*) from information_schema.tables where table_name = 'run_lock'")
        assert cursor.fetchone() == (0,)
