"""Definitions in plain English: the demo's sentences, and that two different meanings never read the same."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from segctl.errors import ProblemsFound, Report
from segctl.parse import parse_catalog
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedSegment
from segctl.plan.sentences import sentences
from segctl.project.project import planned
from tests.support.shops.demo_project import segctl
from tests.support.strategies.definitions import TIMEZONE, catalog_text, dump
from tests.support.strategies.operands import words_of
from tests.support.strategies.segments import segment

SENTENCES = Path(__file__).parents[1] / "cases" / "sentences.txt"
PAIRS = 300
AS_OF = datetime(2024, 6, 1, 12, tzinfo=UTC)


def said(plan: Plan) -> dict[str, str]:
    """The sentences of each segment, by its name."""
    return {one.segment.name: " ".join(sentences(one, plan.catalog)) for one in plan.segments}


@pytest.fixture(scope="module")
def demo() -> Plan:
    return planned({path: Path(path).read_bytes() for path in map(str, sorted(Path("segments").glob("*.yml")))})


def test_the_demo_reads_as_it_was_accepted(demo: Plan, request: pytest.FixtureRequest) -> None:
    told = "".join(f"{name}: {text}\n" for name, text in sorted(said(demo).items()))
    if request.config.getoption("--record"):
        SENTENCES.write_text(told, encoding="utf-8")
    assert told == SENTENCES.read_text(encoding="utf-8")
    assert told.count("\n") >= 60


@pytest.mark.parametrize("seed", range(4))
def test_two_that_mean_different_things_never_read_alike(seed: int) -> None:
    random, names = Random(seed), [f"s_{number}" for number in range(400)]
    drawn = [segment(random, names, number, words_of(AS_OF, TIMEZONE)) for number in range(len(names))]
    files = {"segments/all.yml": dump({"version": 1, "segments": drawn}).encode()}
    plan = planned({"segments/catalog.yml": catalog_text(TIMEZONE).encode(), **files})
    meanings: dict[str, set[str]] = {}
    for one in plan.segments:
        meanings.setdefault(" ".join(sentences(one, plan.catalog)), set()).add(one.canonical)
    alike = {text: found for text, found in meanings.items() if len(found) > 1}
    assert not alike
    assert len(meanings) > 300


def changed(written: object) -> Iterator[object]:
    """Variants with one change each: a number, a duration, a comparator, an item of a list, a boolean."""
    if isinstance(written, dict):
        for key, value in written.items():
            for other in changed(value):
                yield {**written, key: other}
            if key in SWAPPED and SWAPPED[key] not in written:
                yield {SWAPPED.get(name, name) if name == key else name: inner for name, inner in written.items()}
            if key not in {"rule", "name"} and len(written) > 1:
                yield {name: inner for name, inner in written.items() if name != key}
    elif isinstance(written, list):
        for number, value in enumerate(written):
            for other in changed(value):
                yield [*written[:number], other, *written[number + 1 :]]
        if len(written) > 1:
            yield written[1:]
    elif isinstance(written, bool):
        yield not written
    elif isinstance(written, int):
        yield written + 1
    elif isinstance(written, str) and re.fullmatch(r"[0-9]+ [a-z]+", written):
        many, unit = written.split()
        yield f"{int(many) + 1} {unit}"


SWAPPED = {
    **{"gt": "gte", "gte": "gt", "lt": "lte", "lte": "lt", "all": "any", "any": "all", "none": "all", "eq": "ne"},
    **{"within_last": "older_than", "older_than": "within_last", "top": "bottom", "bottom": "top", "sum": "avg"},
    **{"in": "not_in", "not_in": "in", "has_any": "has_all", "before": "after", "after": "before", "min": "max"},
    **{"contains": "starts_with", "starts_with": "ends_with", "ends_with": "contains", "keep_while": "rule"},
}


def one_of(definition: object) -> PlannedSegment | None:
    """The segment of a definition by itself. None if it is invalid or refers to another."""
    files = {
        "segments/catalog.yml": catalog_text(TIMEZONE).encode(),
        "segments/one.yml": dump({"version": 1, "segments": [definition]}).encode(),
    }
    try:
        (found,) = planned(files).segments
    except ProblemsFound:
        return None
    return found


def test_a_change_of_meaning_is_read() -> None:
    random, words, compared = Random(1), words_of(AS_OF, TIMEZONE), 0
    while compared < PAIRS:
        drawn = segment(random, ["s_0"], 0, words)
        found = one_of(drawn)
        if found is None:
            continue
        catalog = parse_catalog("catalog.yml", catalog_text(TIMEZONE).encode(), Report())
        assert catalog
        told, others = sentences(found, catalog), list(changed(drawn))
        for other in random.sample(others, min(3, len(others))):
            mutant = one_of(other)
            if mutant and mutant.canonical != found.canonical:
                assert sentences(mutant, catalog) != told, (drawn, other)
                compared += 1


def test_explain_needs_no_warehouse(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: shop\nprofile: none\n", encoding="utf-8")
    (tmp_path / "segments").mkdir()
    for path in Path("segments").glob("*.yml"):
        (tmp_path / "segments" / path.name).write_bytes(path.read_bytes())
    (found,) = segctl(tmp_path, "explain", "rfm_promising", "--json").data
    assert found["says"][0] == "Customers whose order count is 1 and who match the rule recency_4_or_5."
    assert set(found["rules"]) == {"recency_4_or_5", "buyer"}
    told = segctl(tmp_path, "explain", "win_back").out
    assert "whose lifetime value is £75 or more, and who are in none of the segments staff" in told


def test_a_rule_of_many_levels_is_said_at_once() -> None:
    rule: object = {"event": "order"}
    for level in range(12):
        rule = {"none": [{"all": [rule, {"metric": "order_count", "gt": level}]}, {"attribute": "country", "eq": "GB"}]}
    catalog = Path("segments/catalog.yml").read_bytes()
    deep = dump({"version": 1, "segments": [{"name": "deep", "rule": rule}]}).encode()
    (told,) = said(planned({"segments/catalog.yml": catalog, "segments/deep.yml": deep})).values()
    assert told.count("whose order count is") == 12
