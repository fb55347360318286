"""The file formats, one module each, with their writers and suffixes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from segctl.operations.exports.formats.comma_separated import write_csv
from segctl.operations.exports.formats.excel import LARGEST_SHEET, check_excel, write_excel
from segctl.operations.exports.formats.json_lines import write_json
from segctl.operations.exports.formats.parquet import write_parquet
from segctl.operations.exports.values import Column, Row

Write = Callable[[BinaryIO, Sequence[Column], Iterable[Row], bool], int]


@dataclass(frozen=True)
class Format:
    """A format: its name, its suffixes, and the function that writes rows and returns their number.

    `most` is the maximum number of rows in a file. `is_text` means that a terminal can show it. `check` raises Failure
    if it cannot be written here.
    """

    name: str
    suffixes: tuple[str, ...]
    write: Write
    most: int | None = None
    is_text: bool = True
    check: Callable[[], None] = lambda: None

    @property
    def suffix(self) -> str:
        """The suffix of files that we name."""
        return self.suffixes[0]


CSV = Format("csv", (".csv",), write_csv)
FORMATS = {
    "csv": CSV,
    "parquet": Format("parquet", (".parquet",), write_parquet, is_text=False),
    "json": Format("json", (".jsonl", ".ndjson", ".json"), write_json),
    "xlsx": Format("xlsx", (".xlsx",), write_excel, most=LARGEST_SHEET, is_text=False, check=check_excel),
}
BY_SUFFIX = {suffix: format_ for format_ in FORMATS.values() for suffix in format_.suffixes}

__all__ = ["BY_SUFFIX", "CSV", "FORMATS", "Format"]
