"""Makes the demo shop, three years of selling coffee and tea online, as the CSV files beside this program.

python seeds/generate.py          writes them
python seeds/generate.py --check  exits 1 when a committed file differs from what would be written

Customers, prices and dates are invented. All times are UTC without a zone; the shop keeps Europe/London time.
The data was "extracted" at END. It is as untidy as real data; `seeds.yml` says what is wrong where.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import sqrt
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

HERE = Path(__file__).parent
SEED = "kettle and bean"
START = datetime(2023, 1, 1)
END = datetime(2025, 12, 31, 23, 59, 59)
CARTS_SINCE = datetime(2024, 7, 1)
CUSTOMERS = 400


class Dice:
    """Seeded chance. Uses Random.random() alone, the one method whose sequence Python promises to keep."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(f"{SEED}/{seed}").random

    def chance(self, probability: float) -> bool:
        return self._random() < probability

    def share(self) -> float:
        return self._random()

    def between(self, low: int, high: int) -> int:
        return low + int(self._random() * (high - low + 1))

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self._random() * len(options))]

    def weighted(self, options: Mapping[T, float]) -> T:
        left = self._random() * sum(options.values())
        for option, weight in options.items():
            left -= weight
            if left < 0:
                return option
        return list(options)[-1]


# What the shop sells: name, category, price in pence. ----------------------------------------------

PRODUCTS = [
    ("Kettle Blend 250 g", "coffee", 825),
    ("Kettle Blend 1 kg", "coffee", 2750),
    ("Harbour Espresso 250 g", "coffee", 875),
    ("Harbour Espresso 1 kg", "coffee", 2900),
    ("Yirgacheffe 250 g", "coffee", 1150),
    ("Huila Decaf 250 g", "coffee", 950),
    ("Sumatra Mandheling 250 g", "coffee", 1050),
    ("Cold Brew Bags", "coffee", 725),
    ("Proper Breakfast Tea", "tea", 450),
    ("Earl Grey Leaf 100 g", "tea", 650),
    ("Assam Leaf 100 g", "tea", 625),
    ("Peppermint Infusion", "tea", 395),
    ("Maté 200 g", "tea", 750),
    ("Ceremonial Matcha 30 g", "tea", 1995),
    ("Cafetière", "equipment", 2495),
    ("Pour-over Cone", "equipment", 1650),
    ("Burr Grinder", "equipment", 6900),
    ("Paper Filters, 100", "equipment", 550),
    ("Descaler", "equipment", 695),
    ("Shortbread", "treats", 425),
    ("Dark Chocolate 70%", "treats", 375),
    ("Ginger Biscuits", "treats", 350),
    ("Advent Calendar", "gift", 2200),
    ("Gift Box for Two", "gift", 3400),
]
TASTES = {
    "coffee": {"coffee": 0.74, "tea": 0.06, "equipment": 0.1, "treats": 0.07, "gift": 0.03},
    "tea": {"coffee": 0.07, "tea": 0.7, "equipment": 0.04, "treats": 0.15, "gift": 0.04},
    "mixed": {"coffee": 0.36, "tea": 0.3, "equipment": 0.1, "treats": 0.16, "gift": 0.08},
}

# Who they are. -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Persona:
    """How often somebody buys (days between orders), and for how many days since signing up."""

    share: float
    gap: tuple[int, int]
    lifespan: tuple[int, int]
    most: int = 200
    times: tuple[int, int] = (1, 1)  # multiplies quantities


PERSONAS = {
    "browser": Persona(0.07, (0, 0), (0, 0), most=0),
    "one_off": Persona(0.27, (0, 40), (60, 400), most=1),
    "occasional": Persona(0.42, (55, 170), (120, 900)),
    "regular": Persona(0.16, (24, 66), (200, 1300)),
    "devotee": Persona(0.04, (7, 25), (300, 1500)),
    "office": Persona(0.04, (18, 45), (200, 1500), times=(2, 6)),
}


def words(text: str) -> list[str]:
    return text.split()


