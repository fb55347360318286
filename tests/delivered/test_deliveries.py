"""Deliveries over several runs, to a receiver that fails. After any failure its lists are the segments' members."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from segctl.cli import segctl
from segctl.errors import Failure
from segctl.operations.deliveries.deliver import DeliveryRequest, Outcome, deliver
from segctl.operations.people.erase import erase
from segctl.warehouse import Row
from tests.faults.program import command, environment
from tests.runs import test_entities
from tests.support.built_project import TestProject
from tests.support.engines import Engine, release
from tests.support.servers.webhook_server import SECRET, Receiver, answers, receiver
from tests.support.shops.history_shop import CATALOG, DAYS

ODD = "O'Brien\n\"{{ 1 / 0 }} \\ \u2028 日本"
KEYS = ("007", "10", "9", "a", ODD)
COLUMNS = {
    "stg_customers": {"id": "varchar", "country": "varchar", "consent": "boolean"},
    "stg_orders": {"customer": "varchar", "ordered_at": "timestamp", "amount": "double precision"},
}
RULES = {"big": "{metric: spent, gte: 100}", "recent": "{event: order, within_last: 3 days}"}
RULES["gb"] = "{attribute: country, eq: GB}"
DELIVERIES = """
version: 1
deliveries:
  - {name: crm, webhook: {url_env: CRM_URL, secret_env: CRM_SECRET, batch: 2, timeout: 5s, retry_for: 2s}}
  - {name: mail, segments: [gb], identifiers: plain, command: [PYTHON, take.py]}
