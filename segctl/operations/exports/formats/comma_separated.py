"""CSV: UTF-8, a header, one row per line with a line feed. Missing values are empty cells."""

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from segctl.operations.exports.values import Column, Row, Value, instant_text, number_text
from segctl.personal_data.exported_rows import safe_cell

END = "\r\n"


def write_csv(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], safe: bool) -> int:
    """Writes rows and returns their number. `safe` marks cells that a spreadsheet would read as formulas."""
    # Some Python versions quote only the characters of the line terminator.
    lines = csv.writer(_Lines(out), lineterminator=END)
    lines.writerow([column.name for column in columns])
    count = 0
    for row in rows:
        cells = [cell_text(value) for value in row]
        lines.writerow([safe_cell(cell) for cell in cells] if safe else cells)
        count += 1
    return count


class _Lines:
    """Replaces line terminators by line feeds, so that values with any line break are quoted."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out

    def write(self, line: str) -> int:
        return self.out.write(f"{line.removesuffix(END)}\n".encode())


def cell_text(value: Value) -> str:
    """A value as text. Lists as JSON."""
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
