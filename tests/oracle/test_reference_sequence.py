"""The oracle's `sequence` against examples worked out by hand."""

import pytest

from tests.support.oracle.example import happened, holds
from tests.support.oracle.reference import Row

THEN = "sequence: [{event: cart}, {event: order, within: 3 days}]"
ABANDONED = "sequence: [{event: cart}, {event: order, within: 3 days, never: true}]"
AGAIN = "sequence: [{event: order}, {event: order, within: 3 days}]"
CART = "2024-03-10 10:00"


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("2024-03-10 09:59:59.999999", False),
        ("2024-03-10 10:00", True),  # at the same time, for it is another event
        ("2024-03-13 10:00", True),  # that moment included
        ("2024-03-13 10:00:00.000001", False),
    ],
)
def test_a_step_follows_the_one_before_it(order: str, expected: bool) -> None:
    orders = [happened(order)]
    assert holds(f"{{{THEN}}}", carts=[happened(CART)], orders=orders) is expected
    assert holds(f"{{{ABANDONED}}}", carts=[happened(CART)], orders=orders) is not expected


def test_the_same_event_follows_itself_only_later() -> None:
    assert not holds(f"{{{AGAIN}}}", orders=[happened(CART)])
    assert not holds(f"{{{AGAIN}}}", orders=[happened(CART), happened(CART)])
    assert holds(f"{{{AGAIN}}}", orders=[happened(CART), happened("2024-03-10 10:00:00.000001")])


def test_a_day_between_two_events_is_24_hours() -> None:
    # In New York the clocks go forward on 10 March: noon to noon is 23 hours.
    noon = [happened("2024-03-09 17:00")]
    one_day = "{sequence: [{event: cart}, {event: order, within: 1 day}]}"
    for after, expected in (("2024-03-10 17:00", True), ("2024-03-10 17:00:00.000001", False)):
        assert holds(one_day, zone="America/New_York", carts=noon, orders=[happened(after)]) is expected
    hours = "{sequence: [{event: cart}, {event: order, within: 36 hours}]}"
    assert holds(hours, carts=noon, orders=[happened("2024-03-11 05:00")])
    weeks = "{sequence: [{event: cart}, {event: order, within: 1 week}]}"
    assert not holds(weeks, carts=[happened("2024-03-01")], orders=[happened("2024-03-08 00:00:01")])


def test_never_is_known_only_once_its_time_has_passed() -> None:
    assert not holds(f"{{{ABANDONED}}}", "2024-03-13 09:59:59.999999", carts=[happened(CART)])
    assert holds(f"{{{ABANDONED}}}", "2024-03-13 10:00", carts=[happened(CART)])
    # What happens at that very instant counts.
    bought = [happened("2024-03-13 10:00")]
    assert not holds(f"{{{ABANDONED}}}", "2024-03-13 10:00", carts=[happened(CART)], orders=bought)


@pytest.mark.parametrize(
    ("visit", "order", "expected"),
    [
        ("2024-03-10", "2024-03-10 00:00", True),  # on the same day
        ("2024-03-10", "2024-03-12 23:59", True),
        ("2024-03-10", "2024-03-13 00:00", False),
        ("2024-03-10", "2024-03-09 23:59", False),
    ],
)
def test_with_a_day_steps_are_compared_by_local_days(visit: str, order: str, expected: bool) -> None:
    rule = "{sequence: [{event: visit}, {event: order, within: 2 days}]}"
    assert holds(rule, visits=[happened(visit)], orders=[happened(order)]) is expected


def test_the_local_day_of_an_instant_is_that_of_the_project() -> None:
    rule = "{sequence: [{event: order}, {event: visit, within: 1 day}]}"
    orders, visits = [happened("2024-03-11 03:30")], [happened("2024-03-12")]  # 10 March in New York
    assert holds(rule, orders=orders, visits=visits)
    assert not holds(rule, zone="America/New_York", orders=orders, visits=visits)


def test_two_days_of_one_event() -> None:
    again = "{sequence: [{event: visit}, {event: visit, within: 1 week}]}"
    assert not holds(again, visits=[happened("2024-03-01"), happened("2024-03-01")])
    assert holds(again, visits=[happened("2024-03-01"), happened("2024-03-08")])
    assert not holds(again, visits=[happened("2024-03-01"), happened("2024-03-09")])


