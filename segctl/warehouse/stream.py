"""The rows of a query in portions: read through dbt's own connection, and never all held at once."""

import os
from collections.abc import Iterator, Sequence
from contextlib import chdir, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segctl.warehouse.diagnosis import failure_of
from segctl.warehouse.opening import Instead, opened_for_reading

# Rows of a portion: a few megabytes of them at most, and few enough questions to a server.
AT_ONCE = 10_000
# What a DuckDB may hold of a stream, unless the profile says something else: sorting 10 M rows in a quarter of it took
# no longer, while by default it takes as much as four fifths of the machine has before it goes to the disk.
MOST_HELD = "1GB"
Portion = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class Stream:
    """The rows of a query: `names` of its columns in lower case, and `portions` of rows in that order, to be read once.

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
    """A query that has been begun: its rows, and the connection of its own that they come by."""

    stream: Stream
    adapter: Any
    connection: Any

    def close(self) -> None:
        """Ends the query, whether or not all of it has been read."""
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
        # DuckDB looks for a file from where dbt stands.
        with chdir(root), opened_for_reading(adapter_type, reads, instead):
            adapter.acquire_connection("segctl_stream")
            connection = adapter.connections.get_thread_connection()
            # Which opens it.
            _ = connection.handle
    except Exception as error:
        adapter.release_connection()
        raise failure_of(str(error), error) from error
    # dbt closes what it knows of when an invocation ends: queries of ours may come between.
    adapter.connections.clear_thread_connection()
    return adapter, connection


def begun(adapter_type: str, root: Path, sql: str, reads: bool, instead: Instead | None = None) -> Opened:
    """Sends a compiled query by the adapter of dbt's last invocation; a DuckDB that is only `read` is opened so.

    Raises Failure, and InUse when another program has a database file.
    """
    adapter, connection = connected(adapter_type, root, reads, instead)
    opened = Opened(Stream((), iter(())), adapter, connection)
    try:
        handle = connection.handle
        if adapter_type == "duckdb":
            _bounded(handle.cursor(), connection.credentials)
        cursor = _server_side(handle) if adapter_type == "postgres" else handle.cursor()
        cursor.execute(sql)
        # Of a driver's cursor that an adapter has wrapped only some of what it can is passed on.
        within = getattr(cursor, "_cursor", None) or cursor
        portions = _portions(within)
        # A named cursor knows its columns only when the first rows have come.
        first = next(portions, [])
        names = tuple(column[0].rpartition(".")[2].lower() for column in within.description)
    except Exception as error:
        opened.close()
        raise failure_of(str(error), error) from error
    return Opened(Stream(names, _told(first, portions)), adapter, connection)


def carried_out(
    adapter_type: str, root: Path, statements: Sequence[str], reads: bool, instead: Instead | None = None
) -> None:
    """Has a DuckDB run statements one after the other; one that is only `read` can write other files all the same.

    Raises Failure, and InUse when another program has its file.
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
    """Bounds what a DuckDB holds in memory, where it can put the rest on a disk."""
    told = {**(credentials.config_options or {}), **(credentials.settings or {})}
    beside = Path(cursor.execute("select current_setting('temp_directory')").fetchall()[0][0] or ".")
    if not {"memory_limit", "max_memory"} & told.keys() and os.access(beside.resolve().parent, os.W_OK):
        # Where more is in use already, it stays as it is.
        with suppress(Exception):
            cursor.execute(f"set memory_limit = '{MOST_HELD}'")


def _server_side(handle: Any) -> Any:  # noqa: ANN401
    """A cursor of PostgreSQL that leaves the rows in the server: any other fetches all of them before the first."""
    if handle.autocommit:
        handle.autocommit = False
    with handle.cursor() as cursor:
        cursor.execute("set transaction read only")
    return handle.cursor(name="segctl_stream")


def _portions(cursor: Any) -> Iterator[Portion]:  # noqa: ANN401
    """What a cursor has, of whichever driver; a Spark session in this process has an iterator instead."""
    if hasattr(cursor, "fetchmany"):
        while portion := cursor.fetchmany(AT_ONCE):
            yield portion
        return
    found: list[tuple[Any, ...]] = []
    for row in cursor._df.toLocalIterator():
        found.append(tuple(row))
        if len(found) == AT_ONCE:
            yield found
            found = []
    if found:
        yield found


def _told(first: Portion, others: Iterator[Portion]) -> Iterator[Portion]:
    """All portions; what goes wrong between two of them is a Failure like any other."""
    try:
        if first:
            yield first
        yield from others
    except GeneratorExit:
        raise
    except Exception as error:
        raise failure_of(str(error), error) from error
