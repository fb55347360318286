"""The oracle's metrics, texts in lists, `affinity`, `overdue` and `due` against examples worked out by hand."""

from datetime import date
from decimal import Decimal

import pytest

from tests.support.oracle.example import NOON, catalog, happened, holds, person, shop, takes, utc
from tests.support.oracle.reference import Row, metric_value, type_of_metric


def value(metric: str, as_of: str = NOON, zone: str = "Europe/London", **rows: list[Row]) -> object:
    return metric_value(catalog(zone), shop(1, **rows), utc(as_of), metric, 1)


@pytest.mark.parametrize(
    ("tags", "comparators", "expected"),
    [
        (["a", "b"], "has: a", True),
        (["ab"], "has: a", False),
        (["A"], "has: a", False),
        (["a"], "has_any: [a, b]", True),
        (["c"], "has_any: [a, b]", False),
        (["a"], "has_all: [a, b]", False),
        (["b", "c", "a"], "has_all: [a, b]", True),
        ([], "is: set", True),  # an empty list is set
        ([], "has: a", False),
        (None, "is: missing", True),
        (None, "has_any: [a]", False),
        ([None], "is: set", True),  # a missing item is none
        ([None, "a"], "has_all: [a]", True),
        (["a", "b"], "has: a, has_any: [c]", False),
    ],
)
def test_strings(tags: list[str | None] | None, comparators: str, expected: bool) -> None:
    assert takes(f"{{attribute: tags, {comparators}}}", shop([person(tags=tags)])) == ({1} if expected else set())


def test_strings_of_an_event() -> None:
    orders = [happened("2024-03-01", tags=["gift"]), happened("2024-03-02", tags=None)]
    assert holds("{event: order, where: {labels: {has: gift}}, times: {eq: 1}}", orders=orders)
    assert holds("{event: order, where: {labels: {is: missing}}, times: {eq: 1}}", orders=orders)


def test_first_and_last_of_a_field_look_at_one_instant() -> None:
    early, late = "2024-03-01 10:00", "2024-03-02 10:00"
    assert value("first_product") is None
    assert value("first_product", orders=[happened(late, product="a"), happened(early, product="b")]) == "b"
    # They do not skip a missing value, unless another event at that instant has one.
    assert value("first_product", orders=[happened(late, product="a"), happened(early)]) is None
    together = [happened(early), happened(early, product="c"), happened(early, product="b")]
    assert value("first_product", orders=together) == "b"
    assert value("first_product", orders=[happened(early, product=text) for text in ("a", "Z", "é")]) == "Z"
    assert value("last_amount", orders=[happened(late, amount=amount) for amount in (2.5, 10, None)]) == Decimal("2.5")
    assert value("last_due", orders=[happened(late, due=date(2024, 5, 1))]) == date(2024, 5, 1)
    # Days are instants, too: both visits are at the first instant of the 2nd.
    seen = [happened("2024-03-02 01:00", product="b"), happened("2024-03-02 23:00", product="a")]
    assert value("last_seen", visits=seen) == "a"


def test_first_and_last_of_a_field_compare_as_the_field_does() -> None:
    orders = [happened("2024-03-01", product="tea", due=date(2024, 3, 20)), happened("2024-03-10", product="jam")]
    kinds = [type_of_metric(catalog(), name) for name in ("first_product", "last_amount", "last_due", "gap", "rest")]
    assert kinds == ["string", "number", "date", "number", "number"]
    assert holds("{metric: first_product, starts_with: t}", orders=orders)
    assert holds("{metric: first_product, eq: jam, within_last: 7 days}", orders=orders)  # a window
    assert holds("{metric: last_due, is: missing}", orders=orders)
    assert holds("{metric: last_due, within_next: 5 days}", orders=orders[:1])  # a comparator


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([], None),
        (["2024-03-01 08:00", "2024-03-01 20:00"], None),  # on one day only
        (["2024-03-01 23:59", "2024-03-02 00:01"], "1"),
        (["2024-03-01", "2024-03-01", "2024-03-11"], "10"),
        (["2024-03-01", "2024-03-03", "2024-03-06", "2024-03-11"], "3.333333"),
        (["2024-03-01", "2024-03-02", "2024-03-03", "2024-03-06"], "1.666667"),
    ],
)
def test_usual_gap(days: list[str], expected: str | None) -> None:
    assert value("gap", orders=[happened(day) for day in days]) == (expected and Decimal(expected))
    assert value("visit_gap", visits=[happened(day) for day in days]) == (expected and Decimal(expected))


