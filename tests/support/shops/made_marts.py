"""Random history, customers, orders and spend, and the expected rows of each optional mart."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import combinations, permutations
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

from segctl.warehouse import Row

ZONE = "America/New_York"
WINDOW = timedelta(days=30)
STEPS = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
CATALOG = f"""
version: 1
timezone: {ZONE}
revenue: spend
marts: [value, customers, overlap, retention, sources, concentration, roi]
costs: {{model: spend_rows, day: spent_at, amount: paid, AIM, window_days: {WINDOW.days}}}
entities:
  customer:
    model: people
    key: customer_id
    attributes: {{channel: string}}
    acquired_by: channel
events:
  order:
    model: orders
    customer: buyer
    at: {{column: bought_at, type: AT}}
    fields: {{amount: number, status: string}}
    where: {{status: {{not_in: [cancelled]}}}}
metrics:
  spend: {{sum: order.amount}}
"""
DEFINITIONS = """
version: 1
segments:
  - {name: rich, rule: {metric: spend, gt: 500}}
"""
COLUMNS = {
    "segment_history": dict.fromkeys(("segment", "customer_id"), "varchar")
    | dict.fromkeys(("joined_at", "left_at"), "timestamp"),
    "segment_membership": {"segment": "varchar", "customer_id": "varchar", "eligible": "boolean"},
    "segment_runs": {"as_of": "timestamp"},
    "segment_sizes": {"segment": "varchar", "as_of": "timestamp", "size": "bigint"},
    "segment_definitions": dict.fromkeys(("segment", "label", "owner", "tags", "entity"), "varchar")
    | {"version": "bigint"},
    "customer_features": {
        "customer_id": "varchar",
        "channel": "varchar",
        "revenue": "decimal(28, 6)",
        "order_count": "bigint",
        "eligible": "boolean",
        "deleted_at": "timestamp",
    },
    "orders": {"buyer": "varchar", "bought_at": "timestamp", "amount": "decimal(18, 2)", "status": "varchar"},
    "spend_rows": {"spent_at": "timestamp", "paid": "decimal(18, 2)", "channel": "varchar", "aim": "varchar"},
}
SEGMENTS = ("rich", "lapsed", "_new", "zz", "emptied", "account_segment")
CHANNELS = ("search", "it's social", "", None)
Stay = tuple[str, str, datetime, datetime | None]


@dataclass
class MadeShop:
    """Stays as (segment, customer, joined, left), customers by key, orders and spend, up to the last run."""

    stays: list[Stay]
    customers: dict[str, Row]
    orders: list[Row]
    spend: list[Row]
    last: datetime

    def tables(self) -> dict[str, list[Row]]:
        """The tables of this world."""
        members = self.members()
        names = ("segment", "customer_id", "joined_at", "left_at")
        result = [
            {"segment": name, "version": version, "label": f"{name} v{version}", "owner": "o", "tags": "a, b"}
            | {"entity": "account" if name == "account_segment" else "customer"}
            for name in SEGMENTS
            for version in (1, 2)
        ]
        return {
            "segment_history": [dict(zip(names, stay, strict=True)) for stay in self.stays],
            "segment_membership": [
                {"segment": name, "customer_id": who, "eligible": self.customers.get(who, {}).get("eligible")}
                for name in SEGMENTS
                for who in members[name]
            ],
            "segment_runs": [{"as_of": self.last - timedelta(days=40)}, {"as_of": self.last}],
            "segment_sizes": [
                {"segment": name, "as_of": at, "size": len(members[name]) + 1 if at == self.last else 7}
                for name in SEGMENTS
                for at in (self.last - timedelta(days=40), self.last)
            ],
            "segment_definitions": result,
            "customer_features": list(self.customers.values()),
            "orders": self.orders,
            "spend_rows": self.spend,
        }

    def members(self) -> dict[str, set[str]]:
        """The members of each segment."""
        return {name: {who for at, who, _, left in self.stays if at == name and not left} for name in SEGMENTS}

    def worth(self, who: Iterable[str]) -> list[Decimal]:
        """The values of customers, the best first."""
        return sorted((self.customers[one]["revenue"] for one in who), reverse=True)

    def value(self) -> dict[str, tuple[object, ...]]:
        """By segment of customers: size, eligible, revenue, share, average, median, orders, orders a member."""
        total = sum(row["revenue"] for row in self.customers.values() if not row["deleted_at"])
        result: dict[str, tuple[object, ...]] = {}
        for name, who in self.members().items():
            worth, rows = self.worth(who), [self.customers[one] for one in who]
            revenue, orders = sum(worth, Decimal()), sum(row["order_count"] for row in rows)
            result[name] = (
                len(who),
                sum(row["eligible"] is True for row in rows),
                revenue,
                quotient(revenue, total),
                quotient(revenue, len(who)),
                median(worth) if worth else None,
                orders,
                quotient(orders, len(who)),
            )
        del result["account_segment"]
        return result

    def overlap(self) -> dict[tuple[str, str], tuple[int, Decimal | None]]:
        """By pair of segments with common members: how many, and their share of the first."""
        members = self.members()
        shared = {(one, other): len(members[one] & members[other]) for one, other in permutations(SEGMENTS, 2)}
        return {pair: (count, quotient(count, len(members[pair[0]]))) for pair, count in shared.items() if count}

    def of_customers(self) -> dict[str, tuple[str | None, int]]:
        """By existing customer: the names and number of their segments."""
        inside = defaultdict(list)
        for name, who in self.members().items():
            for one in who:
                inside[one].append(name)
        there = [key for key, row in self.customers.items() if not row["deleted_at"]]
        return {key: (",".join(sorted(inside[key])) or None, len(inside[key])) for key in there}

    def retention(self) -> dict[tuple[str, date, int], tuple[int, int, int]]:
        """By segment, month of joining and months later: how many joined, are old enough, and are still in."""
        result: dict[tuple[str, date, int], tuple[int, int, int]] = {}
        for name, _, joined, left in self.stays:
            for months in (1, 3, 6, 12):
                key, then = (name, month(joined), months), later(joined, months)
                old, kept = then <= self.last, then <= self.last and (left is None or left > then)
                before = result.get(key, (0, 0, 0))
                result[key] = (before[0] + 1, before[1] + old, before[2] + kept)
        return result

    def sources(self) -> dict[tuple[str, date, str], tuple[int, int]]:
        """By segment, month and source: how many joined, and how many of them are in."""
        joined: Counter[tuple[str, date, str]] = Counter()
        inside: Counter[tuple[str, date, str]] = Counter()
        for name, who, at, left in self.stays:
            source = self.customers[who]["channel"]
            key = (name, month(at), "(unknown)" if source is None else source)
            joined[key] += 1
            inside[key] += left is None
        return {key: (count, inside[key]) for key, count in joined.items()}

    def concentration(self) -> dict[tuple[str, int], tuple[int, Decimal, Decimal | None]]:
        """By segment (and of all) and percent: this number of the best customers, their revenue and its share."""
        there = [key for key, row in self.customers.items() if not row["deleted_at"]]
        groups = {name: who & set(there) for name, who in self.members().items()} | {"(all customers)": set(there)}
        result = {}
        for name, who in groups.items():
            worth = self.worth(who)
            total = sum(worth)
            for percent in STEPS if worth else ():
                count = -(-len(worth) * percent // 100)
                best = sum(worth[:count], Decimal())
                result[name, percent] = (count, best, quotient(best, total) if total > 0 else None)
        return result

    def roi(self, aimed: bool, by_day: bool) -> dict[tuple[str, str | None, date], tuple[int, int, Decimal, Decimal]]:
        """By segment, source (None if spend is `aimed`) and month: joined, complete, cost, revenue."""
        first: dict[tuple[str, str], datetime] = {}
        for name, who, joined, _ in self.stays:
            first[name, who] = min(joined, first.get((name, who), joined))
        result: dict[tuple[str, str | None, date], list[Decimal]] = {}
        for (name, who), joined in first.items():
            channel = self.customers[who]["channel"]
            source = None if aimed else "(unknown)" if channel is None else channel
            row = result.setdefault((name, source, month(joined)), [Decimal(), Decimal(), Decimal(), Decimal()])
            row[0] += 1
            row[1] += joined + WINDOW <= self.last
            row[3] += sum(
                order["amount"]
                for order in self.orders
                if order["buyer"] == who
                and order["status"] not in ("cancelled", None)
                and self._counts(order["bought_at"], joined, by_day)
            )
        begun = {name: min(key[2] for key in result if key[0] == name) for name in {key[0] for key in result}}
        for one in self.spend:
            aim, when = one["aim" if aimed else "channel"], month(one["spent_at"])
            if aim is None or local(one["spent_at"]) > local(self.last):
                continue
            keys = [(aim, None, when)] if aimed else [(name, aim, when) for name in begun if begun[name] <= when]
            for key in keys:
                result.setdefault(key, [Decimal(), Decimal(), Decimal(), Decimal()])[2] += one["paid"]
        return {key: (int(row[0]), int(row[1]), row[2], row[3]) for key, row in result.items()}

    def _counts(self, at: datetime | None, joined: datetime, by_day: bool) -> bool:
        if at is None:
            return False
        if by_day:
            day = local(joined)
            return day <= at.date() < day + WINDOW and at.date() <= local(self.last)
        return joined <= at < joined + WINDOW and at <= self.last


def local(at: datetime) -> date:
    """The day of a naive UTC instant on the catalog's clock."""
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE)).date()


