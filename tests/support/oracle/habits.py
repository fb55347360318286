"""Habits from a customer's events: `usual_gap`, `overdue`, `due` and `affinity` of docs/language.md."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.support.oracle.time import AHEAD, WINDOW_KEYS, Clock, days_and_months_away, local_day, time_holds
from tests.support.oracle.values import WIDE, Value, aggregated, held_at, rounded, satisfies, share
from tests.support.oracle.world import Event, without

Mapping = dict[str, Any]


def days_of(times: list[date], clock: Clock) -> list[date]:
    """The different local days, the earliest first."""
    return sorted({local_day(at, clock.zone) for at in times})


def value_of_events(aggregate: str, field: str | None, events: list[Event], clock: Clock) -> Value:
    """A metric's aggregate over its events."""
    times = [each.at for each in events]
    if aggregate == "usual_gap":
        return usual_gap(times, clock)
    if field is None:
        return aggregated(aggregate, [*times])
    if events and aggregate in ("first", "last"):
        edge = min(times) if aggregate == "first" else max(times)
        return held_at(edge, [(each.at, each.fields[field]) for each in events])
    return aggregated(aggregate, [each.fields[field] for each in events])


def usual_gap(times: list[date], clock: Clock) -> Value:
    days = days_of(times, clock)
    if len(days) < 2:
        return None
    return rounded(WIDE.divide(Decimal((days[-1] - days[0]).days), Decimal(len(days) - 1)))


def is_overdue(rule: Mapping, times: list[date], clock: Clock) -> bool:
    days = days_of(times, clock)
    if not days:
        return False
    if len(days) >= int(rule.get("min_events", "3")):
        gap = Fraction((days[-1] - days[0]).days, len(days) - 1)
        return (clock.today - days[-1]).days > Fraction(rule.get("factor", "1.5")) * gap
    return "fallback" in rule and time_holds("older_than", rule["fallback"], max(times), clock)


def is_due(rule: Mapping, times: list[date], clock: Clock) -> bool:
    if not times:
        return False
    due = days_and_months_away(local_day(max(times), clock.zone), rule["every"], AHEAD)
    return clock.today <= due < days_and_months_away(clock.today, rule["within_next"], AHEAD)


def favourite(found: list[tuple[Value, date]], min_share: str) -> Value:
    """The value that most events hold. Of several, the one seen last, then the least."""
    times: dict[Any, list[date]] = {}
    for value, at in found:
        if value is not None:
            times.setdefault(value, []).append(at)
    if not times:
        return None
    most = max((len(seen), max(seen)) for seen in times.values())
    chosen: Value = min(value for value, seen in times.items() if (len(seen), max(seen)) == most)
    counted = sum(len(seen) for seen in times.values())
    return chosen if Fraction(len(times[chosen]), counted) >= share(min_share) else None


def affinity_holds(rule: Mapping, found: list[tuple[Value, date]], kind: str, clock: Clock) -> bool:
    """For strings, `is: coffee` means the same as `eq: coffee`."""
    value = favourite(found, rule.get("min_share", "0%"))
    comparators = without(rule, "affinity", "where", "min_share", *WINDOW_KEYS)
    wanted = comparators.get("is", "set")
    if kind != "string" or wanted in ("set", "missing"):
        return satisfies(value, kind, comparators, clock)
    return value == wanted and satisfies(value, kind, without(comparators, "is"), clock)
