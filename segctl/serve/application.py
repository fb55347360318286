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

from segctl.serve.current import Current, DrawnPage
from segctl.serve.worker import AnswerService, WorkerAnswer

LARGEST_BODY = 64 * 1024
LONGEST = 1000
MOST_WAITING = 200
# For a body that comes in drops.
SECONDS_FOR_BODY = 10.0
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
# A message as a page of its own, for a request from the address bar.
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
        return set(sent) == set(names) and all(
            isinstance(value, str) and len(value) <= LONGEST for value in sent.values()
        )

    return check


def form_with(*names: str) -> Checked:
    """The same for a form, which the worker checks against the catalog."""
    check = texts(*names)
    return lambda sent: "form" in sent and check({key: value for key, value in sent.items() if key != "form"})


def application(
    current: Current, worker: AnswerService, assets: Mapping[str, bytes], questions: Mapping[str, Checked]
) -> Starlette:
    """The application: the page, its assets, and questions by name, each with a check of its details."""
    files = {name: asset(name, content) for name, content in assets.items()}
    routes = [
        Route("/", _page(current), methods=["GET"]),
        *(Route(f"/assets/{name}", _asset(file), methods=["GET"]) for name, file in files.items()),
        Route("/api/vocabulary", _question(worker, "vocabulary"), methods=["GET"]),
        *(Route(f"/api/{name}", _posted(worker, name, check), methods=["POST"]) for name, check in questions.items()),
    ]
    return Starlette(routes=routes, exception_handlers={BadRequest: _refused})


def message_page(status: int, message: str, hint: str = "") -> Response:
    """A page that says one thing."""
    return Response(PAGE.format(message=escape(message), hint=escape(hint)), status, media_type="text/html")


def _page(current: Current) -> Handler:
    waiting = CapacityLimiter(MOST_WAITING)

    async def page(request: Request) -> Response:
        # Who waits for the first document keeps no thread from those who ask.
        document = current.document() if current.is_drawn else await run_sync(current.document, limiter=waiting)
        if isinstance(document, DrawnPage):
            return _compressed(request, document.text, document.compressed, "text/html; charset=utf-8")
        message = document.message or "; ".join(document.problems)
        return message_page(503, message, document.hint)

    return page


def _asset(file: Asset) -> Handler:
    async def given(request: Request) -> Response:
        if request.headers.get("if-none-match") == file.tag:
            response = Response(status_code=304)
        else:
            response = _compressed(request, file.content, file.compressed, f"{file.kind}; charset=utf-8")
        response.headers["ETag"] = file.tag
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return given


def _compressed(request: Request, text: bytes, compressed: bytes, kind: str) -> Response:
    takes = any(
        encoding.strip().split(";")[0] == "gzip" for encoding in request.headers.get("accept-encoding", "").split(",")
    )
    response = Response(compressed if takes else text, media_type=kind)
    response.headers["Vary"] = "Accept-Encoding"
    if takes:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _question(worker: AnswerService, name: str) -> Handler:
    async def answered(_: Request) -> Response:
        return _response(await run_sync(worker.ask, name))

    return answered


def _posted(worker: AnswerService, name: str, check: Checked) -> Handler:
    async def answered(request: Request) -> Response:
        sent = await _body(request)
        if not check(sent):
            raise BadRequest(400, "the request is not as this page sends it")
        return _response(await run_sync(lambda: worker.ask(name, **sent)))

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


def _response(answer: WorkerAnswer) -> Response:
    """An answer: data, or what is wrong. A form that is half filled in is no error of a server's."""
    if not (answer.message or answer.problems or answer.faults):
        return JSONResponse({"data": answer.data})
    wrong = {"message": answer.message, "hint": answer.hint, "problems": answer.problems, "faults": dict(answer.faults)}
    return JSONResponse({"wrong": wrong | {"retry": answer.retry}})


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, BadRequest)
    return JSONResponse({"message": error.message}, error.status)
