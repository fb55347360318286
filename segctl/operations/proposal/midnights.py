"""Which timestamps are always midnight, and so perhaps days: one question to the warehouse about all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from segctl.names import model_reference
from segctl.operations.sql import render_query

# A column that is a day in so many rows is one in all; more would cost as much as the table is large.
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
    """The columns that are midnight in every row that was looked at, with the number of those."""
    return {
        columns[int(row["place"])]: int(row["looked_at"])
        for row in rows
        if int(row["looked_at"]) and not int(row["with_time"])
    }
