"""Sends one HTTP request and reads the answer, within a total timeout."""

import errno
import os
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

# How much of an error response is read.
MOST_READ = 500


@dataclass(frozen=True)
class Answer:
    """A status, the headers by lower-case name, and the beginning of the body unless the status is 2xx."""

    status: int
    headers: Mapping[str, str]
    text: str


class NoAnswer(Exception):
    """No answer came. The reason does not reveal the address."""


def exchange(url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
    """Posts a body without following redirects, and reads the answer. Raises NoAnswer.

    Verifies certificates, with proxies and authorities from the environment. The timeout covers the whole exchange. A
    library's own timeout covers each step, so a server that sends single bytes could hold us forever.
    """
    answers: queue.Queue[Answer | NoAnswer] = queue.Queue()

    def ask() -> None:
        try:
            answers.put(_answer(url, headers, body, timeout))
        except NoAnswer as failure:
            answers.put(failure)
        except Exception as error:
            answers.put(NoAnswer(type(error).__name__))

    # A thread that waits forever is abandoned.
    threading.Thread(target=ask, daemon=True).start()
    try:
        no_answer = answers.get(timeout=timeout)
    except queue.Empty:
        no_answer = NoAnswer(f"no answer within {timeout:g} s")
    if isinstance(no_answer, NoAnswer):
        raise no_answer
    return no_answer


def _answer(url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
    # dbt depends on it, so it is always installed.
    import requests
    from urllib3.exceptions import HTTPError

    with requests.Session() as session:
        # Ignores ~/.netrc, whose credentials are for other services.
        parts = urlsplit(url)
        session.auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else _as_it_is
        try:
            response = session.post(
                url, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True
            )
        except requests.exceptions.SSLError as error:
            raise NoAnswer("its certificate cannot be verified") from error
        except requests.exceptions.Timeout as error:
            raise NoAnswer(f"no answer within {timeout:g} s") from error
        except requests.exceptions.ProxyError as error:
            raise NoAnswer("the proxy from the environment refuses the connection") from error
        except (requests.exceptions.RequestException, HTTPError, ValueError) as error:
            raise NoAnswer(_reason(error)) from error
        lower_headers = {name.lower(): value for name, value in response.headers.items()}
        text = "" if response.ok and response.status_code < 300 else _beginning(response)
        response.close()
        return Answer(response.status_code, lower_headers, text)


def _as_it_is(request: Any) -> Any:  # noqa: ANN401
    return request


def _beginning(response: Any) -> str:  # noqa: ANN401
    """The beginning of a body, which may be cut off, endless, or a decompression bomb."""
    try:
        return str(response.raw.read(MOST_READ, decode_content=False).decode("utf-8", "replace"))
    except Exception:
        return ""


def _reason(error: BaseException) -> str:
    """The reason for a failed connection, without the address that libraries put into it."""
    seen: BaseException | None = error
    for _ in range(10):
        if isinstance(seen, OSError) and seen.errno is not None and seen.errno in errno.errorcode:
            return f"no connection: {os.strerror(seen.errno)}"
        if type(seen).__name__ in ("InvalidURL", "LocationParseError", "InvalidHeader"):
            return "the address is not valid"
        if type(seen).__name__ in ("NameResolutionError", "gaierror"):
            return "no connection: unknown host"
        causes = [seen.__cause__, seen.__context__, getattr(seen, "reason", None), *seen.args[:2]] if seen else []
        seen = next((cause for cause in causes if isinstance(cause, BaseException) and cause is not seen), None)
    return "the connection was closed before an answer came"
