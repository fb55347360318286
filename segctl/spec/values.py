"""What is written in a catalog or a definition, with its place: values, comparisons, columns."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from segctl.errors import Mark

ValueType = Literal["string", "number", "boolean", "date", "timestamp", "timestamptz", "strings"]
VALUE_TYPES: tuple[str, ...] = get_args(ValueType)
TIME_TYPES: tuple[ValueType, ...] = ("date", "timestamp", "timestamptz")
Aggregation = Literal["count", "count_distinct", "sum", "avg", "min", "max", "first", "last", "usual_gap"]
AGGREGATIONS: tuple[str, ...] = get_args(Aggregation)
SEGMENT_LIMITS = ("max_change", "min_size", "max_size")
SOURCE_LIMITS = ("max_loss",)


@dataclass(frozen=True)
class Scalar:
    """A YAML scalar as written; `plain` when it stands without quotes."""

    text: str
    mark: Mark
    plain: bool = True


@dataclass(frozen=True)
class Comparison:
    """`operator: operand` as written; the operand's type is decided by what it is compared with."""

    operator: str
    operands: tuple[Scalar, ...]
    listed: bool
    mark: Mark


@dataclass(frozen=True)
class Condition:
    """One entry of a `where`: a field of an event and what it must be."""

    field: Scalar
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class Guard:
    """What a run may do to a segment, or miss in a source; shares in percent, None where nothing is said.

    `lifted` names the limits that the word none takes away, whatever the catalog says.
    """

    mark: Mark
    max_change: Decimal | None = None
    min_size: int | None = None
    max_size: int | None = None
    max_loss: Decimal | None = None
    lifted: frozenset[str] = frozenset()

    def over(self, catalogs: "Guard | None") -> "Guard":
        """This guard, and the catalog's where this one says nothing."""
        limits: dict[str, Any] = {}
        for limit in (*SEGMENT_LIMITS, *SOURCE_LIMITS):
            own = getattr(self, limit)
            inherited = getattr(catalogs, limit) if catalogs and limit not in self.lifted else None
            limits[limit] = inherited if own is None else own
        return Guard(self.mark, **limits)


@dataclass(frozen=True)
class Column:
    """A typed column of a model: an attribute of a customer, a field of an event, or a time of either.

    An attribute that is `fixed` never changes; `history` says where the values of one that does have been kept.
    `label` is what sentences call it.
    """

    name: str
    type: ValueType
    column: str
    mark: Mark
    description: str = ""
    values: tuple[str, ...] = ()
    fixed: bool = False
    history: "ValueHistory | None" = None
    label: str = ""


@dataclass(frozen=True)
class ValueHistory:
    """Where an attribute's values have been kept: in `column` of `model`, a row for each time that one held.

    It holds from `begins` on and until before `ends`; without that, until the next one.
    """

    model: str
    customer: str
    column: str
    begins: Column
    ends: Column | None
    mark: Mark
