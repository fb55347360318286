"""Features that follow from other features of the same row."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property

from segctl.conditions.criterion import Criterion
from segctl.conditions.sql import Boundary, boundaries_of, condition, suffix
from segctl.features.columns import Aggregate, Canonical, Feature
from segctl.language.names import fitted
from segctl.language.syntax import ValueType


class NoValue(Enum):
    """A feature that is not a value: it is missing, or not known."""

    MISSING = "missing"
    UNKNOWN = "unknown"


Value = Decimal | bool | NoValue


@dataclass(frozen=True)
class TimeFlag:
    """Whether a time meets a criterion that moves with the run.

    As a column, it makes membership a function of the row alone: a customer whose row does not change cannot join or
    leave.
    """

    base: Feature
    criterion: Criterion
    type: ValueType = "boolean"
    nullable: bool = False

    @property
    def name(self) -> str:
        """The base's name and the criterion."""
        return fitted(f"{self.base.name}__{suffix(self.criterion)}")

    @property
    def description(self) -> str:
        """The criterion in words."""
        return f"True if {self.base.name} is {self.criterion.text}, as of the run."

    @property
    def canonical(self) -> Canonical:
        """Base and criterion."""
        return ("flag", self.base.canonical, self.criterion.canonical)

    @property
    def needs(self) -> tuple[Feature, ...]:
        """The base."""
        return (self.base,)

    @cached_property
    def layer(self) -> int:
        """Computed from one row: the first odd number above the base's layer."""
        return _from_a_row(self.needs)

    @property
    def sql(self) -> str:
        """The condition on the base's column."""
        return condition(self.criterion, self.base.name, self._past)

    @property
    def boundaries(self) -> frozenset[Boundary]:
        """The boundaries of the condition."""
        return boundaries_of(self.criterion, self._past)

    @property
    def _past(self) -> bool:
        return isinstance(self.base, Aggregate) and self.base.aggregation in ("first", "last")


@dataclass(frozen=True)
class Computed:
    """Computed from a customer's other features or key: `sql` over their columns.

    `without_events` is its value for customers without events.
    """

    name: str
    type: ValueType
    canonical: Canonical
    sql: str = field(compare=False)
    needs: tuple[Feature, ...] = field(compare=False)
    description: str = field(compare=False)
    nullable: bool = field(compare=False, default=False)
    boundaries: frozenset[Boundary] = field(compare=False, default=frozenset())
    without_events: Value = field(compare=False, default=NoValue.UNKNOWN)

    @cached_property
    def layer(self) -> int:
        """Computed from one row: the first odd number above the layers that it needs."""
        return _from_a_row(self.needs)


def _from_a_row(needs: tuple[Feature, ...]) -> int:
    after = last_layer(needs)
    return after + 1 + after % 2


def last_layer(needs: tuple[Feature, ...]) -> int:
    """The highest layer of some features; 0 for none."""
    return max((need.layer for need in needs), default=0)
