"""Finds former definitions that today's models cannot evaluate because a model or column is gone or changed."""

import re
from collections.abc import Iterator

from segctl.check.catalog_columns import CatalogColumn, catalog_columns
from segctl.errors import Problem
from segctl.plan.plan import Plan, of_features
from segctl.plan.planned import PlannedSegment
from segctl.render import features_steps
from segctl.warehouse import Warehouse

WORD = re.compile(r"\w+")


def unreadable(plan: Plan, warehouse: Warehouse) -> tuple[set[str], list[Problem]]:
    """The names of these segments, and the problems with their catalog columns. Raises Failure."""
    columns = catalog_columns(plan.catalog)
    known = warehouse.references()
    existing_columns = [column for column in columns if column.reference in known]
    rows = warehouse.misfits([(column.reference, column.column, column.kind) for column in existing_columns])
    wrong = {
        existing_columns[row["index"]]: Problem(
            existing_columns[row["index"]].mark, "column-type", row["message"], row["hint"]
        )
        for row in rows
    }
    for column in columns:
        if column.reference not in known:
            message = f"there is no model {column.model} in the project"
            wrong[column] = Problem(column.mark, "unknown-model", message, "it may have another name now")
    unreadable_columns: dict[str, list[CatalogColumn]] = {}
    for planned in plan.segments:
        unreadable = list(_read_by(planned, plan, wrong)) if planned.segment.enabled else []
        if unreadable:
            unreadable_columns[planned.segment.name] = unreadable
    return set(unreadable_columns), sorted(
        {wrong[column] for columns in unreadable_columns.values() for column in columns}
    )


def _read_by(planned: PlannedSegment, plan: Plan, columns: dict[CatalogColumn, Problem]) -> Iterator[CatalogColumn]:
    text = features_steps(of_features(plan, planned.features, planned.entity))
    words = set(WORD.findall(text))
    return (column for column in columns if column.reference in text and column.column in words)
