"""Finds timestamps that are always midnight, and so probably days, with one query."""

from collections.abc import Mapping, Sequence
from typing import Any

from segctl.language.names import model_reference
from segctl.operations.sql import render_query

# A column that is midnight in this many rows is a day. More rows would cost more.
MOST_ROWS = 10000

Columns = Sequence[tuple[str, str]]


def midnights_query(columns: Columns) -> str:
    """Counts the rows of each column, given by reference and name, and those with a time of day."""
    return "\nunion all\n".join(_question(place, *column) for place, column in enumerate(columns))


def _question(place: int, reference: str, column: str) -> str:
    return render_query(
        "init/midnights",
        quoted=f"{{{{ adapter.quote('{column}') }}}}",
        relation=f"{{{{ {model_reference(reference)} }}}}",
        most=MOST_ROWS,
        place=place,
    )


def midnights_found(columns: Columns, rows: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """The columns that are midnight in every row read, with the number of rows."""
    return {
        columns[int(row["place"])]: int(row["looked_at"])
        for row in rows
        if int(row["looked_at"]) and not int(row["with_time"])
    }
