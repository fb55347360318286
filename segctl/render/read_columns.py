"""The catalog columns that a run reads, whose types are checked first."""

from segctl.catalog_columns import catalog_columns, own_keys
from segctl.features import Stepped, scans_of
from segctl.plan import Plan
from segctl.render.imports import imports


def read_columns(plan: Plan) -> list[tuple[str, str, str]]:
    """Reference, column and kind of each, with an entity's own key before columns that refer to it."""
    stepped = (feature for feature in plan.features if isinstance(feature, Stepped))
    read = {(one.model, column) for one in imports(plan, stepped) for column in one.types}
    promised = ((scan.model, plan.promise(scan)) for scan in scans_of(plan.features))
    read |= {(model, promise.column.column.lower()) for model, promise in promised if promise}
    for planned in plan.entities:
        entity = planned.entity
        read |= {(entity.model, column) for column in (entity.key.lower(), *(one.column for one in planned.attributes))}
        read.add((plan.catalog.customer.model, entity.customers.lower()))
    kept = [found for found in catalog_columns(plan.catalog) if (found.model, found.column) in read]
    own = [found for found in own_keys(plan.catalog) if found in kept]
    others = sorted(kept, key=lambda found: (found.reference, found.column, found.kind))
    return list(dict.fromkeys((found.reference, found.column, found.kind) for found in [*own, *others]))
