"""An Apache Superset of the tests: an empty instance in a folder, and its server."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from tests.support.built_project import REPOSITORY

BIN = REPOSITORY / ".venv-superset" / "bin"
CONFIG = REPOSITORY / "examples" / "superset" / "superset_config.py"
USER = {"username": "admin", "password": "open-sesame"}
STARTS_WITHIN = 120


@dataclass(frozen=True)
class Superset:
    """A running instance, and the token of its administrator."""

    home: Path
    port: int
    token: str = ""

    def command(self, *arguments: str) -> None:
        """Runs a command of Superset's program."""
        called = [str(BIN / "superset"), *arguments]
        done = subprocess.run(called, env=surroundings(self.home), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def asked(self, path: str, body: object = None) -> Any:  # noqa: ANN401
        """The answer of the REST API."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        if body is None:
            connection.request("GET", f"/api/v1{path}", headers=headers)
        else:
            connection.request(
                "POST", f"/api/v1{path}", json.dumps(body), headers | {"Content-Type": "application/json"}
            )
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == 200, text
        return json.loads(text)


def surroundings(home: Path) -> dict[str, str]:
    own = {"SUPERSET_CONFIG_PATH": str(CONFIG), "SUPERSET_HOME": str(home), "HOME": str(home)}
    return os.environ | own | {"SUPERSET_SECRET_KEY": "of no use to anybody but the tests"}


@contextmanager
def superset_server(home: Path) -> Iterator[Superset]:
    """Creates an instance with only its administrator, and runs it."""
    home.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        made = Superset(home, free.getsockname()[1])
    made.command("db", "upgrade")
    made.command("init")
    person = ("--username", USER["username"], "--password", USER["password"], "--email", "admin@shop.example")
    made.command("fab", "create-admin", *person, "--firstname", "A", "--lastname", "B")
    with (home / "server.log").open("wb") as log:
        run = [str(BIN / "superset"), "run", "--port", str(made.port), "--with-threads"]
        process = subprocess.Popen(run, env=surroundings(home), stdout=log, stderr=log)
    try:
        _wait(made, process)
        token = made.asked("/security/login", {**USER, "provider": "db"})["access_token"]
        yield Superset(home, made.port, token)
    finally:
        process.terminate()
        process.wait()


def _wait(made: Superset, process: "subprocess.Popen[bytes]") -> None:
    until = monotonic() + STARTS_WITHIN
    while monotonic() < until and process.poll() is None:
        with socket.socket() as tried:
            if not tried.connect_ex(("127.0.0.1", made.port)):
                return
        sleep(0.2)
    raise AssertionError((made.home / "server.log").read_text())
