"""The columns that the catalog names, with their model, type and place in the file."""

from collections.abc import Iterable
from dataclasses import dataclass

from segctl.errors import Mark
from segctl.language.names import model_reference
from segctl.language.syntax import CUSTOMER, Catalog, Column, Event


@dataclass(frozen=True)
class CatalogColumn:
    """A column of a model, in lower case. `kind` is its declared type.

    The kind of a key is "key of" and the entity's name. All columns of one such kind must be comparable.
    """

    model: str
    column: str
    kind: str
    mark: Mark

    @property
    def reference(self) -> str:
        """The reference to the model in Jinja, without braces."""
        return model_reference(self.model)


def key_of(entity: str) -> str:
    """The kind of the columns that hold an entity's keys."""
    return f"key of {entity}"


def catalog_columns(catalog: Catalog) -> list[CatalogColumn]:
    """All columns, once each. An entity's own key comes first of its kind."""
    customers = catalog.customer
    columns = own_keys(catalog)
    columns += _typed(customers.model, customers.attributes.values())
    if customers.since:
        columns.append(_declared(customers.model, customers.since))
    for attribute in customers.attributes.values():
        columns += _history(attribute)
    for name, entity in catalog.entities.items():
        columns += _typed(entity.model, entity.attributes.values())
        columns.append(CatalogColumn(customers.model, entity.customers.lower(), key_of(name), entity.mark))
    for event in catalog.events.values():
        columns += _event(event)
    costs = catalog.costs
    columns += _typed(costs.model, (costs.day, costs.amount)) if costs else []
    return list(dict.fromkeys(columns))


def own_keys(catalog: Catalog) -> list[CatalogColumn]:
    """The key column of each entity, customers first."""
    entities = ((CUSTOMER, catalog.customer), *catalog.entities.items())
    return [CatalogColumn(entity.model, entity.key.lower(), key_of(name), entity.mark) for name, entity in entities]


def _declared(model: str, column: Column) -> CatalogColumn:
    return CatalogColumn(model, column.column.lower(), column.type, column.mark)


def _typed(model: str, columns: Iterable[Column]) -> list[CatalogColumn]:
    return [_declared(model, column) for column in columns]


def _history(attribute: Column) -> list[CatalogColumn]:
    history = attribute.history
    if history is None:
        return []
    return [
        CatalogColumn(history.model, history.customer.lower(), key_of(CUSTOMER), history.mark),
        CatalogColumn(history.model, history.column.lower(), attribute.type, history.mark),
        *(_declared(history.model, time) for time in (history.begins, history.ends) if time),
    ]


def _event(event: Event) -> list[CatalogColumn]:
    return [
        CatalogColumn(event.model, event.customer.lower(), key_of(CUSTOMER), event.mark),
        _declared(event.model, event.at),
        *_typed(event.model, event.fields.values()),
        *([_declared(event.model, event.promise.column)] if event.promise else []),
    ]
