"""What is asked of an export, and what became of it."""

from dataclasses import dataclass
from pathlib import Path

from segctl.errors import Failure, did_you_mean
from segctl.operations.exports.formats import BY_SUFFIX, CSV, FORMATS, Format
from segctl.project import writing

STANDARD_OUTPUT = Path("-")
HASHES = ("google", "meta", "plain")


@dataclass(frozen=True)
class Exported:
    """A file that was written: of which segment, its path as the caller named the folder, how many members it lists.

    `sha256` is of its bytes, empty where nobody asked for it. Changes are of several
    segments, and a manifest of none.
    """

    segment: str
    path: Path
    rows: int
    sha256: str = ""
    is_manifest: bool = False


@dataclass(frozen=True)
class Request:
    """What to export: segments by name (none for all), as of which instant as people write it (empty for the last
    finished run), to which folder, file or STANDARD_OUTPUT (None for EXPORTS in the project), whether only who may be
    contacted, and whether cells are to be safe in a spreadsheet.

    `format` is a name of FORMATS, empty for that of the file, or CSV. `columns` are names as people write them, none
    for the usual ones. `hash` is one of HASHES, empty for no identifiers. `priority` are segments that take customers
    before others. `manifest` asks for one where none of these does.

    `changes_since` asks for changes instead (see ChangesRequest), for a `destination` that is named after where they go
    unless it is given, `with_ineligible` also of customers who may not be contacted.
    """

    segments: tuple[str, ...] = ()
    as_of: str = ""
    to: Path | None = None
    eligible_only: bool = False
    safe_cells: bool = False
    format: str = ""
    columns: tuple[str, ...] = ()
    hash: str = ""
    priority: tuple[str, ...] = ()
    manifest: bool = False
    changes_since: str = ""
    destination: str = ""
    with_ineligible: bool = False

    @property
    def has_manifest(self) -> bool:
        """Whether files are told of in a manifest, and bear the day that they are of: the usual ones do not."""
        return bool(self.format or self.columns or self.hash or self.priority or self.manifest)

    @property
    def is_printed(self) -> bool:
        """Whether rows go to the standard output."""
        return self.to == STANDARD_OUTPUT

    @property
    def file(self) -> Path | None:
        """The file that is asked for; None where it is a folder, or the standard output."""
        if self.to is None or self.is_printed:
            return None
        with writing():
            if self.to.is_dir():
                return None
        if len(self.segments) != 1 and not self.changes_since:
            return None
        return self.to if self.to.suffix in BY_SUFFIX or self.to.is_file() else None

    @property
    def written_as(self) -> Format:
        """The format. Raises Failure when there is none of that name, or the file is called after another."""
        if self.format and self.format not in FORMATS:
            known = did_you_mean(self.format, list(FORMATS), "formats")
            raise Failure(f'there is no format "{self.format}"', known, exit_code=2)
        by_name = BY_SUFFIX.get(self.file.suffix) if self.file else None
        if self.file and (by_name is None or FORMATS.get(self.format, by_name) is not by_name):
            wanted = FORMATS[self.format] if self.format else None
            fits = " or ".join(wanted.suffixes if wanted else BY_SUFFIX)
            told = f"{self.file} is not called after {f'the format {self.format}' if wanted else 'a format'}"
            raise Failure(told, f"let it end in {fits}, or name a folder", exit_code=2)
        return by_name or FORMATS.get(self.format, CSV)


def names_of(text: str | None, option: str) -> tuple[str, ...]:
    """Names with commas between them, none where the option was not given. Raises Failure when there is nothing."""
    names = tuple(name.strip() for name in (text or "").split(","))
    if text is not None and not all(names):
        raise Failure(f"{option} has an empty name", f"for example {option} a,b", exit_code=2)
    return names if text is not None else ()