def month(at: datetime) -> date:
    """The first day of its month on the catalog's clock."""
    return local(at).replace(day=1)


def later(at: datetime, months: int) -> datetime:
    """This number of calendar months later, on the last day of a shorter month."""
    number = at.year * 12 + at.month - 1 + months
    first = at.replace(year=number // 12, month=number % 12 + 1, day=1)
    last = ((first + timedelta(days=31)).replace(day=1) - timedelta(days=1)).day
    return first.replace(day=min(at.day, last))


def quotient(dividend: Decimal | int, divisor: Decimal | int) -> Decimal | None:
    """Rounded half away from zero to six places. None for None."""
    if divisor == 0:
        return None
    with localcontext(prec=60):
        return (Decimal(dividend) / Decimal(divisor)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def made_shop(seed: int) -> MadeShop:
    """Sixty customers. Some are gone, some return money, and most are in several segments."""
    dice, last = Random(seed), datetime(2025, 3, 31, 4, 30)
    instants = [last - timedelta(days=days) for days in (500, 430, 365, 300, 212, 184, 120, 90, 59, 31, 30, 12, 0)]
    customers: dict[str, Row] = {}
    for number in range(60):
        key = f"c{number:02}" if number else "it's, 'c'"
        gone = number % 15 == 14
        customers[key] = {
            "customer_id": key,
            "channel": dice.choice(CHANNELS),
            "revenue": Decimal(dice.choice([0, 0, 10, 25, 25, 4999, 100_000, -300])) / 100,
            "order_count": dice.randrange(5),
            "eligible": dice.choice([True, False, None]),
            "deleted_at": last if gone else None,
        }
    stays: list[Stay] = []
    for name, key in ((name, key) for name in SEGMENTS for key in customers):
        times = sorted(dice.sample(instants, dice.randrange(5)))
        pairs = [*zip(times[::2], [*times[1::2], None], strict=False)]
        if name == "emptied" or customers[key]["deleted_at"]:
            pairs = [(start, end) for start, end in pairs if end]
        stays += [(name, key, start, end) for start, end in pairs]
    orders: list[Row] = [
        {
            "buyer": dice.choice([*customers, None]),
            "bought_at": dice.choice([*instants, None]),
            "amount": Decimal(dice.randrange(-500, 10_000)) / 100,
            "status": dice.choice(["paid", "paid", "cancelled", None]),
        }
        for _ in range(400)
    ]
    for order in orders:
        moved = dice.choice([timedelta(), timedelta(microseconds=1), timedelta(days=dice.randrange(60), hours=5)])
        order["bought_at"] = order["bought_at"] and order["bought_at"] + moved
    spend = [
        {
            "spent_at": dice.choice(instants) + timedelta(hours=dice.randrange(-24, 24)),
            "paid": Decimal(dice.randrange(10_000)) / 100,
            "channel": dice.choice(CHANNELS),
            "aim": dice.choice([*SEGMENTS, None]),
        }
        for _ in range(80)
    ]
    made = MadeShop(stays, customers, orders, spend, last)
    assert all(made.members()[name] for name in ("rich", "lapsed", "zz"))
    assert not made.members()["emptied"]
    assert any(made.overlap()[pair][0] > 1 for pair in combinations(("rich", "lapsed", "zz"), 2))
    return made
