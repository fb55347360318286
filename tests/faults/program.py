"""The program in processes of its own: from the nursery, which is fast, or started like from a shell."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.support.built_project import REPOSITORY, TestProject

FULL = os.environ.get("SEGCTL_FAULTS", "") == "full"
SEGCTL = (sys.executable, "-c", "from segctl.cli import main; main()")


def times(bounded: int, full: int) -> int:
    """How often something is done: in `make test`, and in `make faults`."""
    return full if FULL else bounded


@dataclass(frozen=True)
class Ended:
    """How a process ended: exit code (negative: the signal), output, and duration."""

    code: int
    out: str
    err: str
    seconds: float = 0.0

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


def environment(**given: str) -> dict[str, str]:
    """This process's environment, with our code first on the path."""
    return os.environ | {"PYTHONPATH": str(REPOSITORY), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"} | given


def command(shop: TestProject, *arguments: str) -> list[str]:
    return [*SEGCTL, "--project-dir", str(shop.root), "--profiles-dir", str(shop.root), *arguments]


def segctl(shop: TestProject, *arguments: str, **given: str) -> Ended:
    """Runs the program to its end."""
    began = time.monotonic()
    completed = subprocess.run(
        command(shop, *arguments), env=environment(**given), cwd=shop.root, capture_output=True, text=True, check=False
    )
    return Ended(completed.returncode, completed.stdout, completed.stderr, time.monotonic() - began)


class Nursery:
    """A process that has imported the program, and forks."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self.process, self.folder = process, folder

    def begin(self, shop: TestProject, *arguments: str, **given: str) -> int:
        """Starts the program and returns its process id. `end` waits for it."""
        order = {
            "arguments": ["--project-dir", str(shop.root), "--profiles-dir", str(shop.root), *arguments],
            "environment": given,
            "folder": str(shop.root),
            "out": str(self.folder / "out"),
            "err": str(self.folder / "err"),
        }
        self._stream(self.process.stdin).write(json.dumps(order) + "\n")
        self._stream(self.process.stdin).flush()
        return int(self._stream(self.process.stdout).readline())

    def end(self) -> Ended:
        code = int(self._stream(self.process.stdout).readline())
        out, err = ((self.folder / name).read_text(encoding="utf-8") for name in ("out", "err"))
        return Ended(code, out, err)

    def run(self, shop: TestProject, *arguments: str, **given: str) -> Ended:
        """Runs the program to its end."""
        began = time.monotonic()
        self.begin(shop, *arguments, **given)
        found = self.end()
        return Ended(found.code, found.out, found.err, time.monotonic() - began)

    def done(self, shop: TestProject, *arguments: str, **given: str) -> Ended:
        """Runs the program, which must succeed."""
        run_report = self.run(shop, *arguments, **given)
        assert run_report.code == 0, run_report.err + run_report.out
        return run_report

    @staticmethod
    def _stream(stream: IO[Any] | None) -> IO[Any]:
        assert stream is not None
        return stream


@contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """A nursery that is closed at the end. The folder keeps the output of its children."""
    orders = [sys.executable, "-m", "tests.faults.nursery"]
    with subprocess.Popen(
        orders, env=environment(), cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Nursery(process, folder)
        finally:
            if process.stdin:
                process.stdin.close()


def is_one_message(ended: Ended) -> bool:
    """Whether a failure is reported as one line that begins with our name, without a traceback."""
    headlines = [line for line in ended.err.splitlines() if line.startswith("segctl: ")]
    return len(headlines) == 1 and "Traceback" not in ended.err + ended.out
