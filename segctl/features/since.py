"""Since when customers exist: the condition that tells them from the others, and the step where they are read."""

from dataclasses import dataclass

from segctl.criteria_sql import AS_OF, Moment, day_begun
from segctl.names import import_name
from segctl.spec import Catalog, ValueType


@dataclass(frozen=True)
class Since:
    """The column that says from when on a customer exists, and the instant or day of the run, by its type."""

    column: str
    type: ValueType
    now: Moment

    def condition(self, column: str) -> str:
        """The SQL condition that a customer exists, as an event does that has happened; false without a time."""
        return f"{column} <= {{{{ {self.now.variable} }}}}"


def since_of(catalog: Catalog) -> Since | None:
    """Since when customers exist; None where they have no beginning."""
    column = catalog.customer.since
    if column is None:
        return None
    now = day_begun(catalog.timezone) if column.type == "date" else AS_OF
    return Since(column.column.lower(), column.type, now)


def customers_step(catalog: Catalog) -> str:
    """The name of the step that has the customers' rows.

    It is the import of their model. Where not all of them exist yet and others read the model too, it is a step after
    that: an event in a row of theirs has happened when its own time says so, and may be another customer's.
    """
    customer = catalog.customer
    name = import_name(customer.model)
    return f"{name}_customers" if customer.since and customer.model in _other_models(catalog) else name


def _other_models(catalog: Catalog) -> set[str]:
    """What is read of events, histories and other entities."""
    histories = (column.history for column in catalog.customer.attributes.values())
    found = {history.model for history in histories if history}
    return found.union(
        (event.model for event in catalog.events.values()), (entity.model for entity in catalog.entities.values())
    )
