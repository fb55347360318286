"""Programs run one at a time, with the time on the wall and the most memory that each has held."""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


class ProgramError(RuntimeError):
    """A program that is to be measured has failed."""


@dataclass(frozen=True)
class Measured:
    """Seconds on the wall, the largest resident set of the process in MB, without that of a database server.

    `shuffled` are the MB that the workers of a cluster have written for each other.
    """

    seconds: float
    megabytes: float
    shuffled: float = 0


def program(name: str) -> str:
    """A program of the environment that this one runs in."""
    return str(Path(sys.executable).parent / name)


def measured(root: Path, *command: str, **environment: str) -> Measured:
    """Runs a program in a folder. Raises ProgramError with what it has said when it fails."""
    told = root / "said.txt"
    settings = {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", **environment}
    with told.open("w", encoding="utf-8") as said:
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=root,
            env=os.environ | settings,
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ProgramError(
            f"{' '.join(command)} (exit {process.returncode})\n{told.read_text(encoding='utf-8')[-3000:]}"
        )
    return Measured(seconds, usage.ru_maxrss / 1024)
