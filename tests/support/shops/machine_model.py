"""The expected tables after any sequence of runs, in plain Python: sets, dicts, and the oracle's members."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.oracle.reference import Row, Tables, load, members
from tests.support.oracle.time import BACK, moved

ZONE = ZoneInfo("Europe/London")
CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer: {model: customers, key: id, attributes: {country: string}}
events:
  order: {model: orders, key: order_id, customer: customer, at: ordered_at, fields: {amount: number}}
metrics:
  spent: {sum: order.amount}
"""
# Conditions for each entity, with the values that an edit chooses from.
RULES: dict[str, tuple[str, tuple[object, ...]]] = {
    "recent": ("rule: {{event: order, within_last: {} hours}}", (24, 36, 60)),
    "spender": ("rule: {{metric: spent, gte: {}}}", (50, 80, 120)),
    "country": ("rule: {{attribute: country, eq: {}}}", ("GB", "FR")),
    "lasting": ("rule: {{event: order, within_last: {} hours}}, min_stay: 2 days", (12, 24)),
    "gold": ("group: tier, priority: 1, rule: {{metric: spent, gte: {}}}", (100, 140)),
    "silver": ("group: tier, priority: 2, rule: {{metric: spent, gte: {}}}", (30, 60)),
    "best": ("rule: {{rank: spent, top: {}}}", (2, 3)),
    "fresh": ("rule: {{event: order, within_last: {} hours}}", (30,)),
}
MIN_STAY = {"lasting": "2 days"}
# Without its own cause, a change has the cause of the customer's changed data that the segment reads, or else this one.
OTHERWISE = dict.fromkeys(RULES, "time") | {"best": "population"}
LOOKS_AT = dict.fromkeys(RULES, "orders") | {"country": "attributes"}
State = dict[str, dict[str, object]]  # customer to their data of each kind
Stay = tuple[str, str, datetime, datetime | None, frozenset[str], frozenset[str] | None]


@dataclass
class Segment:
    """A definition in the file. `former` is its previous name."""

    name: str
    value: object
    enabled: bool = True
    there: bool = True
    former: str = ""


@dataclass
class Version:
    valid_from: datetime
    meaning: str
    enabled: bool
    valid_to: datetime | None = None


@dataclass
class Recorded:
    """The result of finished runs. Segments are identified by their kind, with any name."""

    runs: list[datetime] = field(default_factory=list)
    open: dict[tuple[str, str], tuple[datetime, frozenset[str]]] = field(default_factory=dict)
    closed: list[Stay] = field(default_factory=list)
    versions: dict[str, list[Version]] = field(default_factory=dict)
    published: dict[str, datetime] = field(default_factory=dict)  # when a segment's sizes were last recorded
    sizes: dict[tuple[datetime, str], tuple[int, int, int]] = field(default_factory=dict)
    written: dict[datetime, int] = field(default_factory=dict)  # the place in `writes` of a run's features

    def forget(self, customer: str) -> None:
        """Erases a customer. Sizes stay."""
        self.open = {key: stay for key, stay in self.open.items() if key[1] != customer}
        self.closed = [stay for stay in self.closed if stay[1] != customer]

    def take_over(self, kind: str, other: "Recorded") -> None:
        """All rows of one kind."""
        self.open.update({key: stay for key, stay in other.open.items() if key[0] == kind})
        self.closed += [stay for stay in other.closed if stay[0] == kind]
        self.sizes.update({key: size for key, size in other.sizes.items() if key[1] == kind})
        if kind in other.versions:
            self.versions[kind], self.published[kind] = deepcopy(other.versions[kind]), other.published[kind]

    def stays(self) -> set[tuple[Any, ...]]:
        return {*self.closed, *((*key, joined, None, cause, None) for key, (joined, cause) in self.open.items())}