FIRST_NAMES = words(
    "Ada Alfie Amelia Amir Anna Arthur Beatrix Ben Bridget Callum Carys Charlie Chloe Ciara Clara Conor "
    "Daisy Dev Edith Ella Elliot Emma Ethan Eve Fatima Fergus Finn Florence Freya George Grace Hamza Hannah "
    "Harriet Henry Imogen Isla Ivy Jack Jasmine Jonah Kate Laila Leo Lily Louis Mabel Marcus Maya Nadia Ned "
    "Niamh Noah Olive Oscar Penny Rhys Rosa Rory Ruby Samir Saoirse Sophie Stella Tariq Theo Una Wilf Zara"
)
LAST_NAMES = words(
    "Adeyemi Ahmed Ashworth Baker Barlow Begum Boyle Byrne Campbell Chapman Chen Clarke Cooper Costa Davies "
    "Doyle Dubois Edwards Ellis Evans Farrell Fletcher Foster Garcia Gill Graham Hall Hargreaves Hughes "
    "Hussain Iqbal Jones Kaur Kelly Khan Lewis Lloyd MacLeod Marsh Mason Meyer Mistry Moore Murphy Nolan "
    "Okafor Owen Patel Pearce Quinn Rahman Reid Roberts Rossi Schmidt Sharma Shaw Silva Singh Smith Stewart "
    "Taylor Thomas Turner Walsh Ward White Wright Young"
)
CITIES = {
    "GB": ["London", "London", "London", "Manchester", "Leeds", "Bristol", "Glasgow", "Edinburgh", "Cardiff",
           "Belfast", "York", "Brighton"],
    "IE": ["Dublin", "Cork", "Galway"],
    "FR": ["Paris", "Lyon"],
    "DE": ["Berlin", "Köln"],
    "NL": ["Amsterdam", "Utrecht"],
    "US": ["New York", "Portland"],
    "": [""],
}  # fmt: skip
COUNTRIES = {"GB": 0.72, "IE": 0.09, "FR": 0.04, "DE": 0.04, "NL": 0.03, "US": 0.03, "": 0.05}
HOURS = dict(enumerate([1, 3, 4, 3, 2, 2, 3, 2, 1, 1, 1, 2, 3, 4, 5, 4, 2, 1], start=6))
CHANNELS = {"search": 0.36, "referral": 0.2, "social": 0.24, "market_stall": 0.12, "": 0.08}


@dataclass
class Customer:
    """A row of raw_customers, and the habits that make up the rows of the other tables."""

    first_name: str
    last_name: str
    email: str
    signed_up_at: datetime
    country: str = "GB"
    city: str = "London"
    born: date | None = None
    channel: str = "search"
    consent: str = "true"
    company_size: int | None = None
    persona: str = "scripted"
    orders: list[tuple[str, str]] = field(default_factory=list)  # (time, what is special about it)
    customer_id: int = 0

    @property
    def dice(self) -> Dice:
        """One sequence a customer, so that a change to one leaves the rest alone."""
        return Dice(f"{self.email}/{self.signed_up_at}")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


