"""Projects for an adapter without a warehouse: the same as on DuckDB, where their tables are made once."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import MagicMock

import yaml

from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine, release
from tests.support.rule_cases import CASES, TABLES
from tests.warehouses.stub import Columns

PLACES: dict[str, dict[str, object]] = {
    "snowflake": {"account": "none", "user": "nobody", "password": "none", "database": "shop", "warehouse": "small"},
    "bigquery": {"method": "oauth", "project": "shop"},
    "databricks": {"host": "none.example", "http_path": "/sql/1.0/warehouses/none", "token": "none", "catalog": "shop"},
    "redshift": {"host": "none.example", "user": "nobody", "password": "none", "port": 5439, "dbname": "shop"},
    "trino": {"method": "none", "host": "none.example", "user": "nobody", "port": 8080, "database": "shop"},
    "postgres": {"host": "none.example", "user": "nobody", "password": "none", "port": 5432, "dbname": "shop"},
    "duckdb": {"path": ":memory:"},
    "spark": {"method": "thrift", "host": "none.example", "user": "nobody", "port": 10000},
}


# DuckDB's names of types, if a warehouse has another. `{}` keeps what is in brackets.
TYPES: dict[str, dict[str, str]] = {
    "snowflake": {"TIMESTAMP": "TIMESTAMP_NTZ", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_TZ", "VARCHAR[]": "ARRAY"},
    "bigquery": {
        **{"VARCHAR": "STRING", "TIMESTAMP": "DATETIME", "TIMESTAMP WITH TIME ZONE": "TIMESTAMP", "DOUBLE": "FLOAT64"},
        **{"BIGINT": "INT64", "INTEGER": "INT64", "BOOLEAN": "BOOL", "VARCHAR[]": "ARRAY<STRING>"},
    },
    "databricks": {"VARCHAR": "string", "TIMESTAMP WITH TIME ZONE": "timestamp", "VARCHAR[]": "array<string>"},
    "redshift": {"VARCHAR": "character varying(256)", "TIMESTAMP": "timestamp without time zone"},
    "trino": {"TIMESTAMP": "timestamp(6)", "TIMESTAMP WITH TIME ZONE": "timestamp(6) with time zone"},
}
# The tests' tables' names for types that DuckDB calls differently.
RAW = {"timestamptz": "TIMESTAMP WITH TIME ZONE", "double precision": "DOUBLE"}
AT = (datetime(2024, 5, 15, 10, 30, tzinfo=UTC), datetime(2024, 5, 22, 10, 30, tzinfo=UTC))
# What is about lists, which Redshift does not have.
LISTS = re.compile(r"\b(interests|tags|labels|has|has_any|has_all|list_\w+)\b")
OURS = ("path:models/segments",)


class Unconnected(Engine):
    """An engine that only has a profile."""

    @property
    def embedded(self) -> bool:
        return False

    def output(self, project: Path, schema: str) -> dict[str, object]:  # noqa: ARG002
        return {"type": self.name, "schema": schema, "threads": 1, **PLACES[self.name]}

    @contextmanager
    def cursor(self, root: Path) -> Iterator[MagicMock]:  # noqa: ARG002
        yield MagicMock()

    def replace(self, cursor: object, table: str, types: Mapping[str, str], rows: Sequence[Row]) -> None:
        """There is no table to replace."""


@dataclass(frozen=True)
class Shop:
    """A project: how to make it in a folder on an engine, and its columns and views after a run."""

    name: str
    made: Callable[[Path, Engine, bool], TestProject]
    tables: Mapping[str, Columns]
    views: frozenset[str]
    raw: Mapping[str, Columns]

    def standing(self, adapter: str, late: bool) -> dict[str, Columns]:
        """The contents of a warehouse before a first run, or (`late`) before a later one."""
        types = TYPES.get(adapter, {})
        result = {**self.raw, **(self.tables if late else {})}
        return {name: [(column, types.get(kind, kind)) for column, kind in columns] for name, columns in result.items()}


def shop(name: str, made: Callable[[Path, Engine, bool], TestProject], folder: Path) -> Shop:
    """A project after two runs on DuckDB, which show the columns of its tables."""
    import duckdb

    project = made(folder, Engine("duckdb"), True)
    for at in AT:
        project.run(at)
    release()
    with duckdb.connect(str(folder / "test.duckdb"), read_only=True) as connection:
        query = "select table_name, column_name, data_type from information_schema.columns where table_schema = 'shop'"
        rows = connection.execute(f"{query} order by table_name, ordinal_position").fetchall()
        views = connection.execute("select table_name from information_schema.tables where table_type = 'VIEW'")
        named = frozenset(row[0] for row in views.fetchall())
    tables: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for table, column, kind in rows:
        tables[table].append((column, kind))
    nodes = set(TABLES) if name != "demo" else {table for table in tables if table.startswith(("stg_", "raw_"))}
    return Shop(name, made, tables, named, {table: tables[table] for table in nodes})


def rules(folder: Path, engine: Engine, lists: bool) -> TestProject:
    """All constructs of the language: the cases of tests/rules, as one project, whose customers have a beginning."""
    project = TestProject(folder, engine, "shop")
    project.load(defaultdict(list), TABLES)
    files = {case.file.stem: case.file.definitions for case in CASES}
    catalog = next(case.file.setting.catalog for case in CASES if case.file.setting.since)
    if not lists:
        catalog = "\n".join(line for line in catalog.splitlines() if ": strings" not in line)
        files = {stem: text for stem, whole in files.items() if (text := _without_lists(whole))}
    project.define(catalog, **files)
    return project


def _without_lists(definitions: str) -> str:
    """The definitions without segments about lists. Empty if there are no others."""
    read = yaml.load(definitions, Loader=yaml.BaseLoader)
    read["segments"] = [segment for segment in read["segments"] if not LISTS.search(yaml.safe_dump(segment))]
    return yaml.safe_dump(read, sort_keys=False, allow_unicode=True) if read["segments"] else ""
