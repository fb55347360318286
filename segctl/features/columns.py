"""Features that come straight from the data: attributes and aggregates of events."""

from dataclasses import dataclass, field
from typing import Protocol

from segctl.conditions.criterion import Criterion
from segctl.conditions.sql import Boundary, boundaries_of, condition
from segctl.language.names import fitted
from segctl.language.syntax import Aggregation, ValueType

Canonical = tuple[object, ...]


class Feature(Protocol):
    """One column of `customer_features`. Equal features have equal names and meanings, so rules share columns."""

    @property
    def name(self) -> str:
        """The column's name, made from the feature's own fields and the catalog, never from a segment."""

    @property
    def type(self) -> ValueType:
        """The type of its values. Times are naive UTC."""

    @property
    def nullable(self) -> bool:
        """Whether the value can be missing."""

    @property
    def description(self) -> str:
        """The feature in plain English."""

    @property
    def canonical(self) -> Canonical:
        """Its meaning, independent of names in the catalog."""

    @property
    def needs(self) -> "tuple[Feature, ...]":
        """The features that this one is computed from."""

    @property
    def boundaries(self) -> frozenset[Boundary]:
        """The boundaries of the run that its SQL uses."""

    @property
    def layer(self) -> int:
        """After which steps it can be had: 0 from the data, odd numbers from a row, even ones from all rows."""


@dataclass(frozen=True)
class AttributeValue:
    """An attribute, copied unchanged. `entity` names its entity, unless that is the customer.

    A `fixed` attribute never changes.
    """

    name: str
    column: str
    type: ValueType
    entity: str = ""
    fixed: bool = field(compare=False, default=False)
    description: str = field(compare=False, default="")
    nullable: bool = True
    needs: tuple[Feature, ...] = ()
    boundaries: frozenset[Boundary] = frozenset()

    @property
    def layer(self) -> int:
        """Straight from the data."""
        return 0

    @property
    def qualified_name(self) -> str:
        """Its name, prefixed with its entity."""
        return f"{self.entity}.{self.name}" if self.entity else self.name

    @property
    def canonical(self) -> Canonical:
        """Column and type."""
        return ("attribute", self.column, self.type)


@dataclass(frozen=True)
class Scan:
    """One scan of an event source: its model, its customer and time columns, and the events that share it."""

    model: str
    customer: str
    at: str
    at_type: ValueType
    events: tuple[str, ...] = field(compare=False)

    @property
    def name(self) -> str:
        """The name of the step that groups the scan by customer."""
        return fitted(f"{self.source}_features")

    @property
    def source(self) -> str:
        """The source's name, made from its events."""
        return "_".join(self.events)


@dataclass(frozen=True)
class Filter:
    """Which events an aggregate counts: criteria by column, and criteria on their time."""

    where: frozenset[tuple[str, ValueType, Criterion]]
    window: frozenset[Criterion] = frozenset()

    def conditions(self, at: str) -> list[str]:
        """The SQL conditions on an event whose time is in column `at`, in a stable order."""
        where = sorted(self.where, key=lambda entry: (entry[0], entry[2].canonical))
        window = sorted(self.window, key=lambda c: c.canonical)
        return [condition(c, column) for column, _, c in where] + [condition(c, at, past=True) for c in window]

    @property
    def canonical(self) -> Canonical:
        """Both kinds of criteria, sorted."""
        where = sorted((column, value_type, *c.canonical) for column, value_type, c in self.where)
        return (tuple(where), tuple(sorted(c.canonical for c in self.window)))


@dataclass(frozen=True)
class Aggregate:
    """An aggregate of a customer's events. `shared` is the part of the filter that the whole scan applies."""

    name: str
    scan: Scan
    aggregation: Aggregation
    column: str
    type: ValueType
    filter: Filter
    shared: Filter = field(compare=False)
    description: str = field(compare=False, default="")
    needs: tuple[Feature, ...] = ()

    @property
    def layer(self) -> int:
        """Straight from the data."""
        return 0

    @property
    def nullable(self) -> bool:
        """Counts and sums over no events are 0."""
        return self.aggregation not in ("count", "count_distinct", "sum")

    @property
    def canonical(self) -> Canonical:
        """Everything except names."""
        source = (self.scan.model, self.scan.customer, self.scan.at, self.scan.at_type)
        return (self.aggregation, *source, self.column, self.type, *self.filter.canonical)

    @property
    def conditions(self) -> list[str]:
        """The SQL conditions on an event besides those of the scan and the window, in a stable order."""
        return Filter(self.filter.where - self.shared.where).conditions(self.scan.at)

    @property
    def boundaries(self) -> frozenset[Boundary]:
        """The boundaries of its window."""
        return frozenset(boundary for c in self.filter.window for boundary in boundaries_of(c, past=True))
