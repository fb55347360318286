"""The one place where text leaves the program: whatever it holds, and whatever becomes of those who read it."""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from segctl.errors import Failure
from segctl.visible import in_a_line, visible

RED = "\x1b[31m{}\x1b[0m"


class Outlet:
    """Standard output or error: control characters are shown as escapes, as is what its encoding does not have.

    When nobody reads it any more, the rest is dropped. When it cannot be written for another reason, the standard
    output raises Failure, once; of the standard error nobody could be told. It has what programs ask of a text stream,
    but no `buffer`, by which text could pass it by.
    """

    errors = "backslashreplace"
    closed = False

    def __init__(self, beneath: TextIO, fails: bool, shown: Callable[[str], str] = visible) -> None:
        self.beneath, self.fails, self.shown = beneath, fails, shown
        self.encoding = beneath.encoding

    @property
    def styled(self) -> "Outlet":
        """The same for text in which all that is to be escaped has been, and colours stand."""
        return Outlet(self.beneath, self.fails, str)

    def fileno(self) -> int:
        """That of the stream beneath."""
        return self.beneath.fileno()

    def isatty(self) -> bool:
        """Whether somebody looks on."""
        return self.beneath.isatty()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Writes the text. Raises Failure when the standard output cannot be written."""
        shown = self.shown(text)
        try:
            # Click writes an empty text to find out what a stream takes, and would not tell of a full disk.
            if shown:
                self.beneath.write(shown)
        except OSError as error:
            self._give_up(error)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Writes each of them."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Passes on what waits. Raises Failure when the standard output cannot be written."""
        try:
            self.beneath.flush()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        """Lets all that follows, and what waits to be written, go nowhere."""
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.beneath.fileno())
            os.close(nowhere)
        if self.fails and not isinstance(error, BrokenPipeError):
            hint = "make room, or print elsewhere; what the command had done by then stands"
            raise Failure(f"cannot print: {error.strerror}", hint, exit_code=1) from error


def take_over() -> None:
    """Makes outlets of the standard output and error. One that is closed is nowhere."""
    sys.stdout = _outlet(sys.stdout, fails=True)
    sys.stderr = _outlet(sys.stderr, fails=False)


def _outlet(stream: TextIO | None, fails: bool) -> TextIO:
    beneath = stream or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if isinstance(beneath, io.TextIOWrapper):
        beneath.reconfigure(errors=Outlet.errors)
    return cast("TextIO", Outlet(beneath, fails))


@contextmanager
def data_out() -> Iterator[BinaryIO]:
    """The standard output for data, which goes out as it is. Nobody who stops reading it is told anything.

    Raises Failure when it cannot be written.
    """
    sys.stdout.flush()
    try:
        with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
            yield out
    except BrokenPipeError:
        pass
    except OSError as error:
        raise Failure(f"cannot print: {error.strerror}", "make room, or print elsewhere", exit_code=1) from error


def styled(stream: TextIO) -> TextIO:
    """The stream for text that has been made visible already, with our own colours in it."""
    # While a progress bar is shown, rich puts something of its own before the stream.
    found = getattr(stream, "rich_proxied_file", stream)
    return cast("TextIO", found.styled) if isinstance(found, Outlet) else found


def takes_all_characters(stream: TextIO) -> bool:
    """Whether its encoding has every character."""
    return (stream.encoding or "ascii").lower().startswith("utf")


def complain(headline: str, *lines: str) -> None:
    """Prints to the standard error that something is wrong, and more about it."""
    told = in_a_line(headline)
    out = styled(sys.stderr)
    out.write((RED.format(told) if out.isatty() and not os.environ.get("NO_COLOR") else told) + "\n")
    out.writelines(visible(line) + "\n" for line in lines if line)
    out.flush()
