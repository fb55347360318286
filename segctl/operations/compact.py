"""Putting the files of our tables in order, where the engine leaves that to its users."""

from segctl.operations.changing import alone
from segctl.operations.run import ready
from segctl.project import Project
from segctl.warehouse import Warehouse


def compact(project: Project, warehouse: Warehouse, keep_days: int) -> list[str]:
    """The tables whose files were rewritten, without what they were more than `keep_days` days ago; none on an engine
    that sees to it by itself. Membership and history stay as they are.

    Raises ProblemsFound or Failure.
    """
    ready(project)
    with alone(project, warehouse, "compact") as live:
        told = live.query("select '{{ segctl.tables_to_compact() | join(',') }}' as tables")[0]["tables"]
        tables = told.split(",") if told else []
        if tables:
            live.operate("compact", keep_days=keep_days)
    return tables
