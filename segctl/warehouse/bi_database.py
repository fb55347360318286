"""DuckDB files for BI tools, with copies of tables. DuckDB writes them for every engine."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segctl.errors import Failure

# The marker table of such a file: one row per table with its entity, its key column and its number of rows. No copied
# table begins with an underscore.
MARKER = "_segctl_bi_file"
WANTED = "_wanted_keys"
# BI tools lag behind DuckDB. Files in this format can be read since version 1.4.
STORAGE = "v1.4.0"
WITHIN = "segctl_copy"


@dataclass(frozen=True)
class Copied:
    """A table to copy: its name, its `from` expression, and the entity and column of its keys, if any."""

    name: str
    source: str
    entity: str = ""
    key: str = ""


def copy_statements(tables: Sequence[Copied], target: Path) -> list[str]:
    """The statements that copy tables to `target`, a new file."""
    marks = " union all ".join(
        f"select '{copied.name}', '{copied.entity}', '{copied.key}', (select count(*) from {WITHIN}.{copied.name})"
        for copied in tables
    )
    return [
        f"attach {_text(target)} as {WITHIN} (read_write, storage_version '{STORAGE}')",
        # One transaction, so that all tables are of one instant.
        "begin transaction",
        *(f"create table {WITHIN}.{table.name} as select * from {table.source}" for table in tables),
        f"create table {WITHIN}.{MARKER} (table_name varchar, entity varchar, key_column varchar, row_count bigint)",
        f"insert into {WITHIN}.{MARKER} {marks}",
        "commit",
        f"detach {WITHIN}",
    ]


def parquet_statements(tables: Mapping[str, str], folder: Path) -> list[str]:
    """The statements that copy relations to a folder of Parquet files, by name."""
    copies = [
        f"copy (select * from {source}) to {_text(folder / f'{name}.parquet')} (format parquet, compression zstd)"
        for name, source in tables.items()
    ]
    return ["begin transaction", *copies, "commit"]


def from_parquet(files: Mapping[str, Path], tables: Sequence[Copied], target: Path) -> None:
    """Creates a database from Parquet files, one per table. Raises Failure."""
    read = [
        Copied(copied.name, f"read_parquet({_text(files[copied.name])})", copied.entity, copied.key)
        for copied in tables
    ]
    with _opened(":memory:") as connection:
        for statement in copy_statements(read, target):
            connection.execute(statement)


def tables_in(path: Path) -> dict[str, int]:
    """The number of rows per table of such a file. Empty for any other DuckDB file. Raises Failure."""
    with _opened(str(path), read_only=True) as connection:
        listed = "select count(*) from information_schema.tables where table_name = $1"
        if not connection.execute(listed, [MARKER]).fetchall()[0][0]:
            return {}
        rows = connection.execute(f"select table_name, row_count from {MARKER} order by all").fetchall()
        return {str(name): int(count) for name, count in rows}


@contextmanager
def reading(path: Path) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """A function that queries such a file. All rows are from one run, even if the file is replaced meanwhile.

    Raises Failure, also for any other file.
    """
    with _opened(str(path), read_only=True) as connection:
        listed = "select count(*) from information_schema.tables where table_name = $1"
        if not connection.execute(listed, [MARKER]).fetchall()[0][0]:
            raise Failure(f"{path} is not a BI file of segctl", "segctl bi-file writes one", exit_code=2)
        yield lambda sql: list(connection.execute(sql).fetchall())


def without_rows(path: Path, rest: Path, entity: str, keys: Sequence[str]) -> int:
    """Writes a copy of such a file without the rows of members with one of the keys, if there are any.

    Returns the number of these rows. Raises Failure.
    """
    with _opened(str(path), read_only=True) as connection:
        connection.execute(f"create temp table {WANTED} as select unnest($1::varchar[]) as wanted_key", [list(keys)])
        marked = f"select table_name, entity, key_column from {MARKER} order by all"
        kept, count = [], 0
        for name, of, key in connection.execute(marked).fetchall():
            source = f"main.{name}"
            if of == entity and key:
                is_wanted = f"cast({key} as varchar) in (select wanted_key from {WANTED})"
                count += int(connection.execute(f"select count(*) from {source} where {is_wanted}").fetchall()[0][0])
                source = f"{source} where ({is_wanted}) is not true"
            kept.append(Copied(name, source, of, key))
        for statement in copy_statements(kept, rest) if count else ():
            connection.execute(statement)
    return count


@contextmanager
def _opened(path: str, *, read_only: bool = False) -> Iterator[Any]:
    """A database connection. Turns its errors into Failures."""
    import duckdb

    try:
        with closing(duckdb.connect(path, read_only=read_only)) as connection:
            connection.execute("set timezone = 'UTC'")
            yield connection
    except duckdb.Error as error:
        raise Failure(f"DuckDB: {str(error).splitlines()[0]}", exit_code=1) from error


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
