"""The companies that some customers belong to, and which customer belongs to which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from shop.dice import Dice
from shop.people import Customer

NAMES = [
    ("Harbour & Lane Architects", "design"),
    ("Pixel Forge", "technology"),
    ("Two Rivers Law", "legal"),
    ("Fernhill Yoga", "health"),
    ("Copperleaf Studio", "design"),
    ("Northgate Dental", "health"),
    ("Bramble & Co.", ""),
    ("Lantern Data", "technology"),
    ("Atelier Saint-Jean", "design"),
    ("O'Dwyer Solicitors", "legal"),
    ("Skylark Software", "technology"),
    ("Tidewater Hotels", "hospitality"),
    ("Meridian Robotics", "technology"),
    ("Juniper House School", "education"),
]
# Employees at the companies that the sales team knows but that have no customer yet.
PROSPECTS = [None, 35]
# Referred to, but closed and gone from the table of accounts.
CLOSED = "AC-99"


@dataclass(frozen=True)
class Account:
    """A row of raw_accounts."""

    account_id: str
    name: str
    industry: str
    employees: int | None
    country: str
    contract_renews_on: date | None


def accounts(people: list[Customer]) -> tuple[list[Account], dict[int, str]]:
    """All accounts, and the account of each customer who has one."""
    dice = Dice("accounts")
    opened: list[Account] = []
    account_of: dict[int, str] = {}
    offices = sorted((p for p in people if p.company_size), key=lambda p: (p.company_size or 0, p.customer_id))
    for size, group in groupby(offices, key=lambda p: p.company_size):
        same_size = list(group)
        # Two who order for companies of one size order for one company.
        for buyers in (same_size[n : n + 2] for n in range(0, len(same_size), 2)):
            opened.append(account(len(opened), size, buyers[0].country.upper(), dice))
            account_of |= {buyer.customer_id: opened[-1].account_id for buyer in buyers}
    large = [company.account_id for company in opened if (company.employees or 0) >= 12]
    # Colleagues, who order for themselves.
    for person in people:
        if not person.company_size and person.channel != "staff" and dice.chance(0.06):
            account_of[person.customer_id] = CLOSED if dice.chance(0.1) else dice.pick(large)
    for size in PROSPECTS:
        opened.append(account(len(opened), size, "GB", dice))
    return opened, account_of


def account(number: int, employees: int | None, country: str, dice: Dice) -> Account:
    name, industry = NAMES[number]
    renews = date(2026, 1, 1) + timedelta(days=dice.between(0, 240)) if dice.chance(0.8) else None
    return Account(f"AC-{number + 1:02d}", name, industry, employees, country, renews)
