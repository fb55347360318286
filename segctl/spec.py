"""What the files say, before it is known whether it makes sense: catalog, definitions and rules with their places."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, get_args

from segctl.errors import Mark
from segctl.literals import Duration

ValueType = Literal["string", "number", "boolean", "date", "timestamp", "timestamptz", "strings"]
VALUE_TYPES: tuple[str, ...] = get_args(ValueType)
TIME_TYPES: tuple[ValueType, ...] = ("date", "timestamp", "timestamptz")

Aggregation = Literal["count", "count_distinct", "sum", "avg", "min", "max", "first", "last", "usual_gap"]
AGGREGATIONS: tuple[str, ...] = get_args(Aggregation)

# What the catalog can ask for beside the tables that every project has.
MARTS = ("value", "customers", "overlap", "retention", "sources", "concentration", "roi")

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


@dataclass(frozen=True)
class Event:
    """An event source: one row an event, in `model`, of the customer in column `customer`, at the time `at`.

    The newest must lie within `freshness` before the run. `verb` says what somebody has done by one: ordered.
    """

    name: str
    model: str
    key: str
    customer: str
    at: Column
    recorded_at: Column | None
    fields: dict[str, Column]
    where: tuple[Condition, ...]
    mark: Mark
    description: str = ""
    freshness: Duration | None = None
    guard: Guard | None = None
    promise: "Promise | None" = None
    verb: str = ""

    @property
    def times(self) -> tuple[Column, ...]:
        """All columns of times that it names."""
        told = (self.at, self.recorded_at, self.promise.column if self.promise else None)
        return tuple(dict.fromkeys(column for column in told if column))


APPEND_ONLY = "append_only"
PROMISE_UNITS = ("hour", "day", "week")


@dataclass(frozen=True)
class Promise:
    """That a row of an event that is new, or not as it was, bears a time in `column` later than all others.

    It may be up to `late_by` earlier than one that a run has seen. Rows that are `append_only` never change. Every
    `check_every` a run looks at all of them.
    """

    append_only: bool
    column: Column
    check_every: Duration
    late_by: Duration
    mark: Mark = field(compare=False)


@dataclass(frozen=True)
class Metric:
    """An aggregate of one event, with what narrows it; `field` is None for what is asked of whole events."""

    name: str
    aggregation: Aggregation
    event: Scalar
    field: Scalar | None
    where: tuple[Condition, ...]
    window: tuple[Comparison, ...]
    mark: Mark
    description: str = ""
    label: str = ""


@dataclass(frozen=True)
class Derived:
    """A metric made of two others."""

    name: str
    operation: Literal["ratio", "difference"]
    operands: tuple[Scalar, Scalar]
    mark: Mark
    description: str = ""
    label: str = ""


@dataclass(frozen=True)
class Leaf:
    """A rule that looks at data; `kind` names the rule type that knows `body`. `nested` are rules in it, by key."""

    kind: str
    body: object
    mark: Mark
    nested: "dict[str, Rule]" = field(default_factory=dict)


@dataclass(frozen=True)
class Combination:
    """`all`, `any`, `none` or `not` of other rules."""

    kind: Literal["all", "any", "none", "not"]
    rules: "tuple[Rule, ...]"
    mark: Mark


Rule = Leaf | Combination


# What platforms know people by.
IDENTIFIERS = ("email", "phone", "first_name", "last_name", "country", "postal_code", "external_id")


@dataclass(frozen=True)
class Identifiers:
    """The attributes that hold what platforms know a customer by, and the country of phone numbers that name none."""

    attributes: dict[str, Scalar] = field(default_factory=dict)
    phone_country: str = ""


@dataclass(frozen=True)
class Entity:
    """Customers, or what they belong to: one row each in `model`, identified by column `key`.

    `customers` is the column of the customers' model that holds the key of another entity; empty for the customers.
    `since` is the time from which on a customer exists, `acquired_by` names the attribute that says what brought them;
    None for other entities, and where the catalog has none.
    """

    model: str
    key: str
    attributes: dict[str, Column]
    eligible: Rule | None
    mark: Mark
    description: str = ""
    customers: str = ""
    since: Column | None = None
    guard: Guard | None = None
    acquired_by: Scalar | None = None
    identifiers: Identifiers = field(default_factory=Identifiers)


@dataclass(frozen=True)
class Costs:
    """Rows of spend: a day, an amount in the catalog's currency, and what it was paid for.

    `paid_for` is the column that names a segment, where it `is_aimed` at one, or else a source of customers, a value
    of the attribute that `acquired_by` names. Revenue counts for `window_days` days of 24 hours after joining.
    """

    model: str
    day: Column
    amount: Column
    paid_for: str
    is_aimed: bool
    window_days: int
    mark: Mark


@dataclass(frozen=True)
class Experiment:
    """The share of customers that takes part, and how the variants divide them up, in percent."""

    name: str
    share: Decimal
    variants: dict[str, Decimal]
    mark: Mark


EXPOSURE_TYPES = ("application", "dashboard", "notebook", "analysis", "ml")
EXPOSURE_DETAILS = ("type", "owner", "url", "description")


@dataclass(frozen=True)
class Share:
    """A view of a segment's members for others: its name, attributes and metrics, and the roles that may read it.

    `grants` is None where nothing is said of roles. `eligible_only` is where it says that it has only those who may be
    contacted; None where it does not.
    """

    name: str
    columns: tuple[Scalar, ...]
    grants: tuple[str, ...] | None
    mark: Mark
    eligible_only: Mark | None = None


@dataclass(frozen=True)
class Exposure:
    """What reads a segment, as dbt knows it; a detail that is said elsewhere is empty here."""

    name: str
    mark: Mark
    type: str = ""
    owner: str = ""
    url: str = ""
    description: str = ""


@dataclass(frozen=True)
class Catalog:
    """What can be segmented on; `timezone` is an IANA name, `revenue` the name of a metric, `holdout` a percentage.

    `reverse_etl` is what the tables for tools that send audiences on have of people; None where nobody asks for them.
    `semantic_models` says whether dbt's are rendered.
    """

    timezone: str
    currency: str
    revenue: Scalar | None
    customer: Entity
    events: dict[str, Event]
    metrics: dict[str, Metric | Derived]
    entities: dict[str, Entity] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    experiments: dict[str, Experiment] = field(default_factory=dict)
    holdout: Decimal | None = None
    guard: Guard | None = None
    marts: tuple[Scalar, ...] = ()
    costs: Costs | None = None
    reverse_etl: Share | None = None
    semantic_models: bool = False


@dataclass(frozen=True)
class Memory:
    """What lets members stay, or keeps them from coming back, whatever the rule says; None where not asked for."""

    keep_while: Rule | None = None
    min_stay: Duration | None = None
    cool_down: Duration | None = None


@dataclass(frozen=True)
class Segment:
    """One definition, as written.

    `rule` is None when `extends` says it all; `limit` is a leaf of type rank; `priority` counts within `group`;
    `formerly` is the name that it had before.
    """

    name: str
    rule: Rule | None
    mark: Mark
    label: str = ""
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    enabled: bool = True
    extends: Scalar | None = None
    group: Scalar | None = None
    priority: int = 0
    limit: Leaf | None = None
    memory: Memory | None = None
    guard: Guard | None = None
    formerly: Scalar | None = None
    share: Share | None = None
    used_by: tuple[Exposure, ...] = ()


@dataclass(frozen=True)
class DefinitionFile:
    """One file of segments; `stem` names the model rendered from it, `entity` what its segments are about."""

    path: str
    stem: str
    entity: Scalar | None = None
    segments: tuple[Segment, ...] = field(default_factory=tuple)


def leaves(rule: Rule) -> Iterator[Leaf]:
    """Every leaf of a rule, in the order of writing, also those of rules in leaves."""
    if isinstance(rule, Leaf):
        yield rule
        for part in rule.nested.values():
            yield from leaves(part)
    else:
        for part in rule.rules:
            yield from leaves(part)
