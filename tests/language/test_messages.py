"""Messages about errors, by kind: for any input, a message names it and gives advice."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from segctl.errors import Failure, Problem, ProblemsFound
from segctl.language.comparators import COMPARATORS
from segctl.language.literals import calendar_fault, read_day
from segctl.language.synonyms import OPPOSITES, Wording, hint_for_word
from segctl.operations.runs.failures import as_catalogued, in_zone
from segctl.project.project import Project, planned
from segctl.rules import DENIED
from segctl.warehouse import Absent, FailedAfter
from segctl.warehouse.diagnosis import failure_of
from segctl.warehouse.failed_nodes import not_built
from tests.language.test_problems import CASES

CATALOG = (CASES / "catalog.yml").read_text(encoding="utf-8")
RULES = (
    "{attribute: birthday, is: set}",
    "{metric: lifetime_value, gt: 100}",
    "{event: order, times: {gte: 2}, where: {category: tea}, within_last: 30 days}",
    "{sequence: [{event: cart}, {event: order, within: 2 days}]}",
    "{rank: lifetime_value, top: 10%}",
    "{overdue: order, factor: 1.5}",
    "{all: [{rule: active}, {not: {belongs_to: account, that: {attribute: industry, eq: tea}}}]}",
)
BROKEN = ("", "order date", "select", "a\u00a0b", "2023-02-29", "123", "x", "[a, b]", "{a: b}", "~", "none.such")


def problems(catalog: str, rule: str = RULES[0]) -> list[Problem]:
    """The messages about a catalog and one rule."""
    case = f"version: 1\nsegments:\n  - name: a_segment\n    rule: {rule}\n"
    try:
        planned({"segments/catalog.yml": catalog.encode(), "segments/case.yml": case.encode()})
    except ProblemsFound as found:
        return found.problems
    return []


def broken(text: str) -> list[str]:
    """Copies of the text, each with one of its values replaced by an invalid one."""
    ends = [
        (event.start_mark.index, event.end_mark.index)
        for event in yaml.parse(text, Loader=yaml.SafeLoader)
        if isinstance(event, yaml.ScalarEvent) and event.start_mark and event.end_mark
    ]
    quoted = [f'"{value}"' if value and value[0] not in "[{~" else value or '""' for value in BROKEN]
    return [f"{text[:start]}{value}{text[end:]}" for start, end in ends for value in quoted]


def sound(found: Problem) -> bool:
    """Whether a message is readable: no gap in place of a name, and no invisible characters."""
    text = f"{found.message} {found.hint}"
    holes = any(hole in text for hole in ("  ", " ,", " .", " :", "()", "[]", " of and ", " of is "))
    return not holes and text.isprintable() and bool(found.message)


def test_whatever_stands_in_a_catalog_is_reported_without_holes() -> None:
    for text in broken(CATALOG)[::3]:
        for found in problems(text):
            assert sound(found), (found, text)


@pytest.mark.parametrize("rule", RULES)
def test_whatever_stands_in_a_rule_is_reported_without_holes(rule: str) -> None:
    for text in broken(rule):
        for found in problems(CATALOG, text):
            assert sound(found), (found, text)


@pytest.mark.parametrize("form", ["not_{}", "does_not_{}", "!{}", "is_not_{}", "{}_not", "not {}", "Not{}"])
def test_a_negation_is_never_taken_for_what_it_denies(form: str) -> None:
    known = list(COMPARATORS)
    for name in (*known, "contain", "match", "start_with"):
        word = form.format(name)
        stem = {"contain": "contains", "match": "matches", "start_with": "starts_with"}.get(name, name)
        said_so = OPPOSITES.get(stem)
        hint = hint_for_word(word, known, "keys", wording=Wording(DENIED))
        # `not_in` is a comparator itself, and `is` needs a word.
        if stem not in ("is", "not_in"):
            assert hint in (f"write not: {{… {stem}: …}}", f"did you mean {said_so}?"), word


@given(st.integers(0, 9999), st.integers(0, 14), st.integers(0, 32))
def test_what_is_no_day_is_reported_as_such(year: int, month: int, day: int) -> None:
    text = f"{year:04d}-{month:02d}-{day:02d}"
    fault, hint = calendar_fault(text)
    assert (fault == "") == (hint == "") == (read_day(text) is not None)
    assert fault in ("", f"{text} is not a date")


@pytest.mark.parametrize("text", ["2024-12-31", "2024-12-31 23:59", "2024-12-31T23:59:59Z", "yesterday", "", "2024"])
def test_what_is_a_day_or_is_not_written_like_one_has_no_such_fault(text: str) -> None:
    assert calendar_fault(text) == ("", "")


@pytest.mark.parametrize("text", ["24:00", "23:60", "23:59:60"])
def test_what_is_no_time_of_day(text: str) -> None:
    assert calendar_fault(f"{date.today()} {text}")[0] == f"{text} is not a time of day"


@given(st.text())
def test_nothing_invisible_is_left_in_a_message(text: str) -> None:
    for told in (Failure(text, text).message, Failure(text, text).hint):
        assert told.replace("\n", "").isprintable()


def test_instants_are_reported_in_the_catalogs_zone() -> None:
    told = "before the last finished run, as of 2025-06-01 00:00:00 UTC (begun 2025-12-01T00:00:00.250000Z)"
    there = "before the last finished run, as of 2025-06-01 01:00:00 BST (begun 2025-12-01 00:00:00.25 GMT)"
    assert in_zone(told, "Europe/London") == there
    assert in_zone("9999-12-31 23:59:59 UTC, 2025-06-01, 10:00:00", "Asia/Tokyo").startswith("9999-12-31 23:59:59 UTC")


def node(name: str, message: str, status: str = "error", path: str = "models/segments/") -> Any:  # noqa: ANN401
    """A result of dbt."""
    about = SimpleNamespace(name=name, resource_type="model", original_file_path=f"{path}{name}.sql")
    return SimpleNamespace(node=about, message=message, status=status)


def suffers(name: str, of: str) -> Any:  # noqa: ANN401
    """A dbt result for a model that reads a model with a compilation error."""
    told = f"Compilation Error in model.shop.{name}, caused by compilation error in referenced ephemeral model {of}"
    return node(name, told, "skipped")


MISSING = (
    "  Runtime Error in model {0} (models/segments/{0}.sql)\n" + '  Binder Error: Referenced column "amount" not found'
)


def test_what_only_suffers_is_not_named(tmp_path: Path) -> None:
    nodes = [node("customer_features", MISSING.format("customer_features")), suffers("segment_runs", "members_a")]
    failure = not_built(nodes, [], tmp_path, published=False)
    assert failure.message == "dbt could not build customer_features"
    assert "segment_runs" not in failure.detail
    assert "caused by" not in failure.detail
    caught = [MISSING.format(f"members_{letter}").strip() for letter in "abcd"]
    failure = not_built([suffers("segment_runs", "members_a")], caught, tmp_path, published=False)
    assert failure.message == "dbt could not build members_a, members_b, members_c, …"
    assert failure.detail.count("Referenced column") == 3
    after = not_built(nodes, [], tmp_path, published=True)
    assert isinstance(after, FailedAfter)
    assert after.names == "customer_features"


def test_a_message_about_consequences_alone_is_not_lost(tmp_path: Path) -> None:
    failure = not_built([suffers("segment_runs", "members_a")], [], tmp_path, published=False)
    assert failure.message == "dbt could not build segment_runs"


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ('Binder Error: Referenced column "amount" not found in FROM clause!', "column amount of stg_orders"),
        ('Binder Error: Column "AMOUNT" referenced that exists in the SELECT clause', "column amount of stg_orders"),
        ('Database Error\n  column "amount" does not exist\n  LINE 3', "column amount of stg_orders"),
        ("[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `o`.`amount` cannot", "column amount of stg_orders"),
        ('relation "raw.stg_carts" does not exist', "stg_carts is the model of cart"),
        ("Catalog Error: Table with name stg_accounts does not exist!", "stg_accounts is the model of account"),
        ("[TABLE_OR_VIEW_NOT_FOUND] The table or view `raw`.`stg_visits` cannot", "stg_visits is the model of visit"),
    ],
)
def test_the_catalogs_line_is_in_the_headline(message: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "catalog.yml").write_text(CATALOG)
    failure = not_built([node("run_sources", message)], [], tmp_path, published=False)
    found = as_catalogued(failure, Project(tmp_path)).message
    assert found.startswith(f"dbt could not build run_sources: {told}, segments/catalog.yml:")
    line = CATALOG.splitlines()[int(found.rpartition(":")[2]) - 1]
    assert any(name in line for name in ("amount", "cart:", "account:", "visit:"))


def test_a_model_of_the_users_that_fails_is_found_in_the_catalog(tmp_path: Path) -> None:
    (tmp_path / "segments").mkdir()
    (tmp_path / "segments" / "catalog.yml").write_text(CATALOG)
    staging = node("stg_orders", 'Binder Error: Referenced column "amoont" not found', path="models/staging/")
    failure = as_catalogued(not_built([staging], [], tmp_path, published=False), Project(tmp_path))
    assert failure.message.startswith("dbt could not build stg_orders: stg_orders is the model of order, segments/")
    assert failure.hint == "models/staging/stg_orders.sql uses columns that its tables do not have"
    unknown = failure_of("Model 'x' depends on a node named 'stg_visits' which was not found", RuntimeError())
    assert isinstance(unknown, Absent)
    assert "stg_visits is the model of visit, segments/" in as_catalogued(unknown, Project(tmp_path)).message


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        ('FATAL:  role "nobody" does not exist', "check the user and password of the profile"),
        ('FATAL:  role "nobody" is not permitted to log in', "check the user and password of the profile"),
        ('FATAL:  password authentication failed for user "x"', "check the user and password of the profile"),
        ('FATAL:  database "nope" does not exist', "check the database (dbname) of the profile"),
        ("permission denied for table orders", "the user of the profile lacks a right"),
        ("must be owner of table segment_stays", "the user of the profile lacks a right"),
        ("[PERMISSION_DENIED] User does not have USE SCHEMA", "the user of the profile lacks a right"),
        ('schema "raw" does not exist', "does the schema of the source exist there?"),
        (
            "dbt could not find a macro with the name 'x' in any package. … install … with \"dbt deps\".",
            "of one version?",
        ),
        ("'dict object' has no attribute 'x'. This can happen when calling a macro that does not exist.", "Upgrades"),
        ('relation "raw.orders" does not exist', "is the source loaded, and is it the right target?"),
    ],
)
def test_rights_and_roles_are_no_missing_source(message: str, hint: str) -> None:
    assert hint in failure_of(f"Database Error\n  {message}", RuntimeError()).hint


def test_an_unknown_target_lists_those_there_are() -> None:
    told = "The profile 'shop' does not have a target named '{}'. The valid target names for this profile are:\n{}"
    found = failure_of(told.format("prod", " - dev\n - live"), RuntimeError())
    assert (found.message, found.hint) == (
        "the profile 'shop' does not have a target named 'prod'",
        "targets: dev, live",
    )
    assert failure_of(told.format("lve", " - dev\n - live"), RuntimeError()).hint == "did you mean live?"
