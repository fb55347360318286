"""Since when customers exist: the condition, and the step that applies it."""

from dataclasses import dataclass

from segctl.conditions.sql import AS_OF, Boundary, day_begun
from segctl.language.names import import_name
from segctl.language.syntax import Catalog, ValueType


@dataclass(frozen=True)
class Since:
    """The column with the start of a customer, and the run's instant or day, by the column's type."""

    column: str
    type: ValueType
    now: Boundary

    def condition(self, column: str) -> str:
        """The SQL condition that a customer exists at the run. False if the time is missing."""
        return f"{column} <= {{{{ {self.now.variable} }}}}"


def since_of(catalog: Catalog) -> Since | None:
    """Since when customers exist, or None if the catalog does not say."""
    column = catalog.customer.since
    if column is None:
        return None
    now = day_begun(catalog.timezone) if column.type == "date" else AS_OF
    return Since(column.column.lower(), column.type, now)


def customers_step(catalog: Catalog) -> str:
    """The name of the step with the customers' rows.

    Usually the import of their model. If some customers may not exist yet and other steps read the model too, it is a
    step after the import: an event in the same row has its own time, and may belong to another customer.
    """
    customer = catalog.customer
    name = import_name(customer.model)
    return f"{name}_customers" if customer.since and customer.model in _other_models(catalog) else name


def _other_models(catalog: Catalog) -> set[str]:
    """The models of events, histories and other entities."""
    histories = (column.history for column in catalog.customer.attributes.values())
    found = {history.model for history in histories if history}
    return found.union(
        (event.model for event in catalog.events.values()), (entity.model for entity in catalog.entities.values())
    )
