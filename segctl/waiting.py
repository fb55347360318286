"""Waiting for what another program uses, as long as the user has said."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from segctl.errors import InUse

Result = TypeVar("Result")
# What whoever does not wait is told.
WAIT = "--wait 60s waits for it"
ENDS = f"wait for it to end, then try again; {WAIT}"
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0


@dataclass(frozen=True)
class Patience:
    """How long to wait for other programs, all in all: until a time of the monotonic clock.

    `on_wait` is told once of each attempt that waits what it waits for.
    """

    until: float = float("-inf")
    on_wait: Callable[[InUse], None] = lambda _: None

    def attempt(self, tried: Callable[[], Result]) -> Result:
        """What the function returns, which is called again while it raises InUse. Raises that when time is up."""
        pause, told = FIRST_PAUSE, False
        while True:
            try:
                return tried()
            except InUse as failure:
                left = self.until - time.monotonic()
                if left <= 0:
                    raise
                if not told:
                    self.on_wait(failure)
                    told = True
            time.sleep(min(pause, left))
            pause = min(pause * 2, LONGEST_PAUSE)


IMPATIENT = Patience()
