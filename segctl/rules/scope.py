"""What a rule can refer to while it is resolved, and where its problems go."""

from collections.abc import Callable
from dataclasses import dataclass, field

from segctl.errors import Report
from segctl.features import Aggregate, Predicate, Scan
from segctl.spec import Catalog, Event, Scalar


@dataclass(frozen=True)
class Scope:
    """The catalog, its resolved metrics, and a way to the predicates of other segments (None after a problem)."""

    catalog: Catalog
    report: Report
    metrics: dict[str, Aggregate] = field(default_factory=dict)
    segment: Callable[[Scalar], Predicate | None] = lambda _: None

    def event(self, name: Scalar) -> Event | None:
        """The event of that name; None after a problem."""
        found = self.catalog.events.get(name.text)
        if found is None:
            self.report.unknown(name.text, name.mark, "event", list(self.catalog.events))
        return found

    def scan(self, event: Event) -> Scan:
        """The pass over its source that the event shares with every catalogued event of the same columns."""
        same = [
            other.name
            for other in self.catalog.events.values()
            if (other.model, other.customer, other.at.column) == (event.model, event.customer, event.at.column)
        ]
        return Scan(event.model, event.customer, event.at.column, event.at.type, tuple(sorted(same)))
