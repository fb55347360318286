"""The oracle's `rule`, `extends`, `group`, `limit` and accounts against examples worked out by hand."""

import pytest

from tests.support.oracle.example import NOON, bought, catalog, happened, person, shop, takes, utc
from tests.support.oracle.reference import Row, Tables, load, members


def taken(segments: str, rows: Tables, *more: str) -> dict[str, set[object]]:
    """The members of each segment. Each text is the segments of a file."""
    files = [{"segments": load(f"segments: [{text}]")["segments"]} for text in (segments, *more)]
    return members(catalog(), files, rows, utc(NOON))


def test_rules_with_a_name() -> None:
    rows = shop([person(1, b=True), person(2, b=True), person(3)], orders=bought(100, 99, 200))
    assert takes("{rule: rich}", rows) == {1, 3}
    assert takes("{all: [{rule: rich_and_b}]}", rows) == {1}
    assert takes("{not: {rule: rich_and_b}}", rows) == {2, 3}


def spent(name: str, least: int, more: str = "") -> str:
    return f"{{name: {name}, rule: {{metric: spent, gte: {least}}}{more}}}"


def test_extends() -> None:
    rows = shop([person(1, b=True), person(2, b=True), person(3), person(4)], orders=bought(10, 1, 10, 1))
    assert taken(
        """{name: narrow, extends: base, rule: {attribute: b, eq: true}},
           {name: same, extends: base},
           {name: narrower, extends: narrow, rule: {not: {attribute: n, gt: 0}}},
           {name: negated, rule: {not: {segment: narrow}}}""",
        rows,
        spent("base", 5, ", enabled: false"),
    ) == {"narrow": {1}, "same": {1, 3}, "narrower": {1}, "negated": {2, 3, 4}}


def test_a_customer_is_in_the_first_segment_of_a_group_that_takes_them() -> None:
    rows = shop(4, orders=bought(1000, 300, 50, 2000))
    tiers = [spent(name, least, f", group: tier, priority: {place}") for name, least, place in TIERS]
    assert taken(", ".join(tiers), rows) == {"gold": {1, 4}, "silver": {2}, "bronze": {3}}
    # They may be in any order and in several files, next to another group.
    assert taken(tiers[2], rows, tiers[1], tiers[0]) == {"gold": {1, 4}, "silver": {2}, "bronze": {3}}
    other = spent("other", 0, ", group: other, priority: 1")
    assert taken(", ".join([*tiers, other]), rows)["other"] == {1, 2, 3, 4}


TIERS = (("gold", 1000, 1), ("silver", 300, 2), ("bronze", 0, 10))


def test_disabled_segments_of_a_group_take_nobody() -> None:
    rows = shop(3, orders=bought(1000, 300, 50))
    text = ", ".join(
        [
            spent("gold", 1000, ", group: tier, priority: 1, enabled: false"),
            spent("silver", 300, ", group: tier, priority: 2"),
            spent("middle", 100, ", group: tier, priority: 3, enabled: false"),
            "{name: as_gold, rule: {segment: gold}}",
            "{name: as_silver, rule: {segment: silver}}",
            "{name: as_middle, rule: {segment: middle}}",
        ]
    )
    # A reference to a disabled segment gets the customers who would be in it.
    result = {"silver": {1, 2}, "as_gold": {1}, "as_silver": {1, 2}, "as_middle": set()}
    assert taken(text, rows) == result


