"""The start of every command that changes or recomputes the history."""

from collections.abc import Iterator
from contextlib import contextmanager

from segctl.project.project import Project, lock_target
from segctl.warehouse import Warehouse


@contextmanager
def exclusive(project: Project, warehouse: Warehouse, command: str) -> Iterator[Warehouse]:
    """The `loaded` warehouse with its lock, so that no other segctl program changes the tables.

    Raises InUse if another program holds the lock for longer than the patience.
    """
    with lock_target(project, warehouse.target, warehouse.patience), warehouse.locked(command) as live:
        yield live


@contextmanager
def exclusive_change(
    project: Project, warehouse: Warehouse, command: str, dry_run: bool = False
) -> Iterator[Warehouse]:
    """The `loaded` warehouse with its lock, upgraded to this version's table format.

    Raises InUse like `exclusive`. Raises Failure without changing anything if the tables are of a later version, or
    with `dry_run` of any other version.
    """
    with exclusive(project, warehouse, command) as live:
        if dry_run:
            live.operate("check_format", brought_up=True)
        else:
            live.operate("upgrade_tables")
        yield live