class Model:
    """Raw data, definitions, and the results of runs."""

    def __init__(self, kinds: list[str]) -> None:
        self.customers: dict[str, str] = {}  # to their country
        self.orders: dict[int, tuple[str, datetime, float]] = {}
        self.erased: set[str] = set()
        self.segments = {kind: Segment(kind, RULES[kind][1][0]) for kind in kinds}
        self.names: dict[str, str] = {}  # the name under which a kind is recorded
        self.writes: list[State] = []
        self.recorded = Recorded()
        self.former: list[Recorded] = []  # the state before each run

    def definitions(self) -> str:
        """The current file."""
        lines = []
        for kind, segment in self.segments.items():
            if segment.there:
                rule = RULES[kind][0].format(segment.value)
                former = f", formerly: {segment.former}" if segment.former else ""
                enabled = "" if segment.enabled else ", enabled: false"
                lines.append(f"  - {{name: {segment.name}{former}{enabled}, {rule}}}\n")
        return "version: 1\nsegments:\n" + "".join(lines)

    def tables(self) -> Tables:
        customers: list[Row] = [
            {"id": key, "country": country} for key, country in self.customers.items() if key not in self.erased
        ]
        orders: list[Row] = [
            {"order_id": number, "customer": customer, "ordered_at": at, "amount": amount}
            for number, (customer, at, amount) in self.orders.items()
        ]
        return {"customers": customers, "orders": orders}

    def meaning(self, kind: str) -> str:
        """The parts whose change makes a new version: its own rule and the parts of other segments it uses."""
        segment = self.segments[kind]
        gold = self.segments.get("gold")
        first = f" after {gold.value}" if kind == "silver" and gold and gold.there and gold.enabled else ""
        return f"{segment.value}{first}"

    def write_features(self, as_of: datetime) -> None:
        """What a run sees of all customers, finished or not."""
        state: State = {}
        for key, country in self.customers.items():
            if key not in self.erased:
                mine = {number: order[1:] for number, order in self.orders.items() if order[0] == key}
                orders = {number: (at, amount) for number, (at, amount) in mine.items() if at <= as_of}
                state[key] = {"attributes": country, "orders": orders}
        self.writes.append(state)

    def carry_names(self) -> None:
        """Names are carried over with the model of definitions, whether the run finishes or not."""
        for kind, segment in self.segments.items():
            if segment.there and (kind not in self.names or self.names[kind] == segment.former):
                self.names[kind] = segment.name

    def run(self, as_of: datetime) -> None:
        """A run that finishes: after the last one, or in its place."""
        if self.recorded.runs and as_of == self.recorded.runs[-1]:
            self.recorded = self.former.pop()
        self.former.append(deepcopy(self.recorded))
        self.write_features(as_of)
        self.carry_names()
        members_found = members(
            load(CATALOG), [load(self.definitions())], self.tables(), as_of.replace(tzinfo=ZoneInfo("UTC"))
        )
        changes = _Changes(self, as_of)
        changes.define()
        changes.leave(members_found)
        changes.join(members_found)
        changes.count()

    def unfinished(self) -> None:
        """The last run must be repeated: an interrupted repetition of it has changed something."""
        self.recorded = self.former.pop()

    def erase(self, customer: str) -> None:
        self.erased.add(customer)
        for record in (self.recorded, *self.former):
            record.forget(customer)

    def add_with_a_past(self, kind: str) -> None:
        """A new segment with the stays of daily runs since the first run, in addition to the actual runs."""
        runs = self.recorded.runs
        alone = Model([kind])
        alone.customers, alone.orders, alone.erased = self.customers, self.orders, self.erased
        occasions, day = set(runs), runs[0]
        while day <= runs[-1]:
            occasions.add(day)
            day = a_day_later(day)
        # A repeated run begins from the state before it.
        result: dict[datetime, Recorded] = {}
        for as_of in sorted(occasions):
            alone.run(as_of)
            result[as_of] = deepcopy(alone.recorded)
        for record in (self.recorded, *self.former):
            if record.runs:
                record.take_over(kind, result[record.runs[-1]])
        self.segments[kind], self.names[kind] = alone.segments[kind], kind


