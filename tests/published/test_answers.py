"""Answers of the history: marts and macros against loops and sets over a random history."""

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from segctl.language.literals import instant_call
from segctl.language.names import digest
from segctl.render.history.fixed_models import constant_models
from segctl.render.sql.templates import HISTORY, MARTS
from segctl.warehouse import Row, RunRequest
from tests.runs.test_kept_tables import KEPT
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.made_history import COLUMNS, MadeHistory, made_history

ANSWERS = ("segment_customers", "segment_flapping", "segment_migrations")


@pytest.fixture(scope="module")
def made() -> MadeHistory:
    return made_history(seed=1)


@pytest.fixture
def project(engine: Engine, made: MadeHistory, tmp_path: Path) -> TestProject:
    """A project with a generated history, and only the marts that answer from it."""
    found = TestProject(tmp_path, engine, f"answers_{digest(str(tmp_path), 8)}")
    (tmp_path / MARTS).mkdir(parents=True)
    (tmp_path / HISTORY).mkdir()
    for path, text in constant_models(["customer"]).items():
        if Path(path).stem in (*ANSWERS, "answers", *KEPT):
            (tmp_path / path).write_text(text, encoding="utf-8")
    found.load(made.tables(), COLUMNS)
    # The lock on our tables is stored next to them. This one leads to it.
    (tmp_path / "models" / "segment_runs.sql").rename(tmp_path / HISTORY / "segment_runs.sql")
    found.warehouse.build(RunRequest())
    return found


def test_marts_and_macros_answer_as_loops_do(project: TestProject, made: MadeHistory) -> None:
    assert len(made.stays()) > 300
    customers = rows_of(project, "segment_customers")
    assert {(row.pop("segment"), row.pop("customer_id")): row for row in customers} == made.customers()
    assert sum(row["is_flapping"] for row in customers) > 5

    flapping = rows_of(project, "segment_flapping")
    assert {row.pop("segment"): tuple(row.values()) for row in flapping} == made.flapping()

    migrations = [tuple(row.values())[1:] for row in rows_of(project, "segment_migrations")]
    assert {row[:-1]: row[-1] for row in migrations} == made.migrations()
    assert len(migrations) == len(made.migrations())

    assert_members_as_of(project, made)
    assert_migration(project, made)


def assert_members_as_of(project: TestProject, made: MadeHistory) -> None:
    moment = timedelta(microseconds=1)
    instants = [near for run in made.instants[::4] for near in (run - moment, run, run + moment)]
    instants += [made.instants[0] - timedelta(days=900), made.instants[-1] + timedelta(days=900)]
    found = answers(project, [f"segctl.members_as_of({literal(instant)})" for instant in instants])
    for number, instant in enumerate(instants):
        rows = [row for row in found if row["number"] == number]
        expected = made.members_as_of(instant)
        assert len(rows) == len(expected)
        assert {(row["segment"], row["customer_id"]): row["joined_at"] for row in rows} == expected


def assert_migration(project: TestProject, made: MadeHistory) -> None:
    pairs = [(group, *pair) for group in ("tier", "age", "none") for pair in pairwise(made.instants[::6])]
    pairs.append(("tier", made.instants[0] - timedelta(days=1), made.instants[-1]))
    calls = [f"segctl.migration('{group}', {literal(before)}, {literal(after)})" for group, before, after in pairs]
    found = answers(project, calls)
    for number, (group, before, after) in enumerate(pairs):
        rows = [tuple(row.values())[1:] for row in found if row["number"] == number]
        assert {row[:2]: row[2] for row in rows} == made.migration(group, before, after)
    assert any(row["from_segment"] == row["to_segment"] for row in found)
    assert any(row["from_segment"] is None for row in found)


def test_the_bounds_of_flapping_are_variables(project: TestProject, made: MadeHistory) -> None:
    settings = project.root / "dbt_project.yml"
    settings.write_text(settings.read_text() + "vars: {segctl_flapping_joins: 2, segctl_flapping_days: 7}\n")
    project.warehouse.build(RunRequest())
    result = {
        (row["segment"], row["customer_id"]) for row in rows_of(project, "segment_customers") if row["is_flapping"]
    }
    start = made.instants[-1] - timedelta(days=7)
    joins = [stay[:2] for stay in made.stays() if stay[2] > start]
    assert result == {pair for pair in joins if joins.count(pair) >= 2}


def literal(instant: datetime) -> str:
    return instant_call(instant)


def rows_of(project: TestProject, model: str) -> list[Row]:
    return project.warehouse.query(f"select * from {{{{ ref('{model}') }}}}")


def answers(project: TestProject, calls: list[str]) -> list[Row]:
    """The rows of calls of macros, each with the number of its call."""
    parts = [f"select {number} as number, a.* from ({{{{ {call} }}}}) as a" for number, call in enumerate(calls)]
    return project.warehouse.query("\nunion all\n".join(parts))
