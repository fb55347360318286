"""Checks the types of warehouse columns against the catalog."""

from segctl.check.catalog_columns import catalog_columns
from segctl.errors import Failure, Problem, ProblemsFound
from segctl.plan.plan import Plan
from segctl.warehouse import Warehouse


def type_problems(plan: Plan, warehouse: Warehouse) -> list[Problem]:
    """One problem per catalog column that is missing or has another type, at the line that names it.

    Skips models that are not built. Raises Failure.
    """
    columns = catalog_columns(plan.catalog)
    rows = warehouse.misfits([(column.reference, column.column, column.kind) for column in columns])
    return [Problem(columns[row["index"]].mark, "column-type", row["message"], row["hint"]) for row in rows]


def check_types(plan: Plan, warehouse: Warehouse) -> None:
    """Raises ProblemsFound for columns that are missing or of another type, and Failure if a model is not built."""
    built = warehouse.columns(sorted({column.reference for column in catalog_columns(plan.catalog)}))
    missing = [reference for reference, types in built.items() if not types]
    if missing:
        message = f"not on this target yet: {', '.join(missing)}"
        raise Failure(message, "dbt build builds the models of the catalog; then try again")
    problems = type_problems(plan, warehouse)
    if problems:
        raise ProblemsFound(problems)
