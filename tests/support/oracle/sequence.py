"""First this, then that, as docs/language.md describes `sequence`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.support.oracle.time import Clock, amount_and_unit, local_day
from tests.support.oracle.world import Event


@dataclass(frozen=True)
class Step:
    """A step and a customer's events that match its `event` and `where`, and for the first step also the window."""

    event: str
    has_only_a_day: bool
    within: str  # empty for the first step
    never: bool
    events: list[Event]


def times_begun(steps: list[Step], same: str | None, clock: Clock) -> int:
    """How many events of the first step begin such a sequence."""
    return sum(completes(first, steps[0], steps[1:], same, clock) for first in steps[0].events)


def completes(done: Event, before: Step, rest: list[Step], same: str | None, clock: Clock) -> bool:
    """Whether the remaining steps can follow an event of one step."""
    if not rest:
        return True
    step = rest[0]
    following = [
        event
        for event in step.events
        if follows(event, step, done, before, clock) and (same is None or holds_the_same(same, event, done))
    ]
    if step.never:
        return not following and time_has_passed(done, before, step, clock)
    return any(completes(event, step, rest[1:], same, clock) for event in following)


def follows(event: Event, step: Step, done: Event, before: Step, clock: Clock) -> bool:
    """Later, or at the same time if it is another event, and at most `within` later."""
    gap = time_between(done, event, by_days(before, step), clock)
    soon_enough = gap <= elapsed(step.within)
    return soon_enough and (gap > timedelta() or (gap == timedelta() and step.event != before.event))


def time_has_passed(done: Event, before: Step, step: Step, clock: Clock) -> bool:
    """Whether nothing can follow any more."""
    if by_days(before, step):
        return local_day(done.at, clock.zone) + elapsed(step.within) < clock.today
    assert isinstance(done.at, datetime)
    return done.at + elapsed(step.within) <= clock.as_of


def by_days(before: Step, step: Step) -> bool:
    return before.has_only_a_day or step.has_only_a_day


def time_between(earlier: Event, later: Event, days: bool, clock: Clock) -> timedelta:
    if days:
        return local_day(later.at, clock.zone) - local_day(earlier.at, clock.zone)
    return later.at - earlier.at


def elapsed(within: str) -> timedelta:
    """Between two events a day is 24 hours."""
    amount, unit = amount_and_unit(within)
    return amount * {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}[unit]


def holds_the_same(field: str, one: Event, other: Event) -> bool:
    """A missing value equals nothing."""
    return one.fields[field] is not None and one.fields[field] == other.fields[field]
