"""`segctl serve`: which requests it accepts, from where, and the headers of every answer."""

import re
import socket
from typing import Any

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from segctl.cli import segctl as program
from segctl.serve.access import Access, hosts_of, is_loopback
from segctl.serve.application import LARGEST_BODY
from segctl.serve.current import Current, DrawnPage
from segctl.serve.gate import Gate
from segctl.serve.server import Serving, build_application, questions
from segctl.serve.worker import WorkerAnswer
from tests.support.built_project import REPOSITORY
from tests.support.shops.demo_project import segctl
from tests.support.shops.made_report import made_report

HOST = "http://127.0.0.1:8765"
TOKEN = "a-token-that-people-know"
ONCE = "once-and-no-more-0123"
OWN = {"X-Segctl": "1"}
MARKUP = "</script><img src=x onerror=window.hit=1>'\"{{ 7*7 }}"


class Asked:
    """A worker that remembers its requests, and answers with a report or the given answer."""

    def __init__(self, answer: WorkerAnswer | None = None) -> None:
        self.told, self.questions = answer, list[tuple[str, dict[str, Any]]]()

    def ask(self, question: str, **details: object) -> WorkerAnswer:
        self.questions.append((question, details))
        return self.told or WorkerAnswer(("stamp", made_report()) if question == "report" else {"of": question})


class Browser(TestClient):
    """A browser of a server on loopback, which uses its `worker`."""

    def __init__(self, serving: Serving, answer: WorkerAnswer | None = None) -> None:
        hosts, any_address = hosts_of(serving.host, serving.hosts)
        token = serving.token or (ONCE if serving.needs_token else "")
        self.worker = Asked(answer)
        self.access = Access(8765, hosts, ("/",), any_address, token, once=not serving.token)
        super().__init__(Gate(build_application(self.worker, serving), self.access), HOST, follow_redirects=False)


def client(serving: Serving, answer: WorkerAnswer | None = None) -> Browser:
    return Browser(serving, answer)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "10.0.0.7", "localhost@evil.example", ""]
)
def test_a_name_that_is_made_to_lead_here_is_refused(host: str) -> None:
    response = client(Serving()).get("/", headers={"Host": host})
    assert response.status_code == 421
    assert "segment_0" not in response.text


def test_the_names_of_this_server_are_answered() -> None:
    for host in ("127.0.0.1:8765", "localhost", "[::1]:8765"):
        assert client(Serving()).get("/", headers={"Host": host}).status_code == 200
    elsewhere = Serving(host="0.0.0.0", hosts=("segments.example",), token=TOKEN)
    for host, status in (("segments.example", 401), ("192.168.1.7:8765", 401), ("evil.example", 421)):
        assert client(elsewhere).get("/", headers={"Host": host}).status_code == status
    assert [is_loopback(one) for one in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.1", "a.b")] == [
        *([True] * 3),
        *([False] * 3),
    ]