def test_usual_gap_is_of_local_days_and_matching_events() -> None:
    # 03:30 in UTC is 23:30 of the day before in New York.
    orders = [happened("2024-03-11 03:30", product="tea"), happened("2024-03-11 04:30"), happened("2024-03-14 12:00")]
    assert value("gap", orders=orders) == 3
    assert value("gap", zone="America/New_York", orders=orders) == 2
    assert value("tea_gap", orders=orders) is None


def test_two_metrics_make_a_third() -> None:
    orders = [happened("2024-03-01", amount=10), happened("2024-03-02"), happened("2024-03-03", amount=10)]
    assert value("mean_of_two", orders=orders) == Decimal("6.666667")
    assert value("mean_of_two") is None  # 0 / 0
    assert value("per_visit", orders=orders) is None
    assert value("per_mean") is None  # a mean that is missing
    assert value("rest", orders=orders) == 10
    assert value("rest") is None  # a difference with a missing metric
    refunded = [happened("2024-03-01", amount=Decimal("-0.000001")), happened("2024-03-02", amount=0)]
    assert value("mean_of_two", orders=refunded) == Decimal("-0.000001")  # halves away from zero
    tiny = [happened("2024-03-01", amount=Decimal("0.000001"))]
    assert value("per_mean", orders=tiny) == 1_000_000
    assert holds("{metric: rest, is: missing}")
    assert holds("{metric: mean_of_two, gt: 6.6}", orders=orders)


def test_a_ratio_beyond_the_largest_number_is_missing() -> None:
    huge = [happened("2024-03-01", amount=Decimal(10) ** 21) for _ in range(2)]
    assert value("per_visit", orders=huge, visits=[happened("2024-03-01")]) is None
    assert value("per_visit", orders=huge[:1], visits=[happened("2024-03-01")]) == Decimal(10) ** 21


def seen(*products: str | None) -> list[Row]:
    """Orders on consecutive days."""
    return [happened(f"2024-03-{day:02}", product=product) for day, product in enumerate(products, 1)]


@pytest.mark.parametrize(
    ("products", "comparators", "expected"),
    [
        (("tea", "tea", "jam"), "eq: tea", True),
        (("tea", "tea", "jam"), "is: tea", True),
        (("tea", "tea", "jam"), "is: jam", False),
        (("tea", "jam"), "is: jam", True),  # equally often: whose last event is later
        (("tea", "jam", "tea", "jam", None), "is: jam", True),
        (("tea", None, None), "is: tea", True),  # events with a missing value do not count
        ((None,), "is: missing", True),
        ((), "is: missing", True),
        ((), "ne: tea", False),
        (("tea",), "is: set", True),
        (("tea", "tea", "jam"), "is: tea, min_share: 66.6666%", True),
        (("tea", "tea", "jam"), "is: missing, min_share: 66.6667%", True),
        (("tea", "jam", None), "is: jam, min_share: 50%", True),
        (("tea", "tea", "jam"), "is: jam, where: {product: {ne: tea}}", True),
        (("tea", "tea", "jam"), "is: jam, after: 2024-03-01", True),
        (("tea", "tea", "jam"), "in: [jam, tea], starts_with: t", True),
        (("tea", "tea", "jam"), "is: tea, starts_with: j", False),
    ],
)
def test_affinity(products: tuple[str | None, ...], comparators: str, expected: bool) -> None:
    assert holds(f"{{affinity: order.product, {comparators}}}", orders=seen(*products)) is expected


def test_affinity_of_equals_is_the_lesser() -> None:
    both = [happened("2024-03-01", product=text, amount=number) for text, number in (("b", 9), ("Z", 10))]
    assert holds("{affinity: order.product, is: Z}", orders=both)
    assert holds("{affinity: order.amount, lt: 10}", orders=both)
    assert holds("{affinity: visit.product, is: Z}", visits=both)


