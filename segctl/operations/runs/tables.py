"""Names of our tables, and selects of their past rows."""

from collections.abc import Sequence
from datetime import datetime

from segctl.language.literals import sql_instant, sql_text
from segctl.language.syntax import CUSTOMER, table_prefix
from segctl.plan.plan import Plan
from segctl.render import compared_models, feature_tables, features_of_entity, shared_members
from segctl.warehouse import Warehouse

# Columns that are filled when something happens, by the column with its time.
ENDS = {
    "left_at": ("left_at", "leave_cause", "leave_definition_hash", "leave_run_id"),
    "valid_to": ("valid_to",),
}
# The column with the start of a row, by table.
BEGINS = {
    "segment_stays": "joined_at",
    "definition_versions": "valid_from",
    "run_sizes": "as_of",
    "erasures": "as_of",
    "segment_runs": "as_of",
}


def tables_of(entity: str) -> dict[str, str]:
    """The names of the tables of an entity's segments, like the macro names_of."""
    prefix = table_prefix(entity)
    evaluated_at, moved_at = features_of_entity(entity)
    names = {"features": f"{entity}_features", "looked_at": evaluated_at, "moved_at": moved_at}
    return {**names, "key": f"{entity}_id", "prefix": prefix}


def features_of(plan: Plan, entity: str) -> tuple[str, ...]:
    """The feature tables with one row per member of the entity, in build order."""
    return feature_tables(plan) if entity == CUSTOMER else (tables_of(entity)["features"],)


def stays_of(entity: str) -> str:
    """The table of an entity's stays."""
    return f"{tables_of(entity)['prefix']}segment_stays"


def tables_with(warehouse: Warehouse, plan: Plan, entity: str) -> list[str]:
    """The existing tables with keys of the entity's members. Raises Failure."""
    tables = [f"{tables_of(entity)['prefix']}segment_proposals", stays_of(entity), *features_of(plan, entity)]
    tables += [*(compared_models(plan) if entity == CUSTOMER else ()), shared_members(entity)]
    built = warehouse.columns([table_of(table) for table in tables])
    return [table for table in tables if built[table_of(table)]] or tables


def table_of(model: str) -> str:
    """A reference to the table of one of our models. Unlike `ref`, it never becomes a step of the query."""
    return f"segctl.model_relation('{model}')"


def relations(warehouse: Warehouse, models: Sequence[str]) -> dict[str, str]:
    """The SQL names of models' tables by model, for use from another warehouse."""
    listed = ", ".join(f"'{{{{ {table_of(model)} }}}}' as {model}" for model in models)
    row = warehouse.query(f"select {listed}")[0]
    return {model: row[model] for model in models}


def until(relation: str, model: str, columns: Sequence[str], instant: datetime, segments: Sequence[str] = ()) -> str:
    """A select of a table's rows as they were after the run as of a naive UTC instant.

    `model` is the table's name without the entity's prefix. Only rows of the given segments, if any.
    """
    ended = {column: end for end, ended_columns in ENDS.items() for column in ended_columns if end in columns}
    at = sql_instant(instant)
    listed = [
        f"case when {ended[name]} <= {at} then {name} end as {name}" if name in ended else name for name in columns
    ]
    select = f"select {', '.join(listed)} from {relation} where {BEGINS[model]} <= {at}"
    return f"{select} and segment in ({texts(segments)})" if segments else select


def texts(names: Sequence[str]) -> str:
    """Names as SQL literals, separated by commas."""
    return ", ".join(sql_text(name) for name in names)
