"""The request for an export, and its written files."""

from dataclasses import dataclass
from pathlib import Path

from segctl.errors import Failure, did_you_mean
from segctl.operations.exports.formats import BY_SUFFIX, CSV, FORMATS, Format
from segctl.project.project import writing

STANDARD_OUTPUT = Path("-")
HASHES = ("google", "meta", "plain")


@dataclass(frozen=True)
class Exported:
    """A written file: its segment, its path as the caller named the folder, and its number of members.

    `sha256` is the hash of its bytes, empty unless requested. A file of changes has several segments, a manifest none.
    """

    segment: str
    path: Path
    rows: int
    sha256: str = ""
    is_manifest: bool = False


@dataclass(frozen=True)
class ExportRequest:
    """What to export: segments by name (none: all), a written instant (empty: the last finished run), and a folder,
    file or STANDARD_OUTPUT (None: EXPORTS in the project).

    `eligible_only` exports only customers who may be contacted. `safe_cells` protects cells from spreadsheets. `format`
    is a name of FORMATS, by default that of the file, or CSV. `columns` are written names, by default the usual ones.
    `hash` is one of HASHES, empty for no identifiers. `priority` segments take customers before others. `manifest`
    requests a manifest where no other option does.

    `changes_since` requests changes instead (see ChangesRequest) for a `destination`, by default named after where
    they are written, and `with_ineligible` includes customers who may not be contacted.
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
        """Whether files have a manifest and a day in their names. Plain exports do not."""
        return bool(self.format or self.columns or self.hash or self.priority or self.manifest)

    @property
    def is_printed(self) -> bool:
        """Whether rows go to the standard output."""
        return self.to == STANDARD_OUTPUT

    @property
    def file(self) -> Path | None:
        """The requested file, or None for a folder or standard output."""
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
        """The format. Raises Failure if it is unknown, or contradicts the file's extension."""
        if self.format and self.format not in FORMATS:
            known = did_you_mean(self.format, list(FORMATS), "formats")
            raise Failure(f'there is no format "{self.format}"', known, exit_code=2)
        by_name = BY_SUFFIX.get(self.file.suffix) if self.file else None
        if self.file and (by_name is None or FORMATS.get(self.format, by_name) is not by_name):
            named_format = FORMATS[self.format] if self.format else None
            fits = " or ".join(named_format.suffixes if named_format else BY_SUFFIX)
            format_text = f"the format {self.format}" if named_format else "a format"
            message = f"the suffix of {self.file} is not that of {format_text}"
            raise Failure(message, f"end it in {fits}, or name a folder", exit_code=2)
        return by_name or FORMATS.get(self.format, CSV)


def names_of(text: str | None, option: str) -> tuple[str, ...]:
    """Names separated by commas, or none without the option. Raises Failure for an empty list."""
    names = tuple(name.strip() for name in (text or "").split(","))
    if text is not None and not all(names):
        raise Failure(f"{option} has an empty name", f"for example {option} a,b", exit_code=2)
    return names if text is not None else ()
