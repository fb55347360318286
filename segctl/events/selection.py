"""Resolves the events of a rule: source, filter and window."""

from dataclasses import dataclass

from segctl.conditions.compatible import compatible_criteria
from segctl.conditions.criterion import Criterion
from segctl.conditions.sql import AS_OF, Boundary, boundaries_of, day_begun
from segctl.features import Canonical, Filter, Read, Scan
from segctl.features.scope import Scope
from segctl.language.comparators import RELATIVE
from segctl.language.names import import_name
from segctl.language.syntax import Comparison, Condition, Event, Scalar, ValueType

Where = frozenset[tuple[str, ValueType, Criterion]]


@dataclass(frozen=True)
class Selection:
    """Events of one source that meet the event's own conditions, a `where`, and a window."""

    event: Event
    scan: Scan
    own: Where
    where: Where
    window: frozenset[Criterion]
    timezone: str

    @property
    def filter(self) -> Filter:
        """All conditions together."""
        return Filter(self.own | self.where, self.window)

    @property
    def relation(self) -> str:
        """The import step of the source."""
        return import_name(self.scan.model)

    @property
    def customer(self) -> str:
        """The column that holds the customer's key."""
        return self.scan.customer.lower()

    @property
    def at(self) -> str:
        """The column that holds the time."""
        return self.scan.at.lower()

    @property
    def conditions(self) -> tuple[str, ...]:
        """The SQL conditions on an event: it has happened, and it passes the filter."""
        return (f"{self.at} <= {{{{ {self._now.variable} }}}}", *self.filter.conditions(self.at))

    @property
    def where_conditions(self) -> tuple[str, ...]:
        """The conditions of the filter that are not about time."""
        return tuple(Filter(self.own | self.where).conditions(self.at))

    @property
    def boundaries(self) -> frozenset[Boundary]:
        """The boundaries in the conditions."""
        return frozenset({self._now}.union(*(boundaries_of(c, past=True) for c in self.window)))

    @property
    def reads(self) -> tuple[Read, ...]:
        """The columns of customer and time, and those of the conditions."""
        model = self.scan.model
        columns = [Read(model, column, kind) for column, kind, _ in sorted(self.filter.where, key=lambda e: e[0])]
        return (Read(model, self.customer, "string"), Read(model, self.at, self.scan.at_type), *columns)

    @property
    def canonical(self) -> Canonical:
        """Source and conditions."""
        scan = self.scan
        return (scan.model, scan.customer, scan.at, scan.at_type, *self.filter.canonical)

    @property
    def day(self) -> str:
        """The local day of an event as an SQL expression."""
        if self.scan.at_type == "date":
            return self.at
        return f"{{{{ segctl.local_day('{self.at}', '{self.timezone}') }}}}"

    @property
    def _now(self) -> Boundary:
        return day_begun(self.timezone) if self.scan.at_type == "date" else AS_OF


def select(
    name: Scalar, where: tuple[Condition, ...], window: tuple[Comparison, ...], scope: Scope
) -> Selection | None:
    """The events of that name. None after a problem."""
    event = scope.event(name)
    if event is None:
        compatible_criteria(window, "timestamp", scope.timezone, scope.report)
        return None
    added = where_criteria(where, event, scope)
    limits = window_criteria(window, event, scope)
    own = where_criteria(event.where, event, scope.silent)
    if added is None or limits is None or own is None:
        return None
    return Selection(event, scope.scan(event), own, added, limits, scope.timezone)


def where_criteria(conditions: tuple[Condition, ...], event: Event, scope: Scope) -> Where | None:
    """The typed conditions of a `where`. None after a problem."""
    found: set[tuple[str, ValueType, Criterion]] = set()
    good = True
    for condition in conditions:
        column = event.fields.get(condition.field.text)
        if column is None:
            of = f" of event {event.name}"
            name = condition.field
            scope.report.unknown(name.text, name.mark, "field", list(event.fields), of)
            good = False
            continue
        criteria = compatible_criteria(condition.comparisons, column.type, scope.timezone, scope.report, column.values)
        for comparison in condition.comparisons if criteria else ():
            if comparison.operator in RELATIVE:
                message = f"{comparison.operator} is not allowed in where"
                hint = "a window next to where compares the time of the event"
                scope.report.add(comparison.mark, "comparator-place", message, hint)
                good = False
        good = good and criteria is not None
        found.update((column.column.lower(), column.type, each) for each in criteria or ())
    return frozenset(found) if good else None


def window_criteria(comparisons: tuple[Comparison, ...], event: Event, scope: Scope) -> frozenset[Criterion] | None:
    """A window as criteria on the event's time. None after a problem."""
    criteria = compatible_criteria(comparisons, event.at.type, scope.timezone, scope.report)
    return None if criteria is None else frozenset(criteria)
