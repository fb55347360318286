"""Definitions that grow by what they refer to: refused at no more cost than that of reading them, or rendered."""

import time
from collections.abc import Iterator

import pytest

from segctl.errors import ProblemsFound
from segctl.expansion import DEEPEST, LARGEST
from segctl.project import planned
from segctl.render import render
from tests.test_history import CATALOG

LEAF = "{metric: spent, gte: 1}"
RULED = CATALOG + "rules:\n"


def problems(segments: list[str], catalog: str = CATALOG) -> list[tuple[int, str]]:
    """Lines and messages of what is refused; the definitions are rendered when nothing is."""
    text = "version: 1\nsegments:\n" + "".join(f"  - {segment}\n" for segment in segments)
    contents = {"segments/catalog.yml": catalog.encode(), "segments/many.yml": text.encode()}
    try:
        render(planned(contents))
    except ProblemsFound as found:
        return [(problem.mark.line, problem.message) for problem in found.problems]
    return []


def doubling(count: int) -> Iterator[str]:
    yield f"{{name: s0, rule: {LEAF}}}"
    for number in range(1, count):
        before = f"{{segment: s{number - 1}}}"
        other = f"{{metric: spent, lt: {number}}}"
        yield f"{{name: s{number}, rule: {{any: [{{all: [{before}, {other}]}}, {{none: [{before}]}}]}}}}"


def chain(count: int) -> list[str]:
    first = f"{{name: s0, rule: {LEAF}}}"
    return [first, *(f"{{name: s{number}, rule: {{not: {{segment: s{number - 1}}}}}}}" for number in range(1, count))]


def test_what_doubles_is_refused_where_it_becomes_too_large() -> None:
    began = time.process_time()
    ((line, message),) = problems(list(doubling(40)))
    assert message == f"segment s{line - 3} comes to more than {LARGEST:,} conditions with all that it refers to"
    assert 2 ** (line - 3) <= 2 * LARGEST
    # Forty times doubled it would never end.
    assert time.process_time() - began < 10


def test_a_long_chain_is_refused_and_a_short_one_is_rendered() -> None:
    ((_, message),) = problems(chain(3000))
    assert message.endswith(f"stands on more than {DEEPEST} rules, one within the other")
    assert problems(chain(DEEPEST // 2)) == []


@pytest.mark.parametrize("group", ["{name: s%d, group: g, priority: %d, rule: {metric: spent, gte: %d}}"])
def test_a_group_of_a_hundred_is_rendered(group: str) -> None:
    assert problems([group % (number, number, number) for number in range(1, 101)]) == []


def test_catalogued_rules_count_too() -> None:
    rules = f"  r0: {LEAF}\n" + "".join(
        f"  r{number}: {{any: [{{rule: r{number - 1}}}, {{not: {{rule: r{number - 1}}}}}]}}\n"
        for number in range(1, 30)
    )
    ((_, message),) = problems(["{name: s, rule: {rule: r29}}"], RULED + rules)
    assert message.startswith("rule r")
    assert "comes to more than" in message


def test_circles_and_unknown_names_are_told_as_such() -> None:
    told = problems(["{name: a, rule: {segment: b}}", "{name: b, rule: {segment: a}}", "{name: c, rule: {segment: d}}"])
    assert [message.partition(":")[0] for _, message in told] == [
        "segments refer to each other in a circle",
        'unknown segment "d"',
    ]


def test_other_problems_are_told_beside_it() -> None:
    told = problems([*chain(200), "{name: other, rule: {metric: spnt, gte: 1}}"])
    assert [message.partition(" ")[0] for _, message in told] == ["segment", "unknown"]
