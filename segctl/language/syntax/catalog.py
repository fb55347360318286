"""The catalog: everything that rules can use."""

from dataclasses import dataclass, field
from decimal import Decimal

from segctl.errors import Mark
from segctl.language.syntax.events import Derived, Event, Metric
from segctl.language.syntax.rules import Rule
from segctl.language.syntax.sharing import Share
from segctl.language.syntax.values import Column, Guard, Scalar

# Optional tables that the catalog can ask for.
MARTS = ("value", "customers", "overlap", "retention", "sources", "concentration", "roi")
# Identifiers of people on platforms.
IDENTIFIERS = ("email", "phone", "first_name", "last_name", "country", "postal_code", "external_id")


@dataclass(frozen=True)
class Identifiers:
    """The attributes with identifiers for platforms, and the default country of phone numbers."""

    attributes: dict[str, Scalar] = field(default_factory=dict)
    phone_country: str = ""


@dataclass(frozen=True)
class Entity:
    """Customers, or an entity that they belong to: one row each in `model`, identified by the column `key`.

    `customers` is the column of the customers' model with the key of another entity, empty for customers themselves.
    `since` is the time from which a customer exists, and `acquired_by` names the attribute with their source. Both are
    None for other entities, or if the catalog has none.
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
    """Rows of spend: a day, an amount in the catalog's currency, and what it was spent on.

    `paid_for` is the column with a segment if the spend `is_aimed` at one, or with a source of customers, a value of
    the attribute named by `acquired_by`. Revenue counts for `window_days` days of 24 hours after joining.
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
    """The percentage of customers that takes part, and the percentages of the variants."""

    name: str
    share: Decimal
    variants: dict[str, Decimal]
    mark: Mark


@dataclass(frozen=True)
class Catalog:
    """Everything that rules can use. `timezone` is an IANA name, `revenue` a metric's name, `holdout` a percentage.

    `reverse_etl` are the columns of people in the tables for reverse ETL, None if not requested. `semantic_models`
    requests dbt semantic models.
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
