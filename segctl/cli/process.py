"""The program as a process: what it prints to, what ends it, and its exit code."""

import atexit
import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import NoReturn

import click

from segctl.cli.completion import VARIABLE, is_asked
from segctl.errors import Failure, InUse
from segctl.streams import complain, is_quiet, take_over

INTERRUPTED = 3
# Whoever asks again within so many seconds, while locks are let go of, does not make it faster.
PATIENCE = 5


class Terminated(KeyboardInterrupt):
    """The system or another program asks this one to end, which it does as on Ctrl-C."""


class _Signals:
    """What has asked this program to end, and when last. What is raised may be wrapped or swallowed on its way: by an
    import that it cuts off, by dbt, by a library.
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


def asked_to_end() -> KeyboardInterrupt | None:
    """What has asked this program to end, whatever has become of it on its way."""
    return _SIGNALS.cause


def outcome_of(command: click.Command) -> int:
    """Runs the command and tells how it ended: its exit code."""
    if is_asked():
        return _completed(command)
    take_over()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Whoever started us with nohup wants no end.
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _SIGNALS.end)
    code = 0
    try:
        code = _code_of(command)
        sys.stdout.flush()
    except Failure as failure:
        complain_of(failure)
        code = code or failure.exit_code
    except KeyboardInterrupt as signalled:
        code = interrupted(signalled)
    except Exception:
        if asked_to_end() is None:
            raise
        code = interrupted(asked_to_end())
    return code


def _completed(command: click.Command) -> int:
    """Answers a shell that completes words. It shows nothing of what goes wrong."""
    try:
        return _code_of(command)
    except Exception:
        return 1


def end(code: int) -> NoReturn:
    """Ends the process at once, with everything closed that a program closes.

    To take dbt's objects apart one by one, as Python does otherwise, took half a second of every run.
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


def complain_of(failure: Failure) -> None:
    """Tells of a failure."""
    hint = f"  hint: {failure.hint}" if failure.hint else ""
    complain(f"segctl: {failure.message}", failure.detail, hint)


def complain_of_waiting(failure: InUse) -> None:
    """Tells what the program waits for."""
    if not is_quiet():
        complain(f"segctl: waiting: {failure.message}")


def interrupted(cause: BaseException | None) -> int:
    """Tells that the program was made to end; returns its exit code."""
    hint = "  hint: the tables are as the last finished run left them; run again to go on"
    complain(f"segctl: {'terminated' if isinstance(cause, Terminated) else 'interrupted'}", hint)
    return INTERRUPTED
