"""A small shop for the oracle's own tests: its catalog, and short ways to make its rows."""

from datetime import UTC, date, datetime
from typing import Any

from tests.support.oracle.reference import Row, Tables, load, members

CATALOG = """
timezone: Europe/London
entities:
  customer:
    model: people
    key: id
    attributes: {a: string, n: number, b: boolean, d: date, t: timestamp, tags: strings}
  firm:
    model: firms
    key: id
    customers: firm
    attributes: {sector: string, seats: number}
events:
  cart: {model: carts, customer: who, at: at, fields: {product: string, amount: number}}
  order:
    model: orders
    customer: who
    at: at
    fields: {product: string, amount: number, due: date, labels: {type: strings, column: tags}}
  visit: {model: visits, customer: who, at: {column: day, type: date}, fields: {product: string}}
metrics:
  spent: {sum: order.amount}
  mean: {avg: order.amount}
  orders: {count: order}
  visits: {count: visit}
  last_at: {last: order}
  first_product: {first: order.product}
  last_amount: {last: order.amount}
  last_due: {last: order.due}
  last_seen: {last: visit.product}
  gap: {usual_gap: order}
  tea_gap: {usual_gap: order, where: {product: tea}}
  visit_gap: {usual_gap: visit}
  mean_of_two: {ratio: [spent, orders]}
  per_mean: {ratio: [orders, mean]}
  per_visit: {ratio: [spent, visits]}
  rest: {difference: [spent, mean]}
rules:
  rich: {metric: spent, gte: 100}
  rich_and_b: {all: [{rule: rich}, {attribute: b, eq: true}]}
holdout: 50%
experiments:
  offer: {share: 50%, variants: {voucher: 50%, control: 50%}}
  letter: {variants: {short: 12.5%, long: 87.5%}}
"""
NOON = "2024-03-15 12:00"  # a Friday; London is on UTC until the 31st, when its clocks go forward


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def person(key: object = 1, **cells: object) -> Row:
    return {"id": key, **dict.fromkeys(("a", "n", "b", "d", "t", "tags", "firm")), **cells}


def happened(at: str, who: object = 1, **cells: object) -> Row:
    """An event of any kind. Kinds with only a day have the day of the instant."""
    moment = datetime.fromisoformat(at)
    nothing = dict.fromkeys(("product", "amount", "due", "tags"))
    return {"who": who, "at": moment, "day": date(moment.year, moment.month, moment.day), **nothing, **cells}


def bought(*amounts: object) -> list[Row]:
    """One order for each customer, numbered from 1. A customer with None has none."""
    return [happened("2024-03-01", key, amount=amount) for key, amount in enumerate(amounts, 1) if amount is not None]


def shop(people: list[Row] | int = 1, **rows: list[Row]) -> Tables:
    """Tables by model, with this number of customers, numbered from 1, or these customers."""
    listed = [person(key) for key in range(1, people + 1)] if isinstance(people, int) else people
    return {"people": listed, "firms": [], "carts": [], "orders": [], "visits": [], **rows}


def catalog(zone: str = "Europe/London") -> dict[str, Any]:
    return load(CATALOG.replace("Europe/London", zone))


def takes(rule: str, rows: Tables, as_of: str = NOON, zone: str = "Europe/London") -> set[object]:
    """The customers that match a rule. The as-of is in UTC."""
    definition = {"segments": [{"name": "it", "rule": load(rule)}]}
    return members(catalog(zone), [definition], rows, utc(as_of))["it"]


def holds(rule: str, as_of: str = NOON, zone: str = "Europe/London", **rows: list[Row]) -> bool:
    """Whether a rule holds for the one customer with these events."""
    return takes(rule, shop(1, **rows), as_of, zone) == {1}
