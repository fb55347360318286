"""A small shop over five days, and a database of its first three, made by any version of the program.

To rebuild the database of a commit (docs/design.md says when one is added):

    git worktree add /tmp/old <commit>
    PYTHONPATH=/tmp/old .venv/bin/python tests/formats/shop.py tests/formats/databases/<commit or format>

As a script this runs with the test helpers of that commit, so nothing newer may be used here.
"""

import csv
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# The instants of the runs. The databases hold those of the first three.
DAYS = [datetime(2024, 1, day, 6, tzinfo=UTC) for day in (1, 4, 8, 12, 15)]
MADE = 3
COLUMNS = {
    "customers": {"id": "integer", "country": "varchar", "account": "varchar"},
    "accounts": {"id": "varchar", "industry": "varchar"},
    "orders": {"id": "integer", "customer": "integer", "ordered_at": "timestamp", "amount": "decimal(10, 2)"},
}
NEVER = "9"


def rows(day: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of the tables on a day (1 to 5)."""
    result: dict[str, list[dict[str, Any]]] = {}
    for table, columns in COLUMNS.items():
        with (HERE / "shop" / f"{table}.csv").open(encoding="utf-8") as file:
            there = [row for row in csv.DictReader(file) if int(row["from"]) <= day < int(row["until"] or NEVER)]
        result[table] = [{column: row[column] or None for column in columns} for row in there]
    return result


def definitions(day: int) -> dict[str, str]:
    """The definition files by stem on a day. `british` changes on the second day."""
    result = {name: (HERE / "shop" / f"{name}.yml").read_text(encoding="utf-8") for name in ("customers", "accounts")}
    return result if day > 1 else {**result, "customers": result["customers"].replace("in: [GB, IE]", "eq: GB")}


def prepare(project: Any, day: int) -> None:  # noqa: ANN401
    """Writes the rows and definitions of a day (1 to 5) to a project."""
    project.load(rows(day), COLUMNS)
    project.define((HERE / "shop" / "catalog.yml").read_text(encoding="utf-8"), **definitions(day))


def live(project: Any, days: range) -> None:  # noqa: ANN401
    """Runs a project of any version on some of the days (1 to 5)."""
    for day in days:
        prepare(project, day)
        project.run(DAYS[day - 1])


def make(folder: Path) -> None:
    """Writes the database to a folder, as statements and CSV files."""
    import duckdb
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    from tests.support import built_project

    # Its place in all versions.
    engine = built_project.Engine("duckdb")  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as place:
        project = built_project.TestProject(Path(place), engine)
        live(project, range(1, MADE + 1))
        DuckDBConnectionManager.close_all_connections()
        with duckdb.connect(str(Path(place) / "test.duckdb")) as connection:
            # What the test loads again, and the views on it.
            connection.execute("drop schema shop_raw cascade")
            for name in COLUMNS:
                connection.execute(f"drop view if exists shop.{name}")
            connection.execute(f"export database '{folder}' (format csv)")
    # Paths of this machine.
    (folder / "load.sql").unlink()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
