"""The process: its streams, its signals and its exit code."""

import atexit
import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import click

from segctl.cli.completion import VARIABLE, is_completing
from segctl.errors import Failure, InUse
from segctl.process.streams import is_quiet, replace_streams, report_error

INTERRUPTED = 3
# Repeated signals within this many seconds are ignored, while locks are being released.
PATIENCE = 5


class Terminated(KeyboardInterrupt):
    """The system or another program asked this one to end. Handled like Ctrl-C."""


class _Signals:
    """The last signal that asked this program to end.

    Kept because the exception may be swallowed on its way: by an interrupted import, by dbt, by a library.
    """

    def __init__(self) -> None:
        self.cause: KeyboardInterrupt | None = None
        self.at = float("-inf")

    def end(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Handles a signal."""
        now = time.monotonic()
        if number != signal.SIGINT and now - self.at < PATIENCE:
            return
        self.at, self.cause = now, KeyboardInterrupt() if number == signal.SIGINT else Terminated()
        raise self.cause


_SIGNALS = _Signals()


def stop_requested() -> KeyboardInterrupt | None:
    """The signal that asked this program to end, even if its exception was swallowed."""
    return _SIGNALS.cause


def outcome_of(command: click.Command) -> int:
    """Runs the command and returns its exit code."""
    if is_completing():
        return _completed(command)
    replace_streams()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # nohup asks for this signal to be ignored.
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _SIGNALS.end)
    code = 0
    try:
        code = _code_of(command)
        sys.stdout.flush()
    except Failure as failure:
        report_failure(failure)
        code = code or failure.exit_code
    except KeyboardInterrupt as signalled:
        code = interrupted(signalled)
    except Exception:
        if stop_requested() is None:
            raise
        code = interrupted(stop_requested())
    return code


def _completed(command: click.Command) -> int:
    """Answers a shell that asks for completions. Never prints an error."""
    try:
        return _code_of(command)
    except Exception:
        return 1


def end(code: int) -> NoReturn:
    """Ends the process at once, after closing files and flushing streams.

    Python would otherwise take dbt's objects apart one by one, which took half a second of every run.
    """
    if "dbt.adapters" in sys.modules:
        from segctl.warehouse.opening import close_files

        close_files()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _code_of(command: click.Command) -> int:
    try:
        return int(command.main(standalone_mode=False, complete_var=VARIABLE) or 0)
    except SystemExit as end:
        return int(end.code or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as aborted:
        return interrupted(aborted.__cause__)


def report_failure(failure: Failure) -> None:
    """Prints a failure to standard error."""
    hint = f"  hint: {failure.hint}" if failure.hint else ""
    report_error(f"segctl: {failure.message}", failure.detail, hint)


def report_waiting(failure: InUse) -> None:
    """Prints what the program is waiting for."""
    if not is_quiet():
        report_error(f"segctl: waiting: {failure.message}")


def interrupted(cause: BaseException | None) -> int:
    """Prints that the program was interrupted. Returns its exit code."""
    hint = "  hint: the tables are as the last finished run left them; run again to continue"
    report_error(f"segctl: {'terminated' if isinstance(cause, Terminated) else 'interrupted'}", hint)
    return INTERRUPTED