# Every one of them is here for a reason, which is the comment above it.
BY_HAND = [
    # An apostrophe, in the name and in the address.
    Customer("Aoife", "O'Brien", "aoife.o'brien@example.ie", utc("2023-02-11 19:03:12"), "IE", "Cork",
             date(1986, 12, 27), "referral", persona="regular"),
    # Letters beyond ASCII.
    Customer("Zoë", "Łukasiewicz", "zoe@example.de", utc("2023-09-02 08:41:55"), "DE", "Köln",
             date(1990, 7, 4), "social", persona="occasional"),
    Customer("Siân", "Llewellyn", "sian@example.com", utc("2024-03-01 21:15:00"), "GB", "Cardiff",
             date(1979, 3, 1), persona="devotee"),
    Customer("美咲", "田中", "misaki@example.jp", utc("2025-06-14 03:20:44"), "JP", "東京",
             date(1998, 1, 3), "social", persona="regular"),
    # Born on 29 February.
    Customer("Martha", "Hale", "martha.hale@example.com", utc("2024-02-29 12:00:00"),
             born=date(1992, 2, 29), persona="occasional"),
    # Gave every detail, never bought.
    Customer("Nora", "Quill", "nora.quill@example.com", utc("2024-05-20 10:10:10"), "GB", "York",
             date(1971, 12, 30), persona="browser"),
    # Gave nothing but an address, never bought.
    Customer("", "", "anon4711@example.com", utc("2025-02-03 23:59:59"), "", "", None, "", "",
             persona="browser"),
    # Signed up in the first second of summer time, and at half past one on either side of its end.
    Customer("Hamish", "Spring", "hamish@example.com", utc("2025-03-30 01:00:00"), "GB", "Glasgow",
             date(1983, 4, 9), persona="regular"),
    Customer("Joan", "Fall", "joan.fall@example.com", utc("2025-10-26 00:30:00"),
             born=date(1967, 10, 26), persona="one_off"),
    Customer("John", "Fall", "john.fall@example.com", utc("2025-10-26 01:30:00"),
             born=date(1966, 5, 12), persona="one_off"),
    # Capitals in the address.
    Customer("Priya", "Shah", "Priya.Shah@Example.COM", utc("2024-01-15 07:30:00"),
             born=date(1995, 8, 19), persona="regular"),
    # One order, fully discounted.
    Customer("Gwen", "Free", "gwen@example.com", utc("2025-08-01 09:00:00"), "GB", "Bristol",
             date(1988, 11, 2), "referral", orders=[("2025-08-01 09:12:00", "free")]),
    # Three orders in a day, and two at the same instant, which are both real.
    Customer("Tom", "Twice", "tom.twice@example.com", utc("2025-11-01 11:00:00"), "GB", "Leeds",
             date(1993, 6, 23), orders=[
                 ("2025-11-29 09:01:00", ""), ("2025-11-29 09:48:00", ""), ("2025-11-29 22:15:00", ""),
                 ("2025-12-05 12:30:00", ""), ("2025-12-05 12:30:00", "")]),
    # The last order stands on, and half an hour inside, the edge of the 60 days before midnight of
    # 22 December. The edge is midnight of 23 October, still summer time: 22 October 23:00 UTC.
    Customer("Rowan", "Edge", "rowan@example.com", utc("2024-10-01 18:00:00"), born=date(1981, 1, 1),
             orders=[("2025-03-02 18:20:00", ""), ("2025-10-22 23:00:00", "")]),
    Customer("Robin", "Edge", "robin@example.com", utc("2024-10-01 18:05:00"), born=date(1981, 1, 2),
             orders=[("2025-03-02 18:25:00", ""), ("2025-10-22 23:30:00", "")]),
    # The first order stands on, and a second after, midnight of 22 December.
    Customer("Minna", "Night", "minna@example.com", utc("2025-12-02 20:00:00"), born=date(2001, 9, 9),
             orders=[("2025-12-22 00:00:00", "")]),
    Customer("Max", "Night", "max@example.com", utc("2025-12-02 20:01:00"), born=date(2001, 9, 10),
             orders=[("2025-12-22 00:00:01", "")]),
    # Ordered on the telephone on 19 December; the warehouse heard of it on the 24th.
    Customer("Olga", "Late", "olga@example.com", utc("2025-05-05 14:00:00"), "NL", "Utrecht",
             date(1958, 2, 28), "market_stall",
             orders=[("2025-06-10 10:00:00", ""), ("2025-12-19 15:45:00", "late")]),
    # Sent two orders back and cancelled one.
    Customer("Ivo", "Return", "ivo@example.com", utc("2025-04-04 16:00:00"), "GB", "Belfast", orders=[
                 ("2025-04-04 16:30:00", ""), ("2025-09-13 13:00:00", "refunded"),
                 ("2025-11-30 20:00:00", "refunded"), ("2025-12-12 20:00:00", "cancelled")]),
    # Work here.
    Customer("Bea", "Barista", "bea@shop.example", utc("2023-01-02 08:00:00"), born=date(1994, 2, 14),
             channel="staff", consent="false", persona="devotee"),
    Customer("Roy", "Roaster", "Roy@Shop.Example", utc("2023-01-02 08:05:00"), born=date(1976, 7, 30),
             channel="staff", consent="false", persona="regular"),
]  # fmt: skip


