"""Reading a file of a project: a regular one, inside of it, and of no more than a bounded size."""

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
    """A file is not read: `path` as it is told, `code` and `reason` as of a problem in it."""

    def __init__(self, path: str, code: str, reason: str, hint: str = "") -> None:
        super().__init__(f"{path}: {reason}", hint, exit_code=1)
        self.path, self.code, self.reason = path, code, reason


def read_file(path: Path, root: Path | None = None, most: int = LARGEST_FILE) -> bytes:
    """What the file holds. With a `root` it must lie in that folder, wherever links lead. Raises Refused.

    Nothing is opened that is no regular file: a pipe would wait for a writer, and a device may act on being opened.
    """
    shown = path.relative_to(root).as_posix() if root and path.is_relative_to(root) else str(path)
    if root:
        check_inside(path, root)
    try:
        _check_regular(path.stat().st_mode, shown)
        # Should it have been replaced since, neither a pipe nor another link holds us up.
        handle = os.open(os.path.realpath(path), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(handle)
            _check_regular(found.st_mode, shown)
            if found.st_size > most:
                reason = f"the file has {found.st_size:,} bytes; at most {most:,} are read"
                raise Refused(shown, "too-large", reason, "split it into several files")
            return file.read(most)
    except OSError as error:
        raise Refused(shown, "unreadable", f"cannot be read: {error.strerror}") from error


def text_of(path: Path, root: Path) -> str:
    """The text of a file in a project; empty when it is not there or not to be read, which others tell."""
    try:
        return read_file(path, root).decode("utf-8", "replace")
    except Refused:
        return ""


def check_inside(path: Path, root: Path) -> None:
    """Raises Refused when the path leads out of the folder by a link."""
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)):
        shown = path.relative_to(root).as_posix()
        reason = "a link leads out of the project here, and nothing is read there"
        raise Refused(shown, "outside-project", reason, "put the file itself in the place of the link")


def _check_regular(mode: int, shown: str) -> None:
    if not stat.S_ISREG(mode):
        kind = KINDS.get(stat.S_IFMT(mode), "something else")
        raise Refused(shown, "no-file", f"it is {kind}, and files are read only", "move it elsewhere")
