"""Database files of DuckDB that BI reads: copies of tables, and nothing else. DuckDB writes them for every engine."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from segctl.errors import Failure

# The table by which such a file is told from others: a row a table, its name and number of rows.
MARKER = "segctl_bi_file"
# Tools lag behind DuckDB; what this version writes so, those since 1.4 can read.
STORAGE = "v1.4.0"
WITHIN = "segctl_copy"


def copy_statements(tables: Mapping[str, str], target: Path) -> list[str]:
    """What a DuckDB has to run so that `target`, a new file, holds tables: by name what stands after `from`."""
    marks = " union all ".join(f"select '{name}', (select count(*) from {WITHIN}.{name})" for name in tables)
    return [
        f"attach {_text(target)} as {WITHIN} (read_write, storage_version '{STORAGE}')",
        # All of them as of one instant.
        "begin transaction",
        *(f"create table {WITHIN}.{name} as select * from {source}" for name, source in tables.items()),
        f"create table {WITHIN}.{MARKER} (table_name varchar, row_count bigint)",
        f"insert into {WITHIN}.{MARKER} {marks}",
        "commit",
        f"detach {WITHIN}",
    ]


def parquet_statements(tables: Mapping[str, str], folder: Path) -> list[str]:
    """What a DuckDB has to run so that a folder holds tables as Parquet files, by name a relation."""
    copies = [
        f"copy (select * from {source}) to {_text(folder / f'{name}.parquet')} (format parquet, compression zstd)"
        for name, source in tables.items()
    ]
    return ["begin transaction", *copies, "commit"]


def from_parquet(files: Mapping[str, Path], target: Path) -> None:
    """Makes such a file of Parquet files, one a table by name. Raises Failure."""
    tables = {name: f"read_parquet({_text(path)})" for name, path in files.items()}
    with _opened(":memory:") as connection:
        for statement in copy_statements(tables, target):
            connection.execute(statement)


def tables_in(path: Path) -> dict[str, int]:
    """The number of rows of each table of such a file; nothing of another DuckDB. Raises Failure."""
    with _opened(str(path), read_only=True) as connection:
        listed = "select count(*) from information_schema.tables where table_name = $1"
        if not connection.execute(listed, [MARKER]).fetchall()[0][0]:
            return {}
        rows = connection.execute(f"select table_name, row_count from {MARKER} order by all").fetchall()
        return {str(name): int(count) for name, count in rows}


def without_rows(path: Path, rest: Path, columns: Sequence[str], keys: Sequence[str]) -> int:
    """Writes another such file without the rows that have one of the keys in a column, if there are any.

    Returns how many these are. Raises Failure.
    """
    with _opened(str(path), read_only=True) as connection:
        connection.execute("create temp table wanted as select unnest($1::varchar[]) as found", [list(keys)])
        held = "select table_name, column_name from information_schema.columns where column_name in (select unnest($1))"
        found = connection.execute(held, [list(columns)]).fetchall()
        theirs = {name: f"cast({column} as varchar) in (select found from wanted)" for name, column in found}
        counts = [f"(select count(*) from {name} where {stands})" for name, stands in theirs.items()]
        count = int(connection.execute(f"select {' + '.join([*counts, '0'])}").fetchall()[0][0])
        if count:
            kept = {name: f"{name} where ({stands}) is not true" for name, stands in theirs.items()}
            tables = {name: kept.get(name, name) for name in tables_of(connection)}
            for statement in copy_statements(tables, rest):
                connection.execute(statement)
    return count


def tables_of(connection: Any) -> list[str]:  # noqa: ANN401
    """The names of the tables of an open file of ours."""
    return [name for (name,) in connection.execute(f"select table_name from {MARKER} order by all").fetchall()]


@contextmanager
def _opened(path: str, *, read_only: bool = False) -> Iterator[Any]:
    """A database. Raises Failure for what goes wrong with it."""
    import duckdb

    try:
        with closing(duckdb.connect(path, read_only=read_only)) as connection:
            connection.execute("set timezone = 'UTC'")
            yield connection
    except duckdb.Error as error:
        raise Failure(f"DuckDB: {str(error).splitlines()[0]}", exit_code=1) from error


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
