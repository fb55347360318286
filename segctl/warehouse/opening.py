"""Opens DuckDB files read-only for readers, and redirects dbt's own files for them."""

import copy
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

# Returns the file to open in place of another.
Instead = Callable[[Path], Path]


@contextmanager
def opened(*, reads: bool, instead: Instead | None = None) -> Iterator[Callable[[Any], None]]:
    """A callback for one invocation of dbt. If it only `reads`, it opens DuckDB files read-only, or others `instead`.

    Other adapters stay as they are.
    """
    with ExitStack() as until_the_end:

        def on_event(event: Any) -> None:  # noqa: ANN401
            # The adapter exists, but has opened nothing yet.
            if event.info.name == "AdapterRegistered":
                until_the_end.enter_context(opened_for_reading(event.data.adapter_name, reads, instead))

        yield on_event


@contextmanager
def opened_for_reading(adapter_type: str, reads: bool, instead: Instead | None = None) -> Iterator[None]:
    """Opens DuckDB files read-only if the command only `reads`, or other files `instead`.

    Other adapters stay as they are.
    """
    if not reads or adapter_type != "duckdb":
        yield
        return
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    before = DuckDBConnectionManager.__dict__["get_credentials"]
    DuckDBConnectionManager.get_credentials = staticmethod(lambda credentials: _for_reading(credentials, instead))
    try:
        yield
    finally:
        DuckDBConnectionManager.get_credentials = before


def _for_reading(credentials: Any, instead: Instead | None) -> Any:  # noqa: ANN401
    """The credentials with every local file read-only. Leaves MotherDuck and in-memory databases alone."""
    read = copy.copy(credentials)
    if _is_file(read.path):
        read.config_options = {**(read.config_options or {}), "access_mode": "READ_ONLY"}
        read.path = str(instead(Path(read.path))) if instead else read.path
    read.attach = [_attached(attachment, instead) for attachment in read.attach or []] or read.attach
    return read


def _attached(attachment: Any, instead: Instead | None) -> Any:  # noqa: ANN401
    if not _is_file(attachment.path):
        return attachment
    read = copy.copy(attachment)
    if instead and (read.type or "duckdb") == "duckdb":
        read.path = str(instead(Path(read.path)))
    if "read_only" not in (read.options or {}):
        read.read_only = True
    return read


def _is_file(path: str) -> bool:
    """Whether a path is a local file."""
    return path != ":memory:" and "://" not in path and not path.startswith(("md:", "motherduck:", "ducklake:"))


@contextmanager
def folders(root: Path, *, reads: bool) -> Iterator[list[str]]:
    """dbt's options for its own files: a temporary folder, for readers who may not write to dbt's usual one."""
    wanted = {"target": os.environ.get("DBT_TARGET_PATH", "target"), "log": os.environ.get("DBT_LOG_PATH", "logs")}
    if not reads or all(_can_be_written(root / path) for path in wanted.values()):
        yield []
        return
    with TemporaryDirectory(prefix="segctl_") as folder:
        yield [option for name in wanted for option in (f"--{name}-path", f"{folder}/{name}")]


def _can_be_written(folder: Path) -> bool:
    """Whether files can be created in a folder, which may not exist yet."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return os.access(there, os.W_OK | os.X_OK)


def close_files() -> None:
    """Closes the DuckDB files that dbt keeps open, so that DuckDB merges their write-ahead logs."""
    connections = sys.modules.get("dbt.adapters.duckdb.connections")
    if connections:
        # On a full disk the log stays, and the next reader replays it.
        with suppress(Exception):
            connections.DuckDBConnectionManager.close_all_connections()
