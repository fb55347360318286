"""`why` as of any instant: for generated definitions, clauses and membership agree with the oracle."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from segctl.conditions.criterion import Criterion
from segctl.errors import Failure, Mark
from segctl.features import AttributeValue, of_others
from segctl.features import Test as Condition
from segctl.language.literals import Duration
from segctl.operations.questions.clauses import Clause, deciding, gap
from segctl.operations.questions.outlook import next_change
from segctl.operations.questions.why import Question, why
from segctl.operations.runs.instants import every
from segctl.operations.segments.show import find_segment
from segctl.project.project import planned, sources
from segctl.warehouse import RunRequest
from tests.oracle.test_oracle import SEED, examples
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import History, load, members, memory_of
from tests.support.shops.demo_project import copied, segctl
from tests.support.shops.demo_repository import edit, git
from tests.support.strategies.definitions import TABLES, TIMEZONE

ASKED = 12
MARK = Mark("some.yml", 1, 1)


def test_why_then_is_what_the_oracle_says(engine: Engine, tmp_path: Path) -> None:
    (example,) = examples(TIMEZONE, 1, False, 6 if engine.cluster else 20)
    project = TestProject(tmp_path, engine, "why_then")
    project.load(example.rows, TABLES)
    project.define(example.catalog, **{f"file_{n}": text for n, text in enumerate(example.files)})
    catalog: dict[str, Any] = load(example.catalog)
    files = [load(text) for text in example.files]
    history = History()
    ruled: dict[datetime, dict[str, set[object]]] = {}
    stood: dict[datetime, dict[str, set[object]]] = {}
    existed: dict[datetime, Any] = {}
    runs = [example.as_of, example.as_of + timedelta(days=9)]
    for as_of in runs:
        project.run(as_of)
        ruled[as_of] = members(catalog, files, example.rows, as_of)
        memory = memory_of(catalog, files, example.rows, as_of)
        history.apply(as_of, ruled[as_of], memory)
        existed[as_of] = memory.customers
        stood[as_of] = history.members()
    names = [segment["name"] for file in files for segment in file["segments"] if "entity" not in file]
    names = [name for name in names if name in ruled[runs[0]]]
    keys = [row["customer_id"] for row in example.rows["stg_customers"]]
    random = Random(SEED)
    pairs = random.sample(sorted(product(names, keys), key=str), 3 if engine.cluster else ASKED)
    for name, key in pairs:
        run = random.choice(runs)
        at = (run + timedelta(days=1) if run == runs[0] else run).astimezone(UTC).isoformat()
        if key not in existed[run]:
            with pytest.raises(Failure, match="there was no customer"):
                why(project.project, project.warehouse, Question(str(key), name, at))
            continue
        reason = why(project.project, project.warehouse, Question(str(key), name, at))
        assert reason.clause is not None
        assert reason.is_member == (key in stood[run].get(name, set())), (name, key, run)
        alone = reason.clause.holds
        assert alone == (key in ruled[run][name]) or reason.planned.memory, (name, key, run)


def test_time_alone_is_what_the_oracle_says(engine: Engine, tmp_path: Path) -> None:
    """The first day of a month on which a rule changes its answer, for rules about one customer alone."""
    if engine.cluster:
        pytest.skip("nothing is foretold there")
    (example,) = examples(TIMEZONE, 1, False, 40)
    project = TestProject(tmp_path, engine, "turns")
    project.load(example.rows, TABLES)
    project.define(example.catalog, **{f"file_{n}": text for n, text in enumerate(example.files)})
    project.warehouse.build(RunRequest(), only=[model for model in TABLES if not model.startswith("source(")])
    catalog: dict[str, Any] = load(example.catalog)
    files = [load(text) for text in example.files]
    plan, loaded = planned(sources(project.project)), project.warehouse.loaded()
    now = example.as_of.astimezone(UTC).replace(tzinfo=None)
    instants = [day.replace(tzinfo=UTC) for day in every(now, now + timedelta(days=32), Duration(1, "day"), TIMEZONE)]
    said = [members(catalog, files, example.rows, at) for at in instants[:32]]
    turned, pairs = 0, 0
    # A customer who does not exist yet cannot be queried.
    existing = memory_of(catalog, files, example.rows, instants[0]).customers
    for name, key in sorted(product(said[0], existing), key=str):
        answers = [key in day[name] for day in said]
        wanted = next((day for day, answer in enumerate(answers) if answer != answers[0]), None)
        # Of the unchanged customers, some are enough.
        if (wanted is None and pairs > 8) or turned > 15:
            continue
        found = next_change(loaded, plan, find_segment(plan, name), str(key), now)
        if found is None and wanted is not None:
            assert any(of_others(feature) for feature in find_segment(plan, name).features), (name, key, wanted)
        elif wanted is not None:
            assert found == instants[wanted].replace(tzinfo=None), (name, key)
            turned += 1
        else:
            assert found is None or found > instants[31].replace(tzinfo=None), (name, key)
            pairs += 1
    assert turned > 3


def test_the_definition_of_then(demo_after_two_runs: Path, tmp_path: Path) -> None:
    shop = copied(demo_after_two_runs, tmp_path / "shop")
    (shop / ".gitignore").write_text("*.duckdb*\ntarget/\nlogs/\n.user.yml\n", encoding="utf-8")
    git(shop, "init", "--quiet", "--initial-branch", "main")
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gte: 500}", "{metric: lifetime_value, gte: 400}"))
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "--message", "400")
    assert segctl(shop, "render").code == 0
    assert segctl(shop, "run", "--as-of", "2025-12-30", "--json").code == 0
    edit(shop, "loyalty.yml", ("{metric: lifetime_value, gte: 400}", "{metric: lifetime_value, gte: 600}"))
    found = segctl(shop, "why", "162", "vip", "--as-of", "2025-12-30", "--json").data
    assert found["rule"]["parts"][0]["words"] == "lifetime_value >= 400"
    assert any(note.startswith("by the definition of that time, from commit ") for note in found["notes"])
    found = segctl(shop, "why", "162", "vip", "--as-of", "2025-12-30", "--definition", "now", "--json").data
    assert found["rule"]["parts"][0]["words"] == "lifetime_value >= 600"
    # The first two runs knew no commit.
    outcome = segctl(shop, "why", "162", "vip", "--as-of", "2025-12-29")
    assert outcome.code == 2
    assert "the definition of that time is in no known commit; its rule was: lifetime_value >= 500" in outcome.err
    assert "--definition now" in outcome.err
    outcome = segctl(shop, "why", "162", "vip", "--as-of", "2025-12-01")
    assert (outcome.code, "no run yet as of" in outcome.err) == (2, True)


def test_time_alone(demo_after_two_runs: Path, tmp_path: Path) -> None:
    """The reported day is the first local one that begins sixty days after the last order."""
    shop = copied(demo_after_two_runs, tmp_path / "shop")
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        sql = (
            "select customer_id, last_order_at from customer_features where last_order_at < timestamp '2025-12-20' and"
        )
        sql += " not last_order_at__older_than_60d order by last_order_at limit 3"
        people = connection.execute(sql.replace("customer_features where", "dated_features where")).fetchall()
    assert len(people) == 3
    for key, last in people:
        found = segctl(shop, "why", str(key), "lapsed_60_days", "--json").data
        assert found["member"] is False
        turns = datetime.fromisoformat(found["turns_on"].removesuffix("Z"))
        # In London's winter a local day begins at midnight UTC.
        assert turns == datetime(last.year, last.month, last.day) + timedelta(days=61), (key, last)


def test_values_and_what_they_lack() -> None:
    feature = AttributeValue("spent", "spent", "number")

    def told(operator: str, number: str, value: str | None) -> str:
        test = Condition(feature, (Criterion(operator, (Decimal(number),), "number", "UTC"),), "", MARK)
        return gap(test, Decimal(value) if value is not None else None)

    assert told("gte", "500", "487.50") == "12.5 short"
    assert told("gte", "4", "3") == "1 short"
    assert told("gte", "500", "1500") == "1,000 to spare"
    assert told("gt", "500", "500") == "just there"
    assert told("lte", "10", "12") == "2 too much"
    assert told("lt", "10", "7") == "3 to spare"
    assert told("gte", "500", None) == ""
    assert told("eq", "500", "3") == ""


def drawn(random: Random, depth: int) -> Clause:
    kind = random.choice(["all", "any", "none", "test", "test"]) if depth else "test"
    if kind == "test":
        return Clause("test", str(random.random()), random.random() < 0.5, MARK)
    parts = tuple(drawn(random, depth - 1) for _ in range(random.randint(1, 3)))
    return Clause(kind, kind, truth(kind, [part.holds for part in parts]), MARK, None, parts)


def truth(kind: str, parts: list[bool]) -> bool:
    return {"all": all(parts), "any": any(parts), "none": not any(parts)}[kind]


def turned(clause: Clause, words: str) -> Clause:
    """The same with one condition inverted, and all nodes above it recomputed."""
    if clause.kind == "test":
        return replace(clause, holds=clause.holds != (clause.text == words))
    parts = tuple(turned(part, words) for part in clause.parts)
    return replace(clause, parts=parts, holds=truth(clause.kind, [part.holds for part in parts]))


def words_of(clause: Clause) -> list[str]:
    return [clause.text] if clause.kind == "test" else [words for part in clause.parts for words in words_of(part)]


@pytest.mark.parametrize("seed", range(50))
def test_what_would_change_the_answer(seed: int) -> None:
    clause = drawn(Random(seed), 3)
    wanted = [words for words in words_of(clause) if turned(clause, words).holds != clause.holds]
    assert [one.text for one in deciding(clause)] == wanted
