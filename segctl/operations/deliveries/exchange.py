"""One request over HTTP and its answer, within a time, whatever the other side does."""

import errno
import os
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

# Of an answer that says no so much is read.
MOST_READ = 500


@dataclass(frozen=True)
class Answer:
    """A status, the headers by their names in lower case, and the beginning of what else was said unless it is 2xx."""

    status: int
    headers: Mapping[str, str]
    text: str


class NoAnswer(Exception):
    """There was no answer: why, in words that tell nothing of the address."""


def exchange(url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
    """Posts a body, follows no redirect, and reads the answer. Raises NoAnswer.

    Certificates are verified; proxies and authorities are those of the environment. The timeout is of the whole: a
    library's own is of each step of it, and a server that sends a byte now and then would never let go.
    """
    told: queue.Queue[Answer | NoAnswer] = queue.Queue()

    def ask() -> None:
        try:
            told.put(_asked(url, headers, body, timeout))
        except NoAnswer as failure:
            told.put(failure)
        except Exception as error:
            told.put(NoAnswer(type(error).__name__))

    # Whoever never answers is left behind.
    threading.Thread(target=ask, daemon=True).start()
    try:
        found = told.get(timeout=timeout)
    except queue.Empty:
        found = NoAnswer(f"no answer within {timeout:g} s")
    if isinstance(found, NoAnswer):
        raise found
    return found


def _asked(url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
    # dbt needs it too: it is always there.
    import requests
    from urllib3.exceptions import HTTPError

    with requests.Session() as session:
        # Nothing of ~/.netrc: what stands there is for others.
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
            raise NoAnswer("the proxy of the environment does not let us through") from error
        except (requests.exceptions.RequestException, HTTPError, ValueError) as error:
            raise NoAnswer(_reason(error)) from error
        named = {name.lower(): value for name, value in response.headers.items()}
        text = "" if response.ok and response.status_code < 300 else _beginning(response)
        response.close()
        return Answer(response.status_code, named, text)


def _as_it_is(request: Any) -> Any:  # noqa: ANN401
    return request


def _beginning(response: Any) -> str:  # noqa: ANN401
    """The beginning of a body that may be cut off, endless, or compressed to be enormous once it is not."""
    try:
        return str(response.raw.read(MOST_READ, decode_content=False).decode("utf-8", "replace"))
    except Exception:
        return ""


def _reason(error: BaseException) -> str:
    """Why there was no connection. Libraries put the address into what they say."""
    seen: BaseException | None = error
    for _ in range(10):
        if isinstance(seen, OSError) and seen.errno is not None and seen.errno in errno.errorcode:
            return f"no connection: {os.strerror(seen.errno)}"
        if type(seen).__name__ in ("InvalidURL", "LocationParseError", "InvalidHeader"):
            return "that is no address that can be asked"
        if type(seen).__name__ in ("NameResolutionError", "gaierror"):
            return "no connection: there is no host of that name"
        causes = [seen.__cause__, seen.__context__, getattr(seen, "reason", None), *seen.args[:2]] if seen else []
        seen = next((one for one in causes if isinstance(one, BaseException) and one is not seen), None)
    return "the connection was closed before there was an answer"
