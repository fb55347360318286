"""Segments of every kind, each twice: as our YAML, and as the SQL that a person would write over `stg_orders`.

Both find the same members, which a benchmark checks. The SQL is portable and fair: one pass over the rows of the
window, no needless step.
"""

from collections.abc import Callable
from dataclasses import dataclass

# What stands in the SQL for the instant of a run.
AS_OF = "{{ segments_as_of() }}"
COUNTRIES = ("GB", "FR", "DE", "US", "IE")
CATEGORIES = ("coffee", "tea", "cups", "filters", "machines")
PAGES = ("home", "product", "cart", "help")
# How far back marketers look; a benchmark with more lengths goes on with whole weeks.
USUAL_DAYS = (30, 90, 7, 365, 14, 180, 60)

CATALOG = """
version: 1
timezone: UTC
currency: EUR
revenue: spent
entities:
  customer:
    model: stg_customers
    key: customer_id
    attributes: {country: string, signed_up_at: timestamp, consent: boolean}
    eligible: {attribute: consent, eq: true}
events:
  order:
    model: stg_orders
    customer: customer_id
    at: ordered_at
    fields: {amount: number, category: string, channel: string}
  visit:
    model: stg_visits
    customer: customer_id
    at: visited_at
    fields: {page: string}
metrics:
  spent: {sum: order.amount}
  orders: {count: order}
  average_order: {avg: order.amount}
  first_order_at: {first: order}
  last_order_at: {last: order}
"""
# What may be said of both events, of which the warehouse learns at once.
PROMISED = CATALOG.replace(
    "at: ordered_at", "at: ordered_at\n    recorded_at: ordered_at\n    changes: append_only"
).replace("at: visited_at", "at: visited_at\n    recorded_at: visited_at\n    changes: append_only")


@dataclass(frozen=True)
class Rule:
    """A segment: its rule in YAML, and a select of `customer_id`."""

    name: str
    yaml: str
    sql: str


def ago(days: int) -> str:
    """SQL of the instant some days before that of the run."""
    return f"{AS_OF} - interval '{days} days'"


def _seen(at: str, days: int = 0) -> str:
    since = f"{at} > {ago(days)} and " if days else ""
    return f"{since}{at} <= {AS_OF}"


def _grouped(where: str, having: str, table: str = "stg_orders") -> str:
    return f"select customer_id\nfrom {{{{ ref('{table}') }}}}\nwhere {where}\ngroup by customer_id\nhaving {having}"


def _spent(n: int, _days: int) -> tuple[str, str]:
    bound = 100 + 50 * n
    return f"{{metric: spent, gte: {bound}}}", _grouped(_seen("ordered_at"), f"sum(amount) >= {bound}")


def _spent_lately(n: int, days: int) -> tuple[str, str]:
    bound = 60 + 20 * n
    sql = _grouped(_seen("ordered_at", days), f"sum(amount) >= {bound}")
    return f"{{metric: spent, gte: {bound}, within_last: {days} days}}", sql


def _frequent(n: int, days: int) -> tuple[str, str]:
    times = 2 + n % 5
    sql = _grouped(_seen("ordered_at", days), f"count(*) >= {times}")
    return f"{{event: order, times: {{gte: {times}}}, within_last: {days} days}}", sql


def _lapsed(n: int, _days: int) -> tuple[str, str]:
    lapse, times = 60 + 15 * n, 1 + n % 4
    yaml = (
        f"{{all: [{{event: order, times: {{gte: {times}}}}}, {{metric: last_order_at, older_than: {lapse} days}},"
        f" {{metric: last_order_at, within_last: {lapse + 30} days}}]}}"
    )
    having = f"count(*) >= {times} and max(ordered_at) <= {ago(lapse)} and max(ordered_at) > {ago(lapse + 30)}"
    return yaml, _grouped(_seen("ordered_at"), having)


def _bought(n: int, days: int) -> tuple[str, str]:
    category = CATEGORIES[n % 5]
    where = f"category = '{category}' and {_seen('ordered_at', days)}"
    yaml = f"{{event: order, where: {{category: {category}}}, times: {{gte: 2}}, within_last: {days} days}}"
    return yaml, _grouped(where, "count(*) >= 2")


def _basket(n: int, _days: int) -> tuple[str, str]:
    country, bound = COUNTRIES[n % 5], 35 + n % 40
    yaml = f"{{all: [{{attribute: country, eq: {country}}}, {{metric: average_order, gte: {bound}}}]}}"
    sql = (
        "select customers.customer_id\nfrom {{ ref('stg_customers') }} as customers\n"
        "inner join {{ ref('stg_orders') }} as orders on customers.customer_id = orders.customer_id\n"
        f"where customers.country = '{country}' and {_seen('orders.ordered_at')}\n"
        f"group by customers.customer_id\nhaving round(avg(orders.amount), 6) >= {bound}"
    )
    return yaml, sql


