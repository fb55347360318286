"""The JSON Schemas against the parser: what one accepts, the other accepts; what is broken in shape, both refuse."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from segctl.errors import Report
from segctl.parse import parse_catalog, parse_definitions
from segctl.schema import catalog_schema, definitions_schema
from tests.strategies import CATALOG_YAML, as_of_instants, catalog_text, definition_files

REPOSITORY = Path(__file__).resolve().parents[1]
ERRORS = REPOSITORY / "tests" / "cases" / "err"
# What YAML itself loses or cannot read, and names that are well formed but taken.
NOT_FOR_A_SCHEMA = {
    *("duplicate-key", "duplicate-name", "bad-name", "anchor", "tag", "empty-file", "too-deep", "unknown-timezone")
}


class Editor(yaml.SafeLoader):
    """Reads YAML 1.2 as editors do: days stay texts, and of the words only true and false are booleans."""


BOOLEAN = "tag:yaml.org,2002:bool"
Editor.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in ("tag:yaml.org,2002:timestamp", BOOLEAN)]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Editor.add_implicit_resolver(BOOLEAN, re.compile("true|false"), list("tf"))
DEFINITIONS, CATALOG = Draft7Validator(definitions_schema()), Draft7Validator(catalog_schema())


def read(text: str) -> Any:  # noqa: ANN401
    return yaml.load(text, Loader=Editor)


def refused(validator: Draft7Validator, text: str) -> str:
    """The first fault that the schema finds, or nothing."""
    fault = next(validator.iter_errors(read(text)), None)
    return fault.message[:200] if fault else ""


@pytest.mark.parametrize("schema", [catalog_schema(), definitions_schema()], ids=["catalog", "definitions"])
def test_schemas_are_schemas(schema: dict[str, Any]) -> None:
    Draft7Validator.check_schema(schema)


@pytest.mark.parametrize(
    "path",
    [
        path
        for folder in (".", "examples/complete_journey")
        for path in sorted((REPOSITORY / folder / "segments").glob("*.yml"))
    ],
    ids=lambda path: f"{path.parts[-3]}/{path.name}",
)
def test_committed_files_are_accepted(path: Path) -> None:
    validator = CATALOG if path.name == "catalog.yml" else DEFINITIONS
    assert refused(validator, path.read_text(encoding="utf-8")) == ""


@settings(
    max_examples=15, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(st.data())
def test_generated_definitions_are_accepted(data: st.DataObject) -> None:
    as_of = data.draw(as_of_instants("Europe/London"))
    for file in data.draw(definition_files(as_of, "Europe/London", segments=30)):
        assert refused(DEFINITIONS, yaml.safe_dump(file, allow_unicode=True)) == ""


def test_the_generators_catalog_is_accepted() -> None:
    assert refused(CATALOG, catalog_text("UTC")) == ""
    assert refused(CATALOG, CATALOG_YAML.replace("currency:", "curency:")) != ""


def broken_in_shape() -> list[str]:
    """The recorded cases in which the parser alone, without the catalog, finds a problem that a schema can know."""
    found = []
    for path in sorted(ERRORS.glob("*.yml")):
        report = Report()
        content = path.read_bytes()
        parse = parse_catalog if path.name.startswith("catalog_") else parse_definitions
        parse(f"segments/{path.name}", content, report)
        codes = {problem.code for problem in report.problems}
        try:
            read(content.decode())
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        if codes - NOT_FOR_A_SCHEMA:
            found.append(path.stem)
    return found


@pytest.mark.parametrize("name", [*broken_in_shape(), "bad_name", "name_too_long", "catalog_unknown_key"])
def test_broken_shapes_are_refused(name: str) -> None:
    validator = CATALOG if name.startswith("catalog_") else DEFINITIONS
    assert refused(validator, (ERRORS / f"{name}.yml").read_text(encoding="utf-8")) != ""


def test_most_broken_cases_are_ones_of_shape() -> None:
    assert len(broken_in_shape()) > 30
