"""The context for resolving a rule: everything it can refer to, and the report for problems."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from segctl.errors import Report
from segctl.features import Feature, Predicate, Scan, customers_step
from segctl.language.syntax import CUSTOMER, Catalog, Entity, Event, Rule, Scalar


@dataclass(frozen=True)
class Scope:
    """The catalog, its resolved metrics, and functions for other predicates (None after a problem).

    `resolve` resolves a rule in a scope. `segment` and `rule` resolve a name. `entity` is the entity of the rules:
    `customer`, or one that customers belong to.
    """

    catalog: Catalog
    report: Report
    resolve: Callable[["Rule", "Scope"], Predicate | None]
    metrics: dict[str, Feature] = field(default_factory=dict)
    segment: Callable[[Scalar, str], Predicate | None] = lambda *_: None
    rule: Callable[[Scalar], Predicate | None] = lambda _: None
    entity: str = CUSTOMER

    @property
    def about(self) -> Entity:
        """The entity that rules are about."""
        return self.catalog.customer if self.entity == CUSTOMER else self.catalog.entities[self.entity]

    def of_customers(self, name: Scalar, what: str) -> bool:
        """Whether rules are about customers. If not, reports a problem."""
        if self.entity != CUSTOMER:
            message = f"{what} is about customers, but this rule is about {self.entity}"
            hint = "ask for attributes of it, or for its customers: {customers: <rule about customers>}"
            self.report.add(name.mark, "rule-place", message, hint)
        return self.entity == CUSTOMER

    @property
    def customers(self) -> str:
        """The name of the step that imports the customers."""
        return customers_step(self.catalog)

    @property
    def timezone(self) -> str:
        """The project's time zone."""
        return self.catalog.timezone

    @property
    def silent(self) -> "Scope":
        """The same scope without a report, for problems that are already known."""
        return replace(self, report=Report())

    def event(self, name: Scalar) -> Event | None:
        """The event of that name. None after a problem."""
        event = self.catalog.events.get(name.text)
        if event is None:
            self.report.unknown(name.text, name.mark, "event", list(self.catalog.events))
        return event

    def scan(self, event: Event) -> Scan:
        """The scan of the event's source, shared with all catalog events of the same columns."""
        same = [
            other.name
            for other in self.catalog.events.values()
            if (other.model, other.customer, other.at.column) == (event.model, event.customer, event.at.column)
        ]
        return Scan(event.model, event.customer, event.at.column, event.at.type, tuple(sorted(same)))
