"""Definitions that must be accepted, in tests/cases/ok: odd values, limits, names in every script, each key once.

Each catalog of `catalog/` is independent. All definition files share `ok/catalog.yml` and form one project. It is built
on DuckDB over empty tables, so their SQL is valid.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment

from segctl.errors import ProblemsFound, described
from segctl.plan.plan import Plan
from segctl.project.project import planned
from segctl.render import render
from segctl.schema.catalog import catalog_schema
from segctl.schema.definitions import definitions_schema
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.language.catalog_tables import tables_of
from tests.support.oracle.reference import load

FOLDER = Path(__file__).parents[1] / "cases" / "ok"
CATALOG = FOLDER / "catalog.yml"
CATALOGS = sorted((FOLDER / "catalog").glob("*.yml"))
DEFINITIONS = sorted(path for path in FOLDER.rglob("*.yml") if path != CATALOG and path not in CATALOGS)
FINE = b"version: 1\nsegments:\n  - {name: a_tenth, rule: {sample: 10%, salt: spring}}\n"
AS_OF = datetime(2024, 6, 1, 12, tzinfo=UTC)


def accepted(catalog: Path, **files: bytes) -> Plan:
    """The plan of a catalog and files of segments. The test fails with the reported problems."""
    contents = {"segments/catalog.yml": catalog.read_bytes()}
    contents |= {f"segments/{stem}.yml": content for stem, content in files.items()}
    try:
        return planned(contents)
    except ProblemsFound as found:
        sources = {path: content.decode() for path, content in contents.items()}
        pytest.fail("\n".join(described(problem, sources) for problem in found.problems), pytrace=False)


def rendered(plan: Plan) -> dict[str, str]:
    """The files of a plan. Jinja must read each template, and YAML each properties file."""
    files = render(plan)
    environment = Environment(extensions=["jinja2.ext.do"])
    for path, text in files.items():
        if path.endswith(".sql"):
            environment.parse(text)
        else:
            yaml.safe_load(text)
    return files


@pytest.fixture(scope="module")
def plan() -> Plan:
    return accepted(CATALOG, **{path.stem: path.read_bytes() for path in DEFINITIONS})


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.stem)
def test_a_catalog_is_accepted(path: Path) -> None:
    assert rendered(accepted(path, fine=FINE))


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_definitions_are_accepted(path: Path, plan: Plan) -> None:
    written = {segment["name"] for segment in load(path.read_text(encoding="utf-8-sig"))["segments"]}
    (file,) = [file for file in plan.files if file.stem == path.stem]
    assert {segment.segment.name for segment in file.segments} == written


def test_what_is_accepted_is_rendered(plan: Plan) -> None:
    files = rendered(plan)
    assert {f"models/segments/members_{path.stem}.sql" for path in DEFINITIONS} <= files.keys()


def test_each_key_is_accepted_somewhere() -> None:
    texts = [path.read_text(encoding="utf-8-sig") for path in (CATALOG, *CATALOGS, *DEFINITIONS)]
    written = {key for text in texts for key in keys_in(load(text))}
    assert not {*keys_of(catalog_schema()), *keys_of(definitions_schema())} - written


def test_the_sql_of_all_of_them_runs(tmp_path: Path) -> None:
    catalog = CATALOG.read_text(encoding="utf-8")
    columns = tables_of(load(catalog))
    project = TestProject(tmp_path, Engine("duckdb"), "accepted")
    project.load({model: [] for model in columns}, columns)
    project.define(catalog, **{path.stem: path.read_text(encoding="utf-8-sig") for path in DEFINITIONS})
    project.run(AS_OF)
    assert len(project.read("segment_definitions")) > 80


def keys_in(written: object) -> Iterator[str]:
    """The keys of all mappings in a YAML value."""
    for value in written.values() if isinstance(written, dict) else written if isinstance(written, list) else ():
        yield from keys_in(value)
    if isinstance(written, dict):
        yield from written


def keys_of(schema: Any) -> Iterator[str]:  # noqa: ANN401
    """The names of all properties in a JSON Schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
    for value in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from keys_of(value)
