"""Where each adapter opens connections, and the replacement for it."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock, patch

from tests.warehouses.stub import Columns, Stub

# The classes of each adapter: its manager of connections, and itself.
CLASSES = {
    "snowflake": ("SnowflakeConnectionManager", "SnowflakeAdapter"),
    "bigquery": ("BigQueryConnectionManager", "BigQueryAdapter"),
    "databricks": ("DatabricksConnectionManager", "DatabricksAdapter"),
    "redshift": ("RedshiftConnectionManager", "RedshiftAdapter"),
    "trino": ("TrinoConnectionManager", "TrinoAdapter"),
    "postgres": ("PostgresConnectionManager", "PostgresAdapter"),
    "spark": ("SparkConnectionManager", "SparkAdapter"),
    "duckdb": ("DuckDBConnectionManager", "DuckDBAdapter"),
}


class Cursor:
    """A cursor that passes each statement to the stub, and supports nothing else."""

    # What the adapters put into their reports about the result.
    rowcount, sqlstate, sfqid, stats, update_type, query, query_id = 0, None, None, None, None, "", ""

    def __init__(self, stub: Stub) -> None:
        self.stub, self.rows = stub, list[tuple[object, ...]]()
        self._cursor = self
        self.description: list[tuple[object, ...]] = []

    def execute(self, sql: str, _bindings: object = None, **_: object) -> "Cursor":
        names, self.rows = self.stub.answer(sql)
        self.description = [(name, 0, None, None, None, None, None) for name in names]
        return self

    def fetchall(self) -> list[tuple[object, ...]]:
        return self.rows

    def fetchmany(self, _size: int) -> list[tuple[object, ...]]:
        return self.rows

    def fetchone(self) -> tuple[object, ...] | None:
        return self.rows[0] if self.rows else None

    def get_response(self) -> object:
        from dbt.adapters.contracts.connection import AdapterResponse

        return AdapterResponse("OK")

    def __enter__(self) -> "Cursor":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def __getattr__(self, name: str) -> MagicMock:
        return MagicMock(name=name)


class Handle:
    """An open connection."""

    dbr_version = (16, 4)

    def __init__(self, stub: Stub) -> None:
        self.stub = stub

    def cursor(self, *_: object, **__: object) -> Cursor:
        return Cursor(self.stub)

    def execute(self, sql: str, *_: object) -> Cursor:
        return Cursor(self.stub).execute(sql)

    def __getattr__(self, name: str) -> MagicMock:
        return MagicMock(name=name)


@contextmanager
def connected(adapter: str, stub: Stub) -> Iterator[None]:
    """dbt with an adapter whose connections are the stub's."""
    manager, own = CLASSES[adapter]
    place = import_module(f"dbt.adapters.{adapter}.connections")
    classes = [getattr(place, manager), getattr(import_module(f"dbt.adapters.{adapter}.impl"), own)]
    with ExitStack() as stack:
        for replaced, replacements in zip(classes, (_of_manager(stub), _of_adapter(stub)), strict=True):
            for name, replacement in replacements.items():
                if adapter in ("duckdb",) and name in ("get_columns_in_select_sql",):
                    continue
                stack.enter_context(patch.object(replaced, name, replacement, create=True))
        if adapter == "bigquery":
            from dbt.adapters.base import BaseAdapter

            stack.enter_context(patch.object(classes[0], "raw_execute", _raw_execute(stub)))
            # For a schema without a cache, it would query the service for one table.
            stack.enter_context(patch.object(classes[1], "get_relation", BaseAdapter.get_relation))
        yield


def _of_manager(stub: Stub) -> dict[str, Any]:
    def opened(_: type, connection: Any) -> Any:  # noqa: ANN401
        connection.state, connection.handle = "open", Handle(stub)
        return connection

    return {"open": classmethod(opened), "cancel_open": lambda _: [], "cancel": lambda *_: None}


def _raw_execute(stub: Stub) -> Any:  # noqa: ANN401
    """BigQuery has no cursors: a statement is a job, and its rows come with a schema."""

    def raw_execute(_: object, sql: str, **__: object) -> tuple[object, object]:
        names, rows = stub.answer(sql)
        result = {"location": "nowhere", "job_id": "none", "project": "shop", "statement_type": "SCRIPT"}
        job = MagicMock(**result, slot_millis=0, total_bytes_processed=0, total_bytes_billed=0)
        listed = _Rows(dict(zip(names, row, strict=True)) for row in rows)
        listed.schema = [SimpleNamespace(name=name) for name in names]
        return job, listed

    return raw_execute


class _Rows(list[dict[str, object]]):
    schema: Sequence[SimpleNamespace] = ()


def _of_adapter(stub: Stub) -> dict[str, Any]:
    def relations(self: Any, schema_relation: Any, *_: object) -> list[Any]:  # noqa: ANN401
        # Snowflake folds unquoted names to capitals, and reports them so.
        told = str.upper if stub.loud else str.lower
        kinds = {name: "view" if name in stub.views else "table" for name in stub.tables}
        return [
            self.Relation.create(
                database=schema_relation.database and told(schema_relation.database),
                schema=told(schema_relation.schema),
                identifier=told(name),
                type=kind,
            )
            for name, kind in kinds.items()
        ]

    def columns(self: Any, relation: Any) -> list[Any]:  # noqa: ANN401
        return _columns(self, stub.columns(relation.identifier))

    def of_query(self: Any, _: str) -> list[Any]:  # noqa: ANN401
        from dbt_common.events.contextvars import get_node_info

        return _columns(self, stub.columns(str(get_node_info().get("node_name"))))

    def _columns(self: Any, found: Columns) -> list[Any]:  # noqa: ANN401
        told = str.upper if stub.loud else str
        return [self.Column(told(name), kind) for name, kind in found]

    return {
        "list_relations_without_caching": relations,
        "get_columns_in_relation": columns,
        "get_column_schema_from_query": of_query,
        "list_schemas": lambda *_: [],
        "check_schema_exists": lambda *_: True,
        "expand_target_column_types": lambda *_, **__: None,
    }
