"""Features that take steps of their own, over events or over all customers."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from segctl.conditions.sql import Boundary
from segctl.features.columns import Canonical, Feature, Scan
from segctl.features.computed import last_layer
from segctl.features.predicates import Predicate
from segctl.features.steps import ANSWER, OWN, Steps
from segctl.language.names import fitted
from segctl.language.syntax import ValueType

_OWN = re.compile(rf"\b{OWN}(__\w+)\b")


@dataclass(frozen=True)
class Population:
    """The customers that a feature counts: those for whom `among` holds and every feature of `having` has a value.

    With `above_zero`, the first of these values must exceed 0.
    """

    having: tuple[Feature, ...] = ()
    among: Predicate | None = None
    above_zero: bool = False


@dataclass(frozen=True)
class Passing:
    """Events of a source that can change an answer when they pass a boundary: those that meet SQL conditions."""

    scan: Scan
    where: tuple[str, ...]
    boundaries: frozenset[Boundary]


@dataclass(frozen=True)
class Inputs:
    """The data that a feature depends on: sources of events, other features, other customers.

    `attribute` marks an attribute of the customer. `entity` is the other entity that the feature reads. `changing`
    names inputs besides `needs` that the data holds only for the present (see `changing_of`). `populations` are
    customers whose number alone can change the answer, as with ranks.
    """

    scans: tuple[Scan, ...] = ()
    needs: tuple[Feature, ...] = ()
    entity: str = ""
    attribute: bool = False
    changing: tuple[str, ...] = ()
    populations: tuple[Population, ...] = ()


@dataclass(frozen=True)
class Staleness:
    """How time alone can change an answer.

    `boundaries` are those that the SQL names. `deadlines` are named by no condition, but change the answer when an
    event passes them. `passing` are the events that can do so; if empty, all events of the sources at all boundaries.
    `drifts` means that time can change the answer in other ways too.
    """

    boundaries: frozenset[Boundary] = frozenset()
    deadlines: frozenset[Boundary] = frozenset()
    passing: tuple[Passing, ...] = ()
    drifts: bool = False


TIMELESS = Staleness()


@dataclass(frozen=True)
class Stepped:
    """A feature computed in its own steps."""

    name: str
    type: ValueType
    canonical: Canonical
    description: str = field(compare=False)
    steps: Steps = field(compare=False)
    inputs: Inputs = field(compare=False)
    staleness: Staleness = field(compare=False, default=TIMELESS)

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.canonical))

    def __hash__(self) -> int:
        """Computed once: the meaning can contain a whole rule."""
        return self._hash

    @property
    def needs(self) -> tuple[Feature, ...]:
        """The features that it is computed from."""
        return self.inputs.needs

    @property
    def boundaries(self) -> frozenset[Boundary]:
        """The boundaries of the run that its SQL names."""
        return self.staleness.boundaries

    @cached_property
    def layer(self) -> int:
        """Computed from all rows: the first even number above the layers that it needs, or 0 if it needs none."""
        after = last_layer(self.needs)
        return after + 2 - after % 2 if self.needs else 0

    @property
    def nullable(self) -> bool:
        """It can be missing unless it has a default."""
        return not self.steps.default

    @property
    def family(self) -> str:
        """The name of its steps, which other features may share."""
        return self.steps.family or self.name

    @property
    def last_step(self) -> str:
        """The name of the step with the answer."""
        return self.spelled(f"{OWN}__{self.steps.selects[-1][0]}")

    @property
    def answered(self) -> str:
        """The answer as an SQL expression, NULL if there is none."""
        return self.spelled(self.steps.answer) if self.steps.answer else f"{self.last_step}.{ANSWER}"

    def spelled(self, sql: str) -> str:
        """The SQL with OWN replaced by the name of the steps."""
        return _OWN.sub(lambda match: fitted(f"{self.family}{match[1]}"), sql)


def closure(features: Iterable[Feature], held: Container[Feature] = ()) -> set[Feature]:
    """The features and everything that they are computed from. Stops at features that are `held`."""
    found: set[Feature] = set()
    waiting = list(features)
    while waiting:
        feature = waiting.pop()
        if feature not in found:
            found.add(feature)
            waiting += () if feature in held else feature.needs
    return found
