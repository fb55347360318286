"""Stays, and what a run takes from earlier ones: `keep_while`, `min_stay` and `cool_down` of docs/language.md."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.support.oracle.time import BACK, moved

Membership = tuple[str, object]  # segment, customer


class Stay(NamedTuple):
    """A member from `joined_at` on until just before `left_at`, which is None while they still are one."""

    segment: str
    customer: object
    joined_at: datetime
    left_at: datetime | None


@dataclass(frozen=True)
class Memory:
    """What one run knows in addition to the rules' members."""

    zone: ZoneInfo
    customers: set[object]  # all customers of the source
    keepers: dict[str, set[object]] = field(default_factory=dict)  # by segment, where `keep_while` holds
    min_stay: dict[str, str] = field(default_factory=dict)
    cool_down: dict[str, str] = field(default_factory=dict)


class History:
    """The stays that result from the members of each run."""

    def __init__(self) -> None:
        self.as_of: datetime | None = None
        self.closed: list[Stay] = []
        self.open: dict[Membership, datetime] = {}  # when they joined
        self.left: dict[Membership, datetime] = {}  # when they last left

    def apply(self, as_of: datetime, members: dict[str, set[object]], memory: Memory | None = None) -> None:
        """Applies the members of one run. A segment without an entry has none, for any memory."""
        if self.as_of is not None and as_of <= self.as_of:
            raise ValueError(f"{as_of} is not after the last run, {self.as_of}")
        self.as_of = as_of
        present = {(segment, customer) for segment, keys in members.items() for customer in keys}
        joining = {one for one in present - set(self.open) if not self.has_to_wait(one, as_of, memory)}
        for one in set(self.open) - present:
            if one[0] not in members or not self.may_stay(one, as_of, memory):
                self.closed.append(Stay(*one, self.open.pop(one), as_of))
                # A removed segment has no leaves: no customer has to wait when it is back.
                if one[0] in members:
                    self.left[one] = as_of
        for one in joining:
            self.open[one] = as_of

    def may_stay(self, membership: Membership, as_of: datetime, memory: Memory | None) -> bool:
        """Whether a customer who no longer matches the rule stays a member."""
        segment, customer = membership
        if memory is None or customer not in memory.customers:
            return False
        if customer in memory.keepers.get(segment, set()):
            return True
        if segment not in memory.min_stay:
            return False
        return self.open[membership] > moved(as_of, memory.min_stay[segment], BACK, memory.zone)

    def has_to_wait(self, membership: Membership, as_of: datetime, memory: Memory | None) -> bool:
        """Whether a customer who matches the rule left too short a time ago."""
        segment = membership[0]
        if memory is None or segment not in memory.cool_down or membership not in self.left:
            return False
        return self.left[membership] > moved(as_of, memory.cool_down[segment], BACK, memory.zone)

    def members(self) -> dict[str, set[object]]:
        """The current members of the segments that have any."""
        result: dict[str, set[object]] = {}
        for segment, customer in self.open:
            result.setdefault(segment, set()).add(customer)
        return result

    def stays(self) -> list[Stay]:
        """Every stay so far, by segment, customer and time."""
        still = [Stay(segment, customer, joined, None) for (segment, customer), joined in self.open.items()]
        return sorted(self.closed + still, key=lambda stay: (stay.segment, str(stay.customer), stay.joined_at))
