"""A shop as a reader's connection sees it, whether that is consistent, and everything that runs write."""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, ISOLATION_LEVEL_REPEATABLE_READ

from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server

# What readers are promised, and the columns of it that hold a member of an entity.
KEYS = {"": "customer_id", "account_": "account_id"}
VIEWS = (
    "segment_runs",
    "segment_sizes",
    "segment_definitions",
    *(f"{prefix}segment_{name}" for prefix in KEYS for name in ("history", "membership", "changes")),
    "segment_customers",
    "segment_flapping",
    "segment_migrations",
)
# What a run stores for the next one.
TABLES = (
    "customer_features",
    "account_features",
    "run_sources",
    "definition_versions",
    "run_sizes",
    "segment_stays",
    "account_segment_stays",
    "segment_runs",
    "erasures",
    "segment_corrections",
)
# The wall clock, and dbt's own name of the invocation.
OUTSIDE = ("started_at", "invocation_id", "corrected_at", "erased_at")
# As of the last run that began, finished or not: a withdrawn consent shows at once.
BEGUN = "eligible"
State = Mapping[str, list[Row]]


@contextmanager
def reading(shop: TestProject, file: Path | None = None) -> Iterator[Any]:
    """A cursor of a separate reader, of another file than the shop's if one is given."""
    server = shop.engine.server
    if server is None:
        # A run in this process may have left the file open for writing.
        DuckDBConnectionManager.close_all_connections()
        with closing(duckdb.connect(str(file or shop.root / "test.duckdb"), read_only=True)) as connection:
            connection.execute("begin")
            yield connection.cursor() if file is None else connection
    else:
        login = {"host": server.host, "port": server.port, "user": server.user, "dbname": server.dbname}
        with closing(psycopg2.connect(**login)) as connection:
            connection.set_isolation_level(ISOLATION_LEVEL_REPEATABLE_READ)
            yield connection.cursor()


def rows_of(cursor: Any, table: str) -> list[Row]:  # noqa: ANN401
    """The sorted rows of a table or view, without what lies outside logical time."""
    cursor.execute(f"select * from {table}")
    names = [column[0] for column in cursor.description]
    result = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    kept = [{name: value for name, value in row.items() if name not in OUTSIDE} for row in result]
    return sorted(kept, key=lambda row: repr(sorted(row.items())))


def read(shop: TestProject, names: Iterable[str], file: Path | None = None) -> dict[str, list[Row]]:
    """The sorted rows of tables and views in one transaction, without what lies outside logical time."""
    with reading(shop, file) as cursor:
        return {name: rows_of(cursor, f"{shop.schema}.{name}") for name in names}


def seen(shop: TestProject, file: Path | None = None) -> dict[str, list[Row]]:
    """What a reader sees, except `eligible`, which no run publishes. Fails when it is inconsistent."""
    state = read(shop, VIEWS, file)
    assert faults(state) == []
    return {
        name: [{column: value for column, value in row.items() if column != BEGUN} for row in rows]
        for name, rows in state.items()
    }


def written(shop: TestProject) -> dict[str, list[Row]]:
    """All rows of the tables, and what a reader sees of them."""
    return read(shop, (*TABLES, *VIEWS))


def history(state: State) -> dict[str, list[Row]]:
    """The state after a run, where features that another run evaluated in between may have its instant."""
    return {name: rows for name, rows in state.items() if name not in ("customer_features", "account_features")}


def faults(state: State) -> list[str]:
    """The contradictions in what a reader sees. Empty if there are none."""
    last = max((row["as_of"] for row in state["segment_runs"]), default=None)
    contradictions = []
    for view, rows in state.items():
        columns = ("as_of", "joined_at", "left_at", "changed_at", "valid_from", "valid_to")
        late = [row for row in rows for column in columns if row.get(column) and (not last or row[column] > last)]
        contradictions += [f"{view} shows what no finished run has written: {row}" for row in late]
    for prefix, key in KEYS.items():
        contradictions += _stays(state[f"{prefix}segment_history"], key)
        contradictions += _membership(state, prefix, key)
    return [*contradictions, *_definitions(state), *_sizes(state)]


def _stays(rows: list[Row], key: str) -> list[str]:
    contradictions: list[str] = []
    former: dict[tuple[object, object], datetime | None] = {}
    for row in sorted(rows, key=lambda row: row["joined_at"]):
        whose = (row["segment"], row[key])
        if whose in former and (former[whose] or datetime.max) > row["joined_at"]:
            contradictions.append(f"stays overlap: {row}")
        if row["left_at"] and row["left_at"] <= row["joined_at"]:
            contradictions.append(f"a stay ends before it begins: {row}")
        former[whose] = row["left_at"]
    return contradictions


