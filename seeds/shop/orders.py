"""What the customers buy, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shop.catalogue import basket
from shop.dice import Dice
from shop.people import PERSONAS, Customer
from shop.times import END, START, at_some_hour, utc


@dataclass
class Order:
    """A row of raw_orders with its lines: (product, quantity, price in pence)."""

    customer_id: int | None
    ordered_at: datetime
    status: str
    channel: str
    discount: int
    lines: list[tuple[int, int, int]]
    refunded_at: datetime | None
    loaded_at: datetime
    order_id: int = 0

    @property
    def amount(self) -> int:
        return sum(quantity * price for _, quantity, price in self.lines) - self.discount


def order_times(person: Customer, dice: Dice) -> Iterator[tuple[datetime, str]]:
    if person.persona == "scripted":
        yield from ((utc(at), what) for at, what in person.orders)
        return
    persona = PERSONAS[person.persona]
    last = min(END, person.signed_up_at + timedelta(days=dice.between(*persona.lifespan)))
    day = person.signed_up_at + timedelta(days=dice.weighted({0: 5, 1: 2, 3: 1, 9: 1, 25: 1}))
    for _ in range(persona.most):
        if day > last:
            return
        at = max(at_some_hour(day, dice), person.signed_up_at + timedelta(minutes=5))
        yield at, ""
        if dice.chance(0.03):
            yield at + timedelta(minutes=50), ""  # forgot something
        gap = dice.between(*persona.gap)
        day += timedelta(days=gap // 2 if day.month in {11, 12} else gap)


def orders(people: list[Customer]) -> list[Order]:
    placed = []
    for person in people:
        dice = person.dice
        taste = dice.weighted({"coffee": 0.5, "tea": 0.25, "mixed": 0.25})
        for at, what in order_times(person, dice):
            placed.append(make_order(person, at, what, taste, dice))
        # The sale after Christmas.
        if person.persona in {"occasional", "regular"} and dice.chance(0.08):
            day = utc("2025-12-26") + timedelta(days=dice.between(0, 2))
            placed.append(make_order(person, at_some_hour(day, dice), "sale", taste, dice))
    # Guests leave no account behind; customer 9999 has had theirs deleted.
    guest = Customer("", "", "guest", START, persona="one_off")
    for text in ["2023-12-03", "2024-06-21", "2024-12-11", "2025-07-07", "2025-12-14", "2025-12-23"]:
        dice = Dice(text)
        order = make_order(guest, at_some_hour(utc(text), dice), "", "mixed", dice)
        order.customer_id = 9999 if text == "2024-06-21" else None
        placed.append(order)
    # What was not loaded by the end is not in the extract.
    placed = [order for order in placed if max(order.ordered_at, order.loaded_at) <= END]
    placed.sort(key=lambda order: (order.ordered_at, order.customer_id or 0))
    for order_number, order in enumerate(placed, start=1001):
        order.order_id = order_number
    return placed


def make_order(person: Customer, at: datetime, what: str, taste: str, dice: Dice) -> Order:
    lines = basket(at, taste, PERSONAS.get(person.persona, PERSONAS["one_off"]).times, dice)
    total = sum(quantity * price for _, quantity, price in lines)
    sale = what == "sale" or (at.month == 11 and at.day >= 28)
    percent = 100 if what == "free" else 20 if sale else dice.weighted({0: 0.86, 10: 0.12, 15: 0.02})
    status = what if what in {"refunded", "cancelled"} else "completed"
    if person.persona != "scripted":
        status = dice.weighted({"completed": 0.905, "cancelled": 0.04, "refunded": 0.045, "": 0.01})
    channel = "phone" if what == "late" else dice.weighted({"web": 0.62, "app": 0.3, "phone": 0.08})
    loaded_at = at + timedelta(minutes=dice.between(4, 70))
    if what == "late":
        loaded_at = at + timedelta(days=5, minutes=8)
    elif channel == "phone" and dice.chance(0.4):
        loaded_at = at + timedelta(days=dice.between(1, 6), minutes=dice.between(0, 600))
    refunded_at = None
    if status == "refunded":
        refunded_at = at + timedelta(days=dice.between(3, 18), minutes=dice.between(0, 500))
        if refunded_at > END - timedelta(hours=2):
            status, refunded_at = "completed", None
        else:
            loaded_at = max(loaded_at, refunded_at + timedelta(minutes=dice.between(4, 70)))
    if status == "completed" and at > END - timedelta(days=3):
        status = "shipped"
    discount = total * percent // 100
    return Order(person.customer_id, at, status, channel, discount, lines, refunded_at, loaded_at)
