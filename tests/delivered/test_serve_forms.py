"""A form in a browser becomes a definition, with any text, and a commit on its own branch."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from segctl.errors import Failure
from segctl.operations.definitions.branches import write_to_branch
from segctl.operations.definitions.new import NewSegment
from segctl.plan.plan import Plan
from segctl.project.project import Project, committed, load
from segctl.render import render
from segctl.serve.form import FormFault, definition_of
from tests.support.shops.demo_project import demo

MARKUP = "</script><img src=x onerror=window.hit=1>'\"{{ 7*7 }}"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return load(Project(demo(tmp_path_factory.mktemp("form") / "shop")))


def form(*parts: dict[str, Any], join: str = "all", **more: object) -> dict[str, Any]:
    return {"name": "new_one", "rule": {"join": join, "parts": list(parts)}, **more}


ATTRIBUTE = {"about": "attribute", "name": "country", "compare": "in", "values": ["NO", "DE"]}
METRIC = {"about": "metric", "name": "lifetime_value", "compare": "between", "values": ["10", "99.5"]}
WEB = {"field": "channel", "compare": "eq", "values": ["web"]}
SUM = {"about": "event", "name": "order", "how": "sum", "field": "amount", "compare": "gt", "values": ["1"]}
BORN = {"about": "attribute", "name": "birthday", "compare": "before", "values": ["2024-12-31"]}
CAME = {"about": "attribute", "name": "acquisition_channel", "compare": "eq", "values": ["search"]}
GROUP = {"join": "any", "parts": [ATTRIBUTE]}
EVENT = {
    **{"about": "event", "name": "order", "how": "times", "compare": "gte", "values": ["3"]},
    **{"where": [WEB], "within_last": "60 days"},
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
    ("sent", "place", "message"),
    [
        (form(ATTRIBUTE | {"name": "contry"}), "rule.parts.0.name", "did you mean country?"),
        (form(ATTRIBUTE | {"sql": "1=1"}), "rule.parts.0.sql", "unknown key"),
        (form(ATTRIBUTE | {"compare": "gt"}), "rule.parts.0.compare", '"gt" is none'),
        (form(METRIC | {"values": ["10"]}), "rule.parts.0.values.1", "2 values are needed here"),
        (form(METRIC | {"values": ["1e9", "2"]}), "rule.parts.0.values.0", "is not a number"),
        (form(METRIC | {"values": [1, 2]}), "rule.parts.0.values.0", "a text"),
        (form(EVENT | {"within_last": "60 days}, x: {"}), "rule.parts.0.within_last", "is not a duration"),
        (form(EVENT | {"where": [WEB | {"field": "amount, x"}]}), "rule.parts.0.where.0.field", "is none"),
        (form(EVENT | {"where": [WEB, WEB]}), "rule.parts.0.where.1.field", "stands here already"),
        (form(SUM | {"field": "status"}), "rule.parts.0.field", "is none"),
        (form(BORN | {"values": ["31.12.2024"]}), "rule.parts.0.values.0", "is not a day"),
        (form(CAME | {"values": ["serach"]}), "rule.parts.0.values.0", "did you mean search?"),
        (form({"about": "segment", "name": "vipp"}), "rule.parts.0.name", "did you mean vip?"),
        (form(GROUP | {"parts": [GROUP]}), "rule.parts.0.parts.0", "holds conditions only"),
        (form(*[ATTRIBUTE] * 61), "rule.parts.60", "60 conditions at most"),
        (form(), "rule", "a condition is needed here"),
        (form(ATTRIBUTE, join="xor"), "rule.join", '"xor" is none'),
        (form(ATTRIBUTE, label="x" * 2001), "label", "2000 characters"),
        ([], "form", "a mapping"),
        ({"name": {}}, "rule", "a mapping"),
        (form("x"), "rule.parts.0.about", "kinds of condition"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_form_is_reported_where_it_is(plan: Plan, sent: object, place: str, message: str) -> None:
    with pytest.raises(FormFault) as failure:
        definition_of(plan, sent)
    assert message in failure.value.faults[place]


NEW = NewSegment({"attribute": "country", "eq": "NO"}, "from_norway", "From Norway")


def git(folder: Path, *arguments: str) -> str:
    own = ("-c", "user.name=A", "-c", "user.email=a@shop.example")
    return subprocess.run(
        ["git", "-C", str(folder), *own, *arguments], capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture(params=["", "dbt/shop"])
def repository(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """A repository with the demo shop in it."""
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
    # Uncommitted work in the working tree stays.
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
    assert [segment.segment.label for segment in there.segments if segment.segment.name == "from_norway"] == [
        "From Norway"
    ]
    with pytest.raises(Failure, match="there is a branch segment/from_norway already"):
        write_to_branch(Project(shop), NEW, "segments/geography.yml", "segment/from_norway")


def test_branches_that_are_refused(repository: tuple[Path, Path], tmp_path: Path) -> None:
    top, shop = repository
    before = (*state(top), git(top, "branch", "--list"))
    for new, path, branch, message in (
        (NEW, "segments/new.yml", "main", "there is a branch main already"),
        (NEW, "segments/new.yml", "main/x", "git does not make the branch"),
        (NEW, "segments/new.yml", "-x", "can be no name of a branch"),
        (NEW, "segments/new.yml", "a..b", "can be no name of a branch"),
        (NEW, "segments/new.yml", "../../HEAD", "can be no name of a branch"),
        (NewSegment(NEW.rule, "vip"), "segments/new.yml", "x", "there is a segment vip already"),
        (NewSegment(NEW.rule, "no name"), "segments/new.yml", "x", "no name"),
    ):
        with pytest.raises(Failure, match=message):
            write_to_branch(Project(shop), new, path, branch)
    assert (*state(top), git(top, "branch", "--list")) == before
    alone = demo(tmp_path / "alone")
    with pytest.raises(Failure, match="the project is in no git repository"):
        write_to_branch(Project(alone), NEW, "segments/new.yml", "x")
    git(tmp_path, "init", "--quiet", str(alone))
    with pytest.raises(Failure, match="the repository has no commit yet"):
        write_to_branch(Project(alone), NEW, "segments/new.yml", "x")
