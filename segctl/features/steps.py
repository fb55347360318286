"""The steps of a feature: plain selects, and how the last one answers."""

from dataclasses import dataclass

from segctl.features.predicates import Predicate
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
class Steps:
    """How a feature is computed: `selects` by the word that follows OWN in their names.

    Their relations are import steps of `reads`, earlier own steps, or SO_FAR. The last step has the columns
    `customer_id` and ANSWER, unless `answer` is an SQL expression over its columns. Customers who are not in it get
    `default`, an SQL literal, or no value if it is empty.

    Features with the same `family` (a name for the steps) share their steps, which are computed once. `cut` is the
    feature's condition where a step of the family has CUT.
    """

    selects: tuple[tuple[str, Select], ...]
    reads: tuple[Read, ...] = ()
    default: str = ""
    family: str = ""
    answer: str = ""
    cut: str = ""