# As of 15 March: the last of three order days, five days apart each, is the given day.
def every_five_days(last: int) -> list[Row]:
    return [happened(f"2024-03-{day:02} 23:00") for day in (last - 10, last - 5, last, last)]


@pytest.mark.parametrize(
    ("rule", "orders", "expected"),
    [
        ("{overdue: order}", [], False),
        ("{overdue: order}", every_five_days(11), False),
        ("{overdue: order, factor: 0.79}", every_five_days(11), True),
        ("{overdue: order, factor: 0.8}", every_five_days(11), False),  # not more than
        ("{overdue: order, min_events: 4}", every_five_days(11), False),
        ("{overdue: order, min_events: 4, fallback: 84 hours}", every_five_days(11), True),
        ("{overdue: order, min_events: 4, fallback: 4 days}", every_five_days(11), False),  # 23:00 is not that old
        ("{overdue: order, fallback: 1 day}", every_five_days(11), False),  # because it has its own rhythm
        ("{overdue: order, fallback: 1 day}", [], False),
        ("{overdue: order, fallback: 14 days}", [happened("2024-03-01 12:00")], True),
        ("{overdue: order, fallback: 14 days}", [happened("2024-03-01 12:00:00.000001")], False),
        ("{overdue: order, where: {product: tea}}", every_five_days(11), False),
        # 1, 5 and 4 days, on average 10/3; three times that is exactly the 10 days that have passed.
        (
            "{overdue: order, factor: 3, min_events: 4}",
            [happened(f"2024-{day}") for day in ("02-24", "02-25", "03-01", "03-05")],
            False,
        ),
        (
            "{overdue: order, factor: 2.99, min_events: 4}",
            [happened(f"2024-{day}") for day in ("02-24", "02-25", "03-01", "03-05")],
            True,
        ),
    ],
)
def test_overdue(rule: str, orders: list[Row], expected: bool) -> None:
    assert holds(rule, orders=orders) is expected


def test_overdue_counts_local_days() -> None:
    # In New York the clocks go forward on the 10th: orders on the 8th, 9th and 10th, each at 23:30.
    orders = [happened("2024-03-09 04:30"), happened("2024-03-10 04:30"), happened("2024-03-11 03:30")]
    late = "{overdue: order}"
    assert not holds(late, "2024-03-12 03:59", "America/New_York", orders=orders)  # the 11th, a day after
    assert holds(late, "2024-03-12 04:00", "America/New_York", orders=orders)  # the 12th begins
    # In London the last two are on the 10th and 11th, at 04:30 and 03:30.
    assert holds(late, "2024-03-13 00:00", orders=orders)
    assert not holds(late, "2024-03-12 23:59", orders=orders)


def test_due() -> None:
    def days(last: list[str], every: str = "10 days", within: str = "3 days") -> list[int]:
        """The days of March, at noon, on which it is due."""
        rule = f"{{due: order, where: {{product: tea}}, every: {every}, within_next: {within}}}"
        orders = [happened(at, product="tea") for at in last] + [happened("2024-03-01", product="jam")]
        return [day for day in range(1, 32) if holds(rule, f"2024-03-{day:02} 12:00", orders=orders)]

    assert days(["2024-03-02 23:59"]) == [10, 11, 12]
    assert days(["2024-03-02", "2024-03-11 13:00"]) == [10, 11, 19, 20, 21]
    assert days(["2024-03-02"], "2 weeks", "1 week") == [10, 11, 12, 13, 14, 15, 16]
    assert days(["2024-03-14"], "5 days", "1 day") == [19]
    assert days([]) == []


def test_due_is_by_the_local_day() -> None:
    rule = "{due: order, every: 1 day, within_next: 1 day}"
    orders = [happened("2024-03-11 03:30")]  # the 10th in New York
    assert holds(rule, "2024-03-12 03:59", "America/New_York", orders=orders)
    assert not holds(rule, "2024-03-12 04:00", "America/New_York", orders=orders)
    assert holds(rule, "2024-03-12 04:00", orders=orders)
