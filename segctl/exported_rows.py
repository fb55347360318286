"""Rows of somebody in files that were exported: CSV, whatever a spreadsheet has made of it, and JSON Lines."""

import csv
import io
import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

# An export says in its first column what it is of. Spreadsheets put a mark before it, and other separators after it.
HEADER = re.compile(r'\ufeff?"?(\w+)_id"?[ ]*([,;\t]|\r|\n|\Z)')
SEPARATORS = (",", ";", "\t")
# What a spreadsheet takes for the beginning of a formula, after marks of ours that a text may have of its own.
FORMULA = re.compile("'*[=+\\-@\t\r]")


@dataclass(frozen=True)
class Keyed:
    """A file of rows that bear keys: of which entity, in which place of a row, with what between the cells; objects in
    lines have none.
    """

    entity: str
    place: int = 0
    separator: str = ""


def safe_cell(text: str) -> str:
    """A cell with a mark before what would begin a formula, and before what looks like such a cell already."""
    return f"'{text}" if FORMULA.match(text) else text


def keyed(text: str, entity: str) -> Keyed | None:
    """How a file bears the keys of an entity, or of another if its first column is that one's; None for other texts.

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
        found = _of_which(cells, entity)
        if found:
            return Keyed(found.entity, cells.index(f"{found.entity}_id"), separator)
    return None


def _of_which(columns: Sequence[str], entity: str) -> Keyed | None:
    """Of which entity rows are that have an entity's keys in a column: that of the first column of keys."""
    if f"{entity}_id" not in columns:
        return None
    return Keyed(next(one.removesuffix("_id") for one in columns if one.endswith("_id")))


def without(text: str, found: Keyed, keys: Collection[str]) -> tuple[int, str, bool]:
    """How many rows bear one of the keys, the text without them, and whether one stands elsewhere in what is left.

    Raises csv.Error.
    """
    if not found.separator:
        return _without_objects(text, f"{found.entity}_id", keys)
    kept, elsewhere, count = [], False, 0
    place, rows = found.place, list(_rows(text, found.separator))
    # Where a key begins a formula, none has been made safe, and one that looks so is somebody else's.
    own = [cell for _, cells in rows for cell in cells[place : place + 1]]
    plain = any(FORMULA.match(cell) and not cell.startswith("'") for cell in own)
    wanted = set(keys) if plain else {*keys, *map(safe_cell, keys)}
    for lines, cells in rows:
        if wanted.intersection(cells[place : place + 1]):
            count += 1
        else:
            kept += lines
            elsewhere = elsewhere or not wanted.isdisjoint(cells)
    return count, "".join(kept), elsewhere


def _without_objects(text: str, name: str, keys: Collection[str]) -> tuple[int, str, bool]:
    kept, elsewhere, count = [], False, 0
    wanted = set(keys)
    for line in io.StringIO(text, newline=""):
        row = _object(line)
        if row.get(name) in wanted:
            count += 1
        else:
            kept.append(line)
            elsewhere = elsewhere or any(value in wanted for value in row.values() if isinstance(value, str))
    return count, "".join(kept), elsewhere


def _object(line: str) -> dict[str, object]:
    """The object in a line; an empty one for anything else."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _rows(text: str, separator: str) -> Iterator[tuple[list[str], list[str]]]:
    """The rows of a CSV file: the lines that each takes as they are, and its cells."""
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=separator)
    start = 0
    for cells in reader:
        yield lines[start : reader.line_num], cells
        start = reader.line_num
