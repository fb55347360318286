"""Features, the columns that rules look at, and predicates over them.

A feature is frozen and compared by meaning: two rules that need the same aggregate share one column. Its name comes
from its own fields and the catalog, never from a segment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from segctl.criteria import Criterion
from segctl.criteria_sql import Moment, condition, moments, suffix
from segctl.errors import Mark
from segctl.names import fitted
from segctl.spec import Aggregation, ValueType

Canonical = tuple[object, ...]


class Feature(Protocol):
    """One column of `customer_features`."""

    @property
    def name(self) -> str:
        """The column's name."""

    @property
    def type(self) -> ValueType:
        """The type of its values; times are UTC without a zone."""

    @property
    def nullable(self) -> bool:
        """Whether it can be missing."""

    @property
    def description(self) -> str:
        """What it is, in words."""

    @property
    def canonical(self) -> Canonical:
        """Its meaning, whatever the names in the catalog."""


@dataclass(frozen=True)
class AttributeValue:
    """An attribute of the customer, taken over as it is."""

    name: str = field(compare=False)
    column: str
    type: ValueType
    description: str = field(compare=False, default="")
    nullable: bool = True

    @property
    def canonical(self) -> Canonical:
        """Column and type."""
        return ("attribute", self.column, self.type)


@dataclass(frozen=True)
class Scan:
    """One pass over an event source: its model, the columns of customer and time, and the events that share it."""

    model: str
    customer: str
    at: str
    at_type: ValueType
    events: tuple[str, ...] = field(compare=False)

    @property
    def name(self) -> str:
        """The name of the step that groups it."""
        return fitted(f"{'_'.join(self.events)}_features")


@dataclass(frozen=True)
class Filter:
    """What the events of an aggregate must be: criteria by column, and criteria on their time."""

    where: frozenset[tuple[str, ValueType, Criterion]]
    window: frozenset[Criterion] = frozenset()

    def conditions(self, at: str) -> list[str]:
        """The SQL conditions on an event whose time is in column `at`, in a stable order."""
        where = sorted(self.where, key=lambda entry: (entry[0], entry[2].canonical))
        window = sorted(self.window, key=lambda c: c.canonical)
        return [condition(c, column) for column, _, c in where] + [condition(c, at, past=True) for c in window]

    @property
    def canonical(self) -> Canonical:
        """Both parts, sorted."""
        where = sorted((column, value_type, *c.canonical) for column, value_type, c in self.where)
        return (tuple(where), tuple(sorted(c.canonical for c in self.window)))


@dataclass(frozen=True)
class Aggregate:
    """An aggregate of a customer's events; `shared` is the part of the filter that the whole scan applies."""

    name: str = field(compare=False)
    scan: Scan
    aggregation: Aggregation
    column: str
    type: ValueType
    filter: Filter
    shared: Filter = field(compare=False)
    description: str = field(compare=False, default="")

    @property
    def nullable(self) -> bool:
        """Counts and sums of nothing are 0."""
        return self.aggregation not in ("count", "count_distinct", "sum")

    @property
    def canonical(self) -> Canonical:
        """Everything but names."""
        source = (self.scan.model, self.scan.customer, self.scan.at, self.scan.at_type)
        return (self.aggregation, *source, self.column, self.type, *self.filter.canonical)

    @property
    def conditions(self) -> list[str]:
        """The SQL conditions on an event beyond those of the scan, in a stable order."""
        return Filter(self.filter.where - self.shared.where, self.filter.window).conditions(self.scan.at)

    @property
    def moments(self) -> frozenset[Moment]:
        """The boundaries that its window refers to."""
        return frozenset(moment for c in self.filter.window for moment in moments(c, past=True))


@dataclass(frozen=True)
class TimeFlag:
    """Whether a time meets a criterion that moves with the run.

    Having it as a column makes membership a function of the row alone: a row that does not change cannot move anybody.
    """

    base: AttributeValue | Aggregate
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
        return f"Whether {self.base.name} is {self.criterion.words} of the run."

    @property
    def canonical(self) -> Canonical:
        """Base and criterion."""
        return ("flag", self.base.canonical, self.criterion.canonical)

    @property
    def sql(self) -> str:
        """The condition, over the column of the base."""
        past = isinstance(self.base, Aggregate) and self.base.aggregation in ("first", "last")
        return condition(self.criterion, self.base.name, past)

    @property
    def moments(self) -> frozenset[Moment]:
        """The boundaries that the condition refers to."""
        past = isinstance(self.base, Aggregate) and self.base.aggregation in ("first", "last")
        return moments(self.criterion, past)


@dataclass(frozen=True)
class Test:
    """A feature's value meets every criterion; a missing value makes it false, not NULL."""

    feature: AttributeValue | Aggregate
    criteria: tuple[Criterion, ...]
    words: str
    mark: Mark

    @property
    def canonical(self) -> Canonical:
        """Feature and criteria, whatever their order."""
        return ("test", self.feature.canonical, tuple(sorted(c.canonical for c in self.criteria)))

    @property
    def flags(self) -> tuple[TimeFlag, ...]:
        """The flags for the criteria that move with the run."""
        return tuple(TimeFlag(self.feature, c) for c in self.criteria if c.relative)


@dataclass(frozen=True)
class Junction:
    """Predicates joined by `all`, `any` or `none`; `not` is `none` of one."""

    kind: Literal["all", "any", "none"]
    parts: "tuple[Predicate, ...]"
    mark: Mark

    @property
    def canonical(self) -> Canonical:
        """The parts, whatever their order; one part alone is the part itself."""
        parts = tuple(sorted({part.canonical for part in self.parts}, key=repr))
        return parts[0] if self.kind != "none" and len(parts) == 1 else (self.kind, parts)


@dataclass(frozen=True)
class Reference:
    """The rule of another segment."""

    segment: str
    predicate: "Predicate"
    mark: Mark

    @property
    def canonical(self) -> Canonical:
        """What the other segment means, whatever its name."""
        return self.predicate.canonical


Predicate = Test | Junction | Reference


def tests_of(predicate: Predicate) -> Iterator[Test]:
    """Every test in a predicate, with repetitions."""
    if isinstance(predicate, Test):
        yield predicate
    elif isinstance(predicate, Reference):
        yield from tests_of(predicate.predicate)
    else:
        for part in predicate.parts:
            yield from tests_of(part)
