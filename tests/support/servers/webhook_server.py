"""A receiver of webhooks in the test's process, which fails in every requested way."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


@dataclass(frozen=True)
class Received:
    """A received request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def data(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)

    def is_signed(self, secret: str = SECRET) -> bool:
        """What a receiver checks, by the text of the specification."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        fresh = abs(time.time() - int(self.headers["webhook-timestamp"])) < 300
        return fresh and f"v1,{expected}" in self.headers["webhook-signature"].split(" ")


Behaviour = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """The requests so far. `script` says what to do with the next requests. After it, all are received."""

    port: int = 0
    requests: list[Received] = field(default_factory=list)
    script: list[Behaviour] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/path-that-is-secret?token=t0ken-that-is-secret"

    @property
    def once(self) -> list[Received]:
        """Each request once, as for a receiver that remembers the ids it has seen."""
        return list({request.id: request for request in self.requests}.values())


def answers(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answers with a status."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def closes(handler: BaseHTTPRequestHandler) -> None:
    """Receives all, and closes the connection in the middle of its answer's first line."""
    handler.wfile.write(b"HTTP/1.1 2")
    handler.close_connection = True


def drips(handler: BaseHTTPRequestHandler) -> None:
    """Answers a byte at a time, without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx: ")
    receiver: Receiver = handler.server.receiver  # type: ignore[attr-defined]
    while not receiver.released.wait(0.1):
        handler.wfile.write(b"x")


def hangs(handler: BaseHTTPRequestHandler) -> None:
    """Never answers."""
    handler.server.receiver.released.wait(30)  # type: ignore[attr-defined]
    handler.close_connection = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.requests.append(Received(self.path, dict(self.headers), body))
        behaviour = receiver.script.pop(0) if receiver.script else answers(200)
        with suppress(OSError):
            behaviour(self)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def receiver() -> Iterator[Receiver]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    found = Receiver(server.server_address[1])
    server.receiver = found  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield found
    finally:
        found.released.set()
        server.shutdown()
        server.server_close()
