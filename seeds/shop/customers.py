"""All customers: those written by hand, and random ones."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt

from shop.dice import Dice
from shop.histories import BY_HAND
from shop.people import CHANNELS, CITIES, COUNTRIES, FIRST_NAMES, LAST_NAMES, PERSONAS, Customer
from shop.times import END, START, at_some_hour

CUSTOMERS = 400


def customers() -> list[Customer]:
    dice = Dice("customers")
    people = list(BY_HAND)
    taken = {customer.email.lower() for customer in people}
    while len(people) < CUSTOMERS:
        person = random_customer(dice)
        if person.email.lower() not in taken:
            taken.add(person.email.lower())
            people.append(person)
    people.sort(key=lambda person: (person.signed_up_at, person.email))
    for number, person in enumerate(people, start=1):
        person.customer_id = number
    return people


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
        # Some of the codes were typed by hand.
        country.lower() if dice.chance(0.02) else country,
        dice.pick(CITIES[country]),
        None if dice.chance(0.14) else date(1945, 1, 1) + timedelta(days=dice.between(0, 22_600)),
        dice.weighted(CHANNELS),
        dice.weighted({"true": 0.66, "false": 0.24, "": 0.1}),
        dice.pick([2, 4, 8, 12, 25, 60, 140]) if persona == "office" else None,
        persona,
    )
