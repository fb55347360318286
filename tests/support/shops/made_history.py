"""A random history, as tables and as its meaning: the members of each segment after each run."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from random import Random

from segctl.warehouse import Row

COLUMNS = {
    "segment_history": {
        "segment": "varchar",
        "customer_id": "varchar",
        "joined_at": "timestamp",
        "left_at": "timestamp",
        "join_run_id": "varchar",
        "leave_run_id": "varchar",
    },
    "segment_runs": {"run_id": "varchar", "as_of": "timestamp", "previous_as_of": "timestamp"},
    "segment_definitions": {
        "segment": "varchar",
        "exclusive_group": "varchar",
        "valid_from": "timestamp",
        "valid_to": "timestamp",
    },
}
# Groups of the segments in the first version of their definitions.
GROUPS = {"gold": "tier", "silver": "tier", "bronze": "tier", "new": "age", "old": "age", "alone": "", "odd": ""}
LATELY = timedelta(days=30)
Members = dict[str, set[str]]
Pair = tuple[str | None, str | None]


@dataclass
class MadeHistory:
    """The results of each run, one element per run: its instant, the segments with their groups, and their members."""

    instants: list[datetime] = field(default_factory=list)
    groups: list[dict[str, str]] = field(default_factory=list)
    members: list[Members] = field(default_factory=list)

    def members_as_of(self, instant: datetime) -> dict[tuple[str, str], datetime]:
        """The join times of all members of a segment as of an instant."""
        return {
            (segment, customer): joined
            for segment, customer, joined, left in self.stays()
            if joined <= instant and (left is None or left > instant)
        }

    def stays(self) -> list[tuple[str, str, datetime, datetime | None]]:
        """Every stay as (segment, customer, joined, left)."""
        result: list[tuple[str, str, datetime, datetime | None]] = []
        open_since: dict[tuple[str, str], datetime] = {}
        for instant, members in zip(self.instants, self.members, strict=True):
            present = {(segment, customer) for segment, inside in members.items() for customer in inside}
            for pair in sorted(open_since.keys() - present):
                result.append((*pair, open_since.pop(pair), instant))
            for pair in present - open_since.keys():
                open_since[pair] = instant
        return result + [(*pair, since, None) for pair, since in open_since.items()]

    def customers(self) -> dict[tuple[str, str], Row]:
        """The expected rows of segment_customers, by segment and customer."""
        last, found = self.instants[-1], {}
        for pair in {stay[:2] for stay in self.stays()}:
            mine = sorted((joined, left) for *who, joined, left in self.stays() if tuple(who) == pair)
            inside = sum(((left or last) - joined for joined, left in mine), timedelta())
            lefts = [left for _, left in mine]
            found[pair] = {
                "first_joined_at": mine[0][0],
                "last_joined_at": mine[-1][0],
                "last_left_at": None if None in lefts else lefts[-1],
                "times_joined": len(mine),
                "is_member": None in lefts,
                "days_in": quotient(inside // timedelta(microseconds=1), 24 * 60 * 60 * 10**6),
                "is_flapping": sum(last - LATELY < joined for joined, _ in mine) >= 3,
            }
        return found

    def flapping(self) -> dict[str, tuple[int, int, Decimal]]:
        """The expected rows of segment_flapping, by segment."""
        ever = Counter(segment for segment, _ in self.customers())
        restless = Counter(segment for (segment, _), row in self.customers().items() if row["is_flapping"])
        return {name: (restless[name], ever[name], quotient(restless[name], ever[name])) for name in ever}

    def migrations(self) -> dict[tuple[datetime, datetime | None, str, str | None, str | None], int]:
        """The expected rows of segment_migrations: customers by run, the run before, group, from and to."""
        counts: Counter[tuple[datetime, datetime | None, str, str | None, str | None]] = Counter()
        for number, instant in enumerate(self.instants):
            before, groups_before = self._at(number - 1)
            after, groups_after = self._at(number)
            for customer in set().union(*before.values(), *after.values()):
                left = {name for name, inside in before.items() if customer in inside and customer not in after[name]}
                joined = {name for name, inside in after.items() if customer in inside and customer not in before[name]}
                for group in ("tier", "age"):
                    was = next((name for name in left if groups_before.get(name) == group), None)
                    became = next((name for name in joined if groups_after.get(name) == group), None)
                    if was or became:
                        counts[(instant, self.instants[number - 1] if number else None, group, was, became)] += 1
        return counts

    def migration(self, group: str, before: datetime, after: datetime) -> dict[Pair, int]:
        """The expected result of the macro migration: customers by the segment of the group then and later."""
        then, later = self._places(group, before), self._places(group, after)
        return Counter((then.get(customer), later.get(customer)) for customer in then.keys() | later.keys())

    def _places(self, group: str, instant: datetime) -> dict[str, str]:
        members, groups = self._at(sum(run <= instant for run in self.instants) - 1)
        return {c: name for name, inside in members.items() if groups.get(name) == group for c in inside}

    def _at(self, number: int) -> tuple[Members, dict[str, str]]:
        if number < 0:
            return {name: set() for name in GROUPS}, {}
        return self.members[number], self.groups[number]

    def tables(self) -> dict[str, list[Row]]:
        """The tables that hold this history."""
        names = {instant: f"run {instant.isoformat()}" for instant in self.instants}
        return {
            "segment_history": [
                {
                    "segment": segment,
                    "customer_id": customer,
                    "joined_at": joined,
                    "left_at": left,
                    "join_run_id": names[joined],
                    "leave_run_id": names[left] if left else None,
                }
                for segment, customer, joined, left in self.stays()
            ],
            "segment_runs": [
                {"run_id": names[instant], "as_of": instant, "previous_as_of": before}
                for before, instant in zip([None, *self.instants], self.instants, strict=False)
            ],
            "segment_definitions": list(self._versions()),
        }

    def _versions(self) -> Iterator[Row]:
        for name in GROUPS:
            ends = [*self.instants[1:], None]
            for number, (start, end) in enumerate(zip(self.instants, ends, strict=True)):
                if name in self.groups[number]:
                    group = self.groups[number][name]
                    yield {"segment": name, "exclusive_group": group, "valid_from": start, "valid_to": end}


def quotient(dividend: int, divisor: int) -> Decimal:
    """Rounded half up to six places."""
    with localcontext(prec=60):
        return (Decimal(dividend) / divisor).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def made_history(seed: int, runs: int = 24, customers: int = 30) -> MadeHistory:
    """Customers move between the segments of groups and in and out of others.

    Definitions change groups or are removed.
    """
    dice, made = Random(seed), MadeHistory()
    instant, groups = datetime(2024, 2, 20, 23, 59, 59, 999_999), dict(GROUPS)
    members: Members = {name: set() for name in GROUPS}
    for number in range(runs):
        # Across the end of February, and of winter time, which must not matter.
        instant += timedelta(days=dice.choice([1, 1, 2, 4]), microseconds=dice.randrange(86_400_000_000))
        if number == runs // 3:
            groups |= {"bronze": "age", "odd": "tier"}
        if number == runs // 2:
            del groups["silver"]
        members = _next(members, groups, [f"c{n}" for n in range(customers)], dice)
        made.instants.append(instant)
        made.groups.append(dict(groups))
        made.members.append(members)
    # A run whose distance to the last is exactly the limit for late joins: the first instant that does not count.
    made.instants.append(made.instants[-8] + LATELY)
    assert made.instants[-1] > made.instants[-2]
    made.groups.append(groups)
    made.members.append(_next(members, groups, [f"c{n}" for n in range(customers)], dice))
    return made


def _next(members: Members, groups: dict[str, str], customers: list[str], dice: Random) -> Members:
    result: Members = {name: set() for name in GROUPS}
    for customer in customers:
        for group in ("tier", "age"):
            choices: list[str | None] = [name for name in groups if groups[name] == group]
            present = [name for name in choices if name and customer in members[name]]
            chosen = present[0] if present and dice.random() < 0.6 else dice.choice([*choices, None])
            if chosen:
                result[chosen].add(customer)
        for name, group in groups.items():
            if not group and dice.random() < 0.5:
                result[name].add(customer)
    return result
