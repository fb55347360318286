"""The shop that definitions are about: its catalog, its tables, and rows and instants on every edge."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.reference import Row, Tables
from tests.reference_time import AHEAD, BACK, days_and_months_away, instant, local_time, midnight, moved

TIMEZONE = "America/New_York"
TIMEZONES = (TIMEZONE, "Europe/London", "UTC", "Australia/Lord_Howe")

CATALOG_YAML = """\
version: 1
timezone: America/New_York
currency: USD
revenue: lifetime_value
entities:
  customer:
    model: stg_customers
    key: customer_id
    description: One row a customer.
    attributes:
      country: string
      nickname: {type: string, column: nick_name, description: As given by the customer.}
      plan: {type: string, values: [free, pro]}
      score: number
      balance: {type: number, column: account_balance}
      points: number
      marketing_consent: boolean
      birthday: {type: date, column: date_of_birth}
      signed_up_at: timestamp
      renews_at: {type: timestamptz, column: renewal_at}
    eligible: {attribute: marketing_consent, eq: true}
events:
  order:
    model: stg_orders
    key: order_id
    customer: buyer_id
    at: ordered_at
    recorded_at: loaded_at
    fields:
      amount: number
      net: {type: number, column: net_amount}
      quantity: number
      channel: string
      status: string
      is_gift: {type: boolean, column: gift}
      ships_on: date
      paid_at: timestamptz
    where: {status: {not_in: [cancelled, refunded]}}
  refund:
    model: stg_orders
    key: order_id
    customer: buyer_id
    at: {column: refunded_at, type: timestamptz}
    fields: {amount: number, channel: string, status: string, ordered_at: timestamp}
    where: {status: refunded}
  visit:
    model: source('shop', 'visits')
    customer: customer_id
    at: {column: visited_on, type: date}
    fields: {page: string, duration: number}
metrics:
  lifetime_value: {sum: order.amount, description: All that they spent.}
  order_count: {count: order}
  average_order_value: {avg: order.amount}
  channels_used: {count_distinct: order.channel}
  prices_paid: {count_distinct: order.amount}
  smallest_order: {min: order.amount}
  largest_net: {max: order.net}
  first_order_at: {first: order}
  last_order_at: {last: order}
  web_orders: {count: order, where: {channel: web}}
  gifts_bought: {sum: order.quantity, where: {is_gift: true, amount: {gte: 0.1}, channel: [web, shop]}}
  recent_spend: {sum: order.amount, within_last: 30 days}
  orders_before_last_month: {count: order, within_last: 1 year, older_than: 1 month}
  spring_net: {avg: order.net, between_dates: [2024-03-01, 2024-05-31]}
  orders_since_leap_day: {count: order, after: 2024-02-29}
  largest_before_2024: {max: order.quantity, before: 2024-01-01}
  next_shipping: {max: order.ships_on, within_last: 3 months}
  earliest_payment: {min: order.paid_at, where: {paid_at: {after: 2023-12-31}}}
  refunded_amount: {sum: refund.amount}
  last_refund_at: {last: refund}
  visit_count: {count: visit}
  first_visit_on: {first: visit}
  last_long_visit_on: {last: visit, where: {duration: {gt: 12.5}}, older_than: 1 day}
  longest_visit: {max: visit.duration}
