"""What definitions say reaches the warehouse unchanged through `meta` in yml, for any text."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from shutil import copytree
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from dbt.cli.main import dbtRunner
from dbt.clients.yaml_helper import load_yaml_text
from dbt.context.base import BaseContext
from dbt.parser.schema_renderer import SchemaYamlRenderer
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from segctl.errors import Failure
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedSegment
from segctl.project.project import Project, load, planned
from segctl.render import definition_text, render
from segctl.render.sql.layout import WIDTH
from segctl.warehouse import RunRequest
from tests.support.built_project import REPOSITORY, TestProject
from tests.support.engines import Engine, release
from tests.support.hostile_texts import PIECES, hostile

CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer: {model: customers, key: id, attributes: {country: string, points: number}}
"""
COLUMNS = {"customers": {"id": "integer", "country": "varchar", "points": "decimal(28, 6)"}}
PROPERTIES = "models/segments/segments.yml"
DAYS = [datetime(2024, 1, 1 + number, 6, tzinfo=UTC) for number in range(3)]
# The maximum number of digits of a number in a definition.
LARGE = "1234567890123456789012.123456"


def definitions(segments: list[dict[str, Any]]) -> str:
    return yaml.safe_dump({"version": 1, "segments": segments})


def plan_of(segments: list[dict[str, Any]]) -> Plan:
    files = {"segments/catalog.yml": CATALOG, "segments/some.yml": definitions(segments)}
    return planned({path: text.encode() for path, text in files.items()})


def segment(name: str, text: str, **more: object) -> dict[str, Any]:
    rule = {"any": [{"attribute": "country", "eq": f"{text}."}, {"attribute": "points", "gt": LARGE}]}
    result = {"label": text, "description": text, "owner": text, "tags": [text or "-", "no"]}
    return {"name": name, **result, "rule": rule, **more}


def declared(text: str, model: str) -> list[dict[str, Any]]:
    """What dbt's graph has of a model, after dbt read the yml and our macro decoded it."""
    context = BaseContext({}).to_dict()
    read = load_yaml_text(text)
    assert read
    rendered = [SchemaYamlRenderer(context, "models").render_data(one) for one in read["models"]]
    (node,) = (SimpleNamespace(**one) for one in rendered if one["name"] == model)
    node.config = SimpleNamespace(meta=node.config["meta"])
    environment = Environment(extensions=["jinja2.ext.do"], autoescape=False)
    result: list[list[dict[str, Any]]] = []
    environment.globals |= {
        "segctl": SimpleNamespace(segment_model=lambda _: node),
        "fromjson": json.loads,
        "execute": True,
        "return": result.append,
    }
    macro = (REPOSITORY / "macros" / "definitions" / "declared.sql").read_text(encoding="utf-8")
    environment.from_string(f"{macro}{{{{ declared('{model}') }}}}").render()
    return result[0]


