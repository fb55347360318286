"""Prints what was written for BI tools."""

from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.output.layout import console, counted, dumped
from segctl.output.tables import table

if TYPE_CHECKING:
    from segctl.operations.exports.bi_file import BiFile


def print_bi_file(written: "BiFile", as_json: bool) -> None:
    """One row per table."""
    if as_json:
        print(dumped({"path": str(written.path), "tables": written.tables}))
        return
    lines = table("table", ">rows")
    for name, rows in written.tables.items():
        lines.add_row(name, f"{rows:,}")
    console().print(lines)
    print_written(written)


def print_written(written: "BiFile") -> None:
    """One line with the path."""
    summary = f"{counted(len(written.tables), 'table')} written to {escape(str(written.path))}"
    console().print(summary, highlight=False, soft_wrap=True)
