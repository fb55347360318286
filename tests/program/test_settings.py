"""Settings for our models in a root project's dbt_project.yml: no accepted setting damages a history."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from dbt.cli.main import dbtRunner

from segctl.errors import Failure, ProblemsFound, Report
from segctl.language.names import digest
from segctl.parse import check_settings
from segctl.project.project import load
from tests.faults.program import FULL, segctl, times
from tests.support.built_project import TestProject
from tests.support.engines import Engine, release
from tests.support.public_settings import PUBLIC, TEST_VALUES, Settings, combination
from tests.support.shops.history_shop import BIG, CATALOG, COLUMNS, DAYS, RECENT, SHOP, order

TABLES = ("segment_history", "segment_sizes", "segment_definitions", "customer_features", "segment_changes")
OUTSIDE = ("git_commit",)
# Suffixes of columns of customer_features whose numbers differ by engine.
HASHED = "__data"
Tables = dict[str, list[list[str]]]


def configured(project: TestProject, settings: Settings) -> None:
    """Adds settings to the project's dbt_project.yml."""
    path = project.root / "dbt_project.yml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump({**found, **settings}, sort_keys=False), encoding="utf-8")


def tables(project: TestProject) -> Tables:
    """Our tables as dbt finds them, wherever the settings put them."""
    return {
        table: sorted(
            [
                number_text(value)
                for name, value in sorted(row.items())
                if name not in OUTSIDE and not name.endswith(HASHED)
            ]
            for row in project.warehouse.query(f"select * from {{{{ ref('{table}') }}}}")
        )
        for table in TABLES
    }


def number_text(value: object) -> str:
    """A value as text, numbers without trailing zeros, which engines write differently."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def made(folder: Path, engine: Engine, settings: Settings) -> TestProject:
    project = TestProject(folder, engine, f"settings_{digest(str(folder), 8)}")
    project.load(SHOP, COLUMNS)
    configured(project, settings)
    project.define(CATALOG, value=BIG, activity=RECENT)
    return project


def runs(project: TestProject, days: int = 3) -> Tables:
    """Our tables after runs with joins and leaves."""
    for number, as_of in enumerate(DAYS[:days]):
        more = [order(3, DAYS[0].replace(tzinfo=None), 150.0)] if number == 1 else []
        project.load({**SHOP, "stg_orders": [*SHOP["stg_orders"], *more]}, COLUMNS)
        project.run(as_of)
    return tables(project)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables after runs without any setting."""
    found = runs(made(tmp_path_factory.mktemp("plain"), Engine("duckdb"), {}))
    assert len(found["segment_changes"]) > 5
    return found


# `make test` runs the one with the most common settings.
@pytest.mark.parametrize("name", PUBLIC if FULL else ["shopify"])
def test_settings_of_public_projects_change_nothing(name: str, engine: Engine, tmp_path: Path, plain: Tables) -> None:
    assert runs(made(tmp_path, engine, PUBLIC[name])) == plain


@pytest.mark.parametrize("seed", range(times(1, 60)))
def test_combinations_of_settings_change_nothing(seed: int, engine: Engine, tmp_path: Path, plain: Tables) -> None:
    assert runs(made(tmp_path, engine, combination(seed))) == plain


def test_our_tests_find_faults_under_any_settings_of_data_tests(tmp_path: Path) -> None:
    every = {key: values[0] for key, values in TEST_VALUES.items()}
    shop = made(tmp_path, Engine("duckdb"), {"data_tests": every})
    runs(shop, 1)
    assert shop.failures() == {}
    shop.execute(f"insert into {shop.schema}.segment_stays select * from {shop.schema}.segment_stays")
    failures = shop.failures()
    assert all("stays" in name or "segment_membership" in name for name in failures), failures
    assert len(failures) >= 2
    assert min(failures.values()) > 0


HARMFUL: list[tuple[Settings, str]] = [
    (
        {"models": {"shop": {"segments": {"history": {"segment_runs": {"+alias": "runs"}}}}}},
        "models +alias: segment_runs",
    ),
    (
        {
            "models": {
                "+enabled": False,
                "shop": {"stg_customers": {"+enabled": True}, "stg_orders": {"+enabled": True}},
            }
        },
        "on-run-start hook",
    ),
    ({"vars": {"segctl_flapping_days": "soon", "segctl_lease_minutes": 0}}, "vars segctl_lease_minutes: 0"),
    ({"vars": {"shop": {"segctl_flapping_joins": 0}}}, "segctl_flapping_joins"),
    ({"dispatch": [{"macro_namespace": "segctl", "search_order": ["shop", "segctl"]}]}, "shop.default__differs hides"),
    ({"config-version": 2}, "materialization_recorded_default hides"),
]


