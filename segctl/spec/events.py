"""What customers do, and the numbers that are made of it."""

from dataclasses import dataclass, field
from typing import Literal

from segctl.errors import Mark
from segctl.literals import Duration
from segctl.spec.values import Aggregation, Column, Comparison, Condition, Guard, Scalar

APPEND_ONLY = "append_only"
PROMISE_UNITS = ("hour", "day", "week")


@dataclass(frozen=True)
class Promise:
    """That a row of an event that is new, or not as it was, bears a time in `column` later than all others.

    It may be up to `late_by` earlier than one that a run has seen. Rows that are `append_only` never change. Every
    `check_every` a run looks at all of them.
    """

    append_only: bool
    column: Column
    check_every: Duration
    late_by: Duration
    mark: Mark = field(compare=False)


@dataclass(frozen=True)
class Event:
    """An event source: one row an event, in `model`, of the customer in column `customer`, at the time `at`.

    The newest must lie within `freshness` before the run. `verb` says what somebody has done by one: ordered.
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
        """All columns of times that it names."""
        told = (self.at, self.recorded_at, self.promise.column if self.promise else None)
        return tuple(dict.fromkeys(column for column in told if column))


@dataclass(frozen=True)
class Metric:
    """An aggregate of one event, with what narrows it; `field` is None for what is asked of whole events."""

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
    """A metric made of two others."""

    name: str
    operation: Literal["ratio", "difference"]
    operands: tuple[Scalar, Scalar]
    mark: Mark
    description: str = ""
    label: str = ""