def test_references_see_group_and_limit() -> None:
    rows = shop(4, orders=bought(4, 3, 2, 1))
    text = """{name: first, group: g, priority: 1, rule: {metric: spent, gte: 2}, limit: {rank: spent, top: 1}},
              {name: second, group: g, priority: 2, rule: {metric: spent, gte: 2}, limit: {rank: spent, top: 1}},
              {name: third, group: g, priority: 3, rule: {metric: spent, gte: 0}},
              {name: not_second, rule: {not: {segment: second}}},
              {name: narrow, extends: third, rule: {metric: spent, gt: 1}}"""
    # A customer excluded by a limit falls to the next segment.
    expected = {"first": {1}, "second": {2}, "third": {3, 4}, "not_second": {1, 3, 4}, "narrow": {3}}
    assert taken(text, rows) == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("rank: spent, top: 2", {3, 5}),  # of the customers that match the rule
        ("rank: spent, top: 2, ties: together", {3, 4, 5}),
        ("rank: spent, bottom: 1", {2}),
        ("rank: spent, top: 50%", {3, 5}),
        ("rank: spent, top: 51%", {3, 4, 5}),
        ("rank: n, top: 9", {2, 3}),  # a missing value is not ranked
        ("rank: spent, top: 1, per: a", {3, 5}),
        ("rank: spent, tiles: 2, in: 2", {4, 5}),
        ("rank: spent, top: 1, within_last: 7 days", {2}),  # no customer bought since: all are equal
    ],
)
def test_limit(limit: str, expected: set[object]) -> None:
    people = [person(1, n=1, a="x"), person(2, n=1, a="x"), person(3, n=1, a="x"), person(4, a="y"), person(5, a="y")]
    text = f"{{name: it, rule: {{metric: spent, lt: 50}}, limit: {{{limit}}}}}"
    assert taken(text, shop(people, orders=bought(100, 1, 3, 3, 4))) == {"it": expected}


def account(key: object, sector: str | None = None, seats: int | None = None) -> Row:
    return {"id": key, "sector": sector, "seats": seats}


FIRMS = [account(10, "retail", 5), account(20, "farming"), account(30, "retail")]
STAFF = [
    person(1, firm=10, a="GB"),
    person(2, firm=10, a="GB"),
    person(3, firm=20, a="GB"),
    person(4, firm=99),  # which is not in the accounts' model
    person(5),
]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{belongs_to: firm}", {1, 2, 3}),
        ("{not: {belongs_to: firm}}", {4, 5}),
        ("{belongs_to: firm, that: {attribute: sector, eq: retail}}", {1, 2}),
        ("{belongs_to: firm, that: {not: {attribute: sector, eq: retail}}}", {3}),
        ("{belongs_to: firm, that: {attribute: seats, is: missing}}", {3}),
        ("{belongs_to: firm, that: {all: [{attribute: seats, gt: 1}, {attribute: sector, eq: farming}]}}", set()),
        ("{belongs_to: firm, that: {any: [{attribute: seats, gt: 1}, {attribute: sector, eq: farming}]}}", {1, 2, 3}),
        ("{belongs_to: firm, that: {none: [{attribute: seats, gt: 1}]}}", {3}),
        ("{belongs_to: firm, that: {customers: {metric: spent, gt: 100}}}", {1, 2}),
        ("{belongs_to: firm, that: {customers: {attribute: a, eq: GB}, times: {gte: 2}}}", {1, 2}),
        ("{belongs_to: firm, that: {customers: {attribute: a, eq: IE}, times: {eq: 0}}}", {1, 2, 3}),
        ("{belongs_to: firm, that: {customers: {attribute: a, eq: GB}, sum: spent, gt: 150}}", {1, 2}),
        ("{belongs_to: firm, that: {customers: {metric: spent, gt: 100}, sum: spent, eq: 0}}", {3}),  # 0 for none
        ("{belongs_to: firm, that: {customers: {attribute: a, eq: GB}, sum: mean, eq: 120}}", {1, 2}),
        ("{belongs_to: firm, that: {customers: {rank: spent, top: 1}}}", set()),  # it has no firm
        ("{belongs_to: firm, that: {customers: {belongs_to: firm, that: {attribute: sector, eq: farming}}}}", {3}),
        (
            "{belongs_to: firm, that: {all: [{customers: {event: order}}, {not: {customers: {sql: spent > 240}}}]}}",
            {1, 2},
        ),
    ],
)
def test_accounts(rule: str, expected: set[object]) -> None:
    orders = [happened("2024-03-01", 1, amount=120), happened("2024-03-02", 5, amount=500)]
    orders += [happened("2024-03-01", 2, amount=None), happened("2024-03-01", 1, amount=120)]
    assert takes(rule, shop(STAFF, firms=FIRMS, orders=orders)) == expected