def test_only_an_address_bar_or_a_link_leads_here_from_another_site() -> None:
    def status(path: str, **headers: str) -> int:
        sent_headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return int(client(Serving()).get(path, headers=sent_headers).status_code)

    assert status("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document") == 200
    assert status("/", Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document") == 200
    # A frame, a script, an image, a request of another page's script.
    assert status("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="iframe") == 403
    assert status("/assets/page.js", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors") == 403
    assert status("/assets/page.js", Sec_Fetch_Site="same-site", Sec_Fetch_Mode="no-cors") == 403
    assert status("/api/vocabulary", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="cors") == 403
    assert status("/api/vocabulary", Origin="http://evil.example") == 403
    assert status("/", Origin="null") == 403
    assert status("/api/vocabulary", Sec_Fetch_Site="same-origin") == 200


def test_another_site_cannot_have_its_visitors_ask() -> None:
    found = client(Serving())

    def status(headers: dict[str, str], **sent: Any) -> int:  # noqa: ANN401
        return int(found.post("/api/definition", headers=headers, **(sent or {"json": {"form": {}}})).status_code)

    assert status({}) == 403
    assert status({"Origin": "http://evil.example"} | OWN) == 403
    assert status({"Origin": "null"} | OWN) == 403
    assert status({"Sec-Fetch-Site": "cross-site"} | OWN) == 403
    assert status({"Sec-Fetch-Site": "same-site"} | OWN) == 403
    assert status({"Sec-Fetch-Site": "none"} | OWN) == 403
    # What an HTML form can send without a preflight request.
    assert status(OWN, content='{"form": {}}', data=None) == 415
    assert "definition" not in [question for question, _ in found.worker.questions]
    assert status({"Origin": HOST, "Sec-Fetch-Site": "same-origin"} | OWN) == 200
    preflight = found.options("/api/definition", headers={"Origin": "http://evil.example"})
    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("serving", [Serving(with_members=True), Serving(edit=True), Serving(host="0.0.0.0")])
def test_a_token_is_needed_and_good_once(serving: Serving) -> None:
    found = client(serving)
    for path in ("/", "/assets/page.js", "/api/vocabulary"):
        refused = found.get(path)
        assert refused.status_code == 401
        assert "segment_0" not in refused.text
    assert found.post("/api/definition", json={"form": {}}, headers=OWN).status_code == 401
    assert found.get("/", params={"token": "wrong"}).status_code == 401
    assert found.head("/", params={"token": ONCE}).status_code == 401
    entered = found.get("/", params={"token": ONCE})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "once-and-no-more" not in cookie
    assert found.get("/").status_code == 200
    # The same address again, by another client, and a guessed session.
    found.cookies.clear()
    assert found.get("/", params={"token": ONCE}).status_code == 401
    found.cookies.set(found.access.cookie, "guessed")
    assert found.get("/").status_code == 401


def test_a_token_of_ones_own_is_good_for_all() -> None:
    for _ in range(2):
        assert client(Serving(token=TOKEN)).get("/", params={"token": TOKEN}).status_code == 303
    assert client(Serving(token=TOKEN)).get("/", params={"token": TOKEN[:-1]}).status_code == 401
    evil = client(Serving(token=TOKEN)).get("/", params={"token": TOKEN}, headers={"Host": "evil.example"})
    assert (evil.status_code, "set-cookie" in evil.headers) == (421, False)


def test_what_is_said_with_every_answer() -> None:
    found = client(Serving())
    for path in ("/", "/assets/page.js", "/api/vocabulary", "/nothing"):
        headers = found.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == ("private, no-cache" if "assets" in path else "no-store")
    first = found.get("/assets/page.js")
    assert found.get("/assets/page.js", headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        *("/../dbt_project.yml", "/assets/../dbt_project.yml", "/assets/..%2f..%2fprofiles.yml", "/assets/%2e%2e/x"),
        *("/assets/", "/assets/server.py", "/assets//etc/passwd", "/profiles.yml", "/assets/page.js/../../segctl"),
        *("/api/branch", "/api/customer", "/api/report", "/api/stamp", "/docs", "/assets/page.js%00"),
    ],
)
def test_nothing_else_is_there(path: str) -> None:
    found = client(Serving())
    assert found.get(path).status_code in (404, 405)
    assert found.post(path, json={}, headers=OWN).status_code in (404, 405)


def test_members_and_branches_only_with_the_option() -> None:
    assert set(questions(Serving())) == {"definition", "preview"}
    assert set(questions(Serving(with_members=True))) == {"definition", "preview", "customer", "why"}
    assert set(questions(Serving(edit=True))) == {"definition", "preview", "branch"}


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (413, b'{"form": "' + b"x" * LARGEST_BODY + b'"}', "application/json"),
        (400, b"{", "application/json"),
        (400, b"[" * 30_000, "application/json"),
        (400, b'{"form": NaN}', "application/json"),
        (400, b"[]", "application/json"),
        (400, b"\xff", "application/json"),
        (400, b'{"form": {}, "sql": "select 1"}', "application/json"),
        (400, b"{}", "application/json"),
        (415, b'{"form": {}}', "text/plain"),
    ],
)
def test_bodies_that_this_page_does_not_send(status: int, content: bytes, kind: str) -> None:
    response = client(Serving()).post("/api/preview", content=content, headers=OWN | {"Content-Type": kind})
    assert response.status_code == status
    assert set(response.json()) == {"message"}


def test_messages_are_no_markup() -> None:
    response = client(Serving(), WorkerAnswer(message=MARKUP, hint=MARKUP)).get("/")
    assert response.status_code == 503
    assert "<img" not in response.text
    assert "&lt;img src=x" in response.text


def test_the_page_names_its_views_by_what_may_be_requested() -> None:
    plain = client(Serving()).get("/").text
    assert ("#/customer" in plain, "#/build" in plain) == (False, True)
    found = client(Serving(with_members=True, token=TOKEN))
    found.get("/", params={"token": TOKEN})
    assert "#/customer" in found.get("/").text
    # The document contains no script and no style.
    assert re.findall(r"<script(?![^>]*(?:src=|text/plain))|<style|style=|onclick=", plain) == []
    for name in re.findall(r'(?:src|href)="(/assets/[^"]+)"', plain):
        assert found.get(name).status_code == 200


def test_a_new_run_is_swapped_in_whole() -> None:
    answers = iter([WorkerAnswer(("a", "first")), WorkerAnswer("a"), WorkerAnswer("b"), WorkerAnswer(("b", "second"))])

    class Next:
        def ask(self, question: str, **_: object) -> WorkerAnswer:
            found = next(answers)
            return WorkerAnswer((found.data[0], made_report())) if question == "report" else found

    drawn = iter(["first", "second"])
    current = Current(Next(), lambda _: next(drawn))

    def text() -> bytes:
        found = current.document()
        assert isinstance(found, DrawnPage)
        return found.text

    assert text() == b"first"
    current._looking.acquire()
    current._look()
    assert text() == b"first"
    current._looking.acquire(blocking=False)
    current._look()
    assert text() == b"second"


def test_what_cannot_be_served(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for arguments, message in (
            (("--port", port), f"cannot listen on 127.0.0.1:{port}"),
            (("--host", "no.such.host.invalid"), "cannot listen on no.such.host.invalid"),
            (("--token", "short"), "a token has 16 characters"),
            (("--token", "with a blank in the middle"), "a token has 16 characters"),
            (("--token", ""), "the token is empty"),
            (("--token", TOKEN, "--token-file", __file__), "exclude each other"),
        ):
            outcome = segctl(REPOSITORY, "serve", *arguments)
            assert outcome.code == 2, arguments
            assert message in outcome.err
            assert "Traceback" not in outcome.err
    monkeypatch.setattr("segctl.cli.serve.NEEDED", ("starlette", "no_such_package"))
    without = CliRunner().invoke(program, ["--project-dir", str(REPOSITORY), "serve"])
    assert without.exit_code == 2
    assert "segctl serve needs no_such_package\n  hint: pip install 'segctl[serve]'" in without.stderr
