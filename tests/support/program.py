"""The program in a process of its own that need not import dbt again, which saves three seconds per call."""

import os
import sys
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO

PREPARED = get_context("forkserver")
PREPARED.set_forkserver_preload(["dbt.cli.main", "dbt.adapters.duckdb", "segctl.cli", "segctl.output"])


def called(folder: Path, arguments: tuple[str, ...], environment: dict[str, str]) -> tuple[int, str, str]:
    """Runs the program in a folder. Returns its exit code, standard output and error output."""
    with TemporaryDirectory() as streams:
        out, err = (Path(streams) / name for name in ("out", "err"))
        process = PREPARED.Process(target=_begin, args=(folder, arguments, environment, out, err))
        process.start()
        process.join()
        assert process.exitcode is not None
        # As bytes, like a reader of a pipe gets them.
        return process.exitcode, out.read_bytes().decode(), err.read_bytes().decode()


def _begin(folder: Path, arguments: tuple[str, ...], environment: dict[str, str], out: Path, err: Path) -> None:
    """What the system and Python do when they start a program, then the program."""
    for number, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["segctl", *arguments]
    sys.stdout, sys.stderr = _stream(1, environment, "strict"), _stream(2, environment, "backslashreplace")
    from segctl.cli import main

    main()


def _stream(number: int, environment: dict[str, str], errors: str) -> TextIO:
    return os.fdopen(number, "w", encoding=environment.get("PYTHONIOENCODING", "utf-8"), errors=errors, closefd=False)
