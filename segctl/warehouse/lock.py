"""The lock in the database, held by one segctl command at a time while it changes tables."""

from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from pathlib import Path
from socket import gethostname
from typing import Any
from uuid import uuid4

from segctl.process.waiting import Patience
from segctl.warehouse.diagnosis import failure_of


@contextmanager
def lock(manifest: Any, root: Path, command: str, patience: Patience) -> Iterator[str]:  # noqa: ANN401
    """Holds the lock on the tables of the project that dbt has just parsed. Yields the value of LOCK_VARIABLE.

    Other programs see the `command`. Raises InUse if another program holds it for longer than the patience.
    """
    connection, held = patience.attempt(lambda: _take(manifest, root, command))
    try:
        yield held
    finally:
        _release(manifest, root, connection, held)


def _take(manifest: Any, root: Path, command: str) -> tuple[Any, str]:  # noqa: ANN401
    """The connection that holds the lock, and the answer of the macro that took it.

    dbt closes its connections at the end of an invocation, so it must not know this one.
    """
    adapter = _adapter(manifest)
    holder = {"owner": uuid4().hex, "command": command, "host": gethostname()}
    try:
        # DuckDB resolves a path from dbt's working directory.
        with chdir(root):
            adapter.acquire_connection("segctl_lock")
            held = adapter.execute_macro("take_lock", macro_resolver=manifest, project="segctl", kwargs=holder)
    except BaseException as error:
        adapter.release_connection()
        # Catches the database's own exceptions too: DuckDB reports a locked file twice.
        if isinstance(error, Exception):
            raise failure_of(str(error), error) from error
        raise
    connection = adapter.connections.get_thread_connection()
    adapter.connections.clear_thread_connection()
    return connection, str(held)


def _release(manifest: Any, root: Path, connection: Any, held: str) -> None:  # noqa: ANN401
    """Releases the lock. Ignores errors: if the server is gone, its lock is gone too."""
    from dbt_common.exceptions import DbtBaseException

    adapter = _adapter(manifest)
    adapter.connections.clear_thread_connection()
    adapter.connections.set_thread_connection(connection)
    with suppress(DbtBaseException), chdir(root):
        adapter.execute_macro("give_back_lock", macro_resolver=manifest, project="segctl", kwargs={"held": held})
    adapter.release_connection()
    adapter.connections.clear_thread_connection()


def _adapter(manifest: Any) -> Any:  # noqa: ANN401
    """The adapter of dbt's last invocation in this process. Each invocation creates one."""
    from dbt.adapters.factory import get_adapter_by_type

    return get_adapter_by_type(manifest.metadata.adapter_type)
