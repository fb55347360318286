"""Hostile rows for the tables of the shop."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.support.oracle.reference import Row, Tables
from tests.support.oracle.time import local_time
from tests.support.strategies.shop import ACCOUNTS, CUSTOMERS, ORDERS, TABLES, TIERS, TIMEZONE, VISITS
from tests.support.strategies.stories import Happening, story
from tests.support.strategies.time import birthdays, moments

TEXTS = ("web", "Web", "shop", "", "a_b", "axb", "100%", "1000", "O'Brien", 'say "hi"', "back\\slash")
STRANGE_TEXTS = ("{{ x }}", "{% if x %}", "{# x #}", "-- x", "naïve", "日本語", " web ", "two\nlines")
ITEMS = ("tea", "gift", "Tea", "", " tea", "a,b", "O'Brien", "{a}", "NULL", '"q"', "日本語", "{{ x }}")
FLOATS = (0.0, 0.1, 0.000001, 0.000002, 12.5, 99.99, 100.0, -5.0, -0.0, 33.3333)
FULL = (["tea"], ["gift"], ["tea", "gift"], ["gift", "tea", "gift"], ["Tea", "a,b"], ["O'Brien", "{a}", '"q"'])
LISTS: list[object] = [*FULL, [*ITEMS], ["日本語", "{{ x }}", "NULL", "back\\slash"]]
LISTS += [[], [None], ["tea", None], [None, "", None]]
UNBOUNDED = (float("nan"), float("inf"), float("-inf"))
INTEGERS = (0, 1, 2, 3, 100, -5)
DECIMALS = tuple(Decimal(text) for text in ("0.00", "0.10", "12.50", "99.99", "100.00", "-5.00"))
STATUSES = ("paid", "refunded", "cancelled", "open", "Refunded", "")


Pools = dict[str, list[object]]


def sources(as_of: datetime, timezone: str, *, shrinks: bool) -> st.SearchStrategy[Random]:
    """The source of an example's choices.

    One that shrinks lets Hypothesis make each choice. In examples as large as these it then spends most of them on
    variations of a few. Choices that follow from one drawn number make each example new.
    """
    if shrinks:
        return st.randoms(use_true_random=False)
    return st.integers(0, 2**32 - 1).map(lambda number: Random(f"{number} {as_of} {timezone}"))


def with_nulls(values: Iterable[object]) -> list[object]:
    chosen = list(values)
    return [*chosen, *[None] * (1 + len(chosen) // 8)]


def cells(as_of: datetime, timezone: str) -> Pools:
    """The values of a column, by its SQL type, or by its name if that says more."""
    zone = ZoneInfo(timezone)
    instants = moments(as_of, timezone)
    # The recent past twice: otherwise hardly an event would lie within the shorter windows.
    instants += [moment for moment in instants if as_of - timedelta(days=31) < moment <= as_of]
    days = [local_time(moment, zone).date() for moment in instants]
    return {
        "varchar": with_nulls([*TEXTS, *STRANGE_TEXTS, "web", "web", "shop"]),
        "bigint": with_nulls(INTEGERS),
        "double precision": with_nulls([*FLOATS, *UNBOUNDED]),
        "numeric(18,2)": with_nulls(DECIMALS),
        "boolean": with_nulls([True, False]),
        "varchar[]": with_nulls(LISTS),
        "date": with_nulls(days),
        "timestamp": with_nulls(moment.replace(tzinfo=None) for moment in instants),
        "timestamptz": with_nulls(instants),
        "date_of_birth": with_nulls([*days, *birthdays(as_of, timezone) * 4]),
        "status": with_nulls([*STATUSES, "paid", "refunded"]),
        "plan": with_nulls(["free", "pro"]),
    }


def keys_of(random: Random, size: int, *, strings: bool) -> list[int | str]:
    """This number of different keys: small whole numbers, or texts that are hard to quote."""
    numbers = random.sample(range(-9, 50 * size), size)
    if not strings:
        return list(numbers)
    return [f"{random.choice(TEXTS + STRANGE_TEXTS)}{number}" for number in numbers]


def rows_of(random: Random, model: str, size: int, pools: Pools) -> list[Row]:
    columns = {name: pools[name if name in pools else kind] for name, kind in TABLES[model].items()}
    rows: list[Row] = [{name: random.choice(values) for name, values in columns.items()} for _ in range(size)]
    # Some occur twice: the same happened at the same instant.
    return rows + [dict(row) for row in random.sample(rows, size // 20)]


def row_of(random: Random, happening: Happening, alike: Row, pools: Pools, zone: ZoneInfo) -> tuple[str, Row]:
    """The row of an event, and its model. `alike` is what the whole story has in common."""
    at = happening.at.replace(tzinfo=None)
    if happening.event == "visit":
        (row,) = rows_of(random, VISITS, 1, pools)
        own: Row = {"visited_on": local_time(happening.at, zone).date(), "customer_id": alike["buyer_id"]}
        return VISITS, row | own | ({"page": alike["channel"]} if "channel" in alike else {})
    (row,) = rows_of(random, ORDERS, 1, pools)
    if happening.event == "order":
        return ORDERS, row | alike | {"status": random.choice(("paid", "open")), "ordered_at": at}
    return ORDERS, row | alike | {"status": "refunded", "refunded_at": happening.at}


def rows_of_stories(
    random: Random, customers: list[int | str], as_of: datetime, zone: ZoneInfo, pools: Pools
) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {ORDERS: [], VISITS: []}
    for customer in customers:
        shared = {"channel": ("web", "shop", None), "amount": FLOATS, "quantity": INTEGERS}
        alike: Row = {name: random.choice(values) for name, values in shared.items() if random.randrange(3)}
        alike["buyer_id"] = customer
        for _ in range(random.choice((1, 1, 2))):
            for happening in story(random, as_of, zone):
                model, row = row_of(random, happening, alike, pools, zone)
                rows[model].append(row)
    return rows


def with_accounts(random: Random, customers: list[Row], accounts: list[Row], keys: list[int | str]) -> None:
    """Gives accounts and customers their keys: some accounts are empty, some unknown, and some customers have none."""
    for account, key in zip(accounts, keys, strict=False):
        account["account_id"] = key
    del accounts[len(keys) - 2 :]
    # The last two have no account's row, and the first has no customers.
    usable = with_nulls(keys[1:])
    for customer in customers:
        customer["account_id"] = random.choice(usable)


@st.composite
def tables(
    draw: st.DrawFn,
    as_of: datetime,
    timezone: str = TIMEZONE,
    *,
    customers: int = 40,
    orders: int = 100,
    visits: int = 50,
    accounts: int = 12,
    tiers: int = 120,
    string_keys: bool = False,
    shrinks: bool = False,
) -> Tables:
    """Rows for TABLES. Now and then one of the tables is empty, or holds one row. Stories add rows to the events.

    Request a few rows only with `shrinks`: these sizes hold more choices than Hypothesis takes.
    """
    size = {CUSTOMERS: customers, ACCOUNTS: accounts, ORDERS: orders, VISITS: visits, TIERS: tiers}
    random = draw(sources(as_of, timezone, shrinks=shrinks))
    thin = random.choice([{}] * 24 + [{model: few} for model in TABLES for few in (0, 1)])
    # The last two have events and are no customers.
    keys = keys_of(random, customers + 2, strings=string_keys)
    # Some only have the events of their story.
    told, alone = keys[: customers * 2 // 3], keys[: customers // 3]
    others = keys[len(alone) :]
    pools: Pools = cells(as_of, timezone) | {"buyer_id": [*others], "customer_id": [*others]}
    pools |= {"order_id": [None], "account_id": [None], "member_id": with_nulls(keys)}
    # Few instants, so that several values began at one.
    pools["valid_from"] = random.sample(pools["timestamp"], 12)
    drawn = {model: rows_of(random, model, most, pools) for model, most in (size | thin).items()}
    drawn[CUSTOMERS] = [
        row | {"customer_id": key} for row, key in zip(drawn[CUSTOMERS], keys[:customers], strict=False)
    ]
    with_accounts(random, drawn[CUSTOMERS], drawn[ACCOUNTS], keys_of(random, accounts + 2, strings=string_keys))
    for model, rows in rows_of_stories(random, told, as_of, ZoneInfo(timezone), pools).items():
        drawn[model] += [] if model in thin else rows
    drawn[ORDERS] = [row | {"order_id": number} for number, row in enumerate(drawn[ORDERS], start=1)]
    return drawn
