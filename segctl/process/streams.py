"""The only module that writes to the standard streams, safely for any text and any reader."""

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from segctl.errors import Failure
from segctl.errors.visible import in_a_line, visible

# Whether --quiet is on.
_QUIET = {"is": False}
RED = "\x1b[31m{}\x1b[0m"


class Outlet:
    """Standard output or error. Shows control characters, and characters outside its encoding, as escapes.

    Drops the rest when the reader is gone. On other write errors, standard output raises Failure once; standard error
    stays silent. It has the methods of a text stream, but no `buffer`, which would bypass the escaping.
    """

    errors = "backslashreplace"
    closed = False

    def __init__(self, beneath: TextIO, fails: bool, shown: Callable[[str], str] = visible) -> None:
        self.beneath, self.fails, self.shown = beneath, fails, shown
        self.encoding = beneath.encoding

    @property
    def styled(self) -> "Outlet":
        """The same for text that is already escaped and may contain colours."""
        return Outlet(self.beneath, self.fails, str)

    def fileno(self) -> int:
        """The file number of the underlying stream."""
        return self.beneath.fileno()

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self.beneath.isatty()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Writes the text. Raises Failure if standard output cannot be written."""
        shown = self.shown(text)
        try:
            # Click writes an empty text to probe a stream, and would swallow the error of a full disk.
            if shown:
                self.beneath.write(shown)
        except OSError as error:
            self._discard_rest(error)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Writes each of them."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flushes the stream. Raises Failure if standard output cannot be written."""
        try:
            self.beneath.flush()
        except OSError as error:
            self._discard_rest(error)

    def _discard_rest(self, error: OSError) -> None:
        """Discards the buffer and everything written later."""
        with suppress(OSError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.beneath.fileno())
            os.close(nowhere)
        if self.fails and not isinstance(error, BrokenPipeError):
            hint = "make room, or print elsewhere; what the command had done by then is kept"
            raise Failure(f"cannot print: {error.strerror}", hint, exit_code=1) from error


def replace_streams() -> None:
    """Replaces standard output and error with outlets. A closed stream discards everything."""
    sys.stdout = _outlet(sys.stdout, fails=True)
    sys.stderr = _outlet(sys.stderr, fails=False)


def _outlet(stream: TextIO | None, fails: bool) -> TextIO:
    beneath = stream or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    if isinstance(beneath, io.TextIOWrapper):
        beneath.reconfigure(errors=Outlet.errors)
    return cast("TextIO", Outlet(beneath, fails))


@contextmanager
def data_out() -> Iterator[BinaryIO]:
    """Standard output for raw data. Stops silently when the reader is gone.

    Raises Failure if it cannot be written.
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
    """The stream for escaped text with our own colours."""
    # While a progress bar is shown, rich wraps the stream.
    outlet = getattr(stream, "rich_proxied_file", stream)
    return cast("TextIO", outlet.styled) if isinstance(outlet, Outlet) else outlet


def silence(results: bool) -> None:
    """Silences notes and progress, and with `results` standard output as well."""
    _QUIET["is"] = True
    if results:
        sys.stdout = _outlet(None, fails=True)


def is_quiet() -> bool:
    """Whether notes and progress are silenced."""
    return _QUIET["is"]


def takes_all_characters(stream: TextIO) -> bool:
    """Whether the stream's encoding has every character."""
    return (stream.encoding or "ascii").lower().startswith("utf")


def report_error(headline: str, *lines: str) -> None:
    """Prints an error with details to standard error."""
    text = in_a_line(headline)
    out = styled(sys.stderr)
    out.write((RED.format(text) if out.isatty() and not os.environ.get("NO_COLOR") else text) + "\n")
    out.writelines(visible(line) + "\n" for line in lines if line)
    out.flush()
