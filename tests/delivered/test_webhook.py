"""One message and a server that fails in every way: what is retried, how often, and what is reported."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from segctl.errors import Failure
from segctl.operations.deliveries.messages import Message
from segctl.operations.deliveries.signature import headers, keys_of
from segctl.operations.deliveries.webhook import MOST_ATTEMPTS, Endpoint, endpoint
from segctl.parse.deliveries import Webhook
from tests.support.servers.webhook_server import SECRET, Behaviour, Receiver, answers, closes, drips, hangs, receiver

MESSAGE = Message("segctl_0123", json.dumps({"type": "segment.changes"}).encode(), 0)
ADDRESS, SIGNS = "TEST_URL", "TEST_SECRET"
SECRETS = ("path-that-is-secret", "t0ken-that-is-secret", SECRET, SECRET.removeprefix("whsec_"))


@pytest.fixture
def server() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def hook(server: Receiver, pauses: list[float], monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """An endpoint that records its pauses instead of waiting."""
    monkeypatch.setenv(ADDRESS, server.url)
    monkeypatch.setenv(SIGNS, SECRET)
    found = endpoint(Webhook(ADDRESS, SIGNS, timeout=1))
    found.sleep = pauses.append
    return found


def failure(hook: Endpoint) -> str:
    """The report about a message that was not received. It contains no secret."""
    with pytest.raises(Failure) as error:
        hook.post(MESSAGE)
    report = f"{error.value.message} {error.value.hint} {error.value.detail}"
    assert not [secret for secret in SECRETS if secret in report]
    assert error.value.exit_code == 3
    return error.value.message


def test_a_signature_is_that_of_the_published_vector() -> None:
    """The example that the reference libraries of Standard Webhooks use in their own tests."""
    keys = keys_of(SIGNS, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    found = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', keys)
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_is_sent_once_with_its_name_and_a_signature(hook: Endpoint, server: Receiver) -> None:
    hook.post(MESSAGE)
    (sent,) = server.requests
    assert sent.body == MESSAGE.body
    assert sent.id == sent.headers["Idempotency-Key"] == MESSAGE.name
    assert sent.is_signed()
    assert sent.headers["Content-Type"] == "application/json"
    assert "Authorization" not in sent.headers


def test_two_secrets_sign_while_one_is_replaced(
    hook: Endpoint, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "whsec_" + "QUJD" * 10
    monkeypatch.setenv(SIGNS, f"{other} {SECRET}")
    endpoint(hook.webhook).post(MESSAGE)
    (sent,) = server.requests
    assert sent.is_signed(SECRET)
    assert sent.is_signed(other)
    assert not sent.is_signed("whsec_" + "QUJE" * 10)


@pytest.mark.parametrize(
    "first",
    [answers(500), answers(502), answers(503, b"busy"), answers(429), closes, hangs, drips],
    ids=["500", "502", "503", "429", "closes", "hangs", "drips"],
)
def test_what_may_pass_is_tried_again_under_the_same_name(
    first: Behaviour, hook: Endpoint, server: Receiver, pauses: list[float]
) -> None:
    server.script = [first, first]
    hook.post(MESSAGE)
    assert [request.id for request in server.requests] == [MESSAGE.name] * 3
    assert all(request.body == MESSAGE.body and request.is_signed() for request in server.requests)
    assert [0.5 <= pauses[0] <= 1, 1 <= pauses[1] <= 2] == [True, True]


def test_retry_after_is_heeded(hook: Endpoint, server: Receiver, pauses: list[float]) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    server.script = [answers(429, Retry_After="7"), answers(503, Retry_After=later), answers(429, Retry_After="soon")]
    hook.post(MESSAGE)
    assert pauses[0] == 7
    assert 35 < pauses[1] <= 40
    assert pauses[2] <= 4


def test_a_wait_longer_than_the_remaining_time_is_not_begun(
    hook: Endpoint, server: Receiver, pauses: list[float]
) -> None:
    server.script = [answers(429, Retry_After="3600")]
    assert "asks to wait 3600 s (tried 1 time)" in failure(hook)
    assert len(server.requests) == 1
    assert not pauses


def test_failures_end_by_number_and_by_time(hook: Endpoint, server: Receiver, pauses: list[float]) -> None:
    server.script = [answers(500) for _ in range(100)]
    assert "answered 500 (tried" in failure(hook)
    assert 3 < len(server.requests) <= MOST_ATTEMPTS
    assert sum(pauses) <= hook.webhook.retry_for
    # The remaining time belongs to the delivery, not to each message.
    for _ in range(5):
        failure(hook)
    assert sum(pauses) <= hook.webhook.retry_for


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 413, 422])
def test_a_refusal_is_not_tried_again(status: int, hook: Endpoint, server: Receiver) -> None:
    body = b"no \x1b[31m " + server.url.encode() + b" " + SECRET.encode() + b"x" * 5_000_000
    server.script = [answers(status, body)]
    report = failure(hook)
    assert len(server.requests) == 1
    assert f"127.0.0.1 answered {status}: no \\x1b[31m … …xxx" in report
    assert len(report) < 1000


def test_a_receiver_that_repeats_our_headers_shows_no_login(
    hook: Endpoint, server: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, server.url.replace("http://", "http://joe:hunter2@"))
    mine = endpoint(hook.webhook)
    server.script = [
        answers(400, b"Authorization: Basic am9lOmh1bnRlcjI= sig v1,LrmC5Bcu+/= joe:hunter2 am9lOmh1bnRlcjI=")
    ]
    report = failure(mine)
    assert "Authorization: … sig … … …" in report
    assert not any(one in report for one in ("hunter2", "am9l", "LrmC"))


def test_a_redirect_is_a_failure_that_names_the_other_host(hook: Endpoint, server: Receiver) -> None:
    for status in (301, 302, 303, 307, 308):
        server.script = [answers(status, Location="https://elsewhere.example/path?secret=1")]
        assert failure(hook) == f"127.0.0.1 answered {status}, a redirect to elsewhere.example"
    assert len(server.requests) == 5


def test_nobody_there(hook: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv(ADDRESS, f"http://127.0.0.1:{port}/path-that-is-secret")
    other = endpoint(hook.webhook)
    other.sleep = hook.sleep
    assert failure(other).startswith("127.0.0.1: no connection: Connection refused (tried")
    monkeypatch.setenv(ADDRESS, f"https://127.0.0.1:{hook.url.split(':')[2].split('/')[0]}/path-that-is-secret")
    other = endpoint(hook.webhook)
    other.sleep = hook.sleep
    assert "127.0.0.1: its certificate cannot be verified" in failure(other)
    monkeypatch.setenv(ADDRESS, "http://path-that-is-no-host.invalid/path-that-is-secret")
    other = endpoint(hook.webhook)
    other.sleep = hook.sleep
    assert "no connection: unknown host" in failure(other)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "  ",
        "file:///etc/passwd",
        "ftp://host/x",
        "https://",
        "host/x",
        "http://host:port/x",
        "https://[::1/x",
        "http://a\nb/",
    ],
)
def test_addresses_that_are_none_are_refused_without_being_reported(
    address: str, hook: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ADDRESS, address)
    with pytest.raises(Failure) as error:
        endpoint(hook.webhook)
    assert ADDRESS in error.value.message
    assert address.strip() in ("", "https://") or address not in error.value.message + error.value.hint


@pytest.mark.parametrize(
    "secret", ["", "hunter2-hunter2-hunter2-hunter2", "whsec_c2hvcnQ=", "whsec_no base64!", "whsec_" + "QUJD" * 30]
)
def test_secrets_that_are_none_are_refused_without_being_reported(
    secret: str, hook: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SIGNS, secret)
    with pytest.raises(Failure) as error:
        endpoint(hook.webhook)
    assert SIGNS in error.value.message
    assert not secret or secret not in error.value.message + error.value.hint
    assert "secret" not in repr(hook).replace(SIGNS.lower(), "").replace("secret_env", "")


def test_http_to_another_host_is_warned_of(hook: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not hook.warning
    monkeypatch.setenv(ADDRESS, "http://crm.example/path-that-is-secret")
    assert "crm.example" in endpoint(hook.webhook).warning
    assert "path-that-is-secret" not in endpoint(hook.webhook).warning


def test_what_the_docs_tell_receivers_to_do(hook: Endpoint, server: Receiver) -> None:
    hook.post(MESSAGE)
    (sent,) = server.requests
    text = Path("docs/deliveries.md").read_text(encoding="utf-8")
    report: dict[str, Any] = {}
    exec(text.split("```python\n")[1].split("```")[0], report)
    assert report["is_genuine"](sent.headers, sent.body, SECRET)
    assert not report["is_genuine"](sent.headers, sent.body + b" ", SECRET)
    assert not report["is_genuine"](sent.headers | {"webhook-timestamp": "1"}, sent.body, SECRET)
