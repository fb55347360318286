"""Features that take steps of their own, over events or over all customers."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from segctl.conditions.sql import Boundary
from segctl.features.columns import Canonical, Feature, Scan
from segctl.features.computed import last_layer
from segctl.features.predicates import Predicate
from segctl.language.names import fitted
from segctl.language.syntax import ValueType

# Placeholder in the SQL of a step: the relation with all features known so far.
SO_FAR = "features_so_far"
# Placeholder: followed by two underscores and a word, it names one of the feature's own steps.
OWN = "this_feature"
# Placeholder among the conditions of a step: the `cut` of one of the family's features.
CUT = "the_cut_of_one_of_the_family"
# Placeholder in the last step of a family: one column per feature, with its answer as an expression.
ANSWERS = "the_answers_of_the_family"
# The column of the last step that holds the value.
ANSWER = "answer"

_OWN = re.compile(rf"\b{OWN}(__\w+)\b")


@dataclass(frozen=True)
class Read:
    """A column of a model that a step reads, and its type. Keys and strings are read unchanged."""

    model: str
    column: str
    type: ValueType


@dataclass(frozen=True)
class Select:
    """A plain select statement: named expressions, a relation, conditions, grouping.

    `union` adds the rows of another select with the same columns.
    """

    columns: tuple[tuple[str, str], ...]
    relation: str
    conditions: tuple[str | Predicate, ...] = ()
    group_by: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    union: "Select | None" = None


@dataclass(frozen=True)
class Population:
    """The customers that a feature counts: `among` holds for them, and every feature of `having` has a value.

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
class Stepped:
    """A feature computed in its own steps. The last step has the columns `customer_id` and ANSWER, unless `answer` is
    an SQL expression over its columns.

    Features with the same `family` (a name for the steps) share their steps, which are computed once.

    `steps` are selects by the word that follows OWN in their names. Their relations are import steps of `reads`,
    earlier own steps, or SO_FAR. Customers who are not in the last step get `default`, an SQL literal, or no value if
    it is empty. `attribute` marks an attribute of the customer. `entity` is the other entity that the feature reads.
    `changing` names inputs besides `needs` that the data holds only for the present (see `changing_of`).
    `populations` are customers whose number alone can change the answer, as with ranks. `deadlines` are boundaries
    that no condition names, but that change the answer when an event passes them. `passing` are the events that can do
    so; if empty, all events of its sources at all of its boundaries. `drifts` means that time can change the answer in
    other ways too.
    """

    name: str
    type: ValueType
    canonical: Canonical
    steps: tuple[tuple[str, Select], ...] = field(compare=False)
    reads: tuple[Read, ...] = field(compare=False)
    description: str = field(compare=False)
    default: str = field(compare=False, default="")
    scans: tuple[Scan, ...] = field(compare=False, default=())
    needs: tuple[Feature, ...] = field(compare=False, default=())
    boundaries: frozenset[Boundary] = field(compare=False, default=frozenset())
    entity: str = field(compare=False, default="")
    attribute: bool = field(compare=False, default=False)
    changing: tuple[str, ...] = field(compare=False, default=())
    populations: tuple[Population, ...] = field(compare=False, default=())
    family: str = field(compare=False, default="")
    answer: str = field(compare=False, default="")
    cut: str = field(compare=False, default="")
    deadlines: frozenset[Boundary] = field(compare=False, default=frozenset())
    passing: tuple[Passing, ...] = field(compare=False, default=())
    drifts: bool = field(compare=False, default=False)

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.canonical))

    def __hash__(self) -> int:
        """Computed once: the meaning can contain a whole rule."""
        return self._hash

    @cached_property
    def layer(self) -> int:
        """Computed from all rows: the first even number above the layers that it needs, or 0 if it needs none."""
        after = last_layer(self.needs)
        return after + 2 - after % 2 if self.needs else 0

    @property
    def nullable(self) -> bool:
        """It can be missing unless it has a default."""
        return not self.default

    @property
    def last_step(self) -> str:
        """The name of the step with the answer."""
        return self.spelled(f"{OWN}__{self.steps[-1][0]}")

    @property
    def answered(self) -> str:
        """The answer as an SQL expression, NULL if there is none."""
        return self.spelled(self.answer) if self.answer else f"{self.last_step}.{ANSWER}"

    def spelled(self, sql: str) -> str:
        """The SQL with OWN replaced by the family or the name."""
        return _OWN.sub(lambda match: fitted(f"{self.family or self.name}{match[1]}"), sql)


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
