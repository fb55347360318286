"""The comparison: the same segments by hand and by segctl, and the least that reading the data costs."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from statistics import median

from benchmarks.measured import Measured
from benchmarks.places import RAW, Place
from benchmarks.projects import ByHand, Ours
from benchmarks.rules import Rule, rules
from benchmarks.shop import END

FIRST, SCHEDULED = END, END + timedelta(days=1)
BY_HAND, OURS = "by_hand", "segments"
LIMIT = f"select customer_id, sum(amount), count(*) from {RAW}.orders group by customer_id"
LIMIT_OF_A_DAY = f"select count(*), sum(amount) from {RAW}.orders where ordered_at > timestamp '{END}'"
# Who is a member according to one and not to the other.
DIFFERENT = """
select count(*) from (
    select segment, cast(customer_id as {text}) as member from {one}
    except
    select segment, cast(customer_id as {text}) as member from {other}
) as found
"""


class DisagreementError(RuntimeError):
    """The two projects do not find the same members: nothing that was measured counts."""


@dataclass(frozen=True)
class Extent:
    """How many segments with windows of how many lengths, how many rounds, the last step of each (empty: all), whether
    by hand is measured, too, and whether the catalog promises how events change.
    """

    segments: int
    windows: int
    repeat: int
    until: str = ""
    by_hand: bool = True
    promised: bool = False


@dataclass
class Results:
    """Every measurement by what was measured."""

    taken: dict[str, list[Measured]] = field(default_factory=dict)

    def add(self, step: str, measured: Measured) -> None:
        """One more measurement of a step."""
        self.taken.setdefault(step, []).append(measured)

    def seconds(self, step: str) -> float:
        """The median of a step."""
        return median(measured.seconds for measured in self.taken[step])

    def megabytes(self, step: str) -> float:
        """The most of a step."""
        return max(measured.megabytes for measured in self.taken[step])


def compare(place: Place, shop: Path, folder: Path, extent: Extent) -> Iterator[tuple[str, Results]]:
    """Each step as it has been measured, with all results so far.

    Raises DisagreementError, or ProgramError when a run fails.
    """
    results, wanted = Results(), rules(extent.segments, extent.windows)
    for number in range(extent.repeat):
        for schema in (BY_HAND, OURS):
            place.drop(schema)
        place.load(shop)
        hand, ours = _projects(place, folder / str(number), wanted, extent)
        for step, measure in _steps(place, shop, hand, ours, wanted):
            before = place.shuffled()
            results.add(step, replace(measure(), shuffled=place.shuffled() - before))
            yield step, results
            if step == extent.until:
                # After other steps ours is as of a later instant.
                if hand and step in ("ours, first run", "ours, scheduled run"):
                    agree(place)
                break


def _projects(place: Place, folder: Path, wanted: list[Rule], extent: Extent) -> tuple[ByHand | None, Ours]:
    hand = ByHand(folder / "by_hand", place.output(BY_HAND), wanted) if extent.by_hand else None
    ours = Ours(folder / "ours", place.output(OURS), wanted, extent.promised)
    if hand:
        hand.parse()
    ours.parse()
    return hand, ours


def _steps(
    place: Place, shop: Path, hand: ByHand | None, ours: Ours, wanted: list[Rule]
) -> Iterator[tuple[str, Callable[[], Measured]]]:
    """What is measured, in order; between the steps the data change."""
    yield "limit: one group by", lambda: _query(place, LIMIT)
    if hand:
        yield "by hand, first run", lambda: hand.run(FIRST)
    yield "ours, first run", lambda: ours.run(FIRST)
    if hand:
        agree(place)
    place.add_day(shop)
    yield "limit: the new day", lambda: _query(place, LIMIT_OF_A_DAY)
    if hand:
        yield "by hand, scheduled run", lambda: hand.run(SCHEDULED)
    yield "ours, scheduled run", lambda: ours.run(SCHEDULED)
    if hand:
        agree(place)
    yield "ours, the same again", lambda: ours.run(SCHEDULED)
    yield "ours, nothing new", lambda: ours.run(SCHEDULED + timedelta(minutes=1))
    ours.define([Rule(wanted[0].name, "{metric: spent, gte: 105}", ""), *wanted[1:]])
    ours.parse()
    yield "ours, one edited", lambda: ours.run(SCHEDULED + timedelta(hours=1))


def agree(place: Place) -> None:
    """Raises DisagreementError unless both have the same members."""
    by_hand, ours = f"{BY_HAND}.memberships", f"{OURS}.segment_membership"
    text = "string" if place.output(OURS)["type"] == "spark" else "varchar"
    for tables in ((by_hand, ours), (ours, by_hand)):
        ((differences,),) = place.query(DIFFERENT.format(one=tables[0], other=tables[1], text=text))
        if differences:
            raise DisagreementError(f"{differences} memberships are in {tables[0]} and not in {tables[1]}")
    ((members,),) = place.query(f"select count(*) from {ours}")
    if not members:
        raise DisagreementError("no segment has a member")


def _query(place: Place, sql: str) -> Measured:
    start = time.monotonic()
    place.query(sql)
    return Measured(time.monotonic() - start, 0)
