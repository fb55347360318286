"""Whether each finished run has all the rows that it wrote: two programs at once, or a hand, may have taken some."""

from segctl.operations.sql import render_query
from segctl.warehouse import Row, Warehouse


def gaps(live: Warehouse) -> list[Row]:
    """The runs with rows missing: their instant, of what, how many are `recorded` and how many are `found`."""
    return live.query(render_query("verify/gaps"))
