"""Where a benchmark's tables are: a DuckDB file, a PostgreSQL server or a Spark cluster of this machine."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb

from benchmarks.shop import TABLES
from tests.support.engines import Engine, Rows
from tests.support.servers.postgres_server import postgres_server
from tests.support.servers.spark_cluster import spark_cluster

RAW = "raw"
EVENTS = "events"
SHUFFLED = re.compile(r'"Event":"SparkListenerTaskEnd".*"Shuffle Bytes Written":(\d+)')
FILE = "bench.duckdb"
FOR_MANY_ROWS = {"spark.driver.memory": "4g", "spark.executor.memory": "3g", "spark.sql.shuffle.partitions": "8"}
# Of a machine that is there for the server: by its own settings it would sort 10 million rows in 4 MB.
OF_A_SERVER = {
    "shared_buffers": "2GB",
    "work_mem": "256MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "8GB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
}
NEW = {"orders": "new_orders", "visits": "new_visits"}


class Place(Protocol):
    """An engine that holds the raw tables of a shop and a schema for each project."""

    def output(self, schema: str) -> dict[str, Any]:
        """The dbt target of a project."""

    def load(self, shop: Path) -> None:
        """Creates the raw tables again from those in the shop's file."""

    def add_day(self, shop: Path) -> None:
        """Appends the orders and visits of one more day."""

    def query(self, sql: str) -> list[Sequence[Any]]:
        """The rows of a query."""

    def drop(self, schema: str) -> None:
        """Drops a project's schema with everything in it."""

    def shuffled(self) -> float:
        """The MB that the workers of a cluster have written for each other so far."""


class OnDuckDB:
    """One file for all, with the raw tables in a schema of it."""

    def __init__(self, folder: Path, memory: str) -> None:
        self.file, self.memory = folder / FILE, memory

    def output(self, schema: str) -> dict[str, Any]:
        """As the demo's profile has it, with a limit of memory if there is to be one."""
        options = {"storage_compatibility_version": "v1.4.0"}
        target = {"type": "duckdb", "path": str(self.file), "schema": schema, "threads": 2, "config_options": options}
        return target | {"settings": {"memory_limit": self.memory}} if self.memory else target

    def load(self, shop: Path) -> None:
        """Copies the tables from the shop's file."""
        self._with_shop(shop, [f"create schema if not exists {RAW}"])
        self._with_shop(
            shop, [f"create or replace table {RAW}.{table} as select * from shop.{table}" for table in TABLES]
        )

    def add_day(self, shop: Path) -> None:
        """Inserts from the shop's file."""
        self._with_shop(shop, [f"insert into {RAW}.{table} select * from shop.{new}" for table, new in NEW.items()])

    def query(self, sql: str) -> list[Sequence[Any]]:
        """Through a connection of its own."""
        with duckdb.connect(str(self.file)) as connection:
            return list(connection.execute(sql).fetchall())

    def drop(self, schema: str) -> None:
        """With cascade."""
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"drop schema if exists {schema} cascade")

    def shuffled(self) -> float:
        """There are no workers."""
        return 0

    def _with_shop(self, shop: Path, statements: Sequence[str]) -> None:
        with duckdb.connect(str(self.file), config={"storage_compatibility_version": "v1.4.0"}) as connection:
            connection.execute(f"attach '{shop}' as shop (read_only)")
            for statement in statements:
                connection.execute(statement)


class OnServer:
    """Tables of a server; rows come through files that DuckDB writes."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine, self.folder = engine, folder

    def output(self, schema: str) -> dict[str, Any]:
        """That of the tests."""
        return self.engine.output(self.folder, schema)

    def load(self, shop: Path) -> None:
        """Makes each table from a file, in order of time."""
        with self.engine.cursor(self.folder) as cursor:
            cursor.execute(f"create schema if not exists {RAW}")
            for table in TABLES:
                self.engine.take(cursor, f"{RAW}.{table}", Rows(shop, table))

    def add_day(self, shop: Path) -> None:
        """Appends the files' rows."""
        with self.engine.cursor(self.folder) as cursor:
            for table, new in NEW.items():
                self.engine.take(cursor, f"{RAW}.{table}", Rows(shop, new), anew=False)

    def query(self, sql: str) -> list[Sequence[Any]]:
        """Through a connection of its own."""
        with self.engine.cursor(self.folder) as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def drop(self, schema: str) -> None:
        """With cascade."""
        with self.engine.cursor(self.folder) as cursor:
            cursor.execute(f"drop schema if exists {schema} cascade")

    def shuffled(self) -> float:
        """The server has no workers that write for each other."""
        return 0


class OnSpark(OnServer):
    """Iceberg tables of a cluster, which keeps its events in a folder."""

    def shuffled(self) -> float:
        """Of all tasks that have ended, by Spark's event log."""
        shuffled_bytes = 0
        for log in (self.folder / EVENTS).iterdir():
            with log.open(encoding="utf-8") as lines:
                shuffled_bytes += sum(int(match[1]) for line in lines if (match := SHUFFLED.search(line)))
        return shuffled_bytes / 1e6

    def drop(self, schema: str) -> None:
        """One by one: Iceberg's catalogs do not heed cascade."""
        with self.engine.cursor(self.folder) as cursor:
            cursor.execute(f"create schema if not exists {schema}")
            for kind in ("view", "table"):
                cursor.execute(f"show {kind}s in {schema}")
                for _, name, *_ in cursor.fetchall():
                    cursor.execute(f"drop {kind} if exists {schema}.{name}")
            cursor.execute(f"drop schema {schema}")


@contextmanager
def place_of(name: str, folder: Path, workers: int, memory: str) -> Iterator[Place]:
    """A place of an engine, whose server is stopped in the end.

    `workers` are those of a Spark cluster; `memory` is the most that DuckDB keeps before it writes to disk, empty for
    its own limit.
    """
    if name == "postgres":
        with postgres_server(OF_A_SERVER) as server:
            yield OnServer(Engine(name, server=server), folder)
    elif name == "spark":
        events = folder / EVENTS
        events.mkdir()
        logged = {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.compress": "false",
            "spark.eventLog.dir": events.as_uri(),
        }
        with spark_cluster(folder / "cluster", workers, FOR_MANY_ROWS | logged) as cluster:
            yield OnSpark(Engine(name, cluster=cluster), folder)
    else:
        yield OnDuckDB(folder, memory)
