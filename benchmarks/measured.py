"""Runs programs one at a time, and measures wall-clock time and the most memory of each."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


class ProgramError(RuntimeError):
    """A measured program has failed."""


@dataclass(frozen=True)
class Measured:
    """Wall-clock seconds, and the largest resident set of the process in MB, without a database server's.

    `shuffled` are the MB that the workers of a cluster wrote for each other.
    """

    seconds: float
    megabytes: float
    shuffled: float = 0


def program(name: str) -> str:
    """A program of the current environment."""
    return str(Path(sys.executable).parent / name)


def measured(root: Path, *command: str, **environment: str) -> Measured:
    """Runs a program in a folder. Raises ProgramError with its output when it fails."""
    output_file = root / "said.txt"
    settings = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", **environment}
    with output_file.open("w", encoding="utf-8") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=root,
            env=os.environ | settings,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ProgramError(
            f"{' '.join(command)} (exit {process.returncode})\n{output_file.read_text(encoding='utf-8')[-3000:]}"
        )
    return Measured(seconds, usage.ru_maxrss / 1024)