def expected(found: PlannedSegment) -> dict[str, object]:
    one = found.segment
    result = {
        **{"label": one.label, "description": one.description, "owner": one.owner, "tags": ", ".join(one.tags)},
        **{"rule": definition_text(found), "canonical_definition": found.canonical},
    }
    return {"segment": one.name, "definition_hash": found.definition_hash, **{k: v for k, v in result.items() if v}}


ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), ANY), max_size=8).map("".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_dbt_reads_what_was_written(texts: list[str]) -> None:
    segments = [segment(f"s{number}", text) for number, text in enumerate(texts)]
    plan = plan_of(segments)
    assert [one.segment.label for one in plan.segments] == texts
    rendered = render(plan)[PROPERTIES]
    lines = rendered.partition("- name: declared_segments")[2].split("\n")
    assert max(map(len, lines)) <= WIDTH
    assert [line for line in lines if line.rstrip() != line and line.strip()] == []
    found = declared(rendered, "declared_segments")
    wanted = [expected(one) for one in plan.segments]
    assert [{name: one[name] for name in told} for one, told in zip(found, wanted, strict=True)] == wanted


def shop(folder: Path, engine: Engine, segments: list[dict[str, Any]], schema: str = "meta") -> TestProject:
    project = TestProject(folder, engine, schema)
    rows = [{"id": number, "country": PIECES[number % 3], "points": number} for number in range(5)]
    project.load({"customers": rows}, COLUMNS)
    project.define(CATALOG, some=definitions(segments))
    return project


def hostile_segments() -> tuple[list[str], list[dict[str, Any]]]:
    """Texts, and segments that hold them, each by its number. One is disabled and holds none."""
    random = Random(1)
    texts = [*PIECES, *(hostile(random, pieces) for pieces in (2, 3, 5, 8, 13) for _ in range(20))]
    guard = {"max_change": "999.9999%", "max_size": 1_000_000_000}
    segments = [segment(f"s{number}", text, guard=dict(guard)) for number, text in enumerate(texts)]
    return texts, [*segments, {"name": "bare", "rule": {"attribute": "country", "is": "missing"}, "enabled": False}]


def test_the_warehouse_holds_what_the_yaml_says(engine: Engine, tmp_path: Path) -> None:
    texts, segments = hostile_segments()
    plan = plan_of(segments)
    project = shop(tmp_path, engine, segments)
    project.run(DAYS[0])
    result = {row["segment"]: row for row in project.read("segment_definitions")}
    assert result.keys() == {one.segment.name for one in plan.segments}
    for number, text in enumerate(texts):
        row = result[f"s{number}"]
        assert (row["label"], row["description"], row["owner"]) == (text, text, text)
        assert row["tags"] == f"{text or '-'}, no"
        assert LARGE in row["rule"]
        assert LARGE in row["canonical_definition"]
    for one in plan.segments:
        row = result[one.segment.name]
        wanted = expected(one) | {"enabled": one.segment.enabled, "source_file": "segments/some.yml"}
        assert {name: row[name] for name in wanted} == wanted
    limits = project.warehouse.query("select max_change, min_size, max_size from {{ ref('declared_segments') }}")
    found_limits = {(row["max_change"], row["min_size"], row["max_size"]) for row in limits}
    assert found_limits == {(Decimal("999.9999"), None, 1_000_000_000), (None, None, None)}


def built(project: TestProject, as_of: datetime, *options: str, command: str = "build") -> tuple[Any, set[str]]:
    """dbt's result in the project's folder as the last invocation left it, and how dbt parsed."""
    events: list[Any] = []
    folder = str(project.root)
    release()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGCTL_AS_OF", as_of.isoformat())
        patch.setenv("DBT_WRITE_JSON", "true")
        arguments = [command, "--project-dir", folder, "--profiles-dir", folder, "--log-level", "none", *options]
        result = dbtRunner(callbacks=[events.append]).invoke(arguments)
    assert result.success, result.exception
    return result.result, {event.info.name for event in events}


def test_what_only_the_yml_says_reaches_the_next_run(tmp_path: Path) -> None:
    rule = {"attribute": "country", "is": "set"}
    former, latter = ({"name": "known", "description": text, "rule": rule} for text in ("before", "{{ after }}"))
    project = shop(tmp_path, Engine("duckdb"), [former])
    built(project, DAYS[0])
    state = tmp_path / "state"
    copytree(tmp_path / "target", state)
    before = sql_of(project)
    project.define(CATALOG, some=definitions([latter]))
    assert sql_of(project) == before
    _, told = built(project, DAYS[1])
    # dbt did a partial parse, and has seen it nevertheless.
    assert "PartialParsingEnabled" in told
    assert [row["description"] for row in project.read("segment_definitions")] == ["{{ after }}"]
    listed, _ = built(project, DAYS[1], "--select", "state:modified+", "--state", str(state), command="ls")
    modified = {one.rpartition(".")[2] for one in listed}
    assert {"declared_segments", "definition_versions", "segment_proposals", "run_sizes", "segment_runs"} <= modified
    assert not {"customer_features", "run_sources", "customers"} & modified


def sql_of(project: TestProject) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in project.root.glob("models/segments/*.sql")}


def test_without_its_yml_nothing_is_run(tmp_path: Path) -> None:
    project = shop(tmp_path, Engine("duckdb"), [segment("one", "a"), segment("two", "b")])
    built(project, DAYS[0])
    before = {table: project.read(table) for table in ("segment_definitions", "customer_features", "run_sources")}
    (tmp_path / PROPERTIES).unlink()
    with pytest.raises(Failure) as refused:
        project.warehouse.build(RunRequest(DAYS[1].replace(tzinfo=None)))
    told = "models/segments/segments.yml does not say what declared_segments holds"
    assert (refused.value.message, refused.value.hint) == (told, "segctl render writes it")
    assert {table: project.read(table) for table in before} == before


HASHES = [line.split(",") for line in (REPOSITORY / "tests" / "definition_hashes.csv").read_text().splitlines()[1:]]


@pytest.mark.parametrize(("name", "folder"), [("demo", "."), ("complete_journey", "examples/complete_journey")])
def test_hashes_of_definitions_are_those_that_were_recorded(name: str, folder: str) -> None:
    recorded = {segment: definition_hash for project, segment, definition_hash in HASHES if project == name}
    plan = load(Project(REPOSITORY / folder))
    assert {one.segment.name: one.definition_hash for one in plan.segments} == recorded
