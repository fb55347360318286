"""`segctl serve`: who may ask, what a form becomes, and that neither readers nor runs are in each other's way."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from starlette.testclient import TestClient

from segctl.errors import Failure, InUse
from segctl.operations.branches import write_to_branch
from segctl.operations.new import New
from segctl.plan import Plan
from segctl.project import Project, committed, load
from segctl.render import render
from segctl.serve.access import Access, hosts_of, is_loopback
from segctl.serve.application import LARGEST_BODY
from segctl.serve.current import Current
from segctl.serve.form import FormFault, definition_of
from segctl.serve.gate import Gate
from segctl.serve.questions import Desk
from segctl.serve.server import Serving, made, questions
from segctl.serve.worker import Opening, Told, answered_by
from segctl.warehouse.copies import Copies, delete_copies, folder_of_copies, is_written
from tests.demo_project import copied, demo, segctl
from tests.made_report import made_report

HOST = "http://127.0.0.1:8765"
TOKEN = "a-token-that-people-know"
OWN = {"X-Segctl": "1"}
MARKUP = "</script><img src=x onerror=window.hit=1>'\"{{ 7*7 }}"


class Asked:
    """A worker that remembers what it was asked, and answers a report or what it is told to."""

    def __init__(self, told: Told | None = None) -> None:
        self.told, self.questions = told, list[tuple[str, dict[str, Any]]]()

    def ask(self, question: str, **details: object) -> Told:
        self.questions.append((question, details))
        return self.told or Told(("stamp", made_report()) if question == "report" else {"of": question})


def client(serving: Serving, told: Told | None = None, **options: Any) -> TestClient:  # noqa: ANN401
    """A browser of a server on loopback; its worker is `worker`."""
    worker = Asked(told)
    hosts, any_address = hosts_of(serving.host, serving.hosts)
    token = serving.token or ("once-and-no-more-0123" if serving.needs_token else "")
    access = Access(8765, hosts, ("/",), any_address, token, once=not serving.token)
    found = TestClient(Gate(made(worker, serving), access), HOST, follow_redirects=False, **options)
    found.worker, found.access = worker, access  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "10.0.0.7", "localhost@evil.example", ""]
)
def test_a_name_that_is_made_to_lead_here_is_refused(host: str) -> None:
    found = client(Serving()).get("/", headers={"Host": host})
    assert found.status_code == 421
    assert "segment_0" not in found.text


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
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return client(Serving()).get(path, headers=told).status_code

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
        return found.post("/api/definition", headers=headers, **(sent or {"json": {"form": {}}})).status_code

    assert status({}) == 403
    assert status({"Origin": "http://evil.example"} | OWN) == 403
    assert status({"Origin": "null"} | OWN) == 403
    assert status({"Sec-Fetch-Site": "cross-site"} | OWN) == 403
    assert status({"Sec-Fetch-Site": "same-site"} | OWN) == 403
    assert status({"Sec-Fetch-Site": "none"} | OWN) == 403
    # What a form of HTML can send without being asked whether it may.
    assert status(OWN, content='{"form": {}}', data=None) == 415
    assert "definition" not in [question for question, _ in found.worker.questions]  # type: ignore[attr-defined]
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
    assert found.head("/", params={"token": "once-and-no-more-0123"}).status_code == 401
    entered = found.get("/", params={"token": "once-and-no-more-0123"})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "once-and-no-more" not in cookie
    assert found.get("/").status_code == 200
    other = client(serving)
    other.app.access = found.access  # type: ignore[attr-defined]
    assert other.get("/", params={"token": "once-and-no-more-0123"}).status_code == 401
    found.cookies.set(found.access.cookie, "guessed")  # type: ignore[attr-defined]
    assert client(serving, cookies={"segctl_8765": "guessed"}).get("/").status_code == 401


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
    found = client(Serving()).post("/api/preview", content=content, headers=OWN | {"Content-Type": kind})
    assert found.status_code == status
    assert set(found.json()) == {"message"}


def test_messages_are_no_markup() -> None:
    found = client(Serving(), Told(message=MARKUP, hint=MARKUP)).get("/")
    assert found.status_code == 503
    assert "<img" not in found.text
    assert "&lt;img src=x" in found.text


def test_the_page_names_its_views_by_what_may_be_asked() -> None:
    plain = client(Serving()).get("/").text
    assert ("#/customer" in plain, "#/build" in plain) == (False, True)
    found = client(Serving(with_members=True, token=TOKEN))
    found.get("/", params={"token": TOKEN})
    assert "#/customer" in found.get("/").text
    # No script and no style stands in the document.
    assert re.findall(r"<script(?![^>]*(?:src=|text/plain))|<style|style=|onclick=", plain) == []
    for name in re.findall(r'(?:src|href)="(/assets/[^"]+)"', plain):
        assert found.get(name).status_code == 200


def test_a_new_run_is_swapped_in_whole() -> None:
    told = iter([Told(("a", "first")), Told("a"), Told("b"), Told(("b", "second"))])

    class Next:
        def ask(self, question: str, **_: object) -> Told:
            found = next(told)
            return Told((found.data[0], made_report())) if question == "report" else found

    drawn = iter(["first", "second"])
    current = Current(Next(), lambda _: next(drawn))  # type: ignore[arg-type]
    assert current.document().text == b"first"  # type: ignore[union-attr]
    current._looking.acquire()
    current._look()
    assert current.document().text == b"first"  # type: ignore[union-attr]
    current._looking.acquire(blocking=False)
    current._look()
    assert current.document().text == b"second"  # type: ignore[union-attr]


# Forms.


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return load(Project(demo(tmp_path_factory.mktemp("form") / "shop")))


def form(*parts: dict[str, Any], join: str = "all", **more: object) -> dict[str, Any]:
    return {"name": "new_one", "rule": {"join": join, "parts": list(parts)}, **more}


ATTRIBUTE = {"about": "attribute", "name": "country", "compare": "in", "values": ["NO", "DE"]}
METRIC = {"about": "metric", "name": "lifetime_value", "compare": "between", "values": ["10", "99.5"]}
EVENT = {
    **{"about": "event", "name": "order", "how": "times", "compare": "gte", "values": ["3"]},
    **{"where": [{"field": "channel", "compare": "eq", "values": ["web"]}], "within_last": "60 days"},
}


def test_a_form_as_a_rule(plan: Plan) -> None:
    never = {"about": "event", "name": "refund", "how": "never", "not": True}
    group = {"join": "any", "parts": [METRIC, {"about": "segment", "name": "vip"}], "not": True}
    found = definition_of(plan, form(ATTRIBUTE, EVENT, never, group, label="A: #1", tags=["a", " "]))
    assert yaml.safe_load("\n".join(found.lines)) == [
        {
            **{"name": "new_one", "label": "A: #1", "tags": ["a"]},
            "rule": {
                "all": [
                    {"attribute": "country", "in": ["NO", "DE"]},
                    {"event": "order", "where": {"channel": "web"}, "times": {"gte": 3}, "within_last": "60 days"},
                    {"not": {"event": "refund", "never": True}},
                    {"not": {"any": [{"metric": "lifetime_value", "between": [10, 99.5]}, {"segment": "vip"}]}},
                ]
            },
        }
    ]
    assert definition_of(plan, form(METRIC, join="none")).rule == {
        "none": [{"metric": "lifetime_value", "between": ["10", "99.5"]}]
    }


@pytest.mark.parametrize(
    "text", [MARKUP, "a: b\n- c", "{x: y}", "'", '"', "# no", "yes", "&a *b", "12", "~", "é\u2028x"]
)
def test_whatever_is_typed_stays_a_text(plan: Plan, text: str) -> None:
    one = {"about": "attribute", "name": "city", "compare": "eq", "values": [text]}
    new = definition_of(plan, form(one, label=text, description=text, owner=text, tags=[text]))
    (found,) = yaml.safe_load("\n".join(new.lines))
    assert found == {
        **{"name": "new_one", "label": text, "description": text, "owner": text, "tags": [text]},
        "rule": {"attribute": "city", "eq": text},
    }


@pytest.mark.parametrize(
    ("sent", "place", "told"),
    [
        (form(ATTRIBUTE | {"name": "contry"}), "rule.parts.0.name", "did you mean country?"),
        (form(ATTRIBUTE | {"sql": "1=1"}), "rule.parts.0.sql", "unknown key"),
        (form(ATTRIBUTE | {"compare": "gt"}), "rule.parts.0.compare", '"gt" is none'),
        (form(METRIC | {"values": ["10"]}), "rule.parts.0.values", "2 values are needed here"),
        (form(METRIC | {"values": ["1e9", "2"]}), "rule.parts.0.values.0", "is no number"),
        (form(METRIC | {"values": [1, 2]}), "rule.parts.0.values.0", "a text"),
        (form(EVENT | {"within_last": "60 days}, x: {"}), "rule.parts.0.within_last", "is no duration"),
        (form(EVENT | {"where": [{"field": "amount, x", "compare": "eq", "values": ["1"]}]}), "rule.parts.0.where.0.field", "is none"),
        (form(EVENT | {"where": EVENT["where"] * 2}), "rule.parts.0.where.1.field", "stands here already"),
        (form({"about": "event", "name": "order", "how": "sum", "field": "status", "compare": "gt", "values": ["1"]}), "rule.parts.0.field", "is none"),
        (form({"about": "attribute", "name": "birthday", "compare": "before", "values": ["31.12.2024"]}), "rule.parts.0.values.0", "is no day"),
        (form({"about": "attribute", "name": "acquisition_channel", "compare": "eq", "values": ["serach"]}), "rule.parts.0.values.0", "did you mean search?"),
        (form({"about": "segment", "name": "vipp"}), "rule.parts.0.name", "did you mean vip?"),
        (form({"join": "any", "parts": [{"join": "any", "parts": [ATTRIBUTE]}]}), "rule.parts.0.parts.0", "holds conditions only"),
        (form(*[ATTRIBUTE] * 61), "rule.parts.60", "60 conditions at most"),
        (form(), "rule", "a condition is needed here"),
        (form(ATTRIBUTE, join="xor"), "rule.join", '"xor" is none'),
        (form(ATTRIBUTE, label="x" * 2001), "label", "2000 characters"),
        ([], "form", "a mapping"),
        ({"name": {}}, "rule", "a mapping"),
        (form("x"), "rule.parts.0.about", "kinds of condition"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_form_is_told_where_it_is(plan: Plan, sent: object, place: str, told: str) -> None:
    with pytest.raises(FormFault) as found:
        definition_of(plan, sent)
    assert told in found.value.faults[place]


# Branches.

NEW = New({"attribute": "country", "eq": "NO"}, "from_norway", "From Norway")


def git(folder: Path, *arguments: str) -> str:
    own = ("-c", "user.name=A", "-c", "user.email=a@shop.example")
    return subprocess.run(
        ["git", "-C", str(folder), *own, *arguments], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(params=["", "dbt/shop"])
def repository(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A repository, and the demo shop in it, somewhere."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "A")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "a@shop.example")
    top = tmp_path / "top"
    (top / request.param).mkdir(parents=True)
    shop = top / request.param / "shop" if not request.param else top / request.param
    if request.param:
        shop.rmdir()
    demo(shop)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main", str(top))
    git(top, "add", ".")
    git(top, "commit", "--quiet", "--message", "First")
    return top, shop


def state(top: Path) -> tuple[str, ...]:
    return (git(top, "rev-parse", "HEAD"), git(top, "symbolic-ref", "HEAD"), git(top, "status", "--porcelain"))


def test_a_definition_on_a_branch(repository: tuple[Path, Path], tmp_path: Path) -> None:
    top, shop = repository
    # What is under way in the working tree stays there.
    (shop / "segments" / "loyalty.yml").write_text("half: written", encoding="utf-8")
    (shop / "unheard.txt").write_text("of", encoding="utf-8")
    git(top, "add", "--all")
    before = state(top)
    done = write_to_branch(Project(shop), NEW, "segments/geography.yml", "segment/from_norway")
    assert state(top) == before
    assert done.files[0] == "segments/geography.yml"
    assert "models/segments/members_geography.sql" in done.files
    assert git(top, "rev-list", "--count", f"main..{done.branch}").strip() == "1"
    prefix = shop.relative_to(top).as_posix()
    changed = set(git(top, "diff", "--name-only", "main", done.branch).split())
    assert changed == {f"{prefix}/{file}".removeprefix("./") for file in done.files}
    git(top, "worktree", "add", "--quiet", str(tmp_path / "seen"), done.branch)
    seen = Project(tmp_path / "seen" / prefix)
    there = load(seen)
    assert render(there) == committed(seen)
    assert [one.segment.label for one in there.segments if one.segment.name == "from_norway"] == ["From Norway"]
    with pytest.raises(Failure, match="there is a branch segment/from_norway already"):
        write_to_branch(Project(shop), NEW, "segments/geography.yml", "segment/from_norway")


def test_branches_that_are_refused(repository: tuple[Path, Path], tmp_path: Path) -> None:
    top, shop = repository
    before = (*state(top), git(top, "branch", "--list"))
    for new, path, branch, told in (
        (NEW, "segments/new.yml", "main", "there is a branch main already"),
        (NEW, "segments/new.yml", "main/x", "git does not make the branch"),
        (NEW, "segments/new.yml", "-x", "can be no name of a branch"),
        (NEW, "segments/new.yml", "a..b", "can be no name of a branch"),
        (NEW, "segments/new.yml", "../../HEAD", "can be no name of a branch"),
        (New(NEW.rule, "vip"), "segments/new.yml", "x", "there is a segment vip already"),
        (New(NEW.rule, "no name"), "segments/new.yml", "x", "no name"),
    ):
        with pytest.raises(Failure, match=told):
            write_to_branch(Project(shop), new, path, branch)
    assert (*state(top), git(top, "branch", "--list")) == before
    alone = demo(tmp_path / "alone")
    with pytest.raises(Failure, match="the project is in no git repository"):
        write_to_branch(Project(alone), NEW, "segments/new.yml", "x")
    git(tmp_path, "init", "--quiet", str(alone))
    with pytest.raises(Failure, match="the repository has no commit yet"):
        write_to_branch(Project(alone), NEW, "segments/new.yml", "x")


# Copies.

WRITES = "import duckdb; held = duckdb.connect('{}'); held.execute('create or replace table t as select {} as n');"


@contextmanager
def written(path: Path, number: int) -> Iterator[None]:
    """A program that writes a database, and has it open."""
    code = WRITES.format(path, number) + "print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield
        process.communicate("\n")


def number(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as connection:
        ((found,),) = connection.execute("select n from t").fetchall()
    return int(found)


def test_copies_are_of_files_that_nobody_writes(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    with folder_of_copies(tmp_path / "target") as folder:
        copies = Copies(folder)
        with written(path, 1):
            assert is_written(path)
            with pytest.raises(InUse, match="a run is on"):
                copies.of(path)
        assert not is_written(path)
        first = copies.of(path)
        with duckdb.connect(str(first), read_only=True) as held:
            # Whoever has the copy open keeps nobody from writing.
            with written(path, 2):
                assert copies.renew() is False
                assert copies.of(path) == first
            assert held.execute("select n from t").fetchall() == [(1,)]
        stamp = copies.stamp
        assert copies.renew() is True
        assert (number(copies.of(path)), first.exists(), copies.stamp == stamp) == (2, False, False)
        assert copies.renew() is False
        assert delete_copies(tmp_path / "target") == [folder]
        assert copies.renew() is True
        assert number(copies.of(path)) == 2
        left = tmp_path / "target" / "segctl_copies_killed"
        left.mkdir()
        with folder_of_copies(tmp_path / "target"):
            # Those of a program that was killed are gone, those of one that is alive are not.
            assert (left.exists(), number(copies.of(path))) == (False, 2)
    assert list((tmp_path / "target").iterdir()) == []


# The demo shop.


@pytest.fixture(scope="module")
def shop(demo_after_two_runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(demo_after_two_runs, tmp_path_factory.mktemp("serve") / "shop")


@pytest.fixture(scope="module")
def desk(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(Opening(shop, "", str(shop), tmp_path_factory.mktemp("copies"), "", 5, with_members=True))


def rows(shop: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(shop / "segctl.duckdb"), read_only=True) as connection:
        found: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    return found


def test_a_customer(shop: Path, desk: Desk) -> None:
    told = answered_by(desk, "customer", {"key": "162", "entity": "customer"}).data
    wanted = rows(
        shop, "select segment, left_at is null from segment_history where customer_id = 162 order by 1, joined_at"
    )
    assert [(stay["segment"], not stay["left_at"]) for stay in told["stays"]] == wanted
    assert all(stay["joined_at"].startswith("2025-12-2") for stay in told["stays"])
    for key in ("nobody", "162' or '1'='1", MARKUP, "", "\0"):
        refused = answered_by(desk, "customer", {"key": key, "entity": "customer"})
        assert refused.message.startswith("no table of ours holds customer"), key
    assert "has no segments" in answered_by(desk, "customer", {"key": "1", "entity": "x'; drop table"}).message


def test_why_while_a_program_writes(shop: Path, desk: Desk) -> None:
    asked = {"key": "162", "segment": "vip"}
    before = answered_by(desk, "why", asked).data
    assert before["member"] is True
    assert before["rule"]["holds"] is True
    with written(shop / "segctl.duckdb", 1):
        assert answered_by(desk, "why", asked).data == before
    rows(shop, "select 1")
    assert "there is no segment" in answered_by(desk, "why", {"key": "162", "segment": "vipp"}).message


def test_a_form_is_said_counted_and_written(shop: Path, desk: Desk) -> None:
    sent = form(
        {"about": "metric", "name": "lifetime_value", "compare": "gt", "values": ["500"]}, ATTRIBUTE, join="any"
    )
    said = answered_by(desk, "definition", {"form": sent}).data
    assert said["says"] == "Customers whose lifetime value is more than £500 or whose country is “NO” or “DE”."
    assert yaml.safe_load(said["yaml"])["segments"][0]["name"] == "new_one"
    found = answered_by(desk, "preview", {"form": sent}).data
    live = "from customer_features where deleted_at is null and"
    ((alone, others, both),) = rows(
        shop,
        f"select (select count(*) {live} lifetime_value > 500), (select count(*) {live} country in ('NO', 'DE')),"
        f" (select count(*) {live} (lifetime_value > 500 or country in ('NO', 'DE')))",
    )
    assert [step["alone"] for step in found["steps"]] == [alone, others]
    assert found["size"] == both
    assert answered_by(desk, "preview", {"form": form()}).faults == {"rule": "a condition is needed here"}
    taken = answered_by(desk, "definition", {"form": form(ATTRIBUTE) | {"name": "vip"}})
    assert taken.faults["name"].startswith("there is a segment vip already")


def test_few_people_are_not_counted_for_all(shop: Path, desk: Desk, tmp_path: Path) -> None:
    least = Desk(Opening(shop, "", str(shop), tmp_path, "", 5, with_members=False))
    least.copies, least._loaded = desk.copies, desk._loaded
    ((key, email),) = rows(shop, "select customer_id, email from customer_features where email is not null limit 1")
    sent = form({"about": "attribute", "name": "email", "compare": "eq", "values": [email]})
    found = answered_by(least, "preview", {"form": sent}).data
    assert [found[name] for name in ("size", "share", "revenue", "eligible", "overlaps")] == [
        None,
        None,
        None,
        None,
        [],
    ]
    assert found["steps"][0]["alone"] is None
    assert str(key) not in json.dumps(found)
    assert answered_by(desk, "preview", {"form": sent}).data["size"] == 1


def test_erasures_reach_copies(shop: Path, tmp_path: Path) -> None:
    other = copied(shop, tmp_path / "other")
    with folder_of_copies(other / "target") as folder:
        copy = Copies(folder).of(other / "segctl.duckdb")
        done = segctl(other, "erase", "162")
        assert done.code == 0, done.err
        assert not copy.exists()
