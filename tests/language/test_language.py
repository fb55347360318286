"""docs/language.md is true: its catalog and definitions are valid, and each table has the members that it names.

tests/support/language/language_page.py describes how the page is parsed. All examples are one project on DuckDB, and
the oracle decides the same tables.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from segctl.project.project import planned
from segctl.render import render
from segctl.rules import COMBINATORS, RULE_TYPES
from segctl.warehouse import RUN_MODELS, RunRequest
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.language.language_page import MEMBER, PAGE, Example, composed, keys_in, read_page
from tests.support.language.language_rows import (
    AS_OF,
    catalog_of,
    definitions_of,
    for_a_run,
    inline_rules,
    warehouse_of,
)
from tests.support.oracle.reference import History, account_holds, load, members, memory_of
from tests.support.oracle.world import world_of
from tests.support.strategies.definitions import dump

Members = dict[str, set[object]]

TEXT = read_page(PAGE.read_text(encoding="utf-8"))
CATALOG = catalog_of(TEXT.blocks)
RUN_CATALOG = for_a_run(CATALOG)
WAREHOUSE = warehouse_of(TEXT, RUN_CATALOG)
DEFINITIONS = definitions_of(TEXT, run=True)
COLUMNS = [(example, column) for example in TEXT.examples for column in example.table.asked]


def run_of(column: str) -> datetime:
    """The instant of the run that a column is about: the last run, or one of an earlier day."""
    day = MEMBER.fullmatch(column)
    return datetime.fromisoformat(day[1]).replace(hour=12, tzinfo=AS_OF.tzinfo) if day and day[1] else AS_OF


def naive(as_of: datetime) -> datetime:
    return as_of.astimezone(UTC).replace(tzinfo=None)


RUNS = sorted({run_of(column) for _, column in COLUMNS})


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[datetime, Members]:
    """The members of all segments after each run on DuckDB."""
    project = TestProject(tmp_path_factory.mktemp("language"), Engine("duckdb"), "page")
    project.load(WAREHOUSE.rows, WAREHOUSE.columns)
    project.define(dump(RUN_CATALOG), **DEFINITIONS)
    first, *later = RUNS
    project.run(first)
    # Other tests check what a run writes. The later runs here only write it.
    loaded = project.warehouse.loaded()
    for as_of in later:
        loaded.build(RunRequest(naive(as_of)), only=RUN_MODELS)
    after: dict[datetime, Members] = {as_of: {} for as_of in RUNS}
    for table, key in (("segment_history", "customer_id"), ("account_segment_history", "account_id")):
        for stay in project.read(table):
            for as_of in RUNS:
                if stay["joined_at"] <= naive(as_of) and (stay["left_at"] is None or naive(as_of) < stay["left_at"]):
                    after[as_of].setdefault(stay["segment"], set()).add(stay[key])
    return after


@pytest.fixture(scope="module")
def decided() -> dict[datetime, Members]:
    """The members of all segments after each run, by the oracle."""
    files = [load(text) for text in DEFINITIONS.values()]
    customers = [file for file in files if "entity" not in file]
    history, after = History(), {}
    for as_of in RUNS:
        now = members(RUN_CATALOG, customers, WAREHOUSE.rows, as_of)
        history.apply(as_of, now, memory_of(RUN_CATALOG, customers, WAREHOUSE.rows, as_of))
        after[as_of] = {name: {key for segment, key in history.open if segment == name} for name in now}
        world = world_of(RUN_CATALOG, customers, WAREHOUSE.rows, as_of)
        for segment in (segment for file in files if "entity" in file for segment in file["segments"]):
            accounts = world.accounts["account"]
            after[as_of][segment["name"]] = {
                key for key in accounts if account_holds(segment["rule"], key, "account", world)
            }
    return after


def names() -> Iterator[str]:
    for example, column in COLUMNS:
        yield f"{example.section}-{example.number}-{column}"


@pytest.mark.parametrize(("example", "column"), COLUMNS, ids=names())
def test_the_members_of_the_table(
    example: Example, column: str, found: dict[datetime, Members], decided: dict[datetime, Members]
) -> None:
    segment, run = example.segment_of(column), run_of(column)
    own = {example.key(row[0]) for row in example.table.rows}
    expected = {example.key(name) for name in example.table.members(column)}
    assert decided[run].get(segment, set()) & own == expected, "the oracle"
    assert found[run].get(segment, set()) & own == expected, "DuckDB"


def test_everything_that_the_page_writes_is_valid() -> None:
    texts = {"catalog": dump(CATALOG), **definitions_of(TEXT, run=False), "inline": inline_rules(TEXT)}
    plan = planned({f"segments/{stem}.yml": text.encode() for stem, text in texts.items()})
    assert plan.sharing.people
    assert any(path.endswith("exposures.yml") for path in render(plan))


def test_each_rule_type_has_an_example() -> None:
    shown = {key for example in TEXT.examples for rule in example.rules().values() for key in keys_in(rule)}
    shown |= {key for one in TEXT.blocks if one.kind == "segments" for key in keys_in(composed(one.text))}
    assert RULE_TYPES.keys() | set(COMBINATORS) <= shown
    with_a_table = {id(example.block) for example in TEXT.examples}
    assert not [one.text for one in TEXT.blocks if one.kind == "rule" and id(one) not in with_a_table]


def test_each_column_of_answers_says_yes_and_no() -> None:
    assert not [(e.section, c) for e, c in COLUMNS if "member on" not in c and len(set(e.table.column(c))) < 2]