def _membership(state: State, prefix: str, key: str) -> list[str]:
    stays = state[f"{prefix}segment_history"]
    here = sorted((row["segment"], row[key]) for row in state[f"{prefix}segment_membership"])
    contradictions = (
        [] if here == sorted((r["segment"], r[key]) for r in stays if not r["left_at"]) else ["members are not stays"]
    )
    moves = [(r["segment"], r[key], r["joined_at"], "joined") for r in stays]
    moves += [(r["segment"], r[key], r["left_at"], "left") for r in stays if r["left_at"]]
    changes = [(r["segment"], r[key], r["changed_at"], r["change"]) for r in state[f"{prefix}segment_changes"]]
    return (
        contradictions
        if sorted(moves) == sorted(changes)
        else [*contradictions, "changes are not those of the history"]
    )


def _definitions(state: State) -> list[str]:
    versions = state["segment_definitions"]
    known = {row["segment"] for row in versions}
    open_ones = [row["segment"] for row in versions if row["valid_to"] is None]
    contradictions = [] if len(open_ones) == len(set(open_ones)) else ["two definitions of a segment are in effect"]
    views = ("segment_sizes", *(f"{p}segment_{n}" for p in KEYS for n in ("history", "membership")))
    unknown = {row["segment"] for view in views for row in state[view]} - known
    return [*contradictions, *(f"nobody knows the segment {name}" for name in sorted(unknown))]


def _sizes(state: State) -> list[str]:
    stays = [row for prefix in KEYS for row in state[f"{prefix}segment_history"]]
    contradictions = []
    for row in state["segment_sizes"]:
        at = row["as_of"]
        theirs = [stay for stay in stays if stay["segment"] == row["segment"]]
        inside = sum(s["joined_at"] <= at and (not s["left_at"] or s["left_at"] > at) for s in theirs)
        counts = (inside, sum(s["joined_at"] == at for s in theirs), sum(s["left_at"] == at for s in theirs))
        if counts != (row["size"] - _erased(row), row["joined_count"], row["left_count"]):
            contradictions.append(f"{row['segment']} as of {at}: {row} but the stays say {counts}")
    runs = {row["as_of"] for row in state["segment_runs"]}
    return contradictions + [f"sizes of no run: {row}" for row in state["segment_sizes"] if row["as_of"] not in runs]


def _erased(_: Row) -> int:
    """No customer was erased in the shops that use this."""
    return 0


class Copies:
    """Saved states of a shop's warehouse, to go back to."""

    def __init__(self, shop: TestProject, folder: Path) -> None:
        self.shop, self.folder = shop, folder
        folder.mkdir(exist_ok=True)

    def keep(self, name: str) -> None:
        """Saves the current state of the warehouse."""
        if self.shop.engine.server is None:
            _copy(self.shop.root / "test.duckdb", self.folder / f"{name}.duckdb")
        else:
            _clone(self.shop.engine.server, self.shop.engine.server.dbname, f"{self.shop.engine.server.dbname}_{name}")

    def restore(self, name: str) -> None:
        """Restores a saved state of the warehouse."""
        if self.shop.engine.server is None:
            _copy(self.folder / f"{name}.duckdb", self.shop.root / "test.duckdb")
        else:
            _clone(self.shop.engine.server, f"{self.shop.engine.server.dbname}_{name}", self.shop.engine.server.dbname)


def _copy(source: Path, to: Path) -> None:
    """A DuckDB file with its write-ahead log."""
    for suffix in ("", ".wal"):
        log, copied = source.with_name(source.name + suffix), to.with_name(to.name + suffix)
        if log.exists():
            shutil.copyfile(log, copied)
        else:
            copied.unlink(missing_ok=True)


def database(server: Server, name: str) -> Engine:
    """A new database on the server, as an engine of its own."""
    _clone(server, "template1", name)
    return Engine("postgres", replace(server, dbname=name))


def _clone(server: Server, source: str, to: str) -> None:
    login = {"host": server.host, "port": server.port, "user": server.user, "dbname": "template1"}
    with closing(psycopg2.connect(**{**login, "dbname": server.user})) as connection:
        connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        cursor = connection.cursor()
        cursor.execute(f"drop database if exists {to} with (force)")
        cursor.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [source])
        cursor.execute(f"create database {to} template {source}")
