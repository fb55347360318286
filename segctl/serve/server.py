"""The server: its options, its socket and its end."""

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from secrets import token_urlsafe

import uvicorn
from starlette.applications import Starlette

from segctl.errors import Failure
from segctl.page import Live, assets, page
from segctl.project.project import Project, writing
from segctl.serve.access import SHORTEST_TOKEN, Access, bracketed, hosts_of, is_loopback
from segctl.serve.application import Checked, application, form_and, texts
from segctl.serve.current import Current
from segctl.serve.gate import Gate
from segctl.serve.worker import Asks, Opening, Worker
from segctl.warehouse.copies import folder_of_copies

SCRIPTS = ("asking.js", "customer.js", "conditions.js", "build.js")
STYLES = ("live.css",)
WEB = files("segctl.serve").joinpath("web")
# Requests at a time. Any more get an answer to try again.
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Serving:
    """What is served, where, and who has access. Without `token`, the server makes one where it needs one."""

    host: str = "127.0.0.1"
    port: int = 8765
    hosts: tuple[str, ...] = ()
    with_members: bool = False
    edit: bool = False
    token: str = ""
    min_group: int = 5
    bi_file: str = ""

    @property
    def needs_token(self) -> bool:
        """Whether every request needs a token."""
        return bool(self.token) or self.with_members or self.edit or not is_loopback(self.host)


def serve(
    project: Project, target: str, profiles: str, serving: Serving, on_address: Callable[[str, bool], None]
) -> None:
    """Serves until a signal ends it. `on_address` gets the address, and whether it is good once.

    Raises Failure where it cannot begin.
    """
    _check_token(serving.token)
    with listening_on(serving) as (listening, port), _copies(project) as folder:
        members, least = serving.with_members, serving.min_group
        worker = Worker(Opening(project.root, target, profiles, folder, serving.bi_file, least, members))
        try:
            _run(_gated(worker, serving, port, on_address), listening)
        finally:
            worker.close()


def _gated(worker: Asks, serving: Serving, port: int, on_address: Callable[[str, bool], None]) -> Gate:
    hosts, any_address = hosts_of(serving.host, serving.hosts)
    token = (serving.token or token_urlsafe()) if serving.needs_token else ""
    access = Access(port, hosts, ("/",), any_address, token, once=not serving.token)
    base = f"http://{bracketed(serving.host)}:{port}/"

    def tell() -> None:
        is_once = bool(access.token) and access.once
        on_address(f"{base}?token={access.token}" if is_once else base, is_once)

    tell()
    return Gate(made(worker, serving), access, tell if access.once else lambda: None)


def made(worker: Asks, serving: Serving) -> Starlette:
    """The application behind the gate."""
    live = Live(serving.with_members, True, serving.edit, "", SCRIPTS, STYLES)
    current = Current(worker, lambda report: page(report, live))
    current.begin()
    own = {name: WEB.joinpath(name).read_bytes() for name in (*SCRIPTS, *STYLES)}
    return application(current, worker, {**assets(), **own}, questions(serving))


def questions(serving: Serving) -> Mapping[str, Checked]:
    """The questions that the server answers, by name."""
    checkeds = {"definition": form_and(), "preview": form_and()}
    if serving.with_members:
        checkeds |= {"customer": texts("key", "entity"), "why": texts("key", "segment")}
    if serving.edit:
        checkeds["branch"] = form_and("file", "branch")
    return checkeds


def _run(gate: Gate, listening: socket.socket) -> None:
    config = uvicorn.Config(
        gate,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=3,
        limit_concurrency=MOST_AT_ONCE,
        ws="none",
    )
    # It ends well on Ctrl-C and SIGTERM, and then raises what they would have.
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def listening_on(serving: Serving) -> Iterator[tuple[socket.socket, int]]:
    """A socket that listens, and its port. Raises Failure."""
    host = serving.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, serving.port), family=family, backlog=MOST_AT_ONCE)
    except OSError as error:
        hint = "another --port is free, or --port 0 takes one that is"
        told = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)
        raise Failure(f"cannot listen on {serving.host}:{serving.port}: {told}", hint, exit_code=2) from error
    with found:
        yield found, int(found.getsockname()[1])


@contextmanager
def _copies(project: Project) -> Iterator[Path]:
    below = project.root / os.environ.get("DBT_TARGET_PATH", "target")
    with ExitStack() as until_the_end:
        with writing("DBT_TARGET_PATH names another folder"):
            folder = until_the_end.enter_context(folder_of_copies(below))
        yield folder


def _check_token(token: str) -> None:
    if token and (len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token):
        hint = "python -c 'import secrets; print(secrets.token_urlsafe())' makes one"
        raise Failure(f"a token has {SHORTEST_TOKEN} characters of ASCII at least, and no blanks", hint, exit_code=2)
