"""What customers say about themselves, and what they visit: interests, forms, the web site."""

from __future__ import annotations

from datetime import datetime, timedelta

from shop.contacts import Row
from shop.dice import Dice
from shop.people import Customer
from shop.times import END, at_some_hour

INTERESTS = ["espresso", "filter", "latte_art", "loose_leaf", "baking", "fair_trade", "organic", "low_waste", "gifts"]


def interests(person: Customer) -> str:
    """The ticks in the preference centre, in the order of the form; empty for customers who never went there."""
    dice = Dice(f"interests/{person.email}")
    if person.persona == "scripted" or not dice.chance(0.42):
        return ""
    liked = {dice.pick(INTERESTS) for _ in range(dice.between(1, 4))}
    return "|".join(interest for interest in INTERESTS if interest in liked)


FORMS_SINCE = datetime(2024, 1, 1)


def form_entries(people: list[Customer]) -> list[Row]:
    entries: list[tuple[datetime, int, str, str, int | None]] = []
    for person in people:
        dice = Dice(f"forms/{person.email}")
        day = max(FORMS_SINCE, person.signed_up_at)
        while dice.chance(0.3):
            day += timedelta(days=dice.between(0, 120))
            form = dice.weighted({"brew_guide": 5, "tasting": 3, "wholesale": 4 if person.company_size else 0.3})
            # Who comes to a tasting is not asked what they brew with.
            machine = dice.weighted({"espresso": 4, "cafetiere": 3, "filter": 2, "pods": 1, "": 1})
            cups = dice.weighted({1: 2, 2: 5, 3: 4, 4: 2, 6: 1, None: 2})
            at = max(at_some_hour(day, dice), person.signed_up_at + timedelta(minutes=3))
            entries.append((at, person.customer_id, form, "" if form == "tasting" else machine, cups))
    entries = sorted((entry for entry in entries if entry[0] <= END), key=lambda entry: entry[:2])
    return [(n, who, form, machine, cups, at) for n, (at, who, form, machine, cups) in enumerate(entries, start=1)]


VISITS_SINCE = datetime(2025, 10, 1)
PAGES = {"home": 3, "coffee": 4, "tea": 2, "equipment": 1.5, "subscription": 1, "brew_guides": 1}
# Visits in three months, on average.
VISITS = {"browser": 2.0, "one_off": 0.6, "occasional": 1.0, "regular": 2.5, "devotee": 4.0, "office": 2.0}


def site_visits(people: list[Customer]) -> list[Row]:
    visits: list[tuple[datetime, int, str, str]] = []
    for person in people:
        dice = Dice(f"visits/{person.email}")
        device = dice.weighted({"phone": 0.55, "computer": 0.38, "tablet": 0.07})
        gap = int(2 * 92 / VISITS.get(person.persona, 1.0))
        day = max(VISITS_SINCE, person.signed_up_at) + timedelta(days=dice.between(0, gap))
        while day <= END:
            at = max(at_some_hour(day, dice), person.signed_up_at)
            # Now and then on another device, or not logged in.
            on = device if dice.chance(0.85) else "phone"
            visits.append((at, 0 if dice.chance(0.05) else person.customer_id, dice.weighted(PAGES), on))
            day += timedelta(days=dice.between(1, gap))
    visits = sorted(visit for visit in visits if visit[0] <= END)
    return [(n, who or None, page, device, at) for n, (at, who, page, device) in enumerate(visits, start=1)]
