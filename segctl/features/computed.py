"""Features that follow from other features of the same row."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property

from segctl.criteria import Criterion
from segctl.criteria_sql import Moment, condition, moments, suffix
from segctl.features.columns import Aggregate, Canonical, Feature
from segctl.names import fitted
from segctl.spec import ValueType


class NoValue(Enum):
    """What a feature is where it is no value: one that is missing, or one that is not known."""

    MISSING = "missing"
    UNKNOWN = "unknown"


Value = Decimal | bool | NoValue


@dataclass(frozen=True)
class TimeFlag:
    """Whether a time meets a criterion that moves with the run.

    Having it as a column makes membership a function of the row alone: a row that does not change cannot move anybody.
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
        return f"True if {self.base.name} is {self.criterion.words}, as of the run."

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
        """From a row: the first odd number after that of the base."""
        return _from_a_row(self.needs)

    @property
    def sql(self) -> str:
        """The condition, over the column of the base."""
        return condition(self.criterion, self.base.name, self._past)

    @property
    def moments(self) -> frozenset[Moment]:
        """The boundaries that the condition refers to."""
        return moments(self.criterion, self._past)

    @property
    def _past(self) -> bool:
        return isinstance(self.base, Aggregate) and self.base.aggregation in ("first", "last")


@dataclass(frozen=True)
class Computed:
    """What follows from a customer's other features, or from the key: `sql` over their columns.

    `without_events` is what it comes to for everybody who has no events.
    """

    name: str
    type: ValueType
    canonical: Canonical
    sql: str = field(compare=False)
    needs: tuple[Feature, ...] = field(compare=False)
    description: str = field(compare=False)
    nullable: bool = field(compare=False, default=False)
    moments: frozenset[Moment] = field(compare=False, default=frozenset())
    without_events: Value = field(compare=False, default=NoValue.UNKNOWN)

    @cached_property
    def layer(self) -> int:
        """From a row: the first odd number after those of what it needs."""
        return _from_a_row(self.needs)


def _from_a_row(needs: tuple[Feature, ...]) -> int:
    after = last_layer(needs)
    return after + 1 + after % 2


def last_layer(needs: tuple[Feature, ...]) -> int:
    """The highest layer of some features; 0 for none."""
    return max((need.layer for need in needs), default=0)