def customers() -> list[Customer]:
    dice = Dice("customers")
    found = list(BY_HAND)
    taken = {customer.email.lower() for customer in found}
    while len(found) < CUSTOMERS:
        person = random_customer(dice)
        if person.email.lower() not in taken:
            taken.add(person.email.lower())
            found.append(person)
    found.sort(key=lambda person: (person.signed_up_at, person.email))
    for number, person in enumerate(found, start=1):
        person.customer_id = number
    return found


def random_customer(dice: Dice) -> Customer:
    first, last = dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES)
    email = f"{first}.{last}@example.com" if dice.chance(0.07) else f"{first}.{last}@example.com".lower()
    # More of them in later years.
    share = sqrt(dice.share()) if dice.chance(0.5) else dice.share()
    day = START + timedelta(days=int((END - START).days * share))
    country = dice.weighted(COUNTRIES)
    persona = dice.weighted({name: persona.share for name, persona in PERSONAS.items()})
    return Customer(
        first,
        last,
        email,
        at_some_hour(day, dice),
        # Somebody typed some of the codes by hand.
        country.lower() if dice.chance(0.02) else country,
        dice.pick(CITIES[country]),
        None if dice.chance(0.14) else date(1945, 1, 1) + timedelta(days=dice.between(0, 22_600)),
        dice.weighted(CHANNELS),
        dice.weighted({"true": 0.66, "false": 0.24, "": 0.1}),
        dice.pick([2, 4, 8, 12, 25, 60, 140]) if persona == "office" else None,
        persona,
    )


def at_some_hour(day: datetime, dice: Dice) -> datetime:
    """Mostly in the morning and in the evening."""
    hour = dice.weighted(HOURS)
    return datetime.combine(day, time(hour)) + timedelta(seconds=dice.between(0, 3599))


# What they buy. ------------------------------------------------------------------------------------


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
    found = []
    for person in people:
        dice = person.dice
        taste = dice.weighted({"coffee": 0.5, "tea": 0.25, "mixed": 0.25})
        for at, what in order_times(person, dice):
            found.append(make_order(person, at, what, taste, dice))
        # The sale after Christmas.
        if person.persona in {"occasional", "regular"} and dice.chance(0.08):
            day = utc("2025-12-26") + timedelta(days=dice.between(0, 2))
            found.append(make_order(person, at_some_hour(day, dice), "sale", taste, dice))
    # Guests leave no account behind; customer 9999 has had theirs deleted.
    guest = Customer("", "", "guest", START, persona="one_off")
    for text in ["2023-12-03", "2024-06-21", "2024-12-11", "2025-07-07", "2025-12-14", "2025-12-23"]:
        dice = Dice(text)
        order = make_order(guest, at_some_hour(utc(text), dice), "", "mixed", dice)
        order.customer_id = 9999 if text == "2024-06-21" else None
        found.append(order)
    # What was not loaded by the end is not in the extract.
    found = [order for order in found if max(order.ordered_at, order.loaded_at) <= END]
    found.sort(key=lambda order: (order.ordered_at, order.customer_id or 0))
    for order_number, order in enumerate(found, start=1001):
        order.order_id = order_number
    return found


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


def basket(at: datetime, taste: str, times: tuple[int, int], dice: Dice) -> list[tuple[int, int, int]]:
    lines = {}
    for _ in range(dice.weighted({1: 0.48, 2: 0.31, 3: 0.15, 4: 0.06})):
        category = dice.weighted(TASTES[taste])
        product = dice.pick([number for number, (_, kind, _) in enumerate(PRODUCTS) if kind == category])
        price = PRODUCTS[product][2]
        # Prices rose at the start of 2025.
        price = price if at.year >= 2025 else price * 23 // 25
        quantity = dice.weighted({1: 0.76, 2: 0.19, 3: 0.05}) * dice.between(*times)
        lines[product] = (product + 1, quantity, price)
    return list(lines.values())


