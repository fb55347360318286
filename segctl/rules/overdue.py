"""`overdue`: late by the customer's own rhythm."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from segctl.conditions.criterion import Criterion
from segctl.conditions.sql import boundaries_of, condition, today
from segctl.events.aggregates import narrowing, selection_text
from segctl.events.occasions import days
from segctl.events.selection import Selection, select
from segctl.features import ANSWER, OWN, Inputs, Predicate, Select, Staleness, Stepped, Steps, Test
from segctl.features.scope import Scope
from segctl.language.amounts import number, span, whole_number
from segctl.language.comparators import read_where
from segctl.language.literals import UNITS, Duration, sql_number
from segctl.language.names import digest, fitted
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Condition, Leaf, Scalar
from segctl.schema.parts import DURATION, WHOLE_NUMBER, Schema, closed, named, reference
from segctl.speech import Clause, Speech, counted, narrowed, noun, nouns, span_text

KEYS = ("factor", "min_events", "fallback", "where")
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "overdue": "Later with this event than is usual for the customer.",
    "factor": "How many usual gaps are too long; 1.5 if not given.",
    "min_events": "The number of days with such events that are needed; 3 if not given.",
    "fallback": "How old the last event must be for customers with fewer events.",
}
SYNONYMS = {
    **dict.fromkeys(("late", "too_late"), "overdue"),
    **dict.fromkeys(("multiplier", "times_usual"), "factor"),
}
LEAST_FACTOR = Decimal("0.01")
FACTOR: Schema = {"type": ["number", "string"], "minimum": 0.01, "pattern": r"^[0-9]+(\.[0-9]{1,2})?$"}


@dataclass(frozen=True)
class Body:
    """The event, the factor of the usual gap, the minimum number of days with events, and the fallback below it."""

    event: Scalar
    factor: Decimal
    min_events: int
    fallback: Duration | None
    where: tuple[Condition, ...]


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf."""
    event = reader.scalar(head.value, "overdue")
    factor = number(entries["factor"], reader, LEAST_FACTOR, 2) if "factor" in entries else Decimal("1.5")
    least = whole_number(entries["min_events"], reader, 2, 1000) if "min_events" in entries else 3
    fallback = span(entries["fallback"], reader, tuple(UNITS)) if "fallback" in entries else None
    where = read_where(entries["where"].value, reader) if "where" in entries else ()
    # After a problem, a stand-in lets the rest be checked.
    return Body(event, factor or LEAST_FACTOR, least or 3, fallback, where) if event else None


def schemas() -> list[Schema]:
    """The form of the leaf."""
    properties = {
        "overdue": named(DESCRIPTIONS["overdue"]),
        "factor": {**FACTOR, "description": DESCRIPTIONS["factor"]},
        "min_events": {**WHOLE_NUMBER, "minimum": 2, "maximum": 1000, "description": DESCRIPTIONS["min_events"]},
        "fallback": {**DURATION, "description": DESCRIPTIONS["fallback"]},
        "where": reference("where"),
    }
    return [closed(properties, ["overdue"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of whether the customer is late. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    selection = select(body.event, body.where, (), scope) if scope.of_customers(body.event, "an event") else None
    if selection is None:
        return None
    what = " ".join([body.event.text, *selection_text(selection)])
    otherwise = f", or else after {body.fallback}" if body.fallback else ""
    words = f"overdue for {what}: {body.factor} usual gaps, from {body.min_events} days with one on{otherwise}"
    return Test(_late(body, selection), (), words, leaf.mark)


def _late(body: Body, selection: Selection) -> Stepped:
    timezone = selection.timezone
    since = f"{{{{ segctl.days_between('last_on', {today(timezone).variable}) }}}}"
    usual = "{{ segctl.days_between('first_on', 'last_on') }}"
    late = f"{since} * (day_count - 1) > {sql_number(body.factor)} * {usual}"
    otherwise, boundaries = "false", frozenset({today(timezone)})
    if body.fallback:
        old = Criterion("older_than", (body.fallback,), selection.scan.at_type, timezone)
        otherwise, boundaries = condition(old, "last_at", past=True), boundaries | boundaries_of(old, past=True)
    rhythm = Select(
        columns=(
            ("customer_id", "customer_id"),
            ("min(happened_on)", "first_on"),
            ("max(happened_on)", "last_on"),
            ("max(happened_at)", "last_at"),
            ("count(distinct happened_on)", "day_count"),
        ),
        relation=f"{OWN}__days",
        group_by=("customer_id",),
    )
    answer = f"case when day_count < {body.min_events} then {otherwise} else {late} end"
    selected = Select((("customer_id", "customer_id"), (answer, ANSWER)), f"{OWN}__rhythm")
    canonical = (
        "overdue",
        f"{body.factor.normalize():f}",
        body.min_events,
        str(body.fallback or ""),
        timezone,
        *selection.canonical,
    )
    suffix = narrowing(selection.event, selection.where, selection.window)
    return Stepped(
        name=fitted(f"{selection.event.name}_overdue{suffix}__{digest(repr(canonical), 6)}"),
        type="boolean",
        canonical=canonical,
        description=f"True if the last {selection.event.name} is more than {body.factor} usual gaps ago.",
        steps=Steps(
            selects=(("days", days(selection)), ("rhythm", rhythm), ("step", selected)),
            reads=selection.reads,
            default="false",
        ),
        inputs=Inputs(scans=(selection.scan,)),
        staleness=Staleness(selection.boundaries | boundaries, drifts=True),
    )


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: who are late by their own rhythm."""
    body = leaf.body
    assert isinstance(body, Body)
    event, which = body.event.text, narrowed(body.event.text, body.where, (), speech)
    phrase = (
        f"for the next {noun(event)}{which} (their last is more than {body.factor.normalize():f} of their usual gaps"
    )
    phrase += f" ago, with {nouns(event)} on at least {counted(body.min_events)} days"
    phrase += f"; with fewer, at least {span_text(body.fallback)} ago)" if body.fallback else ")"
    return Clause(f"who are overdue {phrase}", f"who are not overdue {phrase}")
