"""JSON Lines: one object per row in UTF-8. Instants and days are texts, missing values are null."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from segctl.operations.exports.values import Column, Row, Value, instant_text, number_text


def write_json(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], safe: bool = False) -> int:  # noqa: ARG001
    """Writes rows and returns their number. Ignores `safe`, since no spreadsheet reads them."""
    names = [json.dumps(column.name, ensure_ascii=False) for column in columns]
    count = 0
    for row in rows:
        pairs = (f"{name}: {_text(value)}" for name, value in zip(names, row, strict=True))
        out.write(f"{{{', '.join(pairs)}}}\n".encode())
        count += 1
    return count


def _text(value: Value) -> str:
    """A value as JSON. Decimals keep all digits, unlike floats."""
    if isinstance(value, Decimal | float):
        return number_text(value)
    if isinstance(value, date):
        return f'"{instant_text(value)}"'
    return json.dumps(value, ensure_ascii=False)
