"""Parquet files, written by DuckDB for every engine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segctl.errors import Failure

COPIED = """
copy (
    select {columns}
    from read_json({source}, format = 'newline_delimited', columns = {{{types}}})
)
to {target} (format parquet, compression zstd)
"""


def to_parquet(source: Path, target: Path, columns: Sequence[tuple[str, str]]) -> None:
    """Converts JSON Lines with the keys c0, c1, … to Parquet. `columns` are names and DuckDB types in that order.

    Decimals are texts in the input. Raises Failure if the file cannot be written.
    """
    sql = COPIED.format(
        columns=", ".join(f"cast(c{place} as {kind}) as {_quoted(name)}" for place, (name, kind) in enumerate(columns)),
        types=", ".join(f"c{place}: '{_read_as(kind)}'" for place, (_, kind) in enumerate(columns)),
        source=_text(source),
        target=_text(target),
    )
    with _database(target.parent) as connection:
        connection.execute(sql)


def without_keys(path: Path, rest: Path, column: str, keys: Sequence[str], is_known: bool = False) -> int | None:
    """Writes a Parquet file without the rows that have one of the keys in a column.

    Unless the file `is_known`, the column must be its first column of keys. Returns the number of removed rows, and
    writes nothing for 0. Returns None if a key is elsewhere in the file. Raises Failure.
    """
    source = f"read_parquet({_text(path)})"
    with _database(rest.parent) as connection:
        names = [name for name, *_ in connection.execute(f"describe select * from {source}").fetchall()]
        connection.execute("create temp table wanted as select unnest($1::varchar[]) as wanted_key", [list(keys)])
        within = {name: f"cast({_quoted(name)} as varchar) in (select wanted_key from wanted)" for name in names}
        first = next((name for name in names if name.endswith("_id")), column)
        theirs = within.get(column) if is_known or first == column else None
        looked_for = theirs or " or ".join(within.values())
        count = int(connection.execute(f"select count(*) from {source} where {looked_for}").fetchall()[0][0])
        if theirs is None:
            return None if count else 0
        if count:
            others = f"select * from {source} where ({theirs}) is not true"
            connection.execute(f"copy ({others}) to {_text(rest)} (format parquet, compression zstd)")
    return count


def rows_of(path: Path) -> int:
    """The number of rows in a Parquet file. Raises Failure."""
    with _database(path.parent) as connection:
        counted = connection.execute(f"select count(*) from read_parquet({_text(path)})").fetchall()
    return int(counted[0][0])


@contextmanager
def _database(scratch: Path) -> Iterator[Any]:
    """An in-memory database that spills to a folder. Turns its errors into Failures."""
    import duckdb

    settings = {"temp_directory": str(scratch), "memory_limit": "1GB", "threads": 2}
    try:
        with duckdb.connect(config=settings) as connection:
            connection.execute("set timezone = 'UTC'")
            connection.execute("set enable_progress_bar = false")
            yield connection
    except duckdb.Error as error:
        raise Failure(f"Parquet: {str(error).splitlines()[0]}", exit_code=1) from error


def _read_as(kind: str) -> str:
    """The type to read a value as before the cast. Decimals are read as text."""
    return "varchar" if kind.startswith("decimal") else kind


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
