"""The JSON Schemas against the parser: both accept the same definitions, and both refuse a broken structure."""

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
from segctl.schema.catalog import catalog_schema
from segctl.schema.definitions import definitions_schema
from tests.support.strategies.definitions import CATALOG_YAML, as_of_instants, catalog_text, definition_files

REPOSITORY = Path(__file__).resolve().parents[2]
ERRORS = REPOSITORY / "tests" / "cases" / "err"
# What YAML itself loses or cannot read, and well-formed names that are taken.
NOT_FOR_A_SCHEMA = {
    *(
        "duplicate-key",
        "duplicate-name",
        "bad-name",
        "anchor",
        "tag",
        "empty-file",
        "too-deep",
        "unknown-timezone",
        "control-character",
    )
}
# What needs arithmetic: sums, numbers that bound each other, and decimal places of values that editors read as numbers.
BEYOND_A_SCHEMA = {
    *(f"catalog/experiments/variants_{name}" for name in ("above_100", "below_100", "of_thirds")),
    *("rules/rank/tiles_beyond", "rules/overdue/factor_three_places"),
}


class Editor(yaml.SafeLoader):
    """Reads YAML 1.2 as editors do: days stay texts, and only the words true and false are booleans."""


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
    """The first fault of the schema, or empty."""
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


# Each key of the language in one valid file. With a typo in any key it must fail.
GOOD = """\
version: 1
segments:
  - name: gold
    label: Gold
    tags: [loyalty]
    enabled: true
    extends: lapsed
    group: tier
    priority: 1
    limit: {rank: lifetime_value, tiles: 5, in: [4, 5], ties: together, per: country}
    rule:
      all:
        - {rank: last_order_at, top: 20%, among: {rule: active}}
        - sequence: [{event: cart}, {event: order, where: {channel: web}, within: 3 days, never: true}]
          same: product_id
          times: {gte: 3}
        - {affinity: order.category, is: coffee, min_share: 50%}
        - {overdue: order, factor: 1.5, min_events: 3, fallback: 60 days}
        - {due: order, every: 90 days, within_next: 14 days}
        - {sample: 12.5%, salt: spring}
        - {experiment: spring_offer, variant: voucher}
        - {holdout: false}
        - {sql: lifetime_value > 3}
        - {attribute: interests, has_any: [tea, coffee]}
        - belongs_to: account
          that: {customers: {metric: lifetime_value, gt: 5}, sum: order_count, lt: 10}
  - name: engaged
    rule: {metric: opened, gte: 5}
    keep_while: {metric: opened, gte: 1}
    min_stay: 14 days
    cool_down: 30 days
"""
TYPOS = [
    *(("extends:", "extend:"), ("group:", "groups:"), ("    priority: 1\n", ""), ("priority: 1", "priority: first")),
    *(("limit: {rank:", "limit: {by:"), ("tiles: 5, ", ""), ("tiles: 5", "tiles: 101"), ("in: [4, 5]", "in: [0]")),
    *(("ties: together", "ties: yes"), ("top: 20%", "top: 120%"), ("top: 20%", "top: 20%, bottom: 5%")),
    *(("among: {rule: active}", "among: active"), ("in: [4, 5], ties", "in: [4, 5], among: {rule: active}, ties")),
    *(("{event: cart}, {", "{"), ("within: 3 days", "within: 3 months"), ("within: 3 days, ", ""), ("same:", "some:")),
    *(("order.category", "order"), ("min_share: 50%", "min_share: 50"), ("factor: 1.5", "factor: 0")),
    *(("min_events: 3", "min_events: 1"), ("fallback: 60 days", "fallback: 60"), ("every: 90 days, ", "")),
    *(("within_next: 14 days", "within_next: 14 hours"), ("sample: 12.5%", "sample: 0.0%"), (", salt: spring", "")),
    *(("variant:", "variants:"), ("holdout: false", "holdout: 5%"), ("sql: lifetime_value > 3", "sql: [a]")),
    *(("has_any: [tea, coffee]", "has_any: tea"), ("that: {customers:", "that: {customer:"), (", lt: 10", "")),
    *(("keep_while: {", "keep_if: {"), ("min_stay: 14 days", "min_stay: 14"), ("cool_down: 30", "cool_down: 0")),
    *(
        ("    keep_while", "    limit: {rank: score, top: 5}\n    keep_while"),
        ("    rule: {metric: opened, gte: 5}\n", ""),
    ),
    *(("tags: [loyalty]", "tags: loyalty"), ("enabled: true", "enabled: on"), ("times: {gte: 3}", "times: 3")),
]


def test_a_file_with_every_key_is_accepted() -> None:
    assert refused(DEFINITIONS, GOOD) == ""
    assert refused(CATALOG, (ERRORS.parent / "catalog.yml").read_text(encoding="utf-8")) == ""


@pytest.mark.parametrize(("right", "wrong"), TYPOS)
def test_typos_are_refused(right: str, wrong: str) -> None:
    assert right in GOOD
    assert refused(DEFINITIONS, GOOD.replace(right, wrong, 1)) != ""


def broken_in_shape() -> list[str]:
    """The recorded cases with a problem that the parser reports without the catalog and that a schema can express."""
    result = []
    for path in sorted(ERRORS.rglob("*.yml")):
        report, content = Report(), path.read_bytes()
        name = path.relative_to(ERRORS).with_suffix("").as_posix()
        parse = parse_catalog if name.startswith("catalog/") else parse_definitions
        parse(f"segments/{path.name}", content, report)
        codes = {problem.code for problem in report.problems}
        try:
            read(content.decode())
        except (yaml.YAMLError, UnicodeDecodeError):
            continue
        if codes - NOT_FOR_A_SCHEMA and name not in BEYOND_A_SCHEMA:
            result.append(name)
    return result


@pytest.mark.parametrize(
    "name", [*broken_in_shape(), "names/bad_name", "names/too_long", "catalog/document/unknown_key"]
)
def test_broken_shapes_are_refused(name: str) -> None:
    validator = CATALOG if name.startswith("catalog/") else DEFINITIONS
    assert refused(validator, (ERRORS / f"{name}.yml").read_text(encoding="utf-8")) != ""


def test_most_broken_cases_are_ones_of_shape() -> None:
    assert len(broken_in_shape()) > 150
