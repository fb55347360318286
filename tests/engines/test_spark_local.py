"""Spark in this process, the target `spark_local`: the same members as DuckDB, and a replay on Spark."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from segctl.operations.recomputation.restate import RestateRequest, restate
from segctl.operations.recomputation.verify import verify
from segctl.warehouse import Row
from tests.engines.test_parity import go, seen
from tests.faults.shop import COLUMNS, changed, iso, opened, tables
from tests.support.built_project import REPOSITORY
from tests.support.engines import SPARK_TYPES, Engine, replace_on_spark
from tests.support.servers.spark_cluster import SETTINGS, iceberg_jar

pytestmark = pytest.mark.spark


class Cursor:
    """A cursor for tests, on the session that dbt uses in this process."""

    def __init__(self) -> None:
        from pyspark.sql import SparkSession

        self.session = SparkSession.builder.enableHiveSupport().getOrCreate()
        self.found: Any = None

    @property
    def description(self) -> list[tuple[str]]:
        return [(name,) for name in self.found.columns]

    def execute(self, sql: str) -> None:
        self.found = self.session.sql(sql)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.found.collect()]


@dataclass(frozen=True)
class Session(Engine):
    """A session in this process, with the target of profiles.yml for it."""

    def output(self, project: Path, schema: str) -> dict[str, object]:  # noqa: ARG002
        outputs = yaml.safe_load((REPOSITORY / "profiles.yml").read_text(encoding="utf-8"))["segctl"]["outputs"]
        return {**outputs["spark_local"], "schema": schema}

    @contextmanager
    def cursor(self, root: Path) -> Iterator[Any]:  # noqa: ARG002
        yield Cursor()

    def replace(self, cursor: Any, table: str, types: Mapping[str, str], rows: Sequence[Row]) -> None:  # noqa: ANN401
        replace_on_spark(cursor, table, {name: SPARK_TYPES.get(kind, kind) for name, kind in types.items()}, rows)


def configured(folder: Path) -> Path:
    """A folder with the spark-defaults.conf of a session whose Iceberg tables are in the folder."""
    jar, metastore = str(iceberg_jar()), f"jdbc:derby:;databaseName={folder}/metastore;create=true"
    settings = {
        **SETTINGS,
        "spark.master": "local[2]",
        "spark.driver.extraClassPath": jar,
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder}",
        "spark.hadoop.hive.metastore.warehouse.dir": f"{folder}/warehouse",
        "spark.hadoop.javax.jdo.option.ConnectionURL": metastore,
        "spark.sql.warehouse.dir": f"{folder}/warehouse",
    }
    folder.mkdir()
    lines = [f"{name} {value}\n" for name, value in settings.items()]
    (folder / "spark-defaults.conf").write_text("".join(lines), encoding="utf-8")
    return folder


def test_a_session_finds_what_duckdb_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_CONF_DIR", str(configured(tmp_path / "conf")))
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    states, restatements = [], []
    for name, engine in (("duckdb", Engine("duckdb")), ("spark", Session("spark"))):
        shop = opened(tmp_path / name, engine, schema=f"local_{name}")
        go(shop, 0, whole=True)
        shop.load(changed(tables(), 3), COLUMNS)
        go(shop, 3, whole=True)
        states.append(seen(shop))
        verified = verify(shop.project, shop.warehouse, "", lambda *_: None)
        assert verified.is_valid
        assert verified.runs == 1
        # Late rows changed the result for the first day.
        restated = restate(shop.project, shop.warehouse, RestateRequest(iso(0), apply=True), lambda *_: None)
        restatements.append(restated.differences)
        states.append(seen(shop))
    assert states[2:] == states[:2]
    assert restatements[1] == restatements[0]
    assert restatements[0]
