"""Where the tests have their tables: a DuckDB file, a schema of a PostgreSQL server or of a Spark cluster."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from segctl.warehouse import Row
from tests.support.servers.postgres_server import Server
from tests.support.servers.spark_cluster import HOST, Cluster

DATABASE = "test.duckdb"
# The names of types in the tests are DuckDB's, which PostgreSQL understands.
SPARK_TYPES = {
    "double precision": "double",
    "real": "float",
    "timestamptz": "timestamp",
    "varchar": "string",
    "varchar[]": "array<string>",
}
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Engine:
    """An engine of the tests, with its running server or cluster, if any."""

    name: str
    server: Server | None = None
    cluster: Cluster | None = None

    @property
    def embedded(self) -> bool:
        """Whether the tables are in a file in the project's folder."""
        return self.name == "duckdb"

    def output(self, project: Path, schema: str) -> dict[str, object]:
        """The target for the profiles.yml of a project."""
        if self.server:
            login = {"user": self.server.user, "password": "trusted", "dbname": self.server.dbname}
            place = {"host": self.server.host, "port": self.server.port}
            return {"type": "postgres", "schema": schema, "threads": 2, **place, **login}
        if self.cluster:
            place = {"method": "thrift", "host": HOST, "port": self.cluster.port, "user": "dbt"}
            waiting = {"poll_interval": 0, "query_retries": 0}
            return {"type": "spark", "schema": schema, "threads": 4, **place, **waiting}
        return {"type": "duckdb", "path": str(project / DATABASE), "schema": schema, "threads": 2}

    @contextmanager
    def cursor(self, root: Path) -> Iterator[Any]:
        """A cursor for a test's changes to raw data. dbt releases the file before."""
        if self.server:
            login = {"host": self.server.host, "port": self.server.port, "user": self.server.user}
            with closing(psycopg2.connect(**login, dbname=self.server.dbname)) as connection:
                connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
                yield connection.cursor()
        elif self.cluster:
            from pyhive import hive

            with closing(hive.connect(HOST, self.cluster.port)) as connection:
                yield connection.cursor()
        else:
            release()
            with closing(duckdb.connect(str(root / DATABASE))) as connection:
                connection.execute("set timezone = 'Asia/Tokyo'")
                yield connection

    def replace(self, cursor: Any, table: str, types: Mapping[str, str], rows: Sequence[Row]) -> None:  # noqa: ANN401
        """Replaces a table by these rows."""
        if self.cluster:
            replace_on_spark(cursor, table, {name: SPARK_TYPES.get(kind, kind) for name, kind in types.items()}, rows)
            return
        cursor.execute(f"drop table if exists {table} cascade")
        listed = ", ".join(f"{column} {kind}" for column, kind in types.items())
        cursor.execute(f"create table {table} ({listed})")
        mark = "?" if self.embedded else "%s"
        values = [row[column] for row in rows for column in types]
        if values:
            one = f"({', '.join([mark] * len(types))})"
            cursor.execute(f"insert into {table} values {', '.join([one] * len(rows))}", values)

    def take(self, cursor: Any, table: str, rows: "Rows", anew: bool = True) -> None:  # noqa: ANN401
        """Copies rows of a DuckDB file into a table through a file, because they are too many for statements."""
        file = rows.file.with_name(f"{table}.{'parquet' if self.cluster else 'csv'}")
        types = rows.write(file)
        if self.cluster:
            into = f"create or replace table {table} using iceberg as" if anew else f"insert into {table}"
            cursor.execute(f"{into} select {', '.join(types)} from parquet.`{file}`")
        else:
            if anew:
                cursor.execute(f"drop table if exists {table} cascade")
                cursor.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
            with file.open(encoding="utf-8") as lines:
                cursor.copy_expert(f"copy {table} from stdin (format csv, header true)", lines)
            cursor.execute(f"analyze {table}")
        file.unlink()


@dataclass(frozen=True)
class Rows:
    """The columns of a table or view of a DuckDB file."""

    file: Path
    name: str

    def write(self, file: Path) -> dict[str, str]:
        """Writes them to a CSV or Parquet file. Their columns have DuckDB's types, which PostgreSQL understands."""
        release()
        with closing(duckdb.connect(str(self.file), read_only=True)) as connection:
            connection.execute("set timezone = 'UTC'")
            types = {name: kind for name, kind, *_ in connection.execute(f"describe {self.name}").fetchall()}
            parquet = file.suffix == ".parquet"
            # Spark would read an instant without a zone as another type.
            selected = [
                f"{name} at time zone 'UTC' as {name}" if parquet and kind == "TIMESTAMP" else name
                for name, kind in types.items()
            ]
            connection.execute(
                f"copy (select {', '.join(selected)} from {self.name}) to '{file}' (format {file.suffix[1:]})"
            )
        return {name: "double precision" if kind == "DOUBLE" else kind for name, kind in types.items()}


def replace_on_spark(cursor: Any, table: str, types: Mapping[str, str], rows: Sequence[Row]) -> None:  # noqa: ANN401
    listed = ", ".join(f"{column} {kind}" for column, kind in types.items())
    cursor.execute(f"create or replace table {table} ({listed}) using iceberg")
    for start in range(0, len(rows), ROWS_AT_ONCE):
        written = ", ".join(
            f"({', '.join(_spark_value(row[column], kind) for column, kind in types.items())})"
            for row in rows[start : start + ROWS_AT_ONCE]
        )
        cursor.execute(f"insert into {table} values {written}")


def _spark_value(value: object, kind: str) -> str:
    if value is None:
        return f"cast(null as {kind})"
    if isinstance(value, list):
        return f"cast(array({', '.join(_spark_value(one, 'string') for one in value)}) as {kind})"
    text = str(value).replace("\\", "\\\\").replace("'", "\\'").replace("${", "$\\{")
    return f"cast('{text}' as {kind})"


def release() -> None:
    """Closes the database file that dbt keeps open in this process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()
