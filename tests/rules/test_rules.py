"""Rules worked out by hand, in tests/rules: SQL on every engine and the oracle must find the members that each names.

All cases that share an as-of and a time zone are built as one project on an engine: every case is a segment of it, and
only the case's own customers are compared. tests/rules/catalog.yml describes how to write a case.
"""

from collections.abc import Iterator

import pytest

from tests.conftest import engine_of
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import load, members
from tests.support.rule_cases import CASES, TABLES, Case

MOST_ON_SPARK = 110
ENGINES = {"duckdb": (), "postgres": (pytest.mark.postgres,), "spark": (pytest.mark.spark,)}
BUILDS = [(engine, setting) for engine in ENGINES for setting in {case.file.setting: None for case in CASES}]


@pytest.fixture(scope="module")
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[object]]:
    """The members of all segments of a setting's cases, on an engine."""
    name, setting = request.param
    engine = engine_of(name, request)
    members: dict[str, set[object]] = {}
    for number, cases in enumerate(projects([case for case in CASES if case.file.setting == setting], engine)):
        project = TestProject(tmp_path_factory.mktemp(setting.name), engine, f"rules_{number}_{setting.name}")
        project.load({model: [row for case in cases for row in case.tables[model]] for model in TABLES}, TABLES)
        project.define(setting.catalog, **{case.file.stem: case.file.definitions for case in cases})
        project.run(setting.as_of)
        members |= project.members()
    return members


def projects(cases: list[Case], engine: Engine) -> Iterator[list[Case]]:
    """The cases of whole files, all in one project, except on Spark, which is slow to plan hundreds of joins."""
    if not engine.cluster:
        yield cases
        return
    files = {case.file.stem: [other for other in cases if other.file.stem == case.file.stem] for case in cases}
    together: list[Case] = []
    for found in files.values():
        if together and len(together) + len(found) > MOST_ON_SPARK:
            yield together
            together = []
        together = together + found
    yield together


@pytest.mark.parametrize(
    ("found", "case"),
    [
        pytest.param(build, case, id=f"{build[0]}-{case.file.stem}-{case.name}", marks=ENGINES[build[0]])
        for build in BUILDS
        for case in CASES
        if case.file.setting == build[1]
    ],
    indirect=["found"],
    scope="module",  # Without it, pytest would build again for every case.
)
def test_the_warehouse_has_the_members_that_the_case_names(found: dict[str, set[object]], case: Case) -> None:
    problem = case.problem(found.get(case.name, set()))
    if problem:
        pytest.fail(problem, pytrace=False)


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.file.stem}-{case.name}") for case in CASES])
def test_the_oracle_has_the_members_that_the_case_names(case: Case) -> None:
    setting = case.file.setting
    oracle = members(load(setting.catalog), [load(case.file.definitions)], case.tables, setting.as_of)
    # A disabled segment has no entry.
    problem = case.problem(oracle.get(case.name, set()))
    if problem:
        pytest.fail(problem, pytrace=False)


def test_the_files_keep_cases_and_customers_apart() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert not [case.name for case in CASES if case.members.keys() & case.others.keys()]
    assert not [case.name for case in CASES if not case.members and not case.others]


def test_values_of_a_case_are_written_as_they_stand_there() -> None:
    (norway,) = [case for case in CASES if case.name == "norway"]
    assert "eq: NO}" in norway.file.definitions
