"""The catalog columns that a run reads, whose types are checked first."""

from segctl.check.catalog_columns import catalog_columns, own_keys
from segctl.features import Stepped, scans_of
from segctl.plan.plan import Plan
from segctl.render.sql.imports import imports


def read_columns(plan: Plan) -> list[tuple[str, str, str]]:
    """Reference, column and kind of each, with an entity's own key before columns that refer to it."""
    stepped = (feature for feature in plan.features if isinstance(feature, Stepped))
    read = {(import_.model, column) for import_ in imports(plan, stepped) for column in import_.types}
    promised = ((scan.model, plan.promise(scan)) for scan in scans_of(plan.features))
    read |= {(model, promise.column.column.lower()) for model, promise in promised if promise}
    for planned in plan.entities:
        entity = planned.entity
        read |= {
            (entity.model, column)
            for column in (entity.key.lower(), *(attribute.column for attribute in planned.attributes))
        }
        read.add((plan.catalog.customer.model, entity.customers.lower()))
    kept = [
        catalog_column
        for catalog_column in catalog_columns(plan.catalog)
        if (catalog_column.model, catalog_column.column) in read
    ]
    own = [column for column in own_keys(plan.catalog) if column in kept]
    others = sorted(kept, key=lambda column: (column.reference, column.column, column.kind))
    return list(dict.fromkeys((column.reference, column.column, column.kind) for column in [*own, *others]))
