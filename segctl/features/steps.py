"""Features that take steps of their own, over events or over all customers."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from segctl.criteria_sql import Moment
from segctl.features.columns import Canonical, Feature, Scan
from segctl.features.computed import last_layer
from segctl.features.predicates import Predicate
from segctl.names import fitted
from segctl.spec import ValueType

# Stands in the SQL of a step for the relation that holds all features known so far.
SO_FAR = "features_so_far"
# Followed by two underscores and a word, it stands there for one of the feature's own steps.
OWN = "this_feature"
# Stands among the conditions of a step for that of one of the family's features, its `cut`.
CUT = "the_cut_of_one_of_the_family"
# Stands in the last step of a family for a column of each of its features, by its name: its answer, as an expression.
ANSWERS = "the_answers_of_the_family"
# The column of the last step that holds the value.
ANSWER = "answer"

_OWN = re.compile(rf"\b{OWN}(__\w+)\b")


@dataclass(frozen=True)
class Read:
    """A column of a model that a step reads, and its type; a customer's key is read as it is, as a string is."""

    model: str
    column: str
    type: ValueType


@dataclass(frozen=True)
class Select:
    """A plain select statement: expressions with their names, a relation, conditions, and what it is grouped by.

    `union` adds the rows of another, whose columns are the same.
    """

    columns: tuple[tuple[str, str], ...]
    relation: str
    conditions: tuple[str | Predicate, ...] = ()
    group_by: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    union: "Select | None" = None


@dataclass(frozen=True)
class Population:
    """The customers whose number a feature looks at: for whom `among` holds, with a value of each feature of `having`.

    `above_zero` says that the first of these values is more than 0.
    """

    having: tuple[Feature, ...] = ()
    among: Predicate | None = None
    above_zero: bool = False


@dataclass(frozen=True)
class Passing:
    """Events of a source whose passing of a boundary can change an answer: those that meet conditions, as SQL."""

    scan: Scan
    where: tuple[str, ...]
    moments: frozenset[Moment]


@dataclass(frozen=True)
class Stepped:
    """A feature that takes steps of its own; the last step has the columns `customer_id` and ANSWER, or `answer` is an
    SQL expression over its columns.

    Features of one `family`, a name for their steps, have the same steps, which are computed once.
    `steps` are selects by the word that follows OWN in their names; relations are import steps of `reads`, earlier
    steps of its own, or SO_FAR. A customer who is not in the last step gets `default`, an SQL literal; empty for
    missing. `attribute` says that it is one of the customer's own. `entity` is the other entity that it looks at, and
    `changing` what it reads beside `needs` of which the data holds only the present (see `changing_of`).
    `populations` are the customers who make a difference by their number alone, as those do who are ranked.
    `deadlines` are boundaries whose passing by an event can change the answer although no condition names them;
    `passing` are the events whose passing of a boundary can; where it says nothing, all of its sources and boundaries.
    `drifts` says that time can change it in other ways than an event's passing of a boundary.
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
    moments: frozenset[Moment] = field(compare=False, default=frozenset())
    entity: str = field(compare=False, default="")
    attribute: bool = field(compare=False, default=False)
    changing: tuple[str, ...] = field(compare=False, default=())
    populations: tuple[Population, ...] = field(compare=False, default=())
    family: str = field(compare=False, default="")
    answer: str = field(compare=False, default="")
    cut: str = field(compare=False, default="")
    deadlines: frozenset[Moment] = field(compare=False, default=frozenset())
    passing: tuple[Passing, ...] = field(compare=False, default=())
    drifts: bool = field(compare=False, default=False)

    @cached_property
    def _hash(self) -> int:
        return hash((self.name, self.canonical))

    def __hash__(self) -> int:
        """Found once: what it means can hold a whole rule."""
        return self._hash

    @cached_property
    def layer(self) -> int:
        """From all rows: the first even number after those of what it needs; 0 where that is nothing."""
        after = last_layer(self.needs)
        return after + 2 - after % 2 if self.needs else 0

    @property
    def nullable(self) -> bool:
        """Without a default it can be missing."""
        return not self.default

    @property
    def last_step(self) -> str:
        """The name of the step that has the answer."""
        return self.spelled(f"{OWN}__{self.steps[-1][0]}")

    @property
    def answered(self) -> str:
        """The answer as an SQL expression, NULL where there is none."""
        return self.spelled(self.answer) if self.answer else f"{self.last_step}.{ANSWER}"

    def spelled(self, sql: str) -> str:
        """SQL of its steps with OWN replaced by its family or its name."""
        return _OWN.sub(lambda found: fitted(f"{self.family or self.name}{found[1]}"), sql)


def closure(features: Iterable[Feature], held: Container[Feature] = ()) -> set[Feature]:
    """The features and all that they are computed from, but for what those that are `held` are computed from."""
    found: set[Feature] = set()
    waiting = list(features)
    while waiting:
        feature = waiting.pop()
        if feature not in found:
            found.add(feature)
            waiting += () if feature in held else feature.needs
    return found