# What else they do. --------------------------------------------------------------------------------

Row = tuple[object, ...]


def carts(people: list[Customer], placed: list[Order]) -> list[Row]:
    found: list[tuple[datetime, int, str, int | None]] = []
    dice = Dice("carts")
    for order in placed:
        tracked = order.customer_id and order.channel != "phone" and order.ordered_at >= CARTS_SINCE
        if tracked and dice.chance(0.5):
            at = order.ordered_at - timedelta(seconds=dice.between(120, 2400))
            found.append((at, order.customer_id or 0, pounds(order.amount), order.order_id))
    for person in people:
        dice = Dice(f"carts/{person.email}")
        interested = timedelta(days={"browser": 240, "one_off": 300}.get(person.persona, 800))
        day = max(CARTS_SINCE, person.signed_up_at) + timedelta(days=dice.between(0, 200))
        while day < min(END, person.signed_up_at + interested):
            total = sum(quantity * price for _, quantity, price in basket(day, "mixed", (1, 1), dice))
            found.append((at_some_hour(day, dice), person.customer_id, pounds(total), None))
            # Before Christmas everybody looks around.
            often = (day.month, day.day) > (11, 20)
            day += timedelta(days=dice.between(5, 60) if often else dice.between(30, 260))
    found = sorted((cart for cart in found if cart[0] <= END), key=lambda cart: cart[:2])
    return [(n, who, at, total, order) for n, (at, who, total, order) in enumerate(found, start=1)]


CAMPAIGNS = {
    **{f"newsletter_2025_{month:02d}": datetime(2025, month, day, 9)
       for month, day in [(7, 1), (8, 5), (9, 2), (10, 7), (11, 4), (12, 2)]},
    "black_friday_2025": datetime(2025, 11, 27, 7),
    "christmas_last_post_2025": datetime(2025, 12, 16, 9),
    "christmas_gifts_2025": datetime(2025, 12, 9, 9),
    "boxing_day_2025": datetime(2025, 12, 26, 8),
}  # fmt: skip


def email_events(people: list[Customer]) -> list[Row]:
    found: list[tuple[datetime, int, str, str]] = []
    for person in people:
        who, dice = person.customer_id, Dice(f"email/{person.email}")
        interest = dice.weighted({0.02: 0.3, 0.25: 0.4, 0.55: 0.22, 0.85: 0.08})
        mails = {name: at for name, at in CAMPAIGNS.items() if at > person.signed_up_at}
        if person.consent != "true":
            mails = {}
        if person.signed_up_at >= datetime(2025, 7, 1):
            mails["welcome"] = person.signed_up_at + timedelta(minutes=2)
        for campaign, at in mails.items():
            sent = at + timedelta(seconds=dice.between(0, 900))
            opened = sent + timedelta(seconds=int(dice.share() * dice.share() * dice.share() * 400_000) + 60)
            found.append((sent, who, "sent", campaign))
            if dice.chance(interest):
                found.append((opened, who, "opened", campaign))
                if dice.chance(0.3):
                    found.append((opened + timedelta(seconds=dice.between(5, 90)), who, "clicked", campaign))
    found = sorted(event for event in found if event[0] <= END)
    return [(n, who, kind, campaign, at) for n, (at, who, kind, campaign) in enumerate(found, start=1)]


def support_chats(placed: list[Order]) -> list[Row]:
    found: list[Row] = []
    dice = Dice("chats")
    for order in placed:
        # The post was slow before Christmas.
        slow = order.ordered_at >= utc("2025-12-03")
        if not order.customer_id or not dice.chance(0.25 if slow else 0.09):
            continue
        at = order.ordered_at + timedelta(days=dice.between(1, 7), minutes=dice.between(0, 600))
        topic = dice.weighted({"delivery_late": 5 if slow else 1, "delivery_damaged": 0.7, "wrong_item": 0.5,
                               "refund": 0.8, "product_question": 1.2, "": 0.4})  # fmt: skip
        low = 3 if topic.startswith("delivery") else 1
        score = dice.weighted({1: low, 2: low, 3: 1.5, 4: 2.5, 5: 3, None: 2})
        # The help desk's export comes once a day, at four in the morning.
        loaded_at = datetime.combine(at.date() + timedelta(days=1), time(4))
        if loaded_at <= END:
            found.append((order.customer_id, at, topic, score, loaded_at))
    found.sort(key=lambda chat: str(chat[1]))
    return [(number, *chat) for number, chat in enumerate(found, start=1)]


