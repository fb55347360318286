"""Finds runs that lost rows, by concurrent programs or by hand."""

from segctl.operations.sql import render_query
from segctl.warehouse import Row, Warehouse


def missing_rows(live: Warehouse) -> list[Row]:
    """The runs with missing rows: instant, table, and the numbers `recorded` and `found`."""
    return live.query(render_query("verify/missing_rows"))
