"""`due`: a product's life cycle, counted from the last purchase."""

from collections.abc import Mapping
from dataclasses import dataclass

from segctl.conditions.sql import day_from_today
from segctl.events.aggregates import AggregateRequest, aggregate, selection_text
from segctl.events.selection import select
from segctl.features import Computed, Predicate, Test
from segctl.features.scope import Scope
from segctl.language.amounts import CALENDAR_DAYS, in_days, span
from segctl.language.comparators import read_where
from segctl.language.literals import Duration
from segctl.language.names import fitted
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Condition, Leaf, Scalar
from segctl.schema.parts import Schema, closed, duration, named, reference
from segctl.speech import Clause, Speech, narrowed, next_text, noun, span_text

KEYS = ("where", "every", "within_next")
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "due": "A product's life cycle: due some time after this event.",
    "every": "How long after the event it is due, in days or weeks.",
    "within_next": "How far ahead the due day may lie, today included, in days or weeks.",
}
SYNONYMS = {
    **dict.fromkeys(("refill", "reorder", "replenish", "renewal"), "due"),
    **dict.fromkeys(("cycle", "lasts", "interval", "period"), "every"),
}


@dataclass(frozen=True)
class Body:
    """The event with its filter, the length of the cycle, and how far to look ahead."""

    event: Scalar
    where: tuple[Condition, ...]
    every: Duration
    within_next: Duration


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf. `every` and `within_next` are required."""
    event = reader.scalar(head.value, "due")
    for key in ("every", "within_next"):
        if key not in entries:
            reader.problem(head.key.mark, "missing-key", f"due has no {key}", f"for example {key}: 14 days")
    # After a problem, a day stands in so that the rest can be checked.
    every, ahead = (
        (span(entries[key], reader, CALENDAR_DAYS) if key in entries else None) or Duration(1, "day")
        for key in ("every", "within_next")
    )
    where = read_where(entries["where"].value, reader) if "where" in entries else ()
    return Body(event, where, every, ahead) if event else None


def schemas() -> list[Schema]:
    """The form of the leaf."""
    properties = {
        "due": named(DESCRIPTIONS["due"]),
        "where": reference("where"),
        "every": {**duration(CALENDAR_DAYS), "description": DESCRIPTIONS["every"]},
        "within_next": {**duration(CALENDAR_DAYS), "description": DESCRIPTIONS["within_next"]},
    }
    return [closed(properties, ["due", "every", "within_next"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of whether the due day is near. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    if not scope.of_customers(body.event, "an event"):
        return None
    last = aggregate(AggregateRequest("last", body.event, None, body.where), scope)
    if last is None:
        return None
    every, ahead = in_days(body.every), in_days(body.within_next)
    by_day = last.type == "date"
    first, after = (day_from_today(days, by_day, scope.timezone) for days in (-every, ahead - every))
    feature = Computed(
        name=fitted(f"{last.name}__due_every_{body.every.short}_within_next_{body.within_next.short}"),
        type="boolean",
        canonical=("due", last.canonical, every, ahead, scope.timezone),
        sql=f"({last.name} >= {{{{ {first.variable} }}}} and {last.name} < {{{{ {after.variable} }}}})",
        needs=(last,),
        description=f"True if {body.every} after {last.name} is within the next {body.within_next}.",
        boundaries=frozenset({first, after}),
        without_events=False,
    )
    narrowed = select(body.event, body.where, (), scope.silent)
    what = " ".join([body.event.text, *(selection_text(narrowed) if narrowed else [])])
    words = f"{what} due {body.every} after the last, within the next {body.within_next}"
    return Test(feature, (), words, leaf.mark)


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: who are due for …"""
    body = leaf.body
    assert isinstance(body, Body)
    which = narrowed(body.event.text, body.where, (), speech)
    phrase = f"for another {noun(body.event.text)}{which} in the next {next_text(body.within_next)}"
    phrase = f"{phrase}, {span_text(body.every)} after their last"
    return Clause(f"who are due {phrase}", f"who are not due {phrase}")