def a_day_later(instant: datetime) -> datetime:
    """At the same local time."""
    local = instant.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZONE).replace(tzinfo=None) + timedelta(days=1)
    return local.replace(tzinfo=ZONE).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


class _Changes:
    """One run's joins and leaves."""

    def __init__(self, model: Model, as_of: datetime) -> None:
        self.model, self.as_of, self.recorded = model, as_of, model.recorded
        self.moves: dict[str, list[int]] = {}

    def define(self) -> None:
        for kind, segment in self.model.segments.items():
            versions = self.recorded.versions.setdefault(kind, [])
            current = versions[-1] if versions and versions[-1].valid_to is None else None
            same = current and (current.meaning, current.enabled) == (self.model.meaning(kind), segment.enabled)
            if segment.there and same:
                continue
            if current:
                current.valid_to = self.as_of
            if segment.there:
                versions.append(Version(self.as_of, self.model.meaning(kind), segment.enabled))

    def leave(self, found: dict[str, set[object]]) -> None:
        for (kind, customer), (joined, join_cause) in sorted(self.recorded.open.items()):
            segment = self.model.segments[kind]
            if not segment.there:
                cause = frozenset({"removed"})
            elif not segment.enabled:
                cause = frozenset({"disabled"})
            elif customer not in self.model.customers:
                cause = frozenset({"deleted"})
            elif customer in found[segment.name] or self.must_stay(kind, joined):
                continue
            else:
                cause = self.cause(kind, customer)
            del self.recorded.open[kind, customer]
            self.recorded.closed.append((kind, customer, joined, self.as_of, join_cause, cause))
            self.moves.setdefault(kind, [0, 0])[1] += 1

    def must_stay(self, kind: str, joined: datetime) -> bool:
        if kind not in MIN_STAY:
            return False
        utc = ZoneInfo("UTC")
        return joined.replace(tzinfo=utc) > moved(self.as_of.replace(tzinfo=utc), MIN_STAY[kind], BACK, ZONE)

    def join(self, found: dict[str, set[object]]) -> None:
        left_now = {(stay[0], stay[1]) for stay in self.recorded.closed if stay[3] == self.as_of}
        for kind, segment in self.model.segments.items():
            for customer in map(str, found.get(segment.name, set()) if segment.there else ()):
                if (kind, customer) not in self.recorded.open and (kind, customer) not in left_now:
                    self.recorded.open[kind, customer] = (self.as_of, self.cause(kind, customer))
                    self.moves.setdefault(kind, [0, 0])[0] += 1

    def cause(self, kind: str, customer: str) -> frozenset[str]:
        """The possible causes. More than one if data changed and changed back between runs."""
        since = self.recorded.published.get(kind)
        if since is None:
            return frozenset({"first_run"})
        versions = self.recorded.versions[kind]
        if versions[-1].valid_from > since:
            same = len(versions) > 1 and versions[-1].meaning == versions[-2].meaning
            return frozenset({"enabled" if same else "definition"})
        seen = self.model.writes[self.recorded.written[since] :]
        looked_at = [state.get(customer, {}).get(LOOKS_AT[kind]) for state in seen]
        if looked_at[0] != looked_at[-1]:
            return frozenset({"activity"})
        if any(one != looked_at[0] for one in looked_at):
            return frozenset({"activity", OTHERWISE[kind]})
        return frozenset({OTHERWISE[kind]})

    def count(self) -> None:
        self.recorded.runs.append(self.as_of)
        self.recorded.written[self.as_of] = len(self.model.writes) - 1
        for kind, segment in self.model.segments.items():
            joined, left = self.moves.get(kind, [0, 0])
            if (segment.there and segment.enabled) or left:
                size = sum(key[0] == kind for key in self.recorded.open)
                self.recorded.sizes[self.as_of, kind] = (size, joined, left)
                self.recorded.published[kind] = self.as_of
