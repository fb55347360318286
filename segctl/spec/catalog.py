"""The catalog: what can be segmented on."""

from dataclasses import dataclass, field
from decimal import Decimal

from segctl.errors import Mark
from segctl.spec.events import Derived, Event, Metric
from segctl.spec.rules import Rule
from segctl.spec.sharing import Share
from segctl.spec.values import Column, Guard, Scalar

# What the catalog can ask for beside the tables that every project has.
MARTS = ("value", "customers", "overlap", "retention", "sources", "concentration", "roi")
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
