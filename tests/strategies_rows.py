"""Hostile rows for the tables of the shop."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.reference import Row, Tables
from tests.reference_time import local_time
from tests.strategies_shop import CUSTOMERS, ORDERS, TABLES, TIMEZONE, VISITS
from tests.strategies_time import birthdays, moments

TEXTS = ("web", "Web", "shop", "", "a_b", "axb", "100%", "1000", "O'Brien", 'say "hi"', "back\\slash")
STRANGE_TEXTS = ("{{ x }}", "{% if x %}", "{# x #}", "-- x", "naïve", "日本語", " web ", "two\nlines")
FLOATS = (0.0, 0.1, 0.000001, 0.000002, 12.5, 99.99, 100.0, -5.0, -0.0, 33.3333)
UNBOUNDED = (float("nan"), float("inf"), float("-inf"))
INTEGERS = (0, 1, 2, 3, 100, -5)
DECIMALS = tuple(Decimal(text) for text in ("0.00", "0.10", "12.50", "99.99", "100.00", "-5.00"))
STATUSES = ("paid", "refunded", "cancelled", "open", "Refunded", "")


def sources(as_of: datetime, timezone: str, *, shrinks: bool) -> st.SearchStrategy[Random]:
    """Where every choice of an example comes from.

    One that shrinks lets Hypothesis make each choice. In examples as large as these it then spends most of them
    on variations of a few; choices that follow from one drawn number make each example new.
    """
    if shrinks:
        return st.randoms(use_true_random=False)
    return st.integers(0, 2**32 - 1).map(lambda number: Random(f"{number} {as_of} {timezone}"))


def with_nulls(values: Iterable[object]) -> list[object]:
    chosen = list(values)
    return [*chosen, *[None] * (1 + len(chosen) // 8)]


def cells(as_of: datetime, timezone: str) -> dict[str, list[object]]:
    """What may stand in a column, by its SQL type, or by its name where that says more."""
    zone = ZoneInfo(timezone)
    instants = moments(as_of, timezone)
    # The recent past twice: else hardly an event would lie within the shorter windows.
    instants += [moment for moment in instants if as_of - timedelta(days=31) < moment <= as_of]
    days = [local_time(moment, zone).date() for moment in instants]
    return {
        "varchar": with_nulls([*TEXTS, *STRANGE_TEXTS, "web", "web", "shop"]),
        "bigint": with_nulls(INTEGERS),
        "double precision": with_nulls([*FLOATS, *UNBOUNDED]),
        "numeric(18,2)": with_nulls(DECIMALS),
        "boolean": with_nulls([True, False]),
        "date": with_nulls(days),
        "timestamp": with_nulls(moment.replace(tzinfo=None) for moment in instants),
        "timestamptz": with_nulls(instants),
        "date_of_birth": with_nulls([*days, *birthdays(as_of, timezone) * 4]),
        "status": with_nulls([*STATUSES, "paid", "refunded"]),
        "plan": with_nulls(["free", "pro"]),
    }


def customer_keys(random: Random, size: int, *, strings: bool) -> list[int | str]:
    """So many different keys: small whole numbers, or texts that are hard to quote."""
    numbers = random.sample(range(-9, 50 * size), size)
    if not strings:
        return list(numbers)
    return [f"{random.choice(TEXTS + STRANGE_TEXTS)}{number}" for number in numbers]


def rows_of(random: Random, model: str, size: int, pools: dict[str, list[object]]) -> list[Row]:
    columns = {name: pools[name if name in pools else kind] for name, kind in TABLES[model].items()}
    rows: list[Row] = [{name: random.choice(values) for name, values in columns.items()} for _ in range(size)]
    # Some stand there twice: the same happened at the same instant.
    return rows + [dict(row) for row in random.sample(rows, size // 20)]


@st.composite
def tables(
    draw: st.DrawFn,
    as_of: datetime,
    timezone: str = TIMEZONE,
    *,
    customers: int = 40,
    orders: int = 120,
    visits: int = 60,
    string_keys: bool = False,
    shrinks: bool = False,
) -> Tables:
    """Rows for TABLES; now and then one of the tables is empty, or holds one row.

    Ask for a few rows only where it shrinks: these sizes hold more choices than Hypothesis takes.
    """
    size = {CUSTOMERS: customers, ORDERS: orders, VISITS: visits}
    random = draw(sources(as_of, timezone, shrinks=shrinks))
    thin = random.choice([{}] * 12 + [{model: few} for model in TABLES for few in (0, 1)])
    # The last two have events and are no customers.
    keys = customer_keys(random, customers + 2, strings=string_keys)
    pools = cells(as_of, timezone) | {"buyer_id": [*keys], "customer_id": [*keys], "order_id": [None]}
    drawn = {model: rows_of(random, model, most, pools) for model, most in (size | thin).items()}
    drawn[CUSTOMERS] = [
        row | {"customer_id": key} for row, key in zip(drawn[CUSTOMERS], keys[:customers], strict=False)
    ]
    drawn[ORDERS] = [row | {"order_id": number} for number, row in enumerate(drawn[ORDERS], start=1)]
    return drawn
