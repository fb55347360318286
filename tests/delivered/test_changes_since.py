"""Changes since the last delivery, over real runs: a receiver that applies them has the current members."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.operations.exports import (
    LAST_EXPORT,
    Change,
    ChangesRequest,
    ExportRequest,
    changes_since,
    export_changes,
)
from segctl.operations.people.erase import erase
from segctl.personal_data.sent import FILE, OWN, Sent, sent_members
from segctl.warehouse import RUN_MODELS, Row, RunRequest, Warehouse
from tests.conftest import engine_of
from tests.support.built_project import TestProject

CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer:
    model: customers
    key: id
    attributes: {tier: string, mail: string, consent: boolean, plan: string}
    identifiers: {email: mail}
    eligible: {attribute: consent, eq: true}
"""
SEGMENTS = """
version: 1
segments:
  - {name: gold, rule: {attribute: tier, eq: gold}}
  - {name: paid, rule: {attribute: plan, is: set}}
"""
COLUMNS = {
    "customers": {"id": "varchar", "tier": "varchar", "mail": "varchar", "consent": "boolean", "plan": "varchar"}
}
DAYS = [datetime(2024, 1, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
RUNS = [f"202401{day:02}T000000.000000Z" for day in (1, 2, 3, 4)]
# Keys that CSV, SQL or the sort order of texts could damage.
ODD = ["10", "9", "a,b", "a'b", "é", "\U0001f600", 'q"', "line\nbreak"]
# Tier, address, consent and plan of each customer on each day. None: the customer does not exist.
PEOPLE: dict[str, Sequence[tuple[str, str, bool | None, str | None] | None]] = {
    "stays": [("gold", "s@x.example", True, "a")] * 4,
    "leaves": [("gold", "l@x.example", True, None), ("none", "l@x.example", True, None), *[None] * 2],
    "joins": [None, ("gold", "j@x.example", True, None), *[("gold", "j@x.example", True, None)] * 2],
    "in_between": [None, ("gold", "i@x.example", True, None), ("none", "i@x.example", True, None), None],
    "moves_house": [("gold", "old@x.example", True, "a"), *[("gold", "new@x.example", True, "b")] * 3],
    "withdraws": [("gold", "w@x.example", True, None), *[("gold", "w@x.example", False, None)] * 3],
    "agrees": [("gold", "y@x.example", None, None), *[("gold", "y@x.example", True, None)] * 3],
    "never_agrees": [("gold", "n@x.example", False, None)] * 4,
    "goes_and_comes": [*[("gold", "g@x.example", True, None)] * 1, ("none", "g@x.example", True, None)]
    + [("gold", "g@x.example", True, None)] * 2,
    "is_erased": [("gold", "e@x.example", True, None)] * 4,
    **{key: [("gold", "o@x.example", True, None)] * 4 for key in ODD},
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> TestProject:
    """The project after all changes. Each test finds it so, whichever tests run before it or in another process."""
    made = TestProject(tmp_path_factory.mktemp("changes"), engine_of("duckdb", request))
    made.define(CATALOG, people=SEGMENTS)
    apply_all_changes(made)
    return made


def run(project: TestProject, day: int, whole: bool = True) -> None:
    """The run of a day on its customers. If not `whole`, it writes tables and tests nothing, like a replay."""
    result = {key: days[day] for key, days in PEOPLE.items()}
    names = ("tier", "mail", "consent", "plan")
    rows: list[Row] = [{"id": key, **dict(zip(names, told, strict=True))} for key, told in result.items() if told]
    project.load({"customers": rows}, COLUMNS)
    if whole:
        project.run(DAYS[day])
    else:
        loaded(project).build(RunRequest(DAYS[day].replace(tzinfo=None)), only=RUN_MODELS)


def changes_of(project: TestProject, request: ChangesRequest) -> list[Change]:
    return list(changes_since(project.project, loaded(project), request))


@cache
def loaded(project: TestProject) -> Warehouse:
    """The warehouse, with the project parsed once for all queries."""
    return project.warehouse.loaded()


class Receiver:
    """A receiver of changes. It stores the members of each segment with their identifiers."""

    def __init__(self) -> None:
        self.has: dict[tuple[str, str], dict[str, str]] = {}

    def take(self, changes: Sequence[Change]) -> dict[tuple[str, str], str]:
        """Applies the changes. Returns the operations by segment and key."""
        for one in changes:
            at = (one.segment, one.key)
            assert (at in self.has) == (one.op != "add")
            if one.op == "remove":
                assert self.has.pop(at) == one.identifiers
            else:
                self.has[at] = dict(one.identifiers)
        assert [(change.segment, change.key) for change in changes] == sorted(
            (change.segment, change.key) for change in changes
        )
        return {(one.segment, one.key): f"{one.op} {one.cause}" for one in changes}


def members(day: int, erased: Sequence[str] = ()) -> dict[tuple[str, str], dict[str, str]]:
    """The customers that may be sent after the run of a day."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for key, days in PEOPLE.items():
        told = days[day]
        if told and told[2] and key not in erased:
            found |= {("gold", key): {"email": told[1]}} if told[0] == "gold" else {}
            found |= {("paid", key): {"email": told[1]}} if told[3] else {}
    return found


def apply_all_changes(project: TestProject) -> None:
    """From nothing over three runs and an erasure. One receiver stops in between, another begins late."""
    request = ChangesRequest("crm", columns=("plan",))
    receiver, warned = Receiver(), list[str]()
    run(project, 0)
    first = list(changes_since(project.project, loaded(project), request, warned.append))
    assert set(receiver.take(first).values()) == {"add first_run"}
    assert receiver.has == members(0)
    assert "nothing is known to have been sent to crm of everything" in warned[0]
    assert {one.run_id for one in first} == {RUNS[0]}
    by_key = {(one.segment, one.key): one for one in first}
    assert by_key["gold", "moves_house"].columns == {"plan": "a"}
    assert changes_of(project, request) == []

    run(project, 1)
    # A receiver that stops before the end gets the same changes again.
    stopped = changes_since(project.project, loaded(project), request)
    one = next(stopped)
    stopped.close()  # type: ignore[attr-defined]
    second = changes_of(project, request)
    assert second[0] == one
    told = receiver.take(second)
    assert receiver.has == members(1)
    assert {key: what for key, what in told.items() if key[0] == "gold"} == {
        ("gold", "agrees"): "add eligible",
        ("gold", "goes_and_comes"): "remove activity",
        ("gold", "in_between"): "add activity",
        ("gold", "joins"): "add activity",
        ("gold", "leaves"): "remove activity",
        ("gold", "moves_house"): "update changed",
        ("gold", "withdraws"): "remove not_eligible",
    }
    assert {(one.run_id, one.changed_at) for one in second} == {(RUNS[1], DAYS[1].replace(tzinfo=None))}
    # Another destination is independent. It gets the members of a run.
    beginning = {one.key: one for one in changes_of(project, ChangesRequest("late", ("gold",), since=RUNS[0]))}
    assert {key: change.op for key, change in beginning.items()} == {
        **{"goes_and_comes": "remove", "in_between": "add", "joins": "add", "leaves": "remove"},
        **{"never_agrees": "remove", "withdraws": "remove"},
    }
    # What was never sent does not go out with the removal of a customer without consent.
    assert [beginning[key].identifiers for key in ("leaves", "never_agrees", "withdraws")] == [
        {"email": "l@x.example"},
        {},
        {},
    ]

    run(project, 2, whole=False)
    erase(project.project, project.warehouse, ["is_erased"], "customer", False)
    run(project, 3)
    since_second = changes_of(project, request)
    told = receiver.take(since_second)
    # Customers who left in the second run after joining in it, who came back, or who were erased.
    assert {key: what for key, what in told.items() if key[0] == "gold"} == {
        ("gold", "goes_and_comes"): "add activity",
        ("gold", "in_between"): "remove activity",
        ("gold", "is_erased"): "remove erased",
    }
    assert receiver.has == members(3, ["is_erased"])
    # Nothing is left of an erased customer once the removal was sent, except where it was not sent yet.
    late = changes_of(project, ChangesRequest("late", ("gold",)))
    assert [(one.op, one.cause) for one in late if one.key == "is_erased"] == [("remove", "erased")]
    assert b"e@x.example" not in (project.root / OWN / FILE).read_bytes()
    assert changes_of(project, request) == []
    # Over the whole time, a join and a leave in between cancel out.
    net = {
        (one.segment, one.key): one.op
        for one in changes_of(project, ChangesRequest("net", ("gold",), since="2024-01-01"))
    }
    assert ("gold", "in_between") not in net
    assert ("gold", "goes_and_comes") not in net
    # Sent again since an earlier run: at least once means more than once.
    again = {
        one.key: one.op
        for one in changes_of(project, ChangesRequest("crm", ("gold",), since=RUNS[0], columns=("plan",)))
    }
    assert again["joins"] == "add"


def test_a_receiver_that_has_applied_all_changes_gets_no_more(project: TestProject) -> None:
    assert changes_of(project, ChangesRequest("crm", columns=("plan",))) == []


def test_as_files(project: TestProject, tmp_path: Path) -> None:
    """An unread file is not overwritten, and keeps the changes in it."""
    request = ExportRequest(("gold",), to=tmp_path, format="json", hash="google", changes_since="last-export")
    (first, manifest) = export_changes(project.project, loaded(project), request)
    assert first.path.name == "changes.beginning-20240104T000000.jsonl"
    result = [json.loads(line) for line in first.path.read_text(encoding="utf-8").splitlines()]
    assert list(result[0]) == ["op", "segment", "customer_id", "email", "cause", "run_id", "changed_at"]
    assert {one["customer_id"] for one in result} == {key for name, key in members(3, ["is_erased"]) if name == "gold"}
    assert all(len(one["email"]) == 64 for one in result)
    listed = json.loads(manifest.path.read_text())["files"][0]
    assert listed["ops"] == {"add": len(result), "update": 0, "remove": 0}
    assert (listed["since"], listed["run_id"]) == (None, RUNS[3])
    names = [next(iter(export_changes(project.project, loaded(project), request))).path.name for _ in range(2)]
    assert names == ["changes.20240104T000000-20240104T000000.jsonl", "changes.20240104T000000-20240104T000000.2.jsonl"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (ExportRequest(changes_since="20230101T000000.000000Z"), "there was no such run"),
        (ExportRequest(changes_since="yesterday"), '--changes-since "yesterday" is not an instant'),
        (ExportRequest(changes_since="2030-01-01"), "--changes-since 2030-01-01 is after the last finished run"),
        (ExportRequest(changes_since="last-export", as_of="2024-01-01"), "--as-of does not go with --changes-since"),
        (ExportRequest(changes_since="last-export", priority=("gold",)), "--priority does not go with --changes-since"),
        (ExportRequest(("golden",), changes_since="last-export"), 'no segment "golden"'),
    ],
)
def test_requests_that_cannot_be_met(project: TestProject, request_: ExportRequest, message: str) -> None:
    with pytest.raises(Failure) as failure:
        list(export_changes(project.project, loaded(project), request_))
    assert message in failure.value.message
    assert failure.value.exit_code == 2


def test_members_of_a_segment_that_is_gone_are_removed(project: TestProject) -> None:
    """Deliveries of one target stay, and do not count for another."""
    with sent_members(project.project, "platform") as sent:
        for key in ("é", "a"):
            sent.note("former", key, Sent("former", key, {"email": f"{key}@x.example"}, ""))
        sent.remember(["former"], DAYS[1].replace(tzinfo=None))
    other = replace(loaded(project), target="test")
    found = list(changes_since(project.project, other, ChangesRequest("platform", since="2024-01-04")))
    assert [one.segment for one in found if one.segment == "former"] == []
    found = [
        one for one in changes_of(project, ChangesRequest("platform", since=LAST_EXPORT)) if one.segment == "former"
    ]
    result = [(one.op, one.key, dict(one.identifiers), one.cause) for one in found]
    assert result == [("remove", key, {"email": f"{key}@x.example"}, "gone") for key in ("a", "é")]
    assert changes_of(project, ChangesRequest("platform", ("former",))) == []


def test_what_was_sent_that_cannot_be_read(project: TestProject) -> None:
    path = project.root / OWN / FILE
    whole = path.read_bytes()
    path.write_bytes(b"nothing that SQLite knows" * 100)
    try:
        with pytest.raises(Failure, match=r"cannot use \.segctl/sent\.sqlite") as failure:
            changes_of(project, ChangesRequest("crm"))
    finally:
        path.write_bytes(whole)
    assert failure.value.exit_code == 1
