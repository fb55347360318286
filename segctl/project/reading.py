"""Reads files of a project: regular files inside it, up to a size limit."""

import os
import stat
from pathlib import Path

from segctl.errors import Failure
from segctl.parse import LARGEST_FILE

KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Refused(Failure):
    """A file that is not read. `path` is as shown to the user, `code` and `reason` are those of the problem."""

    def __init__(self, path: str, code: str, reason: str, hint: str = "") -> None:
        super().__init__(f"{path}: {reason}", hint, exit_code=1)
        self.path, self.code, self.reason = path, code, reason


def read_file(path: Path, root: Path | None = None, most: int = LARGEST_FILE) -> bytes:
    """The content of the file. With a `root`, it must be in that folder after following links. Raises Refused.

    Opens only regular files: a pipe would wait for a writer, and opening a device may have effects.
    """
    shown = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else str(path)
    if root:
        check_inside(path, root)
    try:
        _check_regular(path.stat().st_mode, shown)
        # If the file was replaced meanwhile, neither a pipe nor a link may block us.
        handle = os.open(os.path.realpath(path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            _check_regular(status.st_mode, shown)
            if status.st_size > most:
                reason = f"the file has {status.st_size:,} bytes; at most {most:,} are read"
                raise Refused(shown, "too-large", reason, "split it into several files")
            return file.read(most)
    except OSError as error:
        raise Refused(shown, "unreadable", f"cannot be read: {error.strerror}") from error


def text_of(path: Path, root: Path) -> str:
    """The text of a file in a project, or empty if it cannot be read, which is reported elsewhere."""
    try:
        return read_file(path, root).decode("utf-8", "replace")
    except Refused:
        return ""


def check_inside(path: Path, root: Path) -> None:
    """Raises Refused if a link leads out of the folder."""
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)):
        shown = path.relative_to(root).as_posix()
        reason = "a link leads out of the project, and is not followed"
        raise Refused(shown, "outside-project", reason, "replace the link by the file itself")


def _check_regular(mode: int, shown: str) -> None:
    if not stat.S_ISREG(mode):
        kind = KINDS.get(stat.S_IFMT(mode), "something else")
        raise Refused(shown, "no-file", f"it is {kind}, not a file", "move it elsewhere")
