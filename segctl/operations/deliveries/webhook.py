"""Posts to a webhook: decides what counts as received, and what to retry for how long."""

import base64
import os
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from urllib.parse import unquote, urlsplit

from segctl.errors import Failure
from segctl.errors.visible import in_a_line
from segctl.operations.deliveries.exchange import Answer, NoAnswer, exchange
from segctl.operations.deliveries.messages import Message
from segctl.operations.deliveries.signature import PREFIX, headers, keys_of
from segctl.parse.deliveries import Webhook

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
MOST_ATTEMPTS = 12
LOCAL = ("localhost", "127.0.0.1", "::1")
# Secrets in our headers that a response may repeat: the signature and the login.
SIGNED = re.compile(r"v1a?,[A-Za-z0-9+/=]+|(?i:basic|bearer) [A-Za-z0-9+/=._~-]+")
STAYS = "what has not been received is sent again by the next delivery"


@dataclass
class Endpoint:
    """An address with its signing keys, and the seconds left for retries.

    `sleep` waits between attempts.
    """

    webhook: Webhook
    url: str = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)
    left: float
    sleep: Callable[[float], None] = time.sleep

    @property
    def host(self) -> str:
        """The public part of the address. Other parts may be secret."""
        return urlsplit(self.url).hostname or ""

    @property
    def warning(self) -> str:
        """A warning about the address, which can still be used."""
        if urlsplit(self.url).scheme == "https" or self.host in LOCAL:
            return ""
        return f"{self.webhook.url_env} is not an https address: others can read what is sent to {self.host}"

    def post(self, message: Message) -> None:
        """Sends a message until it is received. Raises Failure that reveals neither address nor secret."""
        attempts = 0
        while True:
            began = time.monotonic()
            attempts += 1
            try:
                answer = exchange(self.url, self._headers(message), message.body, self.webhook.timeout)
            except NoAnswer as failure:
                reason, requested_pause = f"{self.host}: {failure}", None
            else:
                if 200 <= answer.status < 300:
                    return
                reason, requested_pause = f"{self.host} {self._refusal(answer)}", _requested_pause(answer.headers)
                if answer.status != 429 and answer.status < 500:
                    raise Failure(reason, self._hint(answer))
            # Slow failures use up the time for retries too.
            self.left -= time.monotonic() - began
            # Random between half and full, so that senders that fail together do not retry together.
            pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE) * random.uniform(0.5, 1)
            pause = max(pause, requested_pause or 0)
            if pause > self.left or attempts >= MOST_ATTEMPTS:
                tried = f"tried {attempts} time{'' if attempts == 1 else 's'}"
                requested_text = f", and asks to wait {requested_pause:.0f} s" if requested_pause else ""
                raise Failure(f"{reason}{requested_text} ({tried})", STAYS)
            self.sleep(pause)
            self.left -= pause

    def _headers(self, message: Message) -> dict[str, str]:
        own_headers = {"Content-Type": "application/json", "User-Agent": f"segctl/{version('segctl')}"}
        own_headers["Idempotency-Key"] = message.name
        return own_headers | headers(message.name, int(time.time()), message.body, self.keys)

    def _refusal(self, answer: Answer) -> str:
        """The answer without secrets, since a body could repeat what it received."""
        if 300 <= answer.status < 400:
            other = urlsplit(answer.headers.get("location", "")).hostname
            return f"answered {answer.status}, a redirect to {in_a_line(other or 'nowhere')}"
        body = SIGNED.sub("…", answer.text)
        for secret in self._secrets():
            body = body.replace(secret, "…")
        body = in_a_line(body.strip())
        return f"answered {answer.status}" + (f": {body}" if body else "")

    def _secrets(self) -> list[str]:
        """The secrets to hide in messages, longest first."""
        parts = urlsplit(self.url)
        secrets = [self.url, f"{parts.path}?{parts.query}", parts.path, parts.query, parts.password or ""]
        if parts.password:
            login = f"{unquote(parts.username or '')}:{unquote(parts.password)}"
            secrets += [login, base64.b64encode(login.encode()).decode(), unquote(parts.password)]
        for secret in os.environ.get(self.webhook.secret_env, "").split() if self.webhook.secret_env else ():
            secrets += [secret, secret.removeprefix(PREFIX)]
        return sorted((text for text in secrets if len(text) > 3), key=len, reverse=True)

    def _hint(self, answer: Answer) -> str:
        if 300 <= answer.status < 400:
            return f"redirects are not followed: set {self.webhook.url_env} to the final address"
        if answer.status in (401, 403):
            return f"is the secret in {self.webhook.secret_env or 'the environment'} that of the receiver?"
        return f"such an answer is not retried; {STAYS}"


def endpoint(webhook: Webhook) -> Endpoint:
    """The endpoint from the environment. Raises Failure that does not reveal its values."""
    url = os.environ.get(webhook.url_env, "").strip()
    if not url:
        raise Failure(f"the environment variable {webhook.url_env} is not set", "it holds the address of the webhook")
    if not _is_address(url):
        message = f"{webhook.url_env} is not an address of the form https://host/path"
        raise Failure(message, "only http and https are supported")
    keys: tuple[bytes, ...] = ()
    if webhook.secret_env:
        secret = os.environ.get(webhook.secret_env, "")
        if not secret.strip():
            raise Failure(f"the environment variable {webhook.secret_env} is not set", "it holds the signing secret")
        keys = keys_of(webhook.secret_env, secret)
    return Endpoint(webhook, url, keys, float(webhook.retry_for))


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and url.isprintable()
        )
    except ValueError:
        return False


def _requested_pause(response_headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header, or None."""
    value = response_headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())
