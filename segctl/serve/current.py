"""The pages of the last finished run, all made of one report and swapped at once when there is a newer one."""

import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread

from segctl.operations.report.contents import Report
from segctl.serve.worker import AnswerService, WorkerAnswer

# How often it is looked whether there is a new run.
SECONDS = 3.0


@dataclass(frozen=True)
class DrawnPage:
    """The document of a run, plain and compressed, and the stamp of the files that it was read from."""

    stamp: object
    as_of: str
    text: bytes
    compressed: bytes


class Current:
    """The document in memory. Whoever comes while a newer one is made gets the former."""

    def __init__(self, worker: AnswerService, draw: Callable[[Report], str]) -> None:
        self.worker, self.draw = worker, draw
        self._drawn: DrawnPage | None = None
        self._first, self._looking = Lock(), Lock()
        self._looked_at = float("-inf")
        self._failed: WorkerAnswer | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether there is a document, which is then given at once."""
        return self._drawn is not None

    def begin(self) -> None:
        """Makes the first document in a thread of its own, before the first request."""
        Thread(target=self.document, daemon=True).start()

    def document(self) -> DrawnPage | WorkerAnswer:
        """The document, or why there is none yet."""
        drawn = self._drawn
        if drawn is None:
            with self._first:
                # Who has waited meanwhile for what has failed does not have it tried again at once.
                failed = self._failed if time.monotonic() - self._looked_at < SECONDS else None
                return self._drawn or failed or self._draw()
        self._look_later()
        return drawn

    def _look_later(self) -> None:
        """Looks whether there is a new run, in a thread of its own, one at a time."""
        if time.monotonic() - self._looked_at < SECONDS or not self._looking.acquire(blocking=False):
            return
        Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        try:
            answer = self.worker.ask("stamp")
            if self._drawn is None or (not answer.message and answer.data != self._drawn.stamp):
                self._draw()
        finally:
            self._looked_at = time.monotonic()
            self._looking.release()

    def _draw(self) -> DrawnPage | WorkerAnswer:
        answer = self.worker.ask("report")
        self._looked_at = time.monotonic()
        if answer.message or answer.problems:
            self._failed = answer
            return answer
        stamp, report = answer.data
        text = self.draw(report).encode()
        self._drawn = DrawnPage(stamp, report.as_of, text, gzip.compress(text, 6, mtime=0))
        return self._drawn