def test_what_would_harm_a_history_is_refused_before_anything_is_touched(engine: Engine, tmp_path: Path) -> None:
    shop = made(tmp_path, engine, {})
    before = runs(shop, 2)
    good = (shop.root / "dbt_project.yml").read_text()
    (shop.root / "macros").mkdir(exist_ok=True)
    own = shop.root / "macros" / "own.sql"
    for settings, said in HARMFUL:
        if "hides" in said:
            own.write_text(OWN_MACROS[said.split(" ", maxsplit=1)[0].rpartition(".")[2]])
        configured(shop, settings)
        # Plain dbt, where the macro checks, and the program, which checks the text first.
        number_text = dbt(shop)
        assert said in number_text
        assert "settings of dbt stop this run" in number_text
        with pytest.raises((Failure, ProblemsFound)):
            shop.run(DAYS[2])
        (shop.root / "dbt_project.yml").write_text(good)
        own.unlink(missing_ok=True)
    assert tables(shop) == before
    configured(shop, HARMFUL[0][0])
    release()
    ended = segctl(shop, "run", "--as-of", DAYS[2].isoformat())
    assert ended.code == 1
    assert "segctl: 1 problem found" in ended.err
    (shop.root / "dbt_project.yml").write_text(good)
    shop.run(DAYS[2])


OWN_MACROS = {
    "default__differs": "{% macro default__differs(left, right) %}false{% endmacro %}",
    "materialization_recorded_default": "{% materialization recorded, default %}{{ return({'relations': []}) }}"
    "{% endmaterialization %}",
}


def dbt(shop: TestProject, *flags: str) -> str:
    """The error of a plain `dbt build` of our models that is refused."""
    folder = str(shop.root)
    where = ["--project-dir", folder, "--profiles-dir", folder, "--log-level", "none"]
    found = dbtRunner().invoke(["build", "--select", "path:models/segments", *where, *flags])
    assert not found.success
    return str(found.exception or "") + " ".join(str(one.message) for one in getattr(found.result, "results", []))


def test_runs_of_some_rows_only_are_refused(tmp_path: Path) -> None:
    shop = made(tmp_path, Engine("duckdb"), {})
    before = runs(shop, 1)
    for flag in ("--empty", "--sample=3 days"):
        assert f"{flag.partition('=')[0]}: " in dbt(shop, flag)
    assert tables(shop) == before


TEXTS = [
    ("models:\n  +alias: x\n", [(2, 11)]),
    (
        "models:\n  shop:\n    segments:\n      history:\n        segment_runs: {+alias: x, alias: y}\n",
        [(5, 32), (5, 42)],
    ),
    ("models:\n  shop:\n    marts: {+alias: x}\n  other: {segments: {+alias: x}}\n", []),
    ("models: {+enabled: false}\n", [(1, 20)]),
    ("models: {+enabled: false, segctl: {+enabled: true}}\n", []),
    ("models: {+enabled: \"{{ target.name == 'prod' }}\"}\n", []),
    ("vars: {segctl_flapping_days: 0, shop: {segctl_flapping_joins: many}}\n", [(1, 30), (1, 63)]),
    ("vars: {segctl_flapping_days: \"{{ env_var('X') }}\", other: 0}\n", []),
    ("model-paths: [transform]\n", [(1, 14)]),
    ("model-paths: [./models/, more]\n", []),
    ("models: [nonsense]\nvars: nonsense\nmodel-paths: models\n", []),
    ("models:\n  - {{ no yaml\n", []),
]


@pytest.mark.parametrize(("text", "places"), TEXTS)
def test_the_text_is_reported_with_its_places(text: str, places: list[tuple[int, int]]) -> None:
    report = Report()
    check_settings(f"{text}name: shop\n", report)
    assert [(problem.mark.line, problem.mark.column) for problem in sorted(report.problems)] == places
    assert all(problem.mark.file == "dbt_project.yml" and problem.hint for problem in report.problems)


def test_validate_reports_settings_and_definitions(tmp_path: Path) -> None:
    shop = made(tmp_path, Engine("duckdb"), {})
    configured(shop, {"models": {"+alias": "x"}})
    (shop.root / "segments" / "value.yml").write_text(
        "version: 1\nsegments: [{name: big, rule: {metric: spnt, gte: 1}}]\n"
    )
    with pytest.raises(ProblemsFound) as failure:
        load(shop.project)
    assert [problem.code for problem in failure.value.problems] == ["dbt-setting", "unknown-metric"]
    number_text = segctl(shop, "validate")
    assert number_text.code == 1
    assert "dbt_project.yml:6:11: an alias" in number_text.err
    assert "+alias: x" in number_text.err
