"""The gate before the application: refuses what is not to be answered, exchanges tokens, and sets headers on all."""

from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from segctl.serve.access import Access, Asking, Refusal
from segctl.serve.application import message_page

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Wherever nothing else is said: pages and answers may name people.
CACHED = "no-store"


class Gate:
    """An application behind access control; `on_entry` is called when a token has admitted a browser."""

    def __init__(self, application: ASGIApp, access: Access, on_entry: Callable[[], None] = lambda: None) -> None:
        self.application, self.access, self.on_entry = application, access, on_entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers, or has the application answer."""
        if scope["type"] == "lifespan":
            await self.application(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        refused = self._answered(Request(scope))
        await (refused or self.application)(scope, receive, _with_headers(send))

    def _answered(self, request: Request) -> Response | None:
        """What is answered without the application; None for what that may answer."""
        asking = _asking(request)
        tokens = parse_qs(request.scope["query_string"].decode("latin-1")).get("token", [])
        if asking.path == "/" and tokens and asking.method == "GET":
            return self._entry(asking, tokens)
        refusal = self.access.refusal(asking)
        return message_page(refusal.status, refusal.message) if refusal else None

    def _entry(self, asking: Asking, tokens: list[str]) -> Response:
        refusal = self.access.refusal_before_token(asking)
        if self.access.token and not refusal and not (len(tokens) == 1 and self.access.lets_in(tokens[0])):
            refusal = Refusal(401, "this address has been used, or is not the one that segctl serve has printed last")
        if refusal:
            return message_page(refusal.status, refusal.message)
        response = RedirectResponse("/", 303)
        if self.access.token:
            response.set_cookie(self.access.cookie, self.access.session, httponly=True, samesite="strict")
            self.on_entry()
        return response


def _asking(request: Request) -> Asking:
    headers: dict[str, list[str]] = {}
    for name, value in request.headers.items():
        headers.setdefault(name, []).append(value)
    return Asking(request.method, request.scope["path"], headers, request.cookies)


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", CACHED)
        await send(message)

    return sent