REMARKS = [
    "More decaf, please",
    "Nothing — it's perfect",
    'The "Harbour Espresso" is too dark for me',
    "Cheaper postage, and letterbox-sized bags",
    "crème de la crème ☕",
    "50% less packaging",
]


def survey_answers(placed: list[Order]) -> list[Row]:
    found: list[tuple[datetime, int, str, str]] = []
    dice = Dice("survey")
    for order in placed:
        # The survey goes out since 2024, a week after the order.
        if not order.customer_id or order.ordered_at < utc("2024-01-01") or not dice.chance(0.11):
            continue
        at = order.ordered_at + timedelta(days=dice.between(7, 12), minutes=dice.between(0, 700))
        score = dice.weighted({10: 5, 9: 6, 8: 5, 7: 3, 6: 2, 5: 1, 3: 1, 1: 0.5, 0: 0.5})
        found.append((at, order.customer_id, "would_recommend", str(score)))
        if dice.chance(0.4):
            remark = dice.pick(REMARKS) if dice.chance(0.8) else ""
            found.append((at + timedelta(seconds=50), order.customer_id, "what_to_improve", remark))
    found = sorted(answer for answer in found if answer[0] <= END)
    return [(n, who, at, question, text) for n, (at, who, question, text) in enumerate(found, start=1)]


# Into files. ---------------------------------------------------------------------------------------


def pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"


def tables() -> dict[str, tuple[str, list[Row]]]:
    people = customers()
    placed = orders(people)
    lines = [(order.order_id, *line) for order in placed for line in order.lines]
    return {
        "raw_customers": (
            "customer_id first_name last_name email country city date_of_birth signed_up_at "
            "acquisition_channel marketing_consent company_size",
            [(p.customer_id, p.first_name, p.last_name, p.email, p.country, p.city, p.born, p.signed_up_at,
              p.channel, p.consent, p.company_size) for p in people],
        ),
        "raw_products": (
            "product_id name category price",
            [(n, name, kind, pounds(price)) for n, (name, kind, price) in enumerate(PRODUCTS, start=1)],
        ),
        "raw_orders": (
            "order_id customer_id ordered_at status channel amount discount refunded_at loaded_at",
            [(o.order_id, o.customer_id, o.ordered_at, o.status, o.channel, pounds(o.amount),
              pounds(o.discount), o.refunded_at, o.loaded_at) for o in placed],
        ),
        "raw_order_items": (
            "order_item_id order_id product_id quantity unit_price",
            [(n, order, product, quantity, pounds(price))
             for n, (order, product, quantity, price) in enumerate(lines, start=1)],
        ),
        "raw_carts": ("cart_id customer_id created_at amount order_id", carts(people, placed)),
        "raw_email_events": ("event_id customer_id event_type campaign occurred_at", email_events(people)),
        "raw_support_chats": (
            "chat_id customer_id started_at topic satisfaction loaded_at",
            support_chats(placed),
        ),
        "raw_survey_answers": ("answer_id customer_id answered_at question answer", survey_answers(placed)),
    }  # fmt: skip


def rendered() -> dict[Path, bytes]:
    files = {}
    for name, (header, rows) in tables().items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)
        files[HERE / f"{name}.csv"] = text.getvalue().encode()
    return files


def main() -> int:
    arguments = argparse.ArgumentParser(description="Write the demo shop's CSV files.")
    arguments.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file differs")
    check = arguments.parse_args().check
    differing = [path for path, data in rendered().items() if not path.exists() or path.read_bytes() != data]
    for path in differing:
        if check:
            print(f"seeds/{path.name} is not what seeds/generate.py writes", file=sys.stderr)
        else:
            path.write_bytes(rendered()[path])
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
