"""What the files say, before it is known whether it makes sense: catalog, definitions and rules with their places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

from segctl.errors import Mark

ValueType = Literal["string", "number", "boolean", "date", "timestamp", "timestamptz"]
VALUE_TYPES: tuple[str, ...] = get_args(ValueType)
TIME_TYPES: tuple[ValueType, ...] = ("date", "timestamp", "timestamptz")

Aggregation = Literal["count", "count_distinct", "sum", "avg", "min", "max", "first", "last"]
AGGREGATIONS: tuple[str, ...] = get_args(Aggregation)


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
class Column:
    """A typed column of a model: an attribute of a customer, a field of an event, or an event's time."""

    name: str
    type: ValueType
    column: str
    mark: Mark
    description: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Event:
    """An event source: one row an event, in `model`, of the customer in column `customer`, at the time `at`."""

    name: str
    model: str
    key: str
    customer: str
    at: Column
    recorded_at: str
    fields: dict[str, Column]
    where: tuple[Condition, ...]
    mark: Mark
    description: str = ""


@dataclass(frozen=True)
class Metric:
    """An aggregate of one event, with what narrows it; `field` is None for count, first and last."""

    name: str
    aggregation: Aggregation
    event: Scalar
    field: Scalar | None
    where: tuple[Condition, ...]
    window: tuple[Comparison, ...]
    mark: Mark
    description: str = ""


@dataclass(frozen=True)
class Leaf:
    """A rule that looks at data; `kind` names the rule type that knows what `body` is."""

    kind: str
    body: object
    mark: Mark


@dataclass(frozen=True)
class Combination:
    """`all`, `any`, `none` or `not` of other rules."""

    kind: Literal["all", "any", "none", "not"]
    rules: "tuple[Rule, ...]"
    mark: Mark


Rule = Leaf | Combination


@dataclass(frozen=True)
class Entity:
    """The customers: one row a customer in `model`, identified by column `key`."""

    model: str
    key: str
    attributes: dict[str, Column]
    eligible: Rule | None
    mark: Mark
    description: str = ""


@dataclass(frozen=True)
class Catalog:
    """What can be segmented on; `timezone` is an IANA name, `revenue` the name of a metric or empty."""

    timezone: str
    currency: str
    revenue: Scalar | None
    customer: Entity
    events: dict[str, Event]
    metrics: dict[str, Metric]


@dataclass(frozen=True)
class Segment:
    """One definition, as written."""

    name: str
    rule: Rule
    mark: Mark
    label: str = ""
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = True


@dataclass(frozen=True)
class DefinitionFile:
    """One file of segments; `stem` names the model rendered from it."""

    path: str
    stem: str
    segments: tuple[Segment, ...] = field(default_factory=tuple)


def leaves(rule: Rule) -> Iterator[Leaf]:
    """Every leaf of a rule, in the order of writing."""
    if isinstance(rule, Leaf):
        yield rule
    else:
        for part in rule.rules:
            yield from leaves(part)
