"""Counts the SQL statements that a process sends, and kills it before one of them, like `kill -9`."""

import os
import signal
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

# Die before the statement of this number, counted from 0.
DIE_BEFORE = "FAULTS_DIE_BEFORE"
# Write the sent statements to this file, one a line.
SENT = "FAULTS_SENT"
# Copy the DuckDB file and its log to this folder, under the statement's number, as a kill before that statement would
# leave them. Skipped if nothing changed since the last copy.
KEEP, KEPT_FILE = "FAULTS_KEEP", "FAULTS_KEPT_FILE"


class _Killer:
    def __init__(self, given: Mapping[str, str]) -> None:
        self.numbers = count()
        self.fatal = int(given.get(DIE_BEFORE, "-1"))
        self.sent = Path(given[SENT]) if SENT in given else None
        self.keep = Path(given[KEEP]) if KEEP in given else None
        self.kept_file = Path(given.get(KEPT_FILE, ""))
        self.last: tuple[bytes, ...] = ()

    def survives(self, statement: str) -> bool:
        """Whether the process goes on and sends the statement."""
        number = next(self.numbers)
        if number == self.fatal:
            return False
        if self.keep:
            self._keep(self.keep, number)
        if self.sent:
            with self.sent.open("a", encoding="utf-8") as file:
                file.write(" ".join(statement.split()) + "\n")
        return True

    def _keep(self, folder: Path, number: int) -> None:
        log = self.kept_file.with_name(self.kept_file.name + ".wal")
        files = tuple(path.read_bytes() for path in (self.kept_file, log) if path.exists())
        if files != self.last:
            self.last = files
            for content, suffix in zip(files, ("", ".wal"), strict=False):
                (folder / f"{number}.duckdb{suffix}").write_bytes(content)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(given: Mapping[str, str]) -> None:
    """Watches the statements of this process if the environment asks for it."""
    if {DIE_BEFORE, SENT, KEEP} & set(given):
        killer = _Killer(given)
        _watch_duckdb(killer)
        _watch_postgres(killer)


def _watch_duckdb(killer: _Killer) -> None:
    """Counts each statement, also those that dbt sends together."""
    import duckdb
    from dbt.adapters.duckdb.environments.local import DuckDBCursorWrapper

    send = DuckDBCursorWrapper.execute
    # One at a time, for any number of dbt's threads: a file must not change during the copy.
    lock = Lock()

    def execute(self: Any, sql: str, bindings: Any = None) -> Any:  # noqa: ANN401
        statements = [found.query for found in duckdb.extract_statements(sql)]
        with lock:
            for number, statement in enumerate(statements):
                if not killer.survives(statement):
                    for earlier in statements[:number]:
                        send(self, earlier, bindings)
                    _die()
            return send(self, sql, bindings)

    DuckDBCursorWrapper.execute = execute


def _watch_postgres(killer: _Killer) -> None:
    """Statements sent together count once: the server handles them as a whole, even when the client is gone."""
    from dbt.adapters.postgres.connections import PostgresConnectionManager

    send = PostgresConnectionManager.add_query

    def add_query(self: Any, sql: str, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if not killer.survives(sql):
            _die()
        return send(self, sql, *args, **kwargs)

    PostgresConnectionManager.add_query = add_query
