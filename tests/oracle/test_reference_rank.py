"""The oracle's `rank` against examples worked out by hand."""

from datetime import UTC, datetime

import pytest

from tests.support.oracle.example import bought, happened, person, shop, takes


@pytest.mark.parametrize(
    ("rule", "amounts", "expected"),
    [
        ("top: 2", (1, 5, 3), {2, 3}),
        ("bottom: 2", (1, 5, 3), {1, 3}),
        ("top: 9", (1, 5, 3), {1, 2, 3}),
        ("top: 34%", (1, 5, 3), {2, 3}),  # 1.02 customers, rounded up to whole ones
        ("top: 33.3333%", (1, 5, 3), {2}),
        ("bottom: 0.0001%", (1, 5, 3), {1}),
        ("top: 100%", (1, 5, 3), {1, 2, 3}),
        ("top: 20%", tuple(range(1, 11)), {10, 9}),  # exactly two
        # Of equal values the first key has the better place, at the top and at the bottom.
        ("top: 2", (7, 7, 7, 1), {1, 2}),
        ("bottom: 2", (7, 7, 7, 9), {1, 2}),
        ("top: 2, ties: together", (7, 7, 7, 1), {1, 2, 3}),
        ("top: 1, ties: together", (9, 7, 7), {1}),
        ("top: 2, ties: together", (9, 7, 7), {1, 2, 3}),
        ("bottom: 50%, ties: together", (7, 7, 7, 9), {1, 2, 3}),
        # Keys are compared as text: 10 comes before 2.
        ("top: 2", (7,) * 10, {1, 10}),
        # Groups from low to high. The lower groups are larger.
        ("tiles: 2, in: 1", (1, 2, 3), {1, 2}),
        ("tiles: 2, in: 2", (1, 2, 3), {3}),
        ("tiles: 3, in: [2, 3]", (1, 2, 3, 4, 5), {3, 4, 5}),
        ("tiles: 3, in: 1", (5, 4, 3, 2, 1), {4, 5}),
        ("tiles: 5, in: 5", (1, 2), set()),
        ("tiles: 5, in: 2", (1, 2), {2}),
        ("tiles: 2, in: 1", (7, 7, 7, 7), {1, 2}),  # the first key has the lower group
        ("tiles: 2, in: 1, ties: together", (7, 7, 7, 7), {1, 2, 3, 4}),
        ("tiles: 2, in: 1, ties: together", (1, 7, 7, 9), {1, 2, 3}),
        ("tiles: 2, in: 2, ties: together", (1, 7, 7, 9), {4}),
        # The fewest customers with that share of the total.
        ("top_share: 80%", (50, 30, 20), {1, 2}),  # the first two have 80 %, not less
        ("top_share: 80.0001%", (50, 30, 20), {1, 2, 3}),
        ("top_share: 50%", (50, 50), {1}),
        ("top_share: 50.0001%", (50, 50), {1, 2}),
        ("top_share: 100%", (5, 0, -5, 1), {1, 4}),  # 0 and below add nothing
        ("top_share: 60%", (6, 4, -100), {1}),
        ("top_share: 50%", (0, -1), set()),
        ("top_share: 33.3333%", (0.1, 0.1, 0.1), {1}),
    ],
)
def test_places(rule: str, amounts: tuple[float, ...], expected: set[object]) -> None:
    among = "among: {event: order}"
    assert takes(f"{{rank: spent, {rule}, {among}}}", shop(len(amounts), orders=bought(*amounts))) == expected


def test_all_customers_are_ranked_without_among() -> None:
    rows = shop(4, orders=bought(-5, None, 3, None))
    assert takes("{rank: spent, bottom: 3}", rows) == {1, 2, 4}  # 2 and 4 have spent 0
    assert takes("{rank: spent, top: 50%}", rows) == {2, 3}
    assert takes("{rank: spent, top: 50%, among: {event: order}}", rows) == {3}
    assert takes("{rank: spent, top: 1, among: {metric: spent, lt: 0}}", rows) == {1}


def test_a_missing_value_is_not_ranked() -> None:
    rows = shop(4, orders=bought(5, None, 3, None))
    assert takes("{rank: mean, bottom: 3}", rows) == {1, 3}
    assert takes("{rank: mean, top: 50%}", rows) == {1}
    assert takes("{rank: mean, tiles: 2, in: [1, 2]}", rows) == {1, 3}


def test_a_ranking_for_each_value_of_an_attribute() -> None:
    people = [person(1, a="x", n=1), person(2, a="x", n=2), person(3, a="y", n=0), person(4, n=9), person(5, a="")]
    assert takes("{rank: n, top: 1, per: a}", shop(people)) == {2, 3}  # 4 has no value, 5 no number
    assert takes("{rank: n, top: 50%, per: a}", shop(people)) == {2, 3}
    assert takes("{rank: n, top: 1, per: a, among: {attribute: n, lt: 2}}", shop(people)) == {1, 3}
    assert takes("{rank: spent, bottom: 1, per: a}", shop(people)) == {1, 3, 5}  # the empty string is a value


def test_times_are_ranked_and_metrics_narrowed() -> None:
    people = [person(key, t=datetime(2024, 1, key, tzinfo=UTC).replace(tzinfo=None)) for key in (1, 2, 3)]
    orders = [
        happened("2024-03-01", 1, amount=9),
        happened("2024-03-10", 2, amount=1),
        happened("2024-03-14", 3, amount=5, product="tea"),
    ]
    rows = shop(people, orders=orders)
    assert takes("{rank: t, top: 1}", rows) == {3}
    assert takes("{rank: last_at, bottom: 1}", rows) == {1}
    assert takes("{rank: spent, top: 2, within_last: 7 days}", rows) == {2, 3}
    assert takes("{rank: spent, top: 1, where: {product: tea}}", rows) == {3}


def test_rankings_can_be_combined_and_nested() -> None:
    rows = shop(4, orders=bought(1, 2, 3, 4))
    assert takes("{not: {rank: spent, top: 1}}", rows) == {1, 2, 3}
    inner = "{rank: spent, top: 3}"
    assert takes(f"{{rank: spent, bottom: 1, among: {inner}}}", rows) == {2}
