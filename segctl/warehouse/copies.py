"""Copies of DuckDB files for programs that read for hours. No run can begin while its file is open elsewhere."""

import os
import shutil
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from filelock import FileLock, Timeout

from segctl.errors import InUse
from segctl.warehouse.diagnosis import WRITTEN, WRITTEN_ENDS
from segctl.warehouse.opening import close_files

PREFIX = "segctl_copies_"
LOCK = "held.lock"
LOG = ".wal"
# The fields of a lock for fcntl: kind, whence, start, length, process. On a Mac the kind comes last.
LOCK_LAYOUT = "qqihh" if sys.platform == "darwin" else "hhqqi"
Stamp = tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Copies:
    """Copies below a folder, each made when it is first needed. `taken` are the copies and the former stamps, by path.

    No program writes a file while it is copied. So a copy has whole runs only, as long as runs end normally.
    """

    folder: Path
    taken: dict[Path, tuple[Path, Stamp]] = field(default_factory=dict)

    def of(self, path: Path) -> Path:
        """The copy of a file, in a folder of its own. Raises InUse while a program writes the file, and OSError."""
        original = path.resolve()
        copied = self.taken.get(original)
        if copied is None:
            copied = self.taken[original] = _copied(original, Path(mkdtemp(dir=self.folder)) / original.name)
        return copied[0]

    @property
    def stamp(self) -> Stamp:
        """The stamps of the files when they were copied."""
        return tuple(part for original in sorted(self.taken) for part in self.taken[original][1])

    def are_current(self) -> bool:
        """Whether all files are as they were when they were copied."""
        return all(copy.exists() and stamp_of(original) == was for original, (copy, was) in self.taken.items())

    def renew(self) -> bool:
        """Replaces all copies if files have changed and no program writes them. Returns whether it did.

        Raises InUse if there would be no copy, and OSError.
        """
        if self.are_current():
            return False
        renewed = Copies(self.folder)
        try:
            for original in self.taken:
                renewed.of(original)
        except InUse:
            _remove(renewed)
            if not all(copy.exists() for copy, _ in self.taken.values()):
                raise
            return False
        # This process closes the former copies first.
        close_files()
        _remove(self)
        self.taken.update(renewed.taken)
        return True


@contextmanager
def folder_of_copies(below: Path) -> Iterator[Path]:
    """A folder for copies that is gone afterwards. Deletes those of programs that were killed. Raises OSError."""
    below.mkdir(parents=True, exist_ok=True)
    for left in below.glob(f"{PREFIX}*"):
        with suppress(Timeout, OSError), FileLock(left / LOCK, timeout=0):
            shutil.rmtree(left)
    folder = Path(mkdtemp(dir=below, prefix=PREFIX))
    try:
        with FileLock(folder / LOCK):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def delete_copies(below: Path) -> list[Path]:
    """Deletes all copies in the folders of such programs, which copy again. Returns the folders that had any."""
    abandoned = []
    for folder in sorted(below.glob(f"{PREFIX}*")):
        copies = [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
        for copy in copies:
            shutil.rmtree(copy)
        abandoned += [folder] if copies else []
    return abandoned


def is_copy(path: Path) -> bool:
    """Whether a file lies in the folder of such a program."""
    return any(part.startswith(PREFIX) for part in path.parts)


def is_written(path: Path) -> bool:
    """Whether a program has a DuckDB file open for writing. Takes no lock and blocks no program."""
    if sys.platform == "win32":
        # Windows opens no file that another program writes.
        return False
    import fcntl

    kind = fcntl.F_RDLCK
    request = (0, 0, 0, kind, os.SEEK_SET) if sys.platform == "darwin" else (kind, os.SEEK_SET, 0, 0, 0)
    with path.open("rb") as file:
        answer = struct.unpack(LOCK_LAYOUT, fcntl.fcntl(file, fcntl.F_GETLK, struct.pack(LOCK_LAYOUT, *request)))
    return bool(answer[3 if sys.platform == "darwin" else 0] != fcntl.F_UNLCK)


def _copied(original: Path, target: Path) -> tuple[Path, Stamp]:
    """A copy of a file and its log, and their stamp. Raises InUse if a program wrote them meanwhile."""
    before = stamp_of(original)
    if not original.exists():
        # DuckDB then reports that the file is missing.
        return target, before
    try:
        if is_written(original):
            raise InUse(WRITTEN, WRITTEN_ENDS)
        for path in (original, _log_of(original)):
            if path.exists():
                shutil.copyfile(path, target.with_name(path.name))
        if is_written(original) or stamp_of(original) != before:
            raise InUse(WRITTEN, WRITTEN_ENDS)
    except PermissionError as error:
        if sys.platform == "win32":
            raise InUse(WRITTEN, WRITTEN_ENDS) from error
        raise
    except InUse:
        shutil.rmtree(target.parent, ignore_errors=True)
        raise
    return target, before


def _remove(copies: Copies) -> None:
    for copy, _ in copies.taken.values():
        shutil.rmtree(copy.parent, ignore_errors=True)


def stamp_of(path: Path) -> Stamp:
    """When a file and its log were last written, how long they are, and which files they are. Zeros without a file."""
    return tuple(_stamp(file) for file in (path, _log_of(path)))


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except FileNotFoundError:
        return 0, 0, 0
    return status.st_mtime_ns, status.st_size, status.st_ino


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}{LOG}")
