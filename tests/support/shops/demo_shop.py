"""The raw CSV files of the demo shop as plain Python, and the inputs of its segments' calculations."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import md5
from typing import TypeVar
from zoneinfo import ZoneInfo

from tests.support.built_project import REPOSITORY

DAYS = (date(2025, 12, 22), date(2025, 12, 29))
LONDON = ZoneInfo("Europe/London")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Row = Mapping[str, str]
Who = set[str]
Ordered = TypeVar("Ordered", int, datetime)


def table(name: str) -> list[Row]:
    with (REPOSITORY / "seeds" / f"raw_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON).astimezone(UTC).replace(tzinfo=None)


def local_day(at: datetime) -> date:
    return at.replace(tzinfo=UTC).astimezone(LONDON).date()


def pence(text: str) -> int:
    return round(float(text) * 100)


@dataclass(frozen=True)
class Event:
    who: str
    at: datetime
    row: Row

    def __getitem__(self, column: str) -> str:
        return self.row[column]


Events = list[Event]


def who(events: Iterable[Event]) -> Who:
    return {event.who for event in events}


def often(events: Iterable[Event], least: int) -> Who:
    return {one for one, times in Counter(event.who for event in events).items() if times >= least}


def having(events: Iterable[Event], column: str, *values: str) -> Events:
    return [event for event in events if event[column] in values]


def money(events: Iterable[Event]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for event in events:
        counts[event.who] += pence(event["amount"])
    return counts


def average(events: Iterable[Event], column: str) -> dict[str, float]:
    found = defaultdict(list)
    for event in events:
        found[event.who].append(float(event[column]))
    return {one: sum(values) / len(values) for one, values in found.items()}


def last(events: Iterable[Event]) -> dict[str, Event]:
    return {event.who: event for event in sorted(events, key=lambda event: event.at)}


def best(values: Mapping[str, int]) -> list[str]:
    """From the highest value down. Of equals, the first key as text."""
    return sorted(values, key=lambda one: (-values[one], one))


def tiles(values: Mapping[str, Ordered], number: int, together: bool = False) -> dict[str, int]:
    ranked = sorted(values, key=lambda one: (values[one], one))
    size, more = divmod(len(ranked), number)
    groups = [tile for tile in range(1, number + 1) for _ in range(size + (tile <= more))]
    found = dict(zip(ranked, groups, strict=True))
    return (
        {one: min(found[two] for two in ranked if values[two] == values[one]) for one in ranked} if together else found
    )


def drawn(people: Iterable[str], salt: str, low: float, high: float) -> Who:
    return {one for one in people if low <= int(md5(f"{salt}:{one}".encode()).hexdigest()[:8], 16) / 16**8 < high}


class Shop:
    """What had happened by the first instant of a day."""

    def __init__(self, today: date) -> None:
        self.today, self.now = today, midnight(today)
        signed_up = [row for row in table("customers") if datetime.fromisoformat(row["signed_up_at"]) <= self.now]
        self.people = {row["customer_id"]: row for row in signed_up}
        self.everyone = set(self.people)
        orders = {row["order_id"]: row for row in table("orders")}
        counted = {key: row for key, row in orders.items() if row["status"] not in {"cancelled", "refunded"}}
        products = {row["product_id"]: row for row in table("products")}
        lines = [row for row in table("order_items") if row["order_id"] in counted]
        self.orders = self.seen(counted.values(), "ordered_at")
        self.refunds = self.seen(orders.values(), "refunded_at")
        self.items = self.seen(
            [{**counted[row["order_id"]], **products[row["product_id"]]} for row in lines], "ordered_at"
        )
        self.carts = self.seen(table("carts"), "created_at")
        self.mail = self.seen(table("email_events"), "occurred_at")
        self.chats = self.seen(table("support_chats"), "started_at")
        self.answers = self.seen(table("survey_answers"), "answered_at")
        self.forms = self.seen(table("form_entries"), "submitted_at")
        self.visits = self.seen(table("site_visits"), "visited_at")
        self.spent, self.buyers = money(self.orders), who(self.orders)

    def seen(self, rows: Iterable[Row], column: str) -> Events:
        timed = [row for row in rows if row[column] and row["customer_id"] in self.people]
        events = [Event(row["customer_id"], datetime.fromisoformat(row[column]), row) for row in timed]
        return [event for event in events if event.at <= self.now]

    def ago(self, days: int = 0, months: int = 0) -> datetime:
        """No instant of these runs is after the 28th of a short month."""
        years, month = divmod(self.today.month - 1 - months, 12)
        return midnight(self.today.replace(year=self.today.year + years, month=month + 1) - timedelta(days=days))

    def since(self, events: Events, days: int = 0, months: int = 0) -> Events:
        return [event for event in events if event.at > self.ago(days, months)]

    def where(self, test: Callable[[Row], object]) -> Who:
        return {one for one, row in self.people.items() if test(row)}

    def lapsed(self, days: int) -> Who:
        return self.buyers - who(self.since(self.orders, days))

    def due(self, events: Events, every: int, within: int) -> Who:
        late = {
            one: (local_day(event.at) + timedelta(days=every) - self.today).days for one, event in last(events).items()
        }
        return {one for one, days in late.items() if 0 <= days < within}

    def growth(self) -> dict[str, tuple[int, int]]:
        """The spend of the last 90 days, and of the 90 before, by the customers who spent then."""
        lately = money(self.since(self.orders, 90))
        before = money(event for event in self.since(self.orders, 180) if event.at <= self.ago(90))
        return {one: (lately[one], spent) for one, spent in before.items() if spent}
