"""Renders the parts of models that use a promise: new rows have a later time."""

from segctl.language.literals import Duration
from segctl.language.syntax import Column, Promise
from segctl.render.sql.imports import MACROS

HOURS = {"hour": 1, "day": 24, "week": 168}


def promised(promise: Promise, source: str, relation: str) -> str:
    """The template expression that reads the source. `relation` is the reference to its model."""
    arguments = f"'{source}', {relation}, {stamp(promise.column)}"
    counted = str(promise.append_only).lower()
    return (
        f"segctl.promise_state({arguments}, {_hours(promise.check_every)}, {_hours(promise.late_by)}, {counted}, known)"
    )


def promise_text(promise: Promise) -> str:
    """The promise as in the catalog."""
    column = promise.column.column.lower()
    return f"changes: append_only, by {column}" if promise.append_only else f"changes: {{at: {column}}}"


def stamp(column: Column) -> str:
    """The template expression that reads a time."""
    name = f"'{column.column.lower()}'"
    return f"segctl.{MACROS[column.type]}({name})" if column.type in MACROS else name


def _hours(duration: Duration) -> int:
    return duration.count * HOURS[duration.unit]
