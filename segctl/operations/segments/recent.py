"""Queries the sizes of segments in the last runs as columns."""

from datetime import datetime

from segctl.language.literals import sql_instant
from segctl.operations.sql import render_query
from segctl.warehouse import Row

# The number of past runs.
MOST_RUNS = 12


def recent_query(until: datetime | None = None) -> str:
    """A query of the sizes in the last runs, up to a naive UTC instant if given. One row per segment.

    Columns: segment, size_1 and at_1 (size and instant of the last run), size_2, …. NULL if not evaluated.
    """
    columns = [
        f"max(case when runs.place = {place} then {value} end) as {name}_{place}"
        for place in range(1, MOST_RUNS + 1)
        for name, value in (("size", "sizes.size"), ("at", "sizes.as_of"))
    ]
    past = f" where as_of <= {sql_instant(until)}" if until else ""
    return render_query("show/recent_sizes", columns=",\n    ".join(columns), until=past, most=MOST_RUNS)


def recent_columns(relation: str) -> str:
    """The columns of that query."""
    return ", ".join(f"{relation}.size_{place}, {relation}.at_{place}" for place in range(1, MOST_RUNS + 1))


def recent_sizes(row: Row) -> tuple[tuple[datetime, int], ...]:
    """The instants and sizes in a row of that query, earliest first."""
    places = range(MOST_RUNS, 0, -1)
    return tuple((row[f"at_{place}"], int(row[f"size_{place}"])) for place in places if row[f"at_{place}"] is not None)
