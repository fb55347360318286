"""Finds and removes people in exported files: CSV, even after a spreadsheet saved it, and JSON Lines."""

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

# The first column of an export names its entity. Spreadsheets may add a byte order mark and change the separator.
HEADER = re.compile(r'\ufeff?"?(\w+)_id"?[ ]*([,;\t]|\r|\n|\Z)')
SEPARATORS = (",", ";", "\t")
# A cell that a spreadsheet reads as a formula, possibly after apostrophes like our own mark.
FORMULA = re.compile("'*[=+\\-@\t\r]")


@dataclass(frozen=True)
class Keyed:
    """A file of rows with keys: the entity, the place of the key in a row, and the separator. JSON Lines have no
    separator.
    """

    entity: str
    place: int = 0
    separator: str = ""


def safe_cell(text: str) -> str:
    """A cell with a mark before anything that would start a formula, or already looks marked."""
    return f"'{text}" if FORMULA.match(text) else text


def keyed(text: str, entity: str) -> Keyed | None:
    """How a file holds keys of an entity, or of the entity that its first column names. None for other texts.

    Raises csv.Error.
    """
    header = HEADER.match(text)
    if header:
        return Keyed(header[1], 0, header[2] if header[2] in SEPARATORS else ",")
    first = text.partition("\n")[0].strip("\ufeff\r")
    if first.startswith("{"):
        return _of_which(list(_object(first)), entity)
    for separator in SEPARATORS:
        cells = [cell.strip() for cell in next(csv.reader([first], delimiter=separator), [])]
        keyed_rows = _of_which(cells, entity)
        if keyed_rows:
            return Keyed(keyed_rows.entity, cells.index(f"{keyed_rows.entity}_id"), separator)
    return None


def _of_which(columns: Sequence[str], entity: str) -> Keyed | None:
    """The entity of rows, taken from the first column of keys."""
    if f"{entity}_id" not in columns:
        return None
    return Keyed(next(column.removesuffix("_id") for column in columns if column.endswith("_id")))


def without(text: str, keyed_rows: Keyed, keys: Collection[str]) -> tuple[int, str, bool]:
    """The number of rows with one of the keys, the text without them, and whether a key is elsewhere in the rest.

    Raises csv.Error.
    """
    if not keyed_rows.separator:
        return _without_objects(text, f"{keyed_rows.entity}_id", keys)
    kept, elsewhere, count = [], False, 0
    place, rows = keyed_rows.place, list(_rows(text, keyed_rows.separator))
    # If a key starts like a formula, the file was not made safe, and a marked cell is another key.
    key_cells = [cell for _, cells in rows for cell in cells[place : place + 1]]
    plain = any(FORMULA.match(cell) and not cell.startswith("'") for cell in key_cells)
    removed_keys = set(keys) if plain else {*keys, *map(safe_cell, keys)}
    for lines, cells in rows:
        if removed_keys.intersection(cells[place : place + 1]):
            count += 1
        else:
            kept += lines
            elsewhere = elsewhere or not removed_keys.isdisjoint(cells)
    return count, "".join(kept), elsewhere


def _without_objects(text: str, name: str, keys: Collection[str]) -> tuple[int, str, bool]:
    kept, elsewhere, count = [], False, 0
    removed_keys = set(keys)
    for line in io.StringIO(text, newline=""):
        row = _object(line)
        if row.get(name) in removed_keys:
            count += 1
        else:
            kept.append(line)
            elsewhere = elsewhere or any(value in removed_keys for value in row.values() if isinstance(value, str))
    return count, "".join(kept), elsewhere


def _object(line: str) -> dict[str, object]:
    """The object on a line, or an empty one for anything else."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _rows(text: str, separator: str) -> Iterator[tuple[list[str], list[str]]]:
    """The rows of a CSV file: the original lines of each, and its cells."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=separator)
    start = 0
    for cells in reader:
        yield lines[start : reader.line_num], cells
        start = reader.line_num
