"""The web application: a fixed table of addresses, answered from memory or by the worker, and nothing from a disk."""

import asyncio
import gzip
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from segctl.serve.current import Current, Drawn
from segctl.serve.worker import Asks, Told

LARGEST_BODY = 64 * 1024
LONGEST = 1000
MOST_WAITING = 200
# For a body that comes in drops.
SECONDS_FOR_BODY = 10.0
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
# A message as a page of its own, for who has asked by the address bar.
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>segctl</title><main><h1>segctl</h1><p>{message}</p><p>{hint}</p>"
    '<p><a href="/">Try again</a></p></main></html>'
)
Handler = Callable[[Request], Awaitable[Response]]
Checked = Callable[[dict[str, Any]], bool]


class BadRequest(Exception):
    """A request that is none of ours: its status and why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass(frozen=True)
class Asset:
    """What a page loads: its bytes, also compressed, and a tag that is another for other bytes."""

    content: bytes
    compressed: bytes
    kind: str
    tag: str


def asset(name: str, content: bytes) -> Asset:
    """An asset by its name."""
    kind = TYPES[f".{name.rpartition('.')[2]}"]
    return Asset(content, gzip.compress(content, 6, mtime=0), kind, f'"{sha256(content).hexdigest()[:32]}"')


def texts(*names: str) -> Checked:
    """A check that a body has texts of these names, none very long, and nothing else."""

    def check(sent: dict[str, Any]) -> bool:
        return set(sent) == set(names) and all(isinstance(one, str) and len(one) <= LONGEST for one in sent.values())

    return check


def form_and(*names: str) -> Checked:
    """The same beside a form, which is checked where the catalog is known."""
    check = texts(*names)
    return lambda sent: "form" in sent and check({key: value for key, value in sent.items() if key != "form"})


def application(current: Current, worker: Asks, assets: Mapping[str, bytes], asked: Mapping[str, Checked]) -> Starlette:
    """The application: the page, its assets, and questions by name, each with a check of its arguments."""
    found = {name: asset(name, content) for name, content in assets.items()}
    routes = [
        Route("/", _page(current), methods=["GET"]),
        *(Route(f"/assets/{name}", _asset(one), methods=["GET"]) for name, one in found.items()),
        Route("/api/vocabulary", _question(worker, "vocabulary"), methods=["GET"]),
        *(Route(f"/api/{name}", _posted(worker, name, check), methods=["POST"]) for name, check in asked.items()),
    ]
    return Starlette(routes=routes, exception_handlers={BadRequest: _refused})


def message_page(status: int, message: str, hint: str = "") -> Response:
    """A page that says one thing."""
    return Response(PAGE.format(message=escape(message), hint=escape(hint)), status, media_type="text/html")


def _page(current: Current) -> Handler:
    waiting = CapacityLimiter(MOST_WAITING)

    async def page(request: Request) -> Response:
        # Who waits for the first document keeps no thread from those who ask.
        found = current.document() if current.is_drawn else await run_sync(current.document, limiter=waiting)
        if isinstance(found, Drawn):
            return _compressed(request, found.text, found.compressed, "text/html; charset=utf-8")
        told = found.message or "; ".join(found.problems)
        return message_page(503, told, found.hint)

    return page


def _asset(one: Asset) -> Handler:
    async def given(request: Request) -> Response:
        if request.headers.get("if-none-match") == one.tag:
            response = Response(status_code=304)
        else:
            response = _compressed(request, one.content, one.compressed, f"{one.kind}; charset=utf-8")
        response.headers["ETag"] = one.tag
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return given


def _compressed(request: Request, text: bytes, compressed: bytes, kind: str) -> Response:
    takes = any(one.strip().split(";")[0] == "gzip" for one in request.headers.get("accept-encoding", "").split(","))
    response = Response(compressed if takes else text, media_type=kind)
    response.headers["Vary"] = "Accept-Encoding"
    if takes:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _question(worker: Asks, name: str) -> Handler:
    async def answered(_: Request) -> Response:
        return _told(await run_sync(worker.ask, name))

    return answered


def _posted(worker: Asks, name: str, check: Checked) -> Handler:
    async def answered(request: Request) -> Response:
        sent = await _body(request)
        if not check(sent):
            raise BadRequest(400, "the request is not as this page sends it")
        return _told(await run_sync(lambda: worker.ask(name, **sent)))

    return answered


async def _body(request: Request) -> dict[str, Any]:
    """The body of a request, a JSON mapping."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise BadRequest(415, "the body has to be JSON")
    content = b""
    try:
        async with asyncio.timeout(SECONDS_FOR_BODY):
            async for part in request.stream():
                content += part
                if len(content) > LARGEST_BODY:
                    raise BadRequest(413, f"the body is longer than {LARGEST_BODY // 1024} kB")
        sent = json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except TimeoutError as error:
        raise BadRequest(408, "the body has not come") from error
    except ClientDisconnect as error:
        raise BadRequest(400, "the body has not come") from error
    except (ValueError, RecursionError) as error:
        raise BadRequest(400, "the body is no JSON") from error
    if not isinstance(sent, dict):
        raise BadRequest(400, "the body is no mapping")
    return sent


def _no_number(text: str) -> object:
    raise ValueError(text)


def _told(told: Told) -> Response:
    """An answer: data, or what is wrong. A form that is half filled in is no error of a server's."""
    if not (told.message or told.problems or told.faults):
        return JSONResponse({"data": told.data})
    wrong = {"message": told.message, "hint": told.hint, "problems": told.problems, "faults": dict(told.faults)}
    return JSONResponse({"wrong": wrong | {"retry": told.retry}})


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequest)
    return JSONResponse({"message": error.message}, error.status)
