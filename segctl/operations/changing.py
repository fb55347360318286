"""What every command begins with that changes or recomputes what is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager

from segctl.project import Project, only_one
from segctl.warehouse import Warehouse


@contextmanager
def alone(project: Project, warehouse: Warehouse, command: str) -> Iterator[Warehouse]:
    """The warehouse, `loaded`, with the lock on its tables: no other program of ours changes them meanwhile.

    Raises InUse when one is at it for longer than there is patience.
    """
    with only_one(project, warehouse.target, warehouse.patience), warehouse.locked(command) as live:
        yield live


@contextmanager
def changing(project: Project, warehouse: Warehouse, command: str, dry_run: bool = False) -> Iterator[Warehouse]:
    """The warehouse, `loaded`, with the lock on its tables, which are brought up to this version's format.

    Raises InUse as `alone` does, or Failure when the tables are of a later version, or with `dry_run` of
    another; then nothing has been done.
    """
    with alone(project, warehouse, command) as live:
        if dry_run:
            live.operate("check_format", brought_up=True)
        else:
            live.operate("upgrade_tables")
        yield live
