"""The program as a process: what it prints to, what ends it, and its exit code."""

import signal
import sys
from types import FrameType

import click

from segctl.errors import Failure
from segctl.streams import complain, take_over

INTERRUPTED = 3


class Terminated(KeyboardInterrupt):
    """The system or another program asks this one to end, which it does as on Ctrl-C."""


def outcome_of(command: click.Command) -> int:
    """Runs the command and tells how it ended: its exit code."""
    take_over()
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Whoever started us with nohup wants no end.
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    code = 0
    try:
        code = _code_of(command)
        sys.stdout.flush()
    except Failure as failure:
        complain_of(failure)
        code = code or failure.exit_code
    except KeyboardInterrupt as signalled:
        code = interrupted(signalled)
    return code


def _code_of(command: click.Command) -> int:
    try:
        return int(command.main(standalone_mode=False) or 0)
    except SystemExit as end:
        return int(end.code or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as aborted:
        return interrupted(aborted.__cause__)


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    """Once: whoever asks again while we let go of locks does not make it faster."""
    signal.signal(number, signal.SIG_IGN)
    raise Terminated


def complain_of(failure: Failure) -> None:
    """Tells of a failure."""
    hint = f"  hint: {failure.hint}" if failure.hint else ""
    complain(f"segctl: {failure.message}", failure.detail, hint)


def interrupted(cause: BaseException | None) -> int:
    """Tells that the program was made to end; returns its exit code."""
    hint = "  hint: the tables are as the last finished run left them; run again to go on"
    complain(f"segctl: {'terminated' if isinstance(cause, Terminated) else 'interrupted'}", hint)
    return INTERRUPTED