"""

# Model, then column, then SQL type: all that a harness needs to create the tables.
CUSTOMERS = "stg_customers"
ORDERS = "stg_orders"
VISITS = "source('shop', 'visits')"
TABLES: dict[str, dict[str, str]] = {
    CUSTOMERS: {
        "customer_id": "bigint",
        "country": "varchar",
        "nick_name": "varchar",
        "plan": "varchar",
        "score": "double precision",
        "account_balance": "numeric(18,2)",
        "points": "bigint",
        "marketing_consent": "boolean",
        "date_of_birth": "date",
        "signed_up_at": "timestamp",
        "renewal_at": "timestamptz",
    },
    ORDERS: {
        "order_id": "bigint",
        "buyer_id": "bigint",
        "ordered_at": "timestamp",
        "refunded_at": "timestamptz",
        "loaded_at": "timestamp",
        "amount": "double precision",
        "net_amount": "numeric(18,2)",
        "quantity": "bigint",
        "channel": "varchar",
        "status": "varchar",
        "gift": "boolean",
        "ships_on": "date",
        "paid_at": "timestamptz",
    },
    VISITS: {
        "customer_id": "bigint",
        "visited_on": "date",
        "page": "varchar",
        "duration": "double precision",
    },
}
TABLES_WITH_STRING_KEYS: dict[str, dict[str, str]] = {
    model: columns | {key: "varchar" for key in ("customer_id", "buyer_id") if key in columns}
    for model, columns in TABLES.items()
}

# Shortest first, so that of two the later is the longer one.
WINDOWS = ("1 day", "36 hours", "7 days", "2 weeks", "30 days", "1 month", "3 months", "1 year")
CALENDAR_WINDOWS = tuple(window for window in WINDOWS if "hour" not in window)
CATALOG_DAYS = ("2023-12-31", "2024-01-01", "2024-02-29", "2024-03-01", "2024-05-31")
LOCAL_TIMES = tuple(time.fromisoformat(text) for text in ("00:00", "01:30", "02:00", "02:15", "02:30", "12:00"))
INSTANT = timedelta(microseconds=1)

TEXTS = ("web", "Web", "shop", "", "a_b", "axb", "100%", "1000", "O'Brien", 'say "hi"', "back\\slash")
STRANGE_TEXTS = ("{{ x }}", "{% if x %}", "{# x #}", "-- x", "naïve", "日本語", " web ", "two\nlines")
FLOATS = (0.0, 0.1, 0.000001, 0.000002, 12.5, 99.99, 100.0, -5.0, -0.0, 33.3333)
UNBOUNDED = (float("nan"), float("inf"), float("-inf"))
INTEGERS = (0, 1, 2, 3, 100, -5)
DECIMALS = tuple(Decimal(text) for text in ("0.00", "0.10", "12.50", "99.99", "100.00", "-5.00"))
STATUSES = ("paid", "refunded", "cancelled", "open", "Refunded", "")


def catalog_text(timezone: str = TIMEZONE) -> str:
    return CATALOG_YAML.replace(TIMEZONE, timezone)


# Instants


@cache
def clock_changes(timezone: str) -> tuple[datetime, ...]:
    """The instants of 2024 at which the local clock is put forward or back."""
    zone = ZoneInfo(timezone)
    halves = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(366 * 48)]
    offsets = [half.astimezone(zone).utcoffset() for half in halves]
    return tuple(halves[n] for n in range(1, len(halves)) if offsets[n] != offsets[n - 1])


def as_of_instants(timezone: str = TIMEZONE) -> st.SearchStrategy[datetime]:
    """Month ends, leap days, clock changes and days a window away from one; midnight and odd hours."""
    zone = ZoneInfo(timezone)
    texts = ("2024-02-29", "2024-03-31", "2024-05-31", "2023-02-28", "2025-02-28", "2024-12-31", "2024-03-01")
    days = [date.fromisoformat(text) for text in texts]
    for change in clock_changes(timezone):
        day = local_time(change, zone).date()
        days += [day, day + timedelta(days=1)]
        days += [days_and_months_away(day, window, way) for window in CALENDAR_WINDOWS for way in (BACK, AHEAD)]
    shown = [datetime.combine(day, at) for day in days for at in LOCAL_TIMES]
    # An hour later may be the second time that the clock shows the same.
    later = (timedelta(0), -INSTANT, timedelta(hours=1))
    return st.sampled_from([instant(local, zone) + away for local in shown for away in later])


def days_named(as_of: datetime, timezone: str) -> list[date]:
    """The days that definitions name, in order."""
    zone = ZoneInfo(timezone)
    today = local_time(as_of, zone).date()
    days = {today + timedelta(days=away) for away in (-30, -7, -1, 0, 1)}
    days |= {date.fromisoformat(text) for text in CATALOG_DAYS}
    return sorted(days | {local_time(change, zone).date() for change in clock_changes(timezone)})


def times_named(as_of: datetime, timezone: str) -> list[datetime]:
    """The local times that definitions name: some are skipped by the clock, some occur twice."""
    zone = ZoneInfo(timezone)
    days = [local_time(change, zone).date() for change in clock_changes(timezone)]
    named = {datetime.combine(day, at) for day in days for at in LOCAL_TIMES[1:5]}
    return sorted(named | {local_time(as_of, zone).replace(second=0, microsecond=0)})


def birthdays(as_of: datetime, timezone: str) -> list[date]:
    """Days whose anniversaries begin and end the windows, leap days, and one who is not born yet."""
    today = local_time(as_of, ZoneInfo(timezone)).date()
    ends = [days_and_months_away(today, window, AHEAD) for window in CALENDAR_WINDOWS]
    edges = [today, today - timedelta(days=1), *ends, *(end - timedelta(days=1) for end in ends)]
    born = [days_and_months_away(edge, years, BACK) for edge in edges for years in ("1 year", "24 years")]
    return [*born, date(2000, 2, 29), date(1999, 2, 28), date(2004, 3, 1), today + timedelta(days=3)]


def moments(as_of: datetime, timezone: str) -> list[datetime]:
    """Instants on every boundary that a definition can draw, and a microsecond to either side."""
    zone = ZoneInfo(timezone)
    edges = [as_of, *clock_changes(timezone)]
    edges += [moved(as_of, window, way, zone) for window in WINDOWS for way in (BACK, AHEAD)]
    for day in days_named(as_of, timezone):
        edges += [midnight(day, zone), midnight(day + timedelta(days=1), zone)]
    edges += [instant(local, zone) for local in times_named(as_of, timezone)]
    around = {edge + away for edge in edges for away in (-INSTANT, timedelta(0), INSTANT)}
    around |= {midnight(day, zone) for day in birthdays(as_of, timezone)}
    return sorted(around | {as_of - timedelta(days=day) for day in (3, 20, 60, 200)})


# Rows


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