def test_never_by_days_is_known_when_the_last_day_lies_before_today() -> None:
    rule = "{sequence: [{event: visit}, {event: order, within: 2 days, never: true}]}"
    visits = [happened("2024-03-10")]
    assert not holds(rule, "2024-03-12 23:59", visits=visits)
    assert holds(rule, "2024-03-13 00:00", visits=visits)
    assert not holds(rule, "2024-03-13 00:00", visits=visits, orders=[happened("2024-03-12 23:59")])
    # Today is the project's.
    assert not holds(rule, "2024-03-13 03:59", "America/New_York", visits=visits)


def test_where_and_window() -> None:
    where = "sequence: [{event: cart, where: {product: tea}}, {event: order, within: 3 days, where: {amount: {gt: 5}}}]"
    tea, jam = happened(CART, product="tea"), happened(CART, product="jam")
    much, little = happened("2024-03-11", amount=6), happened("2024-03-11", amount=5)
    assert holds(f"{{{where}}}", carts=[tea], orders=[much])
    assert not holds(f"{{{where}}}", carts=[jam], orders=[much])
    assert not holds(f"{{{where}}}", carts=[tea], orders=[little])
    # The window limits the first step alone.
    assert holds(f"{{{THEN}, before: 2024-03-11}}", carts=[tea], orders=[much])
    assert not holds(f"{{{THEN}, after: 2024-03-10}}", carts=[tea], orders=[much])
    assert holds(f"{{{THEN}, within_last: 5 days, older_than: 1 day}}", "2024-03-15 09:00", carts=[tea], orders=[much])


def test_times_counts_the_first_events_that_begin_one() -> None:
    carts = [happened(f"2024-03-0{day}") for day in (1, 2, 9)]
    orders = [happened("2024-03-03"), happened("2024-03-04")]
    assert holds(f"{{{THEN}, times: {{eq: 2}}}}", carts=carts, orders=orders)
    assert holds(f"{{{ABANDONED}, times: {{eq: 1}}}}", carts=carts, orders=orders)
    assert not holds(f"{{{THEN}, times: {{gte: 3}}}}", carts=carts, orders=orders)
    assert holds(f"{{{THEN}, times: {{eq: 0}}}}", orders=orders)
    assert holds(f"{{{THEN}, times: {{eq: 2}}}}", carts=carts[:1] * 2, orders=orders)


SAME = f"{THEN}, same: product"


@pytest.mark.parametrize(
    ("cart", "order", "follows"),
    [("tea", "tea", True), ("tea", "jam", False), ("tea", None, False), (None, "tea", False), (None, None, False)],
)
def test_same(cart: str | None, order: str | None, follows: bool) -> None:
    carts, orders = [happened(CART, product=cart)], [happened("2024-03-11", product=order)]
    assert holds(f"{{{SAME}}}", carts=carts, orders=orders) is follows
    # No such event follows. A missing value equals nothing.
    assert holds(f"{{{ABANDONED}, same: product}}", carts=carts, orders=orders) is not follows


def three_steps(last: str) -> str:
    return f"{{sequence: [{{event: visit}}, {{event: cart, within: 1 day}}, {{event: order, {last}}}], same: product}}"


@pytest.mark.parametrize(
    ("carts", "orders", "expected"),
    [
        ([("10", "tea")], [("11", "tea")], True),
        ([("10", "tea")], [("12", "tea")], False),
        ([("10", "tea"), ("11", "tea")], [("12", "tea")], True),  # another cart leads there
        ([("12", "tea")], [("12", "tea")], False),
        ([("10", "tea")], [("11", "jam")], False),
        ([("10", "jam")], [("11", "jam")], False),
    ],
)
def test_three_steps(carts: list[tuple[str, str]], orders: list[tuple[str, str]], expected: bool) -> None:
    def rows(listed: list[tuple[str, str]]) -> list[Row]:
        return [happened(f"2024-03-{day} 10:00", product=product) for day, product in listed]

    visits = rows([("10", "tea")])
    assert holds(three_steps("within: 24 hours"), visits=visits, carts=rows(carts), orders=rows(orders)) is expected


def test_never_at_the_end_of_three_steps() -> None:
    rule = three_steps("within: 1 day, never: true")
    visits, cart = [happened("2024-03-10", product="tea")], happened("2024-03-10 10:00", product="tea")
    later = happened("2024-03-11 10:00", product="tea")
    assert not holds(rule, visits=visits)  # nothing was put into the cart
    assert holds(rule, visits=visits, carts=[cart])
    assert not holds(rule, visits=visits, carts=[cart], orders=[later])
    # One of two carts was left.
    soon = happened("2024-03-10 12:00", product="tea")
    assert holds(rule, visits=visits, carts=[cart, later], orders=[soon])
    # Its time has not passed yet.
    assert not holds(rule, "2024-03-11 09:00", visits=visits, carts=[cart])
