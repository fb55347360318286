"""What models say of a source of which it is promised that what is new in it bears a later time."""

from segctl.literals import Duration
from segctl.render.imports import MACROS
from segctl.spec import Column, Promise

HOURS = {"hour": 1, "day": 24, "week": 168}


def promised(promise: Promise, source: str, relation: str) -> str:
    """How a run reads the source: an expression of the template. `relation` is the reference to its model."""
    told = f"'{source}', {relation}, {stamp(promise.column)}"
    counted = str(promise.append_only).lower()
    return f"segctl.promise_state({told}, {_hours(promise.check_every)}, {_hours(promise.late_by)}, {counted}, known)"


def in_words(promise: Promise) -> str:
    """The promise as the catalog has it."""
    column = promise.column.column.lower()
    return f"changes: append_only, by {column}" if promise.append_only else f"changes: {{at: {column}}}"


def stamp(column: Column) -> str:
    """The expression of the template that a time is read by."""
    name = f"'{column.column.lower()}'"
    return f"segctl.{MACROS[column.type]}({name})" if column.type in MACROS else name


def _hours(duration: Duration) -> int:
    return duration.count * HOURS[duration.unit]