"""
TAKE = "import sys; open('taken.jsonl', 'ab').write(sys.stdin.buffer.read())"
# What a receiver of everything is sent, by a query that is independent of segctl.
ALL = """
select 'add' as op, segment, customer_id as member, joined_at as at from {schema}.segment_history
where joined_at <= '{first}' and (left_at is null or left_at > '{first}')
union all
select case change when 'joined' then 'add' else 'remove' end, segment, customer_id, changed_at
from {schema}.segment_changes where changed_at > '{first}'
"""
ORDERS: list[Row] = [
    {"customer": key, "ordered_at": (DAYS[0] + timedelta(days=day)).replace(tzinfo=None), "amount": amount}
    for key, day, amount in (("10", -1, 100.0), (ODD, -1, 150.0), ("007", 1, 120.0), ("a", 3, 20.0))
]
# Some were taken back.
FEWER = [one | {"amount": min(one["amount"], 90.0)} for one in ORDERS]
IDENTIFIED = CATALOG.replace("    eligible:", "    identifiers: {country: country}\n    eligible:")
Lists = dict[str, set[str]]


def definition(name: str, more: str = "", rule: str = "") -> str:
    return f"version: 1\nsegments:\n  - {{name: {name}, rule: {rule or RULES[name]}{more}}}\n"


def customers(**countries: str) -> list[Row]:
    return [{"id": key, "country": countries.get(f"k{key}", "GB"), "consent": key != "a"} for key in KEYS]


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiver() as found:
        monkeypatch.setenv("CRM_URL", found.url)
        monkeypatch.setenv("CRM_SECRET", SECRET)
        yield found


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    project = TestProject(tmp_path, engine, f"deliveries_{abs(hash(request.node.nodeid)) % 10**8}")
    project.load({"stg_customers": customers(k9="FR"), "stg_orders": ORDERS}, COLUMNS)
    project.define(IDENTIFIED, **{name: definition(name) for name in RULES})
    (tmp_path / "deliveries.yml").write_text(DELIVERIES.replace("PYTHON", json.dumps(sys.executable)))
    (tmp_path / "take.py").write_text(TAKE)
    return project


def delivered(shop: TestProject, **wish: Any) -> dict[str, Outcome]:  # noqa: ANN401
    return {outcome.name: outcome for outcome in deliver(shop.project, shop.warehouse, DeliveryRequest(**wish))}


def lists(changes: list[dict[str, Any]]) -> Lists:
    """The lists of a receiver that applies all changes."""
    result: Lists = {}
    for change in changes:
        members = result.setdefault(change["segment"], set())
        members.add(change["key"]) if change["op"] == "add" else members.discard(change["key"])
    return {segment: members for segment, members in result.items() if members}


def sent(crm: Receiver) -> list[dict[str, Any]]:
    """All received changes, each request once."""
    return [change for one in crm.once for change in one.data["data"]["changes"]]


def taken(shop: TestProject) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (shop.root / "taken.jsonl").read_text().split("\n") if line]


def of_gb(members: dict[str, set[Any]]) -> Lists:
    return {name: found for name, found in members.items() if name == "gb"}


def test_the_lists_of_receivers_are_the_members_whatever_fails(
    shop: TestProject, crm: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that a page ends in the middle of a segment.
    monkeypatch.setattr("segctl.operations.deliveries.changes.ROWS_AT_ONCE", 3)
    shop.run(DAYS[0])
    assert delivered(shop, dry_run=True)["crm"].parts[0].total == 8
    assert not crm.requests
    found = delivered(shop)
    assert not [outcome.failure for outcome in found.values() if outcome.failure]
    assert lists(sent(crm)) == shop.members() == {"big": {"10", ODD}, "recent": {"10", ODD}, "gb": {*KEYS} - {"9"}}
    assert all(request.is_signed() for request in crm.requests)
    assert [request.data["data"]["batch"] for request in crm.requests] == [1, 2, 3, 4]
    assert {request.data["type"] for request in crm.requests} == {"segment.members"}

    # The second request of a run is refused, and the next run comes before anyone fixed that.
    crm.script = [answers(200), answers(400)]
    folders = ["--project-dir", str(shop.root), "--profiles-dir", str(shop.root)]
    run = CliRunner().invoke(segctl, ["run", "--as-of", DAYS[2].isoformat(), "--deliver", "--json", *folders])
    assert run.exit_code == 3, run.output
    failed, mail = json.loads(run.stdout)["deliveries"]
    assert "answered 400" in failed["failure"]
    assert (failed["delivered"], failed["up_to"], failed["parts"]) == (False, "2024-03-01T00:00:00Z", [])
    assert (mail["delivered"], mail["up_to"]) == (True, "2024-03-03T00:00:00Z")
    assert [row["as_of"] for row in shop.read("segment_runs")] == [
        day.replace(tzinfo=None) for day in (DAYS[0], DAYS[2])
    ]
    shop.load({"stg_customers": customers(k007="FR"), "stg_orders": FEWER}, COLUMNS)
    shop.run(DAYS[4])
    before = len(crm.requests)
    found = delivered(shop)
    assert [part.at for part in found["crm"].parts] == [DAYS[2].replace(tzinfo=None), DAYS[4].replace(tzinfo=None)]
    # Received requests are sent again with the same name and bytes.
    assert (
        crm.requests[before] == crm.requests[before - 2] or crm.requests[before].body == crm.requests[before - 2].body
    )
    assert crm.requests[before].id == crm.requests[before - 2].id
    assert lists(sent(crm)) == shop.members()
    assert lists(taken(shop)) == of_gb(shop.members())
    check_against_history(shop, crm)
    assert [outcome.parts for outcome in delivered(shop).values()] == [[], []]
    # Their current identifiers, and nothing about customers who may not be contacted.
    identifiers = {(one["op"], one["key"]): one["identifiers"] for one in taken(shop)}
    assert identifiers[("add", "10")] == {"country": "GB"}
    assert identifiers[("add", "a")] == {}
    assert identifiers[("remove", "007")] == {"country": "FR"}
    assert not any(one["identifiers"] for one in sent(crm))


def check_against_history(shop: TestProject, crm: Receiver) -> None:
    """All changes, each request once, match an independent query in the promised order."""
    first = DAYS[0].replace(tzinfo=None)
    with shop.engine.cursor(shop.root) as cursor:
        cursor.execute(ALL.format(schema=shop.schema, first=first))
        expected = sorted((at, segment, key, op == "add") for op, segment, key, at in cursor.fetchall())
    result = [(one["changed_at"], one["segment"], one["key"], one["op"] == "add") for one in sent(crm)]
    assert result == [(f"{at.isoformat()}Z", segment, key, add) for at, segment, key, add in expected]


def test_definitions_come_go_and_are_renamed(shop: TestProject, crm: Receiver) -> None:
    shop.run(DAYS[0])
    delivered(shop)
    shop.define(
        IDENTIFIED,
        large=definition("large", ", formerly: big", RULES["big"]),
        gb=definition("gb"),
        fr=definition("fr", rule="{attribute: country, eq: FR}"),
    )
    # The run that carries the name over has not happened yet.
    assert delivered(shop)["crm"].parts == []
    shop.run(DAYS[2])
    before = len(sent(crm))
    crm.script = [answers(500)] * 10
    assert delivered(shop)["crm"].failure
    crm.script = []
    delivered(shop)
    assert lists(sent(crm)) == shop.members()
    assert {"large", "gb", "fr"} == shop.members().keys()
    # The former name was handled once and for all.
    assert not [row for row in shop.read("segment_deliveries") if row["segment"] == "big"]
    assert not any(outcome.parts for outcome in delivered(shop).values())
    causes = {(one["op"], one["segment"], one["cause"]) for one in sent(crm)[before:]}
    assert {("remove", "big", "renamed"), ("remove", "recent", "removed")} <= causes


def test_an_erasure_is_reported_before_it_is_forgotten(shop: TestProject, crm: Receiver) -> None:
    shop.run(DAYS[0])
    delivered(shop)
    crm.script = [answers(400)]
    with pytest.raises(Failure, match="crm could not be reached, so nothing has been erased") as failure:
        erase(shop.project, shop.warehouse, [ODD], "customer", dry_run=False)
    assert "--untold" in failure.value.hint
    assert ODD in shop.members()["gb"]
    assert erase(shop.project, shop.warehouse, [ODD], "customer", dry_run=True).told == {"crm": 3, "mail": 1}
    assert erase(shop.project, shop.warehouse, [ODD], "customer", dry_run=False).told == {"crm": 3, "mail": 1}
    assert crm.requests[-1].data["type"] == "segment.erasures"
    assert lists(sent(crm)) == shop.members()
    assert lists(taken(shop)) == of_gb(shop.members())
    held = shop.read("segment_deliveries")
    assert held
    assert not [row for row in held if any(key in map(str, row.values()) for key in KEYS if key != "9")]


def test_accounts_and_customers_come_in_one_stream(
    engine: Engine, tmp_path: Path, crm: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segctl.operations.deliveries.changes.ROWS_AT_ONCE", 2)
    shop = TestProject(tmp_path, engine, "delivered_accounts")
    shop.load(test_entities.rows(), test_entities.TABLES)
    catalog = test_entities.CATALOG.replace(
        "attributes: {country", "identifiers: {country: country}, attributes: {country"
    )
    shop.define(catalog, customers=test_entities.CUSTOMERS, accounts=test_entities.ACCOUNTS)
    webhook = "webhook: {url_env: CRM_URL, batch: 3}"
    (tmp_path / "deliveries.yml").write_text(
        f"version: 1\ndeliveries:\n  - {{name: crm, identifiers: plain, {webhook}}}\n"
    )
    for day in (test_entities.FIRST, test_entities.SECOND):
        shop.run(day)
        assert not delivered(shop)["crm"].failure
        members = {name: {str(key) for key in keys} for name, keys in shop.members().items()}
        for row in shop.read("account_segment_membership"):
            members.setdefault(row["segment"], set()).add(row["account_id"])
        assert lists(sent(crm)) == members
    for part in {request.data["data"]["run_id"] for request in crm.requests}:
        places = [(one["segment"], one["key"]) for one in sent(crm) if one["run_id"] == part]
        assert places == sorted(places)
    assert {(one["entity"], *one["identifiers"]) for one in sent(crm)} == {("customer", "country"), ("account",)}
    assert "webhook-signature" not in crm.requests[0].headers


def test_a_sender_killed_before_it_has_noted_what_was_received_sends_it_again(shop: TestProject, crm: Receiver) -> None:
    shop.run(DAYS[0])

    release()

    def kill(_: object) -> None:
        os.kill(process.pid, signal.SIGKILL)

    crm.script = [answers(200), answers(200), answers(200), kill]
    process = subprocess.Popen(
        command(shop, "deliver", "crm"),
        cwd=shop.root,
        env=environment(),
        stderr=subprocess.PIPE,
    )
    assert process.wait(60) == -signal.SIGKILL, process.stderr and process.stderr.read()
    first = [request.id for request in crm.requests]
    assert len(first) == 4
    # A customer leaves. Without the note of what was begun, no run would take the add back.
    shop.load({"stg_customers": customers(k007="FR"), "stg_orders": FEWER}, COLUMNS)
    shop.run(DAYS[2])
    delivered(shop, names=("crm",))
    assert [request.id for request in crm.requests][4:8] == first
    assert lists(sent(crm)) == shop.members()
