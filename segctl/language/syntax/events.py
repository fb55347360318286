"""Events and metrics."""

from dataclasses import dataclass, field
from typing import Literal

from segctl.errors import Mark
from segctl.language.literals import Duration
from segctl.language.syntax.values import Aggregation, Column, Comparison, Condition, Guard, Scalar

APPEND_ONLY = "append_only"
PROMISE_UNITS = ("hour", "day", "week")


@dataclass(frozen=True)
class Promise:
    """The promise that new or changed rows of an event have a later time in `column` than all others.

    The time may be up to `late_by` earlier than the latest one seen. `append_only` rows never change. Every
    `check_every`, a run checks all rows.
    """

    append_only: bool
    column: Column
    check_every: Duration
    late_by: Duration
    mark: Mark = field(compare=False)


@dataclass(frozen=True)
class Event:
    """An event source: one row per event in `model`, with its customer in column `customer` and its time in `at`.

    The newest event must be within `freshness` before the run. `verb` is the past participle for sentences: ordered.
    """

    name: str
    model: str
    key: str
    customer: str
    at: Column
    recorded_at: Column | None
    fields: dict[str, Column]
    where: tuple[Condition, ...]
    mark: Mark
    description: str = ""
    freshness: Duration | None = None
    guard: Guard | None = None
    promise: "Promise | None" = None
    verb: str = ""

    @property
    def times(self) -> tuple[Column, ...]:
        """All time columns of the event."""
        columns = (self.at, self.recorded_at, self.promise.column if self.promise else None)
        return tuple(dict.fromkeys(column for column in columns if column))


@dataclass(frozen=True)
class Metric:
    """An aggregate of one event with its filter. `field` is None for aggregates of whole events."""

    name: str
    aggregation: Aggregation
    event: Scalar
    field: Scalar | None
    where: tuple[Condition, ...]
    window: tuple[Comparison, ...]
    mark: Mark
    description: str = ""
    label: str = ""


@dataclass(frozen=True)
class Derived:
    """A metric computed from two others."""

    name: str
    operation: Literal["ratio", "difference"]
    operands: tuple[Scalar, Scalar]
    mark: Mark
    description: str = ""
    label: str = ""
