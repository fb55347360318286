"""Finds events that are followed by another within a time.

Sorts both kinds of a customer's events together and scans from last to first, remembering the next event of the later
kind. This needs one sort. A join would take minutes for a customer with thousands of both.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from segctl.conditions.sql import AS_OF, Boundary, day_from_today, today
from segctl.events.selection import Selection
from segctl.features import OWN, Passing, Select, Staleness
from segctl.language.amounts import in_days
from segctl.language.literals import Duration

EARLIER = 1
TYPES = {"happened_at": "{{ segctl.timestamp_type() }}", "happened_on": "date"}


@dataclass(frozen=True)
class Pair:
    """A step of a sequence: its number, its columns, and what must, or must never, follow within a time.

    `later` is the word of the step with the later events. Events are compared by `column`, happened_at or happened_on.
    `strictly` means that an event at the same time does not follow, `same` that both must have the same same_value.
    """

    number: int
    columns: tuple[str, ...]
    later: str
    column: str
    strictly: bool
    same: bool
    within: Duration
    never: bool

    @property
    def by_days(self) -> bool:
        """Whether only days are compared."""
        return self.column == "happened_on"


def followed(pair: Pair, events: Select, timezone: str) -> tuple[tuple[str, Select], ...]:
    """The steps to find `events` that are followed, or never followed. The last step has `pair.columns`."""
    words = [f"{word}_{pair.number}" for word in ("line", "next", "from")]
    selects = (_line(pair, events), _next(pair), _kept(pair, timezone))
    return tuple(zip(words, selects, strict=True))


def staleness_of(selections: Sequence[Selection], pairs: Sequence[Pair], timezone: str) -> Staleness:
    """How time changes a sequence. `pairs` are all steps but the last, each with its follower."""
    latest = [_deadlines(pair, timezone) for pair in pairs]
    return Staleness(
        boundaries=frozenset({AS_OF, today(timezone)}).union(*(selection.boundaries for selection in selections)),
        deadlines=frozenset[Boundary]().union(*latest),
        passing=tuple(
            Passing(selection.scan, selection.where_conditions, selection.boundaries | too_late)
            for selection, too_late in zip(selections, [*latest, frozenset[Boundary]()], strict=True)
        ),
    )


def _deadlines(pair: Pair, timezone: str) -> frozenset[Boundary]:
    """The boundaries up to which events have waited long enough for what must never follow. Otherwise empty."""
    if not pair.never:
        return frozenset()
    if pair.by_days:
        days = -in_days(pair.within)
        return frozenset(day_from_today(days, plain, timezone) for plain in (True, False))
    hours = _hours(pair)
    return frozenset({Boundary(f"ago_{hours}h", f"segctl.ago({hours}, 'hour', '{timezone}')")})


def _line(pair: Pair, events: Select) -> Select:
    """The events of both steps. `place` orders events at the same time, seen from the last."""
    after = EARLIER + 1 if pair.strictly else EARLIER - 1
    given = {"customer_id", pair.column, "same_value"}
    filled = [(name if name in given else f"cast(null as {TYPES[name]})", name) for name in pair.columns]
    # Missing values equal nothing, though a window would group them.
    known = ("same_value is not null",) if pair.same else ()
    later = Select((*filled, (str(after), "place")), f"{OWN}__{pair.later}", known)
    return replace(events, columns=(*events.columns, (str(EARLIER), "place")), union=later)


def _next(pair: Pair) -> Select:
    """The same events with the time of the next later event."""
    parts = "customer_id, same_value" if pair.same else "customer_id"
    window = f"partition by {parts} order by {pair.column} desc, place asc"
    window += " rows between unbounded preceding and current row"
    upcoming = f"min(case when place != {EARLIER} then {pair.column} end) over ({window})"
    columns = tuple((name, name) for name in (*pair.columns, "place"))
    return Select((*columns, (upcoming, "next_at")), f"{OWN}__line_{pair.number}")


def _kept(pair: Pair, timezone: str) -> Select:
    until = _until(pair)
    conditions = [f"place = {EARLIER}"]
    if pair.never:
        now = today(timezone).variable if pair.by_days else AS_OF.variable
        conditions += [
            f"{until} {'<' if pair.by_days else '<='} {{{{ {now} }}}}",
            f"(next_at is null or next_at > {until})",
        ]
    else:
        conditions.append(f"next_at <= {until}")
    return Select(tuple((name, name) for name in pair.columns), f"{OWN}__next_{pair.number}", tuple(conditions))


def _until(pair: Pair) -> str:
    if pair.by_days:
        return f"{{{{ segctl.days_later('{pair.column}', {in_days(pair.within)}) }}}}"
    return f"{{{{ segctl.hours_later('{pair.column}', {_hours(pair)}) }}}}"


def _hours(pair: Pair) -> int:
    return pair.within.count if pair.within.unit == "hour" else in_days(pair.within) * 24
