"""CSV: UTF-8, a header, a line a row that ends in a line feed; what is missing is an empty cell."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from segctl.exported_rows import safe_cell
from segctl.operations.exports.values import Column, Row, Value, instant_text, number_text

END = "\r\n"


def write_csv(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], safe: bool) -> int:
    """Writes rows; `safe` puts a mark before what a spreadsheet would take for a formula. Returns how many they are."""
    # Some versions of Python quote only the characters of the line's own end.
    lines = csv.writer(_Lines(out), lineterminator=END)
    lines.writerow([column.name for column in columns])
    count = 0
    for row in rows:
        cells = [cell_text(value) for value in row]
        lines.writerow([safe_cell(cell) for cell in cells] if safe else cells)
        count += 1
    return count


class _Lines:
    """Takes lines, each as a whole, that end in a line feed: a value that breaks lines, whichever way, is quoted."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out

    def write(self, line: str) -> int:
        return self.out.write(f"{line.removesuffix(END)}\n".encode())


def cell_text(value: Value) -> str:
    """A value as a text; lists as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        return number_text(value)
    if isinstance(value, date):
        return instant_text(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
