"""Renders the models of segments of entities other than customers."""

from segctl.features import customers_step
from segctl.language.names import import_name
from segctl.language.syntax import CUSTOMER, ValueType, table_prefix
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedEntity
from segctl.render.sql.imports import Import
from segctl.render.sql.layout import coalesced, left_join, with_alias
from segctl.render.sql.selects import step_joins, step_texts
from segctl.render.sql.templates import COLUMN, FOLDER, HISTORY, MARTS, SOURCES, TEMPLATES

# Tables that are the same for all entities: folder, macro and settings by table.
ENTITY_TABLES = {
    "segment_proposals": (
        HISTORY,
        "proposals",
        (
            "materialized='table'",
            "indexes=[]",
            "file_format=segctl.table_format()",
            'pre_hook="{{ segctl.prefer_hash_joins() }}"',
        ),
    ),
    "segment_stays": (HISTORY, "stays", ("materialized='recorded'", "full_refresh=false", "on_schema_change='ignore'")),
    "segment_history": (MARTS, "history", ("materialized='lasting_view'",)),
    "segment_membership": (MARTS, "membership", ("materialized='lasting_view'",)),
    "segment_changes": (MARTS, "changes", ("materialized='lasting_view'",)),
}


def entity_models(plan: Plan) -> dict[str, str]:
    """The models besides those of members, by path."""
    files = {
        f"{FOLDER}/valued_changes.sql": _of_all_entities("valued_changes", plan),
        f"{FOLDER}/all_stays.sql": _of_all_entities("all_stays", plan),
    }
    for entity in (CUSTOMER, *(planned.name for planned in plan.entities)):
        files |= _tables(entity)
    for planned in plan.entities:
        name = planned.name
        files[f"{FOLDER}/{name}_features.sql"] = entity_features(planned, plan)
    return files


def _tables(entity: str) -> dict[str, str]:
    """The models of an entity's changes, proposals, stays and views, the same for each entity."""
    prefix = table_prefix(entity)
    template = TEMPLATES.get_template("entity_table.sql.j2")
    changed = TEMPLATES.get_template("changed_inputs.sql.j2").render(sources=SOURCES, prefix=prefix, entity=entity)
    files = {f"{FOLDER}/{prefix}changed_inputs.sql": changed}
    for table, (folder, macro, settings) in ENTITY_TABLES.items():
        keyed = (f"unique_key=['segment', '{entity}_id', 'joined_at']",) if table == "segment_stays" else ()
        text = template.render(sources=SOURCES, settings=[*settings, *keyed], macro=macro, entity=entity)
        files[f"{folder}/{prefix}{table}.sql"] = text
    return files


def _of_all_entities(model: str, plan: Plan) -> str:
    entities = [
        {
            "stays": f"{prefix}segment_stays",
            "proposals": f"{prefix}segment_proposals",
            "features": f"{name}_features",
            "key": f"{name}_id",
        }
        for name, prefix in ((CUSTOMER, ""), *((planned.name, f"{planned.name}_") for planned in plan.entities))
    ]
    return TEMPLATES.get_template(f"{model}.sql.j2").render(sources=SOURCES, entities=entities)


def entity_features(planned: PlannedEntity, plan: Plan, of_customers: str = "") -> str:
    """The table of an entity's features. With the step `of_customers`, a step of another query."""
    entity, customer = planned.entity, plan.catalog.customer
    source, customers = import_name(entity.model), customers_step(plan.catalog)
    own = Import(entity.model, {entity.key.lower(): "string"}, key="" if of_customers else entity.key.lower())
    for attribute in planned.attributes:
        own.types[attribute.column] = attribute.type
    columns: dict[str, ValueType] = {customer.key.lower(): "string", entity.customers.lower(): "string"}
    theirs = Import(customer.model, columns, step=customers)
    key = f"{planned.name}_id"
    joins = step_joins(planned.counts, source, entity.key.lower(), "entity_id")
    joins.append(left_join("revenue_features", source, entity.key.lower(), entity.customers.lower()))
    return TEMPLATES.get_template("entity_features.sql.j2").render(
        sources=SOURCES,
        of_customers=of_customers,
        name=planned.name,
        key=key,
        own_key=entity.key.lower(),
        moments=planned.boundaries,
        imports=[own, theirs],
        steps=step_texts(planned.counts, f"{CUSTOMER}_features"),
        customers=customers,
        customer_key=customer.key.lower(),
        belongs_to=entity.customers.lower(),
        entity=source,
        joined=[
            with_alias([f"{source}.{entity.key.lower()}"], key, COLUMN)
            if entity.key.lower() != key
            else f"{source}.{key}"
        ]
        + [
            with_alias([f"{source}.{feature.column}"], feature.name, COLUMN)
            if feature.column != feature.name
            else f"{source}.{feature.name}"
            for feature in planned.attributes
        ]
        + [with_alias([coalesced(count.answered, "0", COLUMN)], count.name, COLUMN) for count in planned.counts],
        joins=joins,
        flags=[with_alias([coalesced(flag.sql, "false", COLUMN)], flag.name, COLUMN) for flag in planned.flags],
    )
