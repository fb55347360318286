"""JSON Lines: an object a row and a line, in UTF-8; instants and days are texts, what is missing is null."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from segctl.operations.exports.values import Column, Row, Value, instant_text, number_text


def write_json(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], safe: bool = False) -> int:  # noqa: ARG001
    """Writes rows; no spreadsheet reads them. Returns how many they are."""
    names = [json.dumps(column.name, ensure_ascii=False) for column in columns]
    count = 0
    for row in rows:
        pairs = (f"{name}: {_text(value)}" for name, value in zip(names, row, strict=True))
        out.write(f"{{{', '.join(pairs)}}}\n".encode())
        count += 1
    return count


def _text(value: Value) -> str:
    """A value in JSON; a decimal with all its places, which a float would not have."""
    if isinstance(value, Decimal | float):
        return number_text(value)
    if isinstance(value, date):
        return f'"{instant_text(value)}"'
    return json.dumps(value, ensure_ascii=False)
