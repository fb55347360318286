"""A workbook with one sheet, written row by row. Instants are UTC. Texts are never formulas or links."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from segctl.errors import Failure
from segctl.operations.exports.formats.comma_separated import cell_text
from segctl.operations.exports.values import Column, Row, Value

# The rows of a sheet without the header.
LARGEST_SHEET = 1_048_576 - 1
# The maximum length of a cell, and the smallest whole number that a sheet would round.
LONGEST_TEXT, ROUNDED = 32_767, 2**53
# The first day that a sheet supports.
FIRST_DAY = date(1900, 3, 1)


def check_excel() -> None:
    """Raises Failure if workbooks cannot be written here."""
    try:
        import xlsxwriter  # noqa: F401
    except ImportError as error:
        hint = "install it with segctl: pip install 'segctl[xlsx]'"
        raise Failure("xlsx needs the package XlsxWriter, which is not installed", hint, exit_code=2) from error


def write_excel(out: BinaryIO, columns: Sequence[Column], rows: Iterable[Row], safe: bool = False) -> int:  # noqa: ARG001
    """Writes rows as a workbook and returns their number."""
    import xlsxwriter

    # Holds one row at a time. A fixed creation date makes the bytes deterministic.
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    sheet = book.add_worksheet("members")
    formats = {"date": book.add_format({"num_format": "yyyy-mm-dd"})}
    formats["timestamp"] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    count = 0
    try:
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column.name)
        for row in rows:
            count += 1
            if count > LARGEST_SHEET:
                raise Failure(f"xlsx has {LARGEST_SHEET:,} rows at most", "use another --format", exit_code=2)
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                _write(sheet, (count, place), value, formats.get(column.kind))
        sheet.freeze_panes(1, 0)
    finally:
        book.close()
    return count


def _write(sheet: Any, at: tuple[int, int], value: Value, shown: Any) -> None:  # noqa: ANN401
    """A cell. Numbers and days that a sheet cannot hold exactly are written as text."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(*at, value)
    elif isinstance(value, int | Decimal) and _is_exact(value):
        sheet.write_number(*at, value)
    elif isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) >= FIRST_DAY:
        sheet.write_datetime(*at, value, shown)
    else:
        text = cell_text(value)
        if len(text) > LONGEST_TEXT:
            raise Failure(f"a text of {len(text):,} characters does not fit into a cell", "use another --format", 1)
        sheet.write_string(*at, text)


def _is_exact(value: int | Decimal) -> bool:
    """Whether a double holds the number exactly. Fifteen digits always survive."""
    if isinstance(value, int):
        return abs(value) < ROUNDED
    return len(value.normalize().as_tuple().digits) <= 15
