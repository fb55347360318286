"""A dbt project made by a test: raw tables with given rows, staging views over them, and segctl on top."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy, copytree
from typing import Any, ClassVar

import duckdb
import psycopg2
import yaml
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT

from segctl.operations.render import render_project
from segctl.operations.run import RunReport, run
from segctl.project import Project
from segctl.warehouse import TABLES, Asked, Row, Warehouse
from tests.postgres_server import Server

REPOSITORY = Path(__file__).resolve().parents[1]
Columns = Mapping[str, str]
DATABASE = "test.duckdb"
# What dbt keeps of a project that it has parsed; what differs in the next one it parses anew.
PARSED = Path("target", "partial_parse.msgpack")


@dataclass(frozen=True)
class Engine:
    """Where a project's tables are: a DuckDB file in its folder, or a schema of a running PostgreSQL server."""

    name: str
    server: Server | None = None

    def output(self, schema: str) -> dict[str, object]:
        """The target for profiles.yml."""
        if self.server is None:
            # From the project's folder, so that dbt knows what it has parsed of one project in the next.
            return {"type": "duckdb", "path": DATABASE, "schema": schema, "threads": 2}
        server = self.server
        login = {"user": server.user, "password": "trusted", "dbname": server.dbname, "schema": schema}
        return {"type": "postgres", "host": server.host, "port": server.port, "threads": 2, **login}


class TestProject:
    """A project in a folder, on an engine; `schema` keeps projects on one server apart."""

    __test__ = False
    # The parse of the first project on DuckDB, which spares the others most of theirs: 3.8 s for a first run, or 2.3 s.
    _parsed: ClassVar[bytes] = b""

    def __init__(self, root: Path, engine: Engine, schema: str = "shop") -> None:
        self.root, self.engine, self.schema = root, engine, schema
        self.project, self.warehouse = Project(root), Warehouse(root, profiles=str(root))
        self._write("dbt_project.yml", {"name": "shop", "version": "1.0", "profile": "shop", "config-version": 2})
        profile = {"target": "test", "outputs": {"test": engine.output(schema)}}
        self._write("profiles.yml", {"shop": profile})
        package = root / "dbt_packages" / "segctl"
        for part in ("macros", "models/marts"):
            copytree(REPOSITORY / part, package / part)
        copy(REPOSITORY / "dbt_project.yml", package)
        if engine.server is None and self._parsed:
            (root / PARSED).parent.mkdir()
            (root / PARSED).write_bytes(self._parsed)

    def _write(self, path: str, data: object) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")

    def define(self, catalog: str, **files: str) -> None:
        """Writes the catalog and definition files (by stem) and renders them."""
        folder = self.root / "segments"
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        (folder / "catalog.yml").write_text(catalog, encoding="utf-8")
        for stem, text in files.items():
            (folder / f"{stem}.yml").write_text(text, encoding="utf-8")
        render_project(self.project)

    def load(self, tables: Mapping[str, Sequence[Row]], columns: Mapping[str, Columns]) -> None:
        """Replaces the raw tables by these rows; a table is named like its model, a name or `source('a', 'b')`."""
        sources: dict[str, list[str]] = {}
        with self._cursor() as cursor:
            for model, types in columns.items():
                source = model.startswith("source(")
                schema, name = model[len("source(") : -1].replace("'", "").split(", ") if source else ("raw", model)
                # Schemas of a server are shared by all tests.
                schema = f"{self.schema}_{schema}"
                self._fill(cursor, schema, name, types, tables[model])
                sources.setdefault(schema, []).append(name)
                if not source:
                    view = f"select * from {{{{ source('raw', '{name}') }}}}\n"
                    (self.root / "models").mkdir(exist_ok=True)
                    (self.root / "models" / f"{name}.sql").write_text(view)
        listed = [
            {"name": schema.removeprefix(f"{self.schema}_"), "schema": schema, "tables": [{"name": n} for n in names]}
            for schema, names in sources.items()
        ]
        self._write("models/sources.yml", {"version": 2, "sources": listed})

    def _fill(self, cursor: Any, schema: str, name: str, types: Columns, rows: Sequence[Row]) -> None:  # noqa: ANN401
        cursor.execute(f"create schema if not exists {schema}")
        cursor.execute(f"drop table if exists {schema}.{name} cascade")
        listed = ", ".join(f"{column} {kind}" for column, kind in types.items())
        cursor.execute(f"create table {schema}.{name} ({listed})")
        mark = "?" if self.engine.server is None else "%s"
        values = [row[column] for row in rows for column in types]
        if values:
            one = f"({', '.join([mark] * len(types))})"
            cursor.execute(f"insert into {schema}.{name} values {', '.join([one] * len(rows))}", values)

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """A cursor on the warehouse for what a test does to raw data; dbt's own connection is let go before."""
        if self.engine.server is None:
            release()
            with closing(duckdb.connect(str(self.root / DATABASE))) as connection:
                connection.execute("set timezone = 'Asia/Tokyo'")
                yield connection
        else:
            server = self.engine.server
            login = {"host": server.host, "port": server.port, "user": server.user, "dbname": server.dbname}
            with closing(psycopg2.connect(**login)) as connection:
                connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
                yield connection.cursor()

    def execute(self, sql: str) -> None:
        """Runs a statement on the warehouse."""
        with self._cursor() as cursor:
            cursor.execute(sql)

    def read(self, table: str) -> list[Row]:
        """The rows of one of our tables or views, without the time that dbt takes for a query."""
        with self._cursor() as cursor:
            cursor.execute(f"select * from {self.schema}.{table}")
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def run(self, as_of: datetime) -> RunReport:
        """One run as of an instant."""
        report = run(self.project, self.warehouse, as_of.astimezone(UTC).isoformat(), lambda _: None)
        if self.engine.server is None and not self._parsed:
            TestProject._parsed = (self.root / PARSED).read_bytes()
        return report

    def runs(self, instants: Sequence[datetime]) -> None:
        """Runs one after another; those between the first and the last write tables and test nothing, as replays do."""
        quick = None
        for number, as_of in enumerate(instants, start=1):
            if number in (1, len(instants)):
                self.run(as_of)
            else:
                quick = quick or self.warehouse.loaded()
                quick.build(Asked(as_of.astimezone(UTC).replace(tzinfo=None)), only=TABLES)

    def members(self) -> dict[str, set[object]]:
        """The current members of every segment that has any."""
        found: dict[str, set[object]] = {}
        for row in self.warehouse.query("select segment, customer_id from {{ ref('segment_membership') }}"):
            found.setdefault(row["segment"], set()).add(row["customer_id"])
        return found

    def stays(self) -> list[tuple[str, object, datetime, datetime | None]]:
        """Every stay as (segment, customer, joined_at, left_at), sorted; instants are aware."""
        sql = "select segment, customer_id, joined_at, left_at from {{ ref('segment_history') }}"
        found = [
            (
                r["segment"],
                r["customer_id"],
                r["joined_at"].replace(tzinfo=UTC),
                r["left_at"] and r["left_at"].replace(tzinfo=UTC),
            )
            for r in self.warehouse.query(sql)
        ]
        return sorted(found, key=lambda stay: (stay[0], str(stay[1]), stay[2]))


def release() -> None:
    """Lets go of the database file that dbt keeps open in this process."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()
