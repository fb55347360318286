"""The oracle against examples worked out by hand, one for each sentence of docs/language.md."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.support.oracle.reference import History, Row, Stay, eligible, load, members, metric_value

CATALOG = """
timezone: Europe/London
entities:
  customer:
    model: people
    key: id
    attributes: {a: string, n: number, b: boolean, d: date, t: timestamp, z: {type: timestamptz, column: zoned}}
    eligible: {attribute: b, eq: true}
events:
  order:
    model: orders
    customer: who
    at: at
    fields: {amount: number, channel: {type: string, column: chan}, due: date}
    where: {channel: {ne: cancelled}}
  visit: {model: visits, customer: who, at: {column: day, type: date}}
metrics:
  spent: {sum: order.amount}
  orders: {count: order}
  channels: {count_distinct: order.channel}
  mean: {avg: order.amount}
  least: {min: order.amount}
  latest_due: {max: order.due}
  first_at: {first: order}
  last_at: {last: order}
  web_spent: {sum: order.amount, where: {channel: web}}
  recent: {count: order, within_last: 7 days}
  last_visit: {last: visit}
"""
NOON = "2024-03-15 12:00"  # a Friday; London is on UTC until the 31st


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def person(**cells: object) -> Row:
    return {"id": 1, "a": None, "n": None, "b": None, "d": None, "t": None, "zoned": None, **cells}


def order(at: str | None, amount: object = None, chan: str | None = "shop", due: date | None = None) -> Row:
    return {"who": 1, "at": at and datetime.fromisoformat(at), "amount": amount, "chan": chan, "due": due}


def holds(rule: str, who: Row | None = None, *orders: Row, as_of: str = NOON, zone: str = "Europe/London") -> bool:
    """Whether a rule holds for a customer with these attributes and orders. The as-of is in UTC."""
    catalog = load(CATALOG.replace("Europe/London", zone))
    rows = {"people": [who or person()], "orders": list(orders), "visits": []}
    definition = {"segments": [{"name": "it", "rule": load(rule)}]}
    return members(catalog, [definition], rows, utc(as_of)) == {"it": {1}}


@pytest.mark.parametrize(
    ("column", "cell", "comparators", "expected"),
    [
        ("a", "x", "eq: x", True),
        ("a", "X", "eq: x", False),  # upper and lower case differ
        ("a", "NO", "eq: NO", True),  # a type comes from the place of a value
        ("a", "010", "eq: 010", True),
        ("a", "", "is: set", True),  # the empty string is a value
        ("a", "", "eq: ''", True),
        ("a", "", "ne: x", True),
        ("a", "axb", "contains: a_b", False),  # % and _ have no special meaning
        ("a", "1000", "starts_with: 100%", False),
        ("a", "is 100%", "ends_with: 100%", True),
        ("a", "say web", "matches: web", True),  # found in it
        ("a", "say web", "matches: ^web$", False),
        ("a", "web", "matches: ^(shop|w.b)$", True),
        ("a", "x", "in: [x, y]", True),
        ("a", "x", "not_in: [x, y]", False),
        ("a", "x", "starts_with: x, ends_with: y", False),  # several must all hold
        ("n", 2, "gte: 2, lt: 5", True),
        ("n", 5, "gte: 2, lt: 5", False),
        ("n", Decimal("12.50"), "eq: 12.5", True),
        ("n", 0.1, "in: [1, 0.1]", True),
        ("n", 0.1, "not_in: [1, 0.1]", False),
        ("n", 0.1, "ne: 0.1", False),
        ("n", 3, "between: [1, 3]", True),  # both ends included
        ("n", 1, "between: [1, 3]", True),
        ("n", 1, "gt: 1", False),
        ("n", 1, "lte: 1", True),
        ("n", Decimal("0.0000005"), "eq: 0.000001", True),  # further places are rounded off, away from zero
        ("n", Decimal("-0.0000005"), "eq: -0.000001", True),
        ("n", 0.00000049, "eq: 0", True),
        ("n", float("nan"), "is: missing", True),  # NaN and infinity are missing
        ("n", float("nan"), "ne: 1", False),
        ("n", float("inf"), "gt: 1", False),
        ("n", float("-inf"), "is: set", False),
        ("b", True, "eq: true", True),
        ("b", False, "eq: true", False),
        ("b", False, "ne: true", True),
    ],
)
def test_plain_values(column: str, cell: object, comparators: str, expected: bool) -> None:
    assert holds(f"{{attribute: {column}, {comparators}}}", person(**{column: cell})) is expected


def test_timestamps_without_a_zone_are_utc() -> None:
    # 18:00 in New York, on summer time, is 22:00 in UTC.
    for name, who in (
        ("t", person(t=datetime(2024, 3, 12, 22, 0))),
        ("z", person(zoned=utc("2024-03-12 22:00"))),
        ("z", person(zoned=utc("2024-03-12 22:00").astimezone(ZoneInfo("Asia/Tokyo")))),
    ):
        edge = "2024-03-12 18:00"
        assert holds(f"{{attribute: {name}, between: [{edge}, {edge}]}}", who, zone="America/New_York")


@pytest.mark.parametrize(
    "leaf",
    [
        *(f"a, {key}: x" for key in ("eq", "ne", "contains", "starts_with", "ends_with", "matches")),
        *("a, in: [x]", "a, not_in: [x]", "b, eq: true", "b, ne: true", "a, is: set"),
        *(f"n, {key}: 1" for key in ("eq", "ne", "gt", "gte", "lt", "lte")),
        *("n, between: [0, 9]", "n, in: [1]", "n, not_in: [1]", "n, is: missing, lt: 5"),
        *("d, before: 2024-01-01", "d, after: 2024-01-01", "d, between: [2024-01-01, 2024-12-31]"),
        *(f"t, {key}: 7 days" for key in ("within_last", "older_than", "within_next")),
        "d, anniversary_within_next: 1 year",
    ],
)
def test_a_missing_value_satisfies_only_is_missing(leaf: str) -> None:
    assert not holds(f"{{attribute: {leaf}}}")
    assert holds(f"{{not: {{attribute: {leaf}}}}}")
    assert holds(f"{{attribute: {leaf[0]}, is: missing}}")


TWO = (order("2024-03-01 10:00", 10.0, "web"), order("2024-03-14 10:00", 2.5, due=date(2024, 3, 20)))


@pytest.mark.parametrize(
    ("rule", "orders", "expected"),
    [
        # Without a matching event count, count_distinct and sum are 0 and the others are missing.
        ("{metric: orders, eq: 0}", (), True),
        ("{metric: channels, eq: 0}", (), True),
        ("{metric: spent, eq: 0}", (), True),
        *((f"{{metric: {name}, is: missing}}", (), True) for name in ("mean", "least", "latest_due", "last_at")),
        # Missing field values, including NaN, are skipped.
        ("{metric: mean, eq: 4}", (order(NOON, 4.0), order(NOON, None), order(NOON, float("nan"))), True),
        ("{metric: spent, eq: 0}", (order(NOON, None),), True),
        ("{metric: mean, is: missing}", (order(NOON, None),), True),
        ("{metric: orders, eq: 3}", (order(NOON), order(NOON), order(NOON)), True),
        # avg is rounded to six places, halves away from zero.
        ("{metric: mean, eq: 33.333333}", (order(NOON, 100), order(NOON, 0), order(NOON, 0)), True),
        ("{metric: mean, eq: 0.000002}", (order(NOON, 0.000001), order(NOON, 0.000002)), True),
        ("{metric: mean, eq: -0.000002}", (order(NOON, -0.000001), order(NOON, -0.000002)), True),
        ("{metric: spent, eq: 0.3}", (order(NOON, 0.1), order(NOON, 0.2)), True),
        # Events after the as-of, without a time, or that fail the event's `where` do not exist.
        ("{event: order, never: true}", (order("2024-03-15 12:00:00.000001"),), True),
        ("{event: order}", (order(NOON),), True),
        ("{event: order}", (order(None),), False),
        ("{event: order}", (order(NOON, chan="cancelled"),), False),
        ("{event: order}", (order(NOON, chan=None),), False),  # NULL satisfies no `ne`
        # times, never and aggregates of an event.
        ("{event: order, times: {gte: 2, lt: 3}}", TWO, True),
        ("{event: order, times: {gte: 3}}", TWO, False),
        ("{event: order, never: true}", TWO, False),
        ("{event: order, times: {eq: 0}}", (), True),
        ("{event: order, sum: amount, gt: 12, lte: 12.5}", TWO, True),
        ("{event: order, min: amount, eq: 2.5}", TWO, True),
        ("{event: order, max: amount, is: missing}", (), True),
        ("{event: order, count_distinct: channel, eq: 2}", TWO, True),
        ("{event: order, count_distinct: amount, eq: 1}", (order(NOON, 1), order(NOON, 1.0000004)), True),
        ("{event: order, count_distinct: amount, eq: 0}", (order(NOON, None), order(NOON, float("nan"))), True),
        ("{event: order, avg: amount, eq: 10, where: {channel: web}}", TWO, True),
        # where: a scalar, a list, comparators; all must hold.
        ("{event: order, where: {channel: [web, x], amount: {gte: 10}}}", TWO, True),
        ("{event: order, where: {channel: shop, amount: {gte: 10}}}", TWO, False),
        ("{event: order, where: {due: {is: missing}, channel: shop}}", TWO, False),
        ("{event: order, where: {due: {after: 2024-03-19}}}", TWO, True),
        # Windows; several keys must all hold.
        ("{event: order, times: {eq: 1}, within_last: 7 days}", TWO, True),
        ("{event: order, sum: amount, eq: 10, older_than: 7 days}", TWO, True),
        ("{event: order, within_last: 10 days, older_than: 3 days}", TWO, False),
        ("{event: order, times: {eq: 1}, within_last: 20 days, older_than: 3 days}", TWO, True),
        ("{event: order, times: {eq: 1}, between_dates: [2024-03-02, 2024-03-14]}", TWO, True),
        ("{event: order, times: {eq: 1}, after: 2024-03-01}", TWO, True),
        ("{event: order, times: {eq: 2}, after: 2024-03-01 09:59}", TWO, True),
        # A metric narrowed for one rule, in addition to its own `where` and window.
        ("{metric: spent, eq: 2.5, within_last: 7 days}", TWO, True),
        ("{metric: web_spent, eq: 10}", TWO, True),
        ("{metric: web_spent, eq: 0, where: {amount: {lt: 10}}}", TWO, True),
        ("{metric: web_spent, eq: 0, where: {channel: shop}}", TWO, True),
        ("{metric: recent, eq: 1}", TWO, True),
        ("{metric: recent, eq: 0, where: {channel: web}}", TWO, True),
        # For a time, the time keys compare.
        ("{metric: last_at, within_last: 7 days}", TWO, True),
        ("{metric: first_at, within_last: 7 days}", TWO, False),
        ("{metric: last_at, older_than: 7 days, where: {channel: web}}", TWO, True),
        ("{metric: latest_due, within_next: 7 days}", TWO, True),
        ("{metric: last_visit, within_last: 7 days}", TWO, False),
        # Combinators.
        ("{all: [{event: order}, {metric: spent, gt: 99}]}", TWO, False),
        ("{any: [{event: order}, {metric: spent, gt: 99}]}", TWO, True),
        ("{none: [{event: order}, {metric: spent, gt: 99}]}", TWO, False),
        ("{none: [{event: visit}, {metric: spent, gt: 99}]}", TWO, True),
        ("{not: {event: visit}}", TWO, True),
    ],
)
def test_rules(rule: str, orders: tuple[Row, ...], expected: bool) -> None:
    assert holds(rule, None, *orders) is expected


def test_segments_refer_to_each_other_and_disabled_ones_have_no_members() -> None:
    text = """
    segments:
      - {name: outer, rule: {all: [{not: {segment: middle}}, {segment: inner}]}}
      - {name: inner, enabled: false, rule: {attribute: n, gt: 1}}
    """
    other = "segments: [{name: middle, enabled: true, rule: {all: [{segment: inner}, {attribute: b, eq: true}]}}]"
    people = [{**person(n=2), "id": 1}, {**person(n=2, b=True), "id": 2}, {**person(n=1), "id": 3}]
    rows: dict[str, list[Row]] = {"people": people, "orders": [], "visits": []}
    members_found = members(load(CATALOG), [load(text), load(other)], rows, utc(NOON))
    assert members_found == {"outer": {1}, "middle": {2}}
    assert eligible(load(CATALOG), [], rows, utc(NOON)) == {2}


def test_metric_values_of_a_customer() -> None:
    rows: dict[str, list[Row]] = {
        "people": [person()],
        "orders": [*TWO, {**TWO[0], "who": 9}, {**TWO[0], "who": None}],  # of an unknown customer
        # A day has come when one of its instants has passed: at the as-of, 15 March has not begun in London.
        "visits": [{"who": 1, "day": date(2024, 3, 14)}, {"who": 1, "day": date(2024, 3, 15)}],
    }
    at = utc("2024-03-15 00:00")
    values = {name: metric_value(load(CATALOG), rows, at, name, 1) for name in load(CATALOG)["metrics"]}
    assert values == {
        "spent": Decimal("12.5"),
        "orders": 2,
        "channels": 2,
        "mean": Decimal("6.25"),
        "least": Decimal("2.5"),
        "latest_due": date(2024, 3, 20),
        "first_at": utc("2024-03-01 10:00"),
        "last_at": utc("2024-03-14 10:00"),
        "web_spent": 10,
        "recent": 1,
        "last_visit": date(2024, 3, 14),
    }


def test_a_stay_is_half_open_and_a_return_is_another_stay() -> None:
    monday, tuesday, wednesday = utc("2024-03-11"), utc("2024-03-12"), utc("2024-03-13")
    history = History()
    history.apply(monday, {"a": {1, 2}})
    history.apply(tuesday, {"a": {2}, "b": {2}})
    history.apply(wednesday, {"a": {1, 2}})
    assert history.stays() == [
        Stay("a", 1, monday, tuesday),
        Stay("a", 1, wednesday, None),
        Stay("a", 2, monday, None),
        Stay("b", 2, tuesday, wednesday),
    ]
    with pytest.raises(ValueError, match="not after the last run"):
        history.apply(wednesday, {})