def _new(n: int, _days: int) -> tuple[str, str]:
    age = 10 + 3 * n
    sql = _grouped(_seen("ordered_at"), f"min(ordered_at) > {ago(age)}")
    return f"{{metric: first_order_at, within_last: {age} days}}", sql


def _best(n: int, _days: int) -> tuple[str, str]:
    share = 1 + n % 10
    sql = (
        "select customer_id\nfrom (\n"
        "    select\n        customer_id,\n        row_number() over (order by spent desc, customer_id) as place,\n"
        f"        ceil(count(*) over () * {share} / 100.0) as places\n"
        "    from (\n        select cast(customer_id as {{ dbt.type_string() }}) as customer_id, sum(amount) as spent\n"
        f"        from {{{{ ref('stg_orders') }}}}\n        where {_seen('ordered_at')}\n"
        "        group by customer_id\n    ) as sums\n) as ranked\nwhere place <= places"
    )
    return f"{{rank: spent, top: {share}%, among: {{event: order}}}}", sql


def _abandoned(n: int, days: int) -> tuple[str, str]:
    grace = 1 + n % 5
    yaml = (
        f"{{sequence: [{{event: visit, where: {{page: cart}}}}, {{event: order, within: {grace} days, never: true}}],"
        f" within_last: {days} days}}"
    )
    sql = (
        "select visits.customer_id\nfrom {{ ref('stg_visits') }} as visits\n"
        f"where visits.page = 'cart' and {_seen('visits.visited_at', days)}\n"
        f"and visits.visited_at <= {ago(grace)}\n"
        "and not exists (\n    select 1 from {{ ref('stg_orders') }} as orders\n"
        "    where orders.customer_id = visits.customer_id and orders.ordered_at >= visits.visited_at\n"
        f"    and orders.ordered_at <= visits.visited_at + interval '{grace} days'\n"
        f"    and {_seen('orders.ordered_at')}\n)\n"
        "group by visits.customer_id"
    )
    return yaml, sql


def _engaged(n: int, days: int) -> tuple[str, str]:
    page, times = PAGES[n % 4], 1 + n % 3
    where = f"page = '{page}' and {_seen('visited_at', days)}"
    yaml = f"{{event: visit, where: {{page: {page}}}, times: {{gte: {times}}}, within_last: {days} days}}"
    return yaml, _grouped(where, f"count(*) >= {times}", "stg_visits")


def _either(n: int, _days: int) -> tuple[str, str]:
    recent, bound, channel = 30 + 10 * n, 300 + 50 * n, ("web", "shop")[n % 2]
    yaml = (
        f"{{all: [{{any: [{{metric: spent, gte: {bound}}},"
        f" {{event: order, where: {{channel: {channel}}}, times: {{gte: 10}}}}]}},"
        f" {{not: {{metric: last_order_at, older_than: {recent} days}}}}]}}"
    )
    chosen = f"sum(case when channel = '{channel}' then 1 else 0 end) >= 10"
    having = f"(sum(amount) >= {bound} or {chosen}) and max(ordered_at) > {ago(recent)}"
    return yaml, _grouped(_seen("ordered_at"), having)


def _loves(n: int, days: int) -> tuple[str, str]:
    category = CATEGORIES[n % 5]
    sql = (
        "select customer_id\nfrom (\n    select\n        customer_id,\n        category,\n"
        "        row_number() over (\n            partition by customer_id\n"
        "            order by count(*) desc, max(ordered_at) desc, category\n"
        f"        ) as place\n    from {{{{ ref('stg_orders') }}}}\n    where {_seen('ordered_at', days)}\n"
        f"    group by customer_id, category\n) as counted\nwhere place = 1 and category = '{category}'"
    )
    return f"{{affinity: order.category, is: {category}, within_last: {days} days}}", sql


KINDS: dict[str, Callable[[int, int], tuple[str, str]]] = {
    "spent": _spent,
    "spent_lately": _spent_lately,
    "frequent": _frequent,
    "lapsed": _lapsed,
    "bought": _bought,
    "basket": _basket,
    "new": _new,
    "best": _best,
    "abandoned": _abandoned,
    "engaged": _engaged,
    "either": _either,
    "loves": _loves,
}


def rules(count: int, windows: int = len(USUAL_DAYS)) -> list[Rule]:
    """So many segments, the kinds in turn, with windows of so many lengths."""
    kinds, lengths = list(KINDS.items()), _lengths(windows)
    made = []
    for number in range(count):
        name, write = kinds[number % len(kinds)]
        turn = number // len(kinds)
        made.append(Rule(f"{name}_{turn}", *write(turn, lengths[turn % len(lengths)])))
    return made


def _lengths(windows: int) -> list[int]:
    weeks = (7 * number for number in range(1, windows + len(USUAL_DAYS)))
    return [*USUAL_DAYS, *(days for days in weeks if days not in USUAL_DAYS)][:windows]
