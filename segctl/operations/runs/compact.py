"""Compacts table files on engines that leave this to their users."""

from segctl.operations.runs.exclusive import exclusive
from segctl.operations.runs.run import checked_plan
from segctl.project.project import Project
from segctl.warehouse import Warehouse


def compact(project: Project, warehouse: Warehouse, keep_days: int) -> list[str]:
    """Rewrites table files and deletes snapshots older than `keep_days` days. Returns the rewritten tables.

    Does nothing on engines that compact by themselves. Rows stay the same. Raises ProblemsFound or Failure.
    """
    checked_plan(project)
    with exclusive(project, warehouse, "compact") as live:
        table_names = live.query("select '{{ segctl.tables_to_compact() | join(',') }}' as tables")[0]["tables"]
        tables = table_names.split(",") if table_names else []
        if tables:
            live.operate("compact", keep_days=keep_days)
    return tables
