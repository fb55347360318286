"""Definitions that grow through references: the cost follows the written text, and what is too large is reported."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from segctl.check.expansion import DEEPEST
from segctl.errors import ProblemsFound
from segctl.features import LARGEST, Junction, Predicate
from segctl.features import Test as Asked
from segctl.operations.questions.clauses import SHOWN_ABOVE, Clause
from segctl.operations.questions.why import Question, why
from segctl.operations.segments.show import detail
from segctl.plan.plan import Plan
from segctl.project.project import planned
from segctl.render import definition_text, predicate_sql, render
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.history_shop import CATALOG, COLUMNS, DAYS, customer, order

LEAF = "{metric: spent, gte: 1}"
RULED = CATALOG + "rules:\n"
TWENTY = 20
MEMBERS = "models/segments/members_many.sql"


def text_of(segments: list[str]) -> str:
    return "version: 1\nsegments:\n" + "".join(f"  - {segment}\n" for segment in segments)


def plan_of(segments: list[str], catalog: str = CATALOG) -> Plan:
    return planned({"segments/catalog.yml": catalog.encode(), "segments/many.yml": text_of(segments).encode()})


def problems(segments: list[str], catalog: str = CATALOG) -> list[tuple[int, str]]:
    """Lines and messages of refused definitions. Accepted definitions are rendered."""
    try:
        render(plan_of(segments, catalog))
    except ProblemsFound as found:
        return [(problem.mark.line, problem.message) for problem in found.problems]
    return []


def doubling(count: int, leaf: str = LEAF) -> Iterator[str]:
    yield f"{{name: s0, rule: {leaf}}}"
    for number in range(1, count):
        before = f"{{segment: s{number - 1}}}"
        other = f"{{metric: spent, lt: {number}}}"
        yield f"{{name: s{number}, rule: {{any: [{{all: [{before}, {other}]}}, {{none: [{before}]}}]}}}}"


def doubled(count: int, spent: int) -> list[bool]:
    """Whether a customer with this spend is in each of them."""
    result = [spent >= 1]
    for number in range(1, count):
        result.append((result[-1] and spent < number) or not result[-1])
    return result


def chain(count: int) -> list[str]:
    first = f"{{name: s0, rule: {LEAF}}}"
    return [first, *(f"{{name: s{number}, rule: {{not: {{segment: s{number - 1}}}}}}}" for number in range(1, count))]


def ruled(count: int) -> str:
    """A catalog with rules that double."""
    doubled = "  r{0}: {{any: [{{rule: r{1}}}, {{not: {{rule: r{1}}}}}]}}\n"
    return RULED + f"  r0: {LEAF}\n" + "".join(doubled.format(number, number - 1) for number in range(1, count))


def ranked(count: int) -> Iterator[str]:
    """Segments of ranks among the segment before, twice each."""
    yield f"{{name: s0, rule: {LEAF}}}"
    for number in range(1, count):
        first, last = (f"{{rank: spent, {way}: 9, among: {{segment: s{number - 1}}}}}" for way in ("top", "bottom"))
        yield f"{{name: s{number}, rule: {{any: [{first}, {last}]}}}}"


@pytest.mark.parametrize(
    ("segments", "catalog"),
    [
        (list(doubling(TWENTY)), CATALOG),
        (["{name: s, rule: {rule: r19}}"], ruled(TWENTY)),
        (list(ranked(12)), CATALOG),
    ],
    ids=["segments", "rules", "ranks"],
)
def test_what_doubles_costs_what_is_written(segments: list[str], catalog: str) -> None:
    began = time.process_time()
    plan = plan_of(segments, catalog)
    files = render(plan)
    # Fully expanded, twenty doublings take 87 seconds.
    assert time.process_time() - began < 10
    assert len(files[MEMBERS]) < 12_000
    assert all(len(found.canonical) < 100 * LARGEST for found in plan.segments)
    assert all(len(definition_text(found)) < 500 for found in plan.segments)


def test_a_long_chain_is_refused_and_a_short_one_is_rendered() -> None:
    ((_, message),) = problems(chain(5000))
    assert message.endswith(f"nests more than {DEEPEST} rules")
    assert problems(chain(DEEPEST // 2)) == []
    # Doubling as well.
    ((_, message),) = problems(list(doubling(60)))
    assert message.endswith(f"nests more than {DEEPEST} rules")


@pytest.mark.parametrize("nested", ["{not: ", "{rank: spent, top: 5, among: "])
def test_deep_nesting_is_refused(nested: str) -> None:
    ((_, message),) = problems([f"{{name: s, rule: {nested * 5000}{LEAF}{'}' * 5000}}}"])
    assert message.startswith("nested more than")


def test_a_chain_of_what_lets_members_stay_is_refused() -> None:
    sticky = f"{{name: sticky, rule: {LEAF}, keep_while: {{not: {{segment: s{DEEPEST // 2 - 1}}}}}}}"
    ((_, message),) = problems([*chain(DEEPEST // 2), sticky])
    assert message.startswith("keep_while of segment sticky nests more than")


@pytest.mark.parametrize("group", ["{name: s%d, group: g, priority: %d, rule: {metric: spent, gte: %d}}"])
def test_a_group_of_a_hundred_is_rendered(group: str) -> None:
    assert problems([group % (number, number, number) for number in range(1, 101)]) == []


@pytest.mark.parametrize(
    ("segment", "told"),
    [
        ("{name: s, rule: {rank: spent, top: 10, among: {segment: s16}}}", "among in segment s"),
        ("{name: s, rule: {segment: s16}, limit: {top: 10, rank: spent}}", "segment s"),
        ("{name: s, rule: {segment: s16}, keep_while: {rank: spent, top: 1, among: {segment: s16}}}", "among in keep"),
    ],
)
def test_what_is_written_out_in_a_feature_may_not_become_too_large(segment: str, told: str) -> None:
    ((line, message),) = problems([*doubling(17), segment])
    assert line == 20
    assert message.startswith(told)
    assert f"comes to more than {LARGEST:,} conditions with everything that it refers to, and is written out" in message
    # Other segments have only the feature's name, and those that are not too large are rendered.
    assert problems([*doubling(17), segment.replace("s16", "s8"), "{name: t, rule: {segment: s}}"]) == []


def test_eligible_is_written_out() -> None:
    catalog = ruled(TWENTY).replace("{attribute: consent, eq: true}", "{rule: r19}")
    ((_, message),) = problems([f"{{name: s, rule: {LEAF}}}"], catalog)
    assert message.startswith("eligible comes to more than")


def test_circles_and_unknown_names_are_reported_as_such() -> None:
    told = problems(["{name: a, rule: {segment: b}}", "{name: b, rule: {segment: a}}", "{name: c, rule: {segment: d}}"])
    assert [message.partition(":")[0] for _, message in told] == [
        "segments refer to each other in a circle",
        'unknown segment "d"',
    ]


def test_other_problems_are_reported_beside_it() -> None:
    told = problems([*chain(200), "{name: other, rule: {metric: spnt, gte: 1}}"])
    assert [message.partition(" ")[0] for _, message in told] == ["segment", "unknown"]


def spelled_out(predicate: Predicate) -> tuple[object, ...]:
    """The meaning of a rule with all of its references expanded."""
    if isinstance(predicate, Asked):
        return predicate.canonical
    if not isinstance(predicate, Junction):
        return spelled_out(predicate.predicate)
    parts = tuple(sorted({spelled_out(part) for part in predicate.parts}, key=repr))
    return parts[0] if predicate.kind != "none" and len(parts) == 1 else (predicate.kind, parts)


def test_the_meaning_is_spelled_out_up_to_the_limit() -> None:
    result = {segment.segment.name: segment.predicate for segment in plan_of(list(doubling(TWENTY))).segments}
    small = [rule for rule in result.values() if rule.size <= LARGEST]
    assert len(small) > 10
    assert all(rule.canonical == spelled_out(rule) for rule in small)
    assert "digest" in repr(result["s19"].canonical)


def hashes(segments: list[str], catalog: str = CATALOG) -> dict[str, str]:
    return {found.segment.name: found.definition_hash for found in plan_of(segments, catalog).segments}


@pytest.mark.parametrize("edited", [0, 5, 13, 14, 15, 18])
def test_an_edit_changes_the_hash_of_everything_that_refers_to_it(edited: int) -> None:
    segments = list(doubling(TWENTY))
    before = hashes(segments)
    segments[edited] = segments[edited].replace("{metric: spent, ", "{metric: spent, ne: 77, ")
    after = hashes(segments)
    assert {name for name in before if before[name] != after[name]} == {f"s{n}" for n in range(edited, TWENTY)}


def test_names_and_order_do_not_count_however_large_a_rule_is() -> None:
    segments = list(doubling(TWENTY))
    renamed = [found.replace("name: s", "name: t").replace("segment: s", "segment: t") for found in reversed(segments)]
    assert {f"s{name[1:]}": found for name, found in hashes(renamed).items()} == hashes(segments)


def test_each_rule_stands_once_and_levels_come_after_each_other() -> None:
    text = render(plan_of(list(doubling(4)), CATALOG))[MEMBERS]
    assert [text.count(f" as _segment__s{number},\n") for number in range(4)] == [1, 1, 1, 0]
    assert text.index("as _segment__s0") < text.index("referred_2 as (") < text.index("as _segment__s1")
    assert text.index("set before = 'referred_3'") < text.index("evaluated as (")


def test_a_segment_with_and_without_what_its_group_says_are_two_columns() -> None:
    group = ["{name: a, group: g, priority: 1, rule: {metric: spent, gte: 9}}"]
    group += ["{name: b, group: g, priority: 2, rule: {metric: spent, gte: 5}}"]
    group += ["{name: c, group: g, priority: 3, rule: {metric: spent, gte: 1}}"]
    other = text_of(["{name: o, rule: {any: [{segment: b}, {segment: c}]}}"]).encode()
    catalog = CATALOG.encode()
    files = {"segments/catalog.yml": catalog, "segments/many.yml": text_of(group).encode(), "segments/o.yml": other}
    text = render(planned(files))["models/segments/members_o.sql"]
    assert "{# segment b, whatever its group says -#}\n        spent >= 5 as _alone__b" in text
    assert re.search(r"_segment__a\s+or _alone__b", text)


def clauses(clause: Clause) -> Iterator[Clause]:
    yield clause
    for part in clause.parts:
        yield from clauses(part)


@pytest.mark.parametrize("written", [doubling, ranked])
def test_rules_are_shown_within_bounds(written: Callable[[int], Iterator[str]]) -> None:
    for found in plan_of(list(written(12))).segments:
        inline = predicate_sql(found.predicate, inline=True)
        assert len(predicate_sql(found.predicate)) < 400
        assert "_segment__" not in inline


def test_twenty_levels_have_the_right_members(engine: Engine, tmp_path: Path) -> None:
    shop = TestProject(tmp_path, engine, "doubling")
    spent = {key: key - 1 for key in range(1, 26)}
    orders = [order(key, DAYS[0], float(amount)) for key, amount in spent.items() if amount]
    shop.load({"stg_customers": [customer(key) for key in spent], "stg_orders": orders}, COLUMNS)
    sticky = "{name: sticky, rule: {segment: s19}, keep_while: {all: [{segment: s19}, {rule: r19}]}}"
    shop.define(ruled(TWENTY), many=text_of([*doubling(TWENTY), sticky, "{name: ruled, rule: {rule: r19}}"]))
    shop.run(DAYS[1])
    members = shop.members()
    for number in range(TWENTY):
        expected = {key for key, amount in spent.items() if doubled(TWENTY, amount)[number]}
        assert members.get(f"s{number}", set()) == expected, number
    assert members["sticky"] == members["s19"]
    assert members["ruled"] == set(spent)
    reason = why(shop.project, shop.warehouse, Question("9", "s19"))
    assert reason.clause
    told = list(clauses(reason.clause))
    assert len(told) < 10 * TWENTY
    assert {f"in segment s{number}" for number in range(TWENTY - 1)} <= {one.text for one in told}
    assert any(one.text.endswith(SHOWN_ABOVE) for one in told)
    assert reason.clause.holds == doubled(TWENTY, spent[9])[19]
    assert len(detail(shop.project, shop.warehouse, "s19", 5).sql) < 500
