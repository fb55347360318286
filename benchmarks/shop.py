"""Raw data of a shop, generated in DuckDB: the same for the same sizes, skewed as customers are.

Half of the customers have ordered three times at most, a tenth once, some thousands of times. Every day has the same
number of orders, in order of time, as in a warehouse that is loaded day by day. All customers signed up before the
first order. Instants are naive UTC, money is in whole cents.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

# The last moment of which the first run knows; the scheduled one follows a day later.
END = datetime(2025, 6, 1)
SECONDS = 3 * 365 * 86400
MOST_OF_ONE_CUSTOMER = 5000
# The exponent of the tail of orders per customer: the lower, the more there are who order a lot.
TAIL = 1.1
TABLES = ("customers", "orders", "visits")


@dataclass(frozen=True)
class Size:
    """How many rows of each; visits are as many as orders, and a day brings orders of `active` of the customers."""

    customers: int
    orders: int
    active: float = 0.01


def point(key: str, place: int) -> str:
    """SQL of a number in [0, 1) that depends on a whole number and the chosen point of it."""
    return f"((hash({key} * 16 + {place}) % 1000000007) / 1000000007.0)"


def one_of(texts: tuple[str, ...], share: str) -> str:
    """SQL of one of some texts by a number in [0, 1)."""
    return f"[{', '.join(repr(text) for text in texts)}][1 + cast(floor({len(texts)} * {share}) as integer)]"


COUNTRY = one_of(("GB", "FR", "DE", "US", "IE"), f"{point('i', 1)} * {point('i', 2)}")
AMOUNT = f"cast(cast(floor(500 + 9500 * {point('i', 8)} * {point('i', 9)}) as bigint) / 100 as decimal(12, 2))"
CATEGORY = one_of(("coffee", "tea", "cups", "filters", "machines"), f"{point('i', 10)} * {point('i', 11)}")
CHANNEL = f"case when {point('i', 12)} < 0.6 then 'web' else 'shop' end"
PAGE = one_of(("home", "product", "cart", "help"), point("i", 13))

CUSTOMERS = f"""
create table customers as
select
    i as customer_id,
    {COUNTRY} as country,
    timestamp '{END}' - to_seconds(cast({SECONDS} * (1 + {point("i", 3)}) as bigint)) as signed_up_at,
    {point("i", 4)} < 0.7 as consent,
    least({MOST_OF_ONE_CUSTOMER}, pow(1 - {point("i", 5)}, -1 / {TAIL})) as weight
from range({{customers}}) as numbers(i)
"""
# Each customer's share of the rows.
EVENTS = f"""
create table {{table}} as
with counted as (
    select
        customer_id,
        weight * {{rows}} / (select sum(weight) from customers) + {{left_over}} as expected
    from customers
),
listed as (
    select
        customer_id,
        customer_id * {MOST_OF_ONE_CUSTOMER * 40} + unnest(range(cast(floor(expected) as bigint))) as i
    from counted
),
timed as (
    select
        customer_id,
        timestamp '{END}' - to_seconds(cast({SECONDS} * {{when}} as bigint)) as {{at}},
        {{columns}}
    from listed
)
select
    row_number() over (order by {{at}}) as {{key}},
    *
from timed
order by {{at}}
"""
# One more day, on which some customers do something.
NEW_DAY = f"""
create table new_{{table}} as
select
    (select max({{key}}) from {{table}}) + row_number() over () as {{key}},
    customer_id,
    timestamp '{END}' + to_seconds(cast(86400 * {point("customer_id", 1)} as bigint)) as {{at}},
    {{columns}}
from customers
where {point("customer_id", 15)} < {{active}}
order by {{at}}
"""


def generate(file: Path, size: Size) -> None:
    """Writes the tables customers, orders and visits, and those of one more day: new_orders and new_visits."""
    drawn = {
        "orders": ("order_id", "ordered_at", f"{AMOUNT} as amount, {CATEGORY} as category, {CHANNEL} as channel", 6),
        "visits": ("visit_id", "visited_at", f"{PAGE} as page", 14),
    }
    new = {
        "orders": f"cast(5 + 90 * {point('customer_id', 2)} as decimal(12, 2)) as amount, 'coffee' as category,"
        " 'web' as channel",
        "visits": "'cart' as page",
    }
    with duckdb.connect(str(file)) as connection:
        connection.execute(CUSTOMERS.format(customers=size.customers))
        for table, (key, at, columns, place) in drawn.items():
            points = {"left_over": point("customer_id", place), "when": point("i", place + 1)}
            names = {"table": table, "key": key, "at": at}
            connection.execute(EVENTS.format(**names, columns=columns, rows=size.orders, **points))
            connection.execute(NEW_DAY.format(**names, columns=new[table], active=size.active))
        connection.execute("alter table customers drop column weight")
