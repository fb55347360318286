"""The lock in the database that one command of ours at a time holds while it changes tables."""

from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from pathlib import Path
from socket import gethostname
from typing import Any
from uuid import uuid4

from segctl.waiting import Patience
from segctl.warehouse.diagnosis import failure_of


@contextmanager
def lock(manifest: Any, root: Path, command: str, patience: Patience) -> Iterator[str]:  # noqa: ANN401
    """Holds the lock on the tables of dbt's project that has just been parsed; gives what macros are to be told of it.

    Others are told of the `command`. Raises InUse when another program holds it for longer than there is patience.
    """
    connection, held = patience.attempt(lambda: _taken(manifest, root, command))
    try:
        yield held
    finally:
        _let_go(manifest, root, connection, held)


def _taken(manifest: Any, root: Path, command: str) -> tuple[Any, str]:  # noqa: ANN401
    """The connection that holds the lock, and what the macro that took it says.

    dbt closes the connections that it knows of when an invocation ends: it is not to know of this one.
    """
    adapter = _adapter(manifest)
    told = {"owner": uuid4().hex, "command": command, "host": gethostname()}
    try:
        # DuckDB looks for a file from where dbt stands.
        with chdir(root):
            adapter.acquire_connection("segctl_lock")
            held = adapter.execute_macro("take_lock", macro_resolver=manifest, project="segctl", kwargs=told)
    except BaseException as error:
        adapter.release_connection()
        # Also of the database's own kinds: that its file cannot be opened DuckDB says twice, the second time by itself.
        if isinstance(error, Exception):
            raise failure_of(str(error), error) from error
        raise
    connection = adapter.connections.get_thread_connection()
    adapter.connections.clear_thread_connection()
    return connection, str(held)


def _let_go(manifest: Any, root: Path, connection: Any, held: str) -> None:  # noqa: ANN401
    """What cannot be let go of, because the server is gone, ends by itself."""
    from dbt_common.exceptions import DbtBaseException

    adapter = _adapter(manifest)
    adapter.connections.clear_thread_connection()
    adapter.connections.set_thread_connection(connection)
    with suppress(DbtBaseException), chdir(root):
        adapter.execute_macro("give_back_lock", macro_resolver=manifest, project="segctl", kwargs={"held": held})
    adapter.release_connection()
    adapter.connections.clear_thread_connection()


def _adapter(manifest: Any) -> Any:  # noqa: ANN401
    """The adapter of dbt's last invocation in this process: each makes one anew."""
    from dbt.adapters.factory import get_adapter_by_type

    return get_adapter_by_type(manifest.metadata.adapter_type)
