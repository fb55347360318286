"""Values, comparisons and columns as written, with their places."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from segctl.errors import Mark

ValueType = Literal["string", "number", "boolean", "date", "timestamp", "timestamptz", "strings"]
VALUE_TYPES: tuple[str, ...] = get_args(ValueType)
TIME_TYPES: tuple[ValueType, ...] = ("date", "timestamp", "timestamptz")
Aggregation = Literal["count", "count_distinct", "sum", "avg", "min", "max", "first", "last", "usual_gap"]
AGGREGATIONS: tuple[str, ...] = get_args(Aggregation)
SEGMENT_GUARD_KEYS = ("max_change", "min_size", "max_size")
SOURCE_GUARD_KEYS = ("max_loss",)


@dataclass(frozen=True)
class Scalar:
    """A YAML scalar as written. `plain` means without quotes."""

    text: str
    mark: Mark
    plain: bool = True


@dataclass(frozen=True)
class Comparison:
    """`operator: operand` as written. The compared value decides the operand's type."""

    operator: str
    operands: tuple[Scalar, ...]
    listed: bool
    mark: Mark


@dataclass(frozen=True)
class Condition:
    """One entry of a `where`: a field of an event and its comparisons."""

    field: Scalar
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True)
class Guard:
    """Limits on a run's changes of a segment, or on missing rows of a source. Shares in percent, None if not set.

    `lifted` names the limits that `none` removes, overriding the catalog.
    """

    mark: Mark
    max_change: Decimal | None = None
    min_size: int | None = None
    max_size: int | None = None
    max_loss: Decimal | None = None
    lifted: frozenset[str] = frozenset()

    def over(self, catalogs: "Guard | None") -> "Guard":
        """This guard, completed by the catalog's defaults."""
        values: dict[str, Any] = {}
        for key in (*SEGMENT_GUARD_KEYS, *SOURCE_GUARD_KEYS):
            own = getattr(self, key)
            inherited = getattr(catalogs, key) if catalogs and key not in self.lifted else None
            values[key] = inherited if own is None else own
        return Guard(self.mark, **values)


@dataclass(frozen=True)
class Column:
    """A typed column of a model: an attribute of a customer, a field of an event, or a time of either.

    A `fixed` attribute never changes. `history` says where past values of other attributes are stored. `label` is used
    in sentences.
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
    """Where past values of an attribute are stored: in `column` of `model`, one row per period.

    A value is valid from `begins` until before `ends`, or until the next value without `ends`.
    """

    model: str
    customer: str
    column: str
    begins: Column
    ends: Column | None
    mark: Mark
