"""Reads the rows of a query in portions through dbt's connection, never all at once."""

import os
from collections.abc import Iterator, Sequence
from contextlib import chdir, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segctl.warehouse.diagnosis import failure_of
from segctl.warehouse.opening import Instead, opened_for_reading

# Rows per portion: a few megabytes at most, and few round trips.
AT_ONCE = 10_000
# DuckDB's memory limit for a stream, unless the profile sets one. Sorting 10 M rows took no longer with a quarter of
# it. By default DuckDB uses four fifths of the machine before it spills to disk.
MOST_HELD = "1GB"
Portion = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class Stream:
    """The rows of a query: lower-case `names` of columns, and `portions` of rows, to be read once.

    Reading raises Failure.
    """

    names: tuple[str, ...]
    portions: Iterator[Portion]

    @property
    def rows(self) -> Iterator[tuple[Any, ...]]:
        """The rows one by one."""
        for portion in self.portions:
            yield from portion


@dataclass(frozen=True)
class Opened:
    """A running query: its rows and its own connection."""

    stream: Stream
    adapter: Any
    connection: Any

    def close(self) -> None:
        """Ends the query, even if not all rows were read."""
        with suppress(Exception):
            self.adapter.connections.close(self.connection)


def connected(adapter_type: str, root: Path, reads: bool, instead: Instead | None = None) -> tuple[Any, Any]:
    """The adapter of dbt's last invocation, and an open connection of its own.

    A DuckDB that is only `read` is opened so, or another file `instead`.
    Raises Failure, and InUse when another program has a database file.
    """
    from dbt.adapters.factory import get_adapter_by_type

    adapter = get_adapter_by_type(adapter_type)
    try:
        # DuckDB resolves a path from dbt's working directory.
        with chdir(root), opened_for_reading(adapter_type, reads, instead):
            adapter.acquire_connection("segctl_stream")
            connection = adapter.connections.get_thread_connection()
            # This opens the connection.
            _ = connection.handle
    except Exception as error:
        adapter.release_connection()
        raise failure_of(str(error), error) from error
    # dbt closes its connections at the end of an invocation, and our queries may come in between.
    adapter.connections.clear_thread_connection()
    return adapter, connection


def begin_stream(adapter_type: str, root: Path, sql: str, reads: bool, instead: Instead | None = None) -> Opened:
    """Sends a compiled query through the adapter of dbt's last invocation, read-only if the command only `reads`.

    Raises Failure, or InUse if another program has the database file.
    """
    adapter, connection = connected(adapter_type, root, reads, instead)
    opened = Opened(Stream((), iter(())), adapter, connection)
    try:
        handle = connection.handle
        if adapter_type == "duckdb":
            _bounded(handle.cursor(), connection.credentials)
        cursor = _server_side(handle) if adapter_type == "postgres" else handle.cursor()
        cursor.execute(sql)
        # Adapters that wrap a driver's cursor expose only part of it.
        within = getattr(cursor, "_cursor", None) or cursor
        portions = _portions(within)
        # A named cursor knows its columns only after the first rows.
        first = next(portions, [])
        names = tuple(column[0].rpartition(".")[2].lower() for column in within.description)
    except Exception as error:
        opened.close()
        raise failure_of(str(error), error) from error
    return Opened(Stream(names, _with_failures(first, portions)), adapter, connection)


def execute(
    adapter_type: str, root: Path, statements: Sequence[str], reads: bool, instead: Instead | None = None
) -> None:
    """Runs statements in order on DuckDB. A connection that only `reads` can still write other files.

    Raises Failure, or InUse if another program has the file.
    """
    adapter, connection = connected(adapter_type, root, reads, instead)
    try:
        cursor = connection.handle.cursor()
        for statement in statements:
            cursor.execute(statement)
    except Exception as error:
        raise failure_of(str(error), error) from error
    finally:
        with suppress(Exception):
            adapter.connections.close(connection)


def _bounded(cursor: Any, credentials: Any) -> None:  # noqa: ANN401
    """Limits DuckDB's memory if it can spill to disk."""
    settings = {**(credentials.config_options or {}), **(credentials.settings or {})}
    folder = Path(cursor.execute("select current_setting('temp_directory')").fetchall()[0][0] or ".")
    if not {"memory_limit", "max_memory"} & settings.keys() and os.access(folder.resolve().parent, os.W_OK):
        # If more is in use already, the limit stays.
        with suppress(Exception):
            cursor.execute(f"set memory_limit = '{MOST_HELD}'")


def _server_side(handle: Any) -> Any:  # noqa: ANN401
    """A server-side cursor of PostgreSQL. Other cursors fetch all rows first."""
    if handle.autocommit:
        handle.autocommit = False
    with handle.cursor() as cursor:
        cursor.execute("set transaction read only")
    return handle.cursor(name="segctl_stream")


def _portions(cursor: Any) -> Iterator[Portion]:  # noqa: ANN401
    """The portions of any driver's cursor, or of the iterator of an in-process Spark session."""
    if hasattr(cursor, "fetchmany"):
        while portion := cursor.fetchmany(AT_ONCE):
            yield portion
        return
    rows: list[tuple[Any, ...]] = []
    for row in cursor._df.toLocalIterator():
        rows.append(tuple(row))
        if len(rows) == AT_ONCE:
            yield rows
            rows = []
    if rows:
        yield rows


def _with_failures(first: Portion, others: Iterator[Portion]) -> Iterator[Portion]:
    """All portions. Turns errors between them into Failures."""
    try:
        if first:
            yield first
        yield from others
    except GeneratorExit:
        raise
    except Exception as error:
        raise failure_of(str(error), error) from error
