"""dbt 2 parses our projects, and compiles them to the same SQL as dbt-core 1 (`make dbt2`)."""

import re
from collections import Counter, defaultdict
from pathlib import Path

import duckdb
import pytest

from tests.language.test_meta import hostile_segments, shop
from tests.program.test_init import called, copied
from tests.support.compilers import by_core, by_dbt_2, dbt_2
from tests.support.engines import Engine
from tests.support.shops.demo_project import copied as copy_of
from tests.support.shops.demo_project import demo

pytestmark = pytest.mark.dbt2
AS_OF = "2026-01-05T10:00Z"
# What differs between invocations.
OWN = re.compile(r" as (started_at|brought_up_at|invocation_id),?$")
# How each dbt puts ephemeral models before the query that reads them.
BEFORE = re.compile(r"^--EPHEMERAL-SELECT-WRAPPER-(START|END)$|^select \* from \($|^\)?,? *(with +)?")


def lines(compiled: Path) -> dict[str, Counter[str]]:
    """The lines of each model, and of all tests, which each dbt names differently."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for file in compiled.rglob("*.sql"):
        if file.parent.name != "hooks":
            told = (BEFORE.sub("", line.rstrip()) for line in file.read_text().splitlines() if not OWN.search(line))
            is_test = file.parent.suffix == ".yml" or file.parent.name == "generic_tests"
            found["tests" if is_test else file.name].update(line for line in told if line)
    return found


def parse_and_compile(project: Path) -> None:
    dbt_2(project, "parse", "--target-path", "parsed")
    wanted = lines(by_core(project, AS_OF, "by_core"))
    found = lines(by_dbt_2(project, AS_OF, "by_2"))
    assert {"customer_features.sql", "segment_stays.sql", "tests"} < wanted.keys()
    assert found.keys() == wanted.keys()
    for name, text in wanted.items():
        assert found[name] in (text, text - unread(text, wanted)), name


def unread(text: Counter[str], models: dict[str, Counter[str]]) -> Counter[str]:
    """The lines of ephemeral models before a query that does not read them. dbt 2 leaves them out."""
    told: Counter[str] = Counter()
    for model, own in models.items():
        name = f"__dbt__cte__{model.removesuffix('.sql')}"
        if [line for line in text if name in line] == [f"{name} as ("]:
            told += own + Counter([f"{name} as ("])
    return told


def test_the_demo_before_its_first_run(tmp_path: Path) -> None:
    parse_and_compile(demo(tmp_path / "demo"))


def test_a_build_of_our_models_is_refused(tmp_path: Path) -> None:
    told = dbt_2(demo(tmp_path / "demo"), "build", code=1)
    assert "cannot build them yet; use dbt-core 1" in told
    with duckdb.connect(str(tmp_path / "demo" / "segctl.duckdb"), read_only=True) as connection:
        assert connection.execute("show tables").fetchall() == []


def test_the_demo_after_two_runs(demo_after_two_runs: Path, tmp_path: Path) -> None:
    parse_and_compile(copy_of(demo_after_two_runs, tmp_path / "demo"))


def test_a_project_with_the_package(tmp_path: Path) -> None:
    coffee_shop = copied("coffee_shop", tmp_path)
    for line in ("dbt build --quiet", "segctl init", "segctl render", "segctl run --as-of 2025-12-29"):
        called(coffee_shop, *line.split())
    parse_and_compile(coffee_shop)


def test_hostile_texts_in_definitions(tmp_path: Path) -> None:
    parse_and_compile(shop(tmp_path, Engine("duckdb"), hostile_segments()[1]).root)
