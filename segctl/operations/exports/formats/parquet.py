"""Parquet with typed columns, written by DuckDB. Instants are UTC, numbers decimals with six decimals."""

import shutil
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from segctl.operations.exports.formats.json_lines import write_json
from segctl.operations.exports.values import Column, Kind, Row, number_text
from segctl.warehouse.parquet import to_parquet

TYPES: dict[Kind, str] = {
    "text": "varchar",
    "whole": "bigint",
    "number": "decimal(38, 6)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamptz",
    "texts": "varchar[]",
}


def write_parquet(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], safe: bool = False) -> int:  # noqa: ARG001
    """Writes rows through a temporary JSON Lines file to save memory. Returns their number."""
    with TemporaryDirectory(prefix=".segctl_", dir=_folder_of(out)) as folder:
        source, target = Path(folder) / "rows.jsonl", Path(folder) / "rows.parquet"
        # Numbers are texts there, since JSON readers make doubles of them.
        exact = (tuple(number_text(value) if isinstance(value, Decimal) else value for value in row) for row in rows)
        with source.open("wb") as lines:
            # Names are places in the row, independent of column names.
            count = write_json(lines, [Column(f"c{place}", column.kind) for place, column in enumerate(columns)], exact)
        to_parquet(source, target, [(column.name, TYPES[column.kind]) for column in columns])
        with target.open("rb") as written:
            shutil.copyfileobj(written, out)
    return count


def _folder_of(out: BinaryIO) -> Path | None:
    """The folder of an open file. None for the system's own."""
    name = getattr(out, "name", None)
    return Path(name).parent if isinstance(name, str) else None
