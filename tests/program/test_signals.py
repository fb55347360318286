"""How the program ends by a signal, and in folders that it cannot write."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.support.shops.demo_project import SEGCTL, Outcome, copied, segctl

WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner", "--")


def test_a_folder_that_cannot_be_written(demo_after_two_runs: Path, tmp_path: Path) -> None:
    folder = copied(demo_after_two_runs, tmp_path / "shop")
    path = folder / "segments" / "loyalty.yml"
    rendered = path.read_text()
    subprocess.run(["chmod", "-R", "a-w", folder], check=True)
    as_nobody = WITHOUT_RIGHTS if os.geteuid() == 0 else ()

    def outcome_of(*arguments: str) -> Outcome:
        completed = subprocess.run(
            [*as_nobody, SEGCTL, *arguments], cwd=folder, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in completed.stderr
        assert len([line for line in completed.stderr.splitlines() if line.startswith("segctl: ")]) == 1
        return Outcome(completed.returncode, completed.stdout, completed.stderr)

    try:
        run = outcome_of("run")
        assert run.code == 1
        assert run.err.startswith(f"segctl: cannot write {folder}/target: Permission denied\n  hint: DBT_TARGET_PATH ")
        export = outcome_of("export", "vip")
        assert (export.code, export.out) == (1, "")
        assert export.err.startswith(f"segctl: cannot write {folder}/")
        for name in ("segments", "segments/loyalty.yml"):
            (folder / name).chmod(0o755)
        path.write_text(rendered + "  - {name: one_more, rule: {event: order}}\n")
        render = outcome_of("render")
        assert render.code == 1
        assert render.err.startswith(f"segctl: cannot write {folder}/models/segments/")
        subprocess.run(["rm", "-r", folder / "segments/.schema"], check=True)
        (folder / "segments").chmod(0o555)
        schema = outcome_of("schema")
        assert schema.code == 1
        assert schema.err == f"segctl: cannot write {folder}/segments/.schema/catalog.json: Permission denied\n"
        subprocess.run(["chmod", "755", folder, folder / "segments"], check=True)
        for one in (folder / "segments").glob("[!c]*.yml"):
            one.unlink()
        subprocess.run(["chmod", "555", folder, folder / "segments"], check=True)
        init = outcome_of("init")
        assert init.code == 1
        assert init.err == f"segctl: cannot write {folder}/segments/starter.yml: Permission denied\n"
    finally:
        subprocess.run(["chmod", "-R", "u+w", folder], check=True)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_asked_to_end(number: signal.Signals, demo_after_two_runs: Path, tmp_path: Path) -> None:
    folder = copied(demo_after_two_runs, tmp_path / "shop")
    before = database(folder)
    with subprocess.Popen(
        [SEGCTL, "run", "--as-of", "2026-01-05"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
        # Also when the tests themselves run under `nohup`.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509
    ) as process:
        # When it has the lock and has written something, it is in the middle of its work.
        lock, written = folder / "target" / "segctl_default.lock", folder / "segctl.duckdb.wal"
        while not (lock.exists() and written.exists()):
            time.sleep(0.05)
        process.send_signal(number)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (3, "")
    assert err == (
        "segctl: terminated\n  hint: the tables are as the last finished run left them; run again to continue\n"
    )
    assert database(folder) == before
    outcome = segctl(folder, "run", "--as-of", "2026-01-05")
    assert outcome.code == 0, outcome.err
    assert database(folder) != before


def database(folder: Path) -> list[object]:
    """What readers see."""
    queries = (
        "select run_id, joined_count, left_count from segment_runs order by 1",
        "select segment, count(*), count(left_at) from segment_history group by all order by 1",
    )
    with duckdb.connect(str(folder / "segctl.duckdb"), read_only=True) as connection:
        return [connection.execute(query).fetchall() for query in queries]


def test_an_ignored_signal_does_not_end_the_program() -> None:
    """`nohup` ignores the signal, and so do we."""
    code = "import signal, segctl.cli.process as p, click; p.outcome_of(click.Command('x', callback=lambda: None)); "
    code += "print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, file=p.sys.__stdout__)"
    completed = subprocess.run(
        ["bash", "-c", f"trap '' HUP; exec {sys.executable} -c \"{code}\""], capture_output=True, text=True, check=True
    )
    assert completed.stdout == "True\n"
