"""A process that asks the warehouse for a server: dbt changes folders, streams and variables of its process."""

import signal
import sys
import time
from collections.abc import Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from traceback import format_exc
from typing import TYPE_CHECKING, Any, Protocol

from segctl.errors import Failure, InUse, ProblemsFound
from segctl.serve.form import FormFault

if TYPE_CHECKING:
    from segctl.serve.questions import Desk

# A fresh process imports dbt for two or three seconds; only then the time of a question begins.
SECONDS_TO_START = 60.0
SECONDS_TO_END = 3.0
SLOW = "this takes longer than {seconds:.0f} seconds, and has been given up"
# How many requests wait, and for how many seconds. Any more get an answer to try again.
MOST_WAITING, LONGEST_WAIT = 30, 20.0


@dataclass(frozen=True)
class Opening:
    """What a process needs to ask: the project's folder, what dbt calls the warehouse, a folder for copies.

    `bi_file` is what reports are read from; empty for the warehouse.
    """

    root: Path
    target: str
    profiles: str
    copies: Path
    bi_file: str
    min_group: int
    with_members: bool


@dataclass(frozen=True)
class Told:
    """An answer: data, or problems of definitions as texts, faults of a form by place, or why there is none.

    `retry` says that it is worth to try again.
    """

    data: Any = None
    problems: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    message: str = ""
    hint: str = ""
    exit_code: int = 0
    retry: bool = False


BUSY = Told(message="others are asking; try again in a moment", retry=True)


class Asks(Protocol):
    """Who answers questions."""

    def ask(self, question: str, **details: object) -> Told:
        """The answer."""
        ...


class Worker:
    """The process, which answers one question after the other. A process that takes too long is ended and replaced."""

    def __init__(self, opening: Opening, seconds: float = 60.0) -> None:
        self.opening, self.seconds = opening, seconds
        # One thread: whoever comes first is answered first.
        self._line = ThreadPoolExecutor(1, "segctl_worker")
        self._waiting = 0
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def ask(self, question: str, **details: object) -> Told:
        """The answer to a question, or that too many wait, or that it has waited too long."""
        if self._waiting >= MOST_WAITING:
            return BUSY
        self._waiting += 1
        answered = self._line.submit(self._ask, question, details)
        try:
            return answered.result(timeout=LONGEST_WAIT)
        except TimeoutError:
            # What has begun ends by itself.
            return BUSY if answered.cancel() else answered.result()
        except CancelledError:
            return BUSY
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Ends the process, which ends by itself when no question can come any more."""
        self._line.shutdown(wait=False, cancel_futures=True)
        if self._connection and self._process:
            self._connection.close()
            self._process.join(SECONDS_TO_END)
        self._end()

    def _ask(self, question: str, details: dict[str, object]) -> Told:
        try:
            connection = self._begun()
            connection.send((question, details))
            if not connection.poll(self.seconds):
                self._end()
                return Told(message=SLOW.format(seconds=self.seconds), retry=True)
            found = connection.recv()
        except (EOFError, OSError):
            self._end()
            return Told(message="the process that asks the warehouse has ended", hint="try again", retry=True)
        assert isinstance(found, Told)
        return found

    def _begun(self) -> Connection:
        if self._connection is None or self._process is None or not self._process.is_alive():
            self._end()
            context = get_context("spawn")
            ours, theirs = context.Pipe()
            self._process = context.Process(target=answer, args=(theirs, self.opening), daemon=True)
            self._process.start()
            theirs.close()
            self._connection = ours
            if not ours.poll(SECONDS_TO_START):
                raise EOFError
            ours.recv()
        return self._connection

    def _end(self) -> None:
        if self._connection:
            self._connection.close()
        if self._process:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None


def answer(connection: Connection, opening: Opening) -> None:
    """The work of the process: answers until no question can come any more."""
    # Ctrl-C is for the server, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    from segctl.serve.questions import Desk

    desk = Desk(opening)
    connection.send(time.monotonic())
    with suppress(EOFError, OSError):
        while True:
            question, details = connection.recv()
            connection.send(answered_by(desk, question, details))


def answered_by(desk: "Desk", question: str, details: dict[str, Any]) -> Told:
    """A desk's answer, whatever goes wrong."""
    try:
        return Told(desk.answer(question, details))
    except FormFault as found:
        return Told(faults=found.faults)
    except ProblemsFound as found:
        return Told(
            problems=tuple(
                f"{problem.message}{f' ({problem.hint})' if problem.hint else ''}" for problem in found.problems
            )
        )
    except InUse as failure:
        return Told(message=failure.message, hint=failure.hint, exit_code=failure.exit_code, retry=True)
    except Failure as failure:
        return Told(message=failure.message, hint=failure.hint, exit_code=failure.exit_code)
    except OSError as error:
        return Told(message=f"{error.strerror}: {error.filename}" if error.filename else str(error), exit_code=3)
    except Exception:
        # A bug: its traceback is for who runs the server, and may name people, which a browser is not to see.
        print(format_exc(), file=sys.stderr, flush=True)
        return Told(message="this could not be answered; the terminal of the server says why", exit_code=3)
