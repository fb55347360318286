"""A dbt project made by a test: raw tables with given rows, staging views over them, and segctl on top."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy, copytree
from typing import Any, ClassVar

import yaml

from segctl.operations.definitions.render import render_project
from segctl.operations.runs.run import RunReport, run
from segctl.project.project import Project
from segctl.warehouse import RUN_MODELS, Row, RunRequest, Warehouse
from tests.support.engines import Engine, Rows

REPOSITORY = Path(__file__).resolve().parents[2]
Columns = Mapping[str, str]
# dbt's files of a parsed project. It parses again what differs in the next project.
PARSED = Path("target", "partial_parse.msgpack")
# Selectors of the tables of features, and of other sources of proposals.
MEMBERS = "path:models/segments,config.materialized:view"
FEATURES = tuple(f"path:models/segments/features,config.materialized:{kind}" for kind in ("recorded", "table"))
FEATURES += ("customer_features",)
TESTS = {"segctl_proposals_are_sound", "segctl_history_is_sound", "segctl_publication_is_sound"}
# The messages about their findings.
FAULT = r"segctl: (\w+: .+) \((\d+) rows?\)"


class TestProject:
    """A project in a folder, on an engine. `schema` keeps projects on one server apart."""

    __test__ = False
    # The parse of the first project on DuckDB. It saves the others time: a first run takes 2.3 s instead of 3.8 s.
    _parsed: ClassVar[bytes] = b""

    def __init__(self, root: Path, engine: Engine, schema: str = "shop") -> None:
        self.root, self.engine, self.schema = root, engine, schema
        self.project, self.warehouse = Project(root), Warehouse(root, profiles=str(root))
        self._write("dbt_project.yml", {"name": "shop", "version": "1.0", "profile": "shop", "config-version": 2})
        profile = {"target": "test", "outputs": {"test": engine.output(root, schema)}}
        self._write("profiles.yml", {"shop": profile})
        # In a project without macros, dbt reports each lookup of one as an error, which takes a tenth of a run.
        (root / "macros").mkdir(exist_ok=True)
        (root / "macros" / "own.sql").write_text("{% macro own() %}{% endmacro %}\n", encoding="utf-8")
        package = root / "dbt_packages" / "segctl"
        copytree(REPOSITORY / "macros", package / "macros")
        copy(REPOSITORY / "dbt_project.yml", package)
        if engine.embedded and self._parsed:
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
        """Replaces the raw tables by these rows. A table is named like its model: a name or `source('a', 'b')`."""
        with self.engine.cursor(self.root) as cursor:
            for model, table in self._declare(cursor, columns).items():
                self.engine.replace(cursor, table, columns[model], tables[model])

    def take(self, file: Path, models: Sequence[str]) -> None:
        """Replaces the raw tables by those of a DuckDB file, which are named like their models."""
        with self.engine.cursor(self.root) as cursor:
            for model, table in self._declare(cursor, models).items():
                self.engine.take(cursor, table, Rows(file, model))

    def _declare(self, cursor: Any, models: Iterable[str]) -> dict[str, str]:  # noqa: ANN401
        """Creates the schemas, and staging views for models that are no sources.

        Returns the raw table of each model.
        """
        result: dict[str, tuple[str, str]] = {}
        for model in models:
            source = model.startswith("source(")
            schema, name = model[len("source(") : -1].replace("'", "").split(", ") if source else ("raw", model)
            # All tests share the schemas of a server.
            result[model] = f"{self.schema}_{schema}", name
            cursor.execute(f"create schema if not exists {self.schema}_{schema}")
            if not source:
                view = f"select * from {{{{ source('raw', '{name}') }}}}\n"
                (self.root / "models").mkdir(exist_ok=True)
                (self.root / "models" / f"{name}.sql").write_text(view)
        listed = [
            {
                "name": schema.removeprefix(f"{self.schema}_"),
                "schema": schema,
                "tables": [{"name": name} for place, name in result.values() if place == schema],
            }
            for schema in sorted({schema for schema, _ in result.values()})
        ]
        self._write("models/sources.yml", {"version": 2, "sources": listed})
        return {model: f"{schema}.{name}" for model, (schema, name) in result.items()}

    def execute(self, sql: str) -> None:
        """Runs a statement on the warehouse."""
        with self.engine.cursor(self.root) as cursor:
            cursor.execute(sql)

    def read(self, table: str) -> list[Row]:
        """The rows of one of our tables or views, faster than through dbt."""
        with self.engine.cursor(self.root) as cursor:
            cursor.execute(f"select * from {self.schema}.{table}")
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def run(self, as_of: datetime) -> RunReport:
        """One run as of an instant."""
        report = run(self.project, self.warehouse, as_of.astimezone(UTC).isoformat(), lambda _: None)
        if self.engine.embedded and not self._parsed:
            TestProject._parsed = (self.root / PARSED).read_bytes()
        return report

    def runs(self, instants: Sequence[datetime]) -> None:
        """Consecutive runs. Those between the first and the last write tables and test nothing, as replays do."""
        quick = None
        for number, as_of in enumerate(instants, start=1):
            if number in (1, len(instants)):
                self.run(as_of)
            else:
                quick = quick or self.warehouse.loaded()
                quick.build(RunRequest(as_of.astimezone(UTC).replace(tzinfo=None)), only=RUN_MODELS)

    def failures(self) -> dict[str, int]:
        """The result of `dbt test` with our package's tests: the number of rows by fault."""
        from dbt.cli.main import dbtRunner

        result: list[str] = []
        folder = str(self.root)
        arguments = ["--project-dir", folder, "--profiles-dir", folder, "--log-level", "none"]
        runner = dbtRunner(callbacks=[lambda event: result.append(str(getattr(event.data, "msg", "")))])
        found = runner.invoke(["test", *arguments, "--select", "path:models/segments"]).result.results
        # The hook before all models is a result, too.
        tests = [one for one in found if one.node.resource_type == "test"]
        assert {test.node.name for test in tests} == TESTS
        faults = {said[1]: int(said[2]) for line in result if (said := re.fullmatch(FAULT, line))}
        assert sum(test.failures for test in tests) == sum(faults.values())
        return faults

    def members(self) -> dict[str, set[object]]:
        """The current members of every segment that has any."""
        result: dict[str, set[object]] = {}
        for row in self.read("segment_membership"):
            result.setdefault(row["segment"], set()).add(row["customer_id"])
        return result

    def stays(self) -> list[tuple[str, object, datetime, datetime | None]]:
        """Every stay as (segment, customer, joined_at, left_at), sorted. Instants are aware."""
        result = [
            (
                r["segment"],
                r["customer_id"],
                r["joined_at"].replace(tzinfo=UTC),
                r["left_at"] and r["left_at"].replace(tzinfo=UTC),
            )
            for r in self.read("segment_history")
        ]
        return sorted(result, key=lambda stay: (stay[0], str(stay[1]), stay[2]))
