"""Waits for other programs as long as the user allows."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from segctl.errors import InUse

Result = TypeVar("Result")
# The hint for users who do not wait.
WAIT = "--wait 60s waits for it"
ENDS = f"wait for it to end, then try again; {WAIT}"
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 2.0


@dataclass(frozen=True)
class Patience:
    """How long to wait for other programs in total: until a time of the monotonic clock.

    Calls `on_wait` once for each wait, with its reason.
    """

    until: float = float("-inf")
    on_wait: Callable[[InUse], None] = lambda _: None

    def attempt(self, tried: Callable[[], Result]) -> Result:
        """Calls the function until it stops raising InUse. Raises InUse when the time is up."""
        pause, is_reported = FIRST_PAUSE, False
        while True:
            try:
                return tried()
            except InUse as failure:
                left = self.until - time.monotonic()
                if left <= 0:
                    raise
                if not is_reported:
                    self.on_wait(failure)
                    is_reported = True
            time.sleep(min(pause, left))
            pause = min(pause * 2, LONGEST_PAUSE)


IMPATIENT = Patience()
