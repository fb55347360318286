"""Sizes and members as of past instants, from real runs, on every engine."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.exports import ExportRequest, export
from segctl.operations.runs.instants import read_as_of
from segctl.operations.segments.as_of import PastOverview, overview_as_of
from segctl.personal_data.export_folders import EXPORTS
from segctl.warehouse import Row, stream
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.made_history import GROUPS, MadeHistory

CATALOG = """
version: 1
timezone: Europe/London
entities:
  customer:
    model: customers
    key: id
    attributes: {tier: string, flag: boolean, consent: boolean}
    eligible: {attribute: consent, eq: true}
  account: {model: accounts, key: account_key, customers: account, attributes: {industry: string}}
"""
TIERS = """
version: 1
segments:
  - {name: gold, label: Gold, group: tier, priority: 1, rule: {attribute: tier, eq: gold}}
  - {name: silver, group: tier, priority: 2, rule: {attribute: tier, in: [gold, silver]}}
"""
OTHERS = """
version: 1
segments:
  - {name: alone, owner: crm@shop.example, tags: [a, b], rule: {attribute: flag, eq: true}}
  - {name: odd, label: Odd, rule: {attribute: tier, is: missing}}
"""
ACCOUNTS = """
version: 1
entity: account
segments:
  - {name: retail, rule: {attribute: industry, eq: retail}}
"""
COLUMNS = {
    "customers": {"id": "varchar", "tier": "varchar", "flag": "boolean", "consent": "boolean", "account": "varchar"},
    "accounts": {"account_key": "varchar", "industry": "varchar"},
}
# Keys that spreadsheets, CSV or null values could damage, sorted by code point.
KEYS = ["", "\ttab", " null ", '"q"', "+1", "-1", "005", "10", "9", "=1+1", "@a", "Z", "a", "a,b", "cr\rcr", "lf\nlf"]
KEYS += ["null", "É", "日本", "\U0001f600"]
# Midnights in London, across the end of summer time, and an instant that is no midnight.
INSTANTS = [datetime(2024, 3, 28), datetime(2024, 3, 29), datetime(2024, 3, 30, 23), datetime(2024, 3, 31, 23)]
INSTANTS += [datetime(2024, 4, 1, 12, 34, 56, 789_000), datetime(2024, 4, 2, 23)]
GONE_FROM = 3


@pytest.fixture
def project(engine: Engine, tmp_path: Path) -> TestProject:
    found = TestProject(tmp_path, engine, f"past_{digest(str(tmp_path), 8)}")
    found.define(CATALOG, tiers=TIERS, others=OTHERS, accounts=ACCOUNTS)
    return found


def customers(number: int) -> list[Row]:
    """All customers as of a run. Some are missing in some runs."""
    dice = Random(number)
    rows = [
        {
            "id": key,
            "tier": dice.choice(["gold", "silver", None]),
            "flag": number % 2 == 1 or dice.random() < 0.3,
            "consent": dice.choice([True, False, None]),
            "account": "a" if key < "Z" else "b",
        }
        for key in KEYS
    ]
    return [row for row in rows if dice.random() < 0.9]


def run_all(project: TestProject) -> MadeHistory:
    """Runs as of each instant. Returns their expected results."""
    made = MadeHistory()
    for number, instant in enumerate(INSTANTS):
        rows = customers(number)
        accounts = [{"account_key": "a", "industry": "retail" if number > 1 else "food"}]
        project.load({"customers": rows, "accounts": [*accounts, {"account_key": "b", "industry": "retail"}]}, COLUMNS)
        if number == GONE_FROM:
            others = OTHERS[: OTHERS.index("  - {name: odd")]
            project.define(CATALOG, tiers=TIERS, others=others, accounts=ACCOUNTS)
        project.run(instant.replace(tzinfo=UTC))
        made.instants.append(instant)
        made.groups.append({"gold": "tier", "silver": "tier", "alone": "", "odd": ""})
        made.members.append({name: set() for name in GROUPS})
        for row in rows:
            if row["tier"]:
                made.members[-1][row["tier"]].add(row["id"])
            elif number < GONE_FROM:
                made.members[-1]["odd"].add(row["id"])
            if row["flag"]:
                made.members[-1]["alone"].add(row["id"])
    return made


def test_the_past_of_real_runs(project: TestProject) -> None:
    made = run_all(project)
    assert_marts(project, made)
    assert_sizes(project, made)
    assert_failures(project)
    assert_exports(project, made)


def assert_marts(project: TestProject, made: MadeHistory) -> None:
    rows = project.warehouse.query("select * from {{ ref('segment_customers') }}")
    assert {(row.pop("segment"), row.pop("customer_id")): row for row in rows} == made.customers()
    assert any(row["is_flapping"] for row in rows)
    moves = [
        tuple(row.values())[1:] for row in project.warehouse.query("select * from {{ ref('segment_migrations') }}")
    ]
    assert {row[:-1]: row[-1] for row in moves} == made.migrations()


def assert_sizes(project: TestProject, made: MadeHistory) -> None:
    for number in (1, GONE_FROM, len(INSTANTS) - 1):
        for later in (timedelta(), timedelta(microseconds=-1)):
            as_of_later, found = INSTANTS[number] + later, overview(project, INSTANTS[number] + later)
            run = number if not later else number - 1
            assert (found.point.instant, found.point.run) == (as_of_later, INSTANTS[run])
            sizes = {segment.name: segment.size for segment in found.segments}
            expected = {name: len(inside) for name, inside in made.members[run].items() if name in made.groups[run]}
            if run >= GONE_FROM:
                del expected["odd"]
            assert sizes == expected | {"retail": 2 if run > 1 else 1}
    found = overview(project, INSTANTS[0])
    odd = next(segment for segment in found.segments if segment.name == "odd")
    assert (odd.label, odd.enabled, not odd.source) == ("Odd", True, True)
    alone = next(segment for segment in found.segments if segment.name == "alone")
    assert (alone.owner, alone.tags, alone.source) == ("crm@shop.example", ("a", "b"), "segments/others.yml:4:12")
    # A day is its local midnight: 31 March began at midnight UTC, 1 April at 23:00 UTC the day before.
    assert overview_as_of(project.project, project.warehouse, "2024-04-01").point.run == INSTANTS[3]
    assert overview_as_of(project.project, project.warehouse, "2024-03-31").point.run == INSTANTS[2]
    before = overview(project, INSTANTS[0] - timedelta(seconds=1))
    assert "no run yet as of 2024-03-27 23:59:59 GMT: the first was as of 2024-03-28 00:00:00 GMT" in before.note
    assert {segment.size for segment in before.segments} == {None}


def overview(project: TestProject, instant: datetime) -> PastOverview:
    return overview_as_of(project.project, project.warehouse, f"{instant.isoformat()}Z")


def assert_failures(project: TestProject) -> None:
    with pytest.raises(Failure, match=r"after the last finished run, as of 2024-04-03 00:00:00 BST") as failure:
        overview(project, INSTANTS[-1] + timedelta(microseconds=1))
    assert failure.value.exit_code == 2
    past = f"{INSTANTS[0].isoformat()}Z"
    for request, told in (
        (ExportRequest(("golden",)), 'no segment "golden"'),
        (ExportRequest(("golden",), as_of=past), 'no segment "golden"'),
        (ExportRequest(("odd",)), 'no segment "odd"'),
        (ExportRequest(as_of="2023-01-01"), "no run yet as of 2023-01-01"),
        (ExportRequest(as_of="2025-01-01"), "after the last finished run"),
        (ExportRequest(as_of=past, eligible_only=True), "only as of the last finished run"),
        (ExportRequest(("retail",), eligible_only=True), "retail is about accounts"),
    ):
        with pytest.raises(Failure, match=told) as failure:
            list(export(project.project, project.warehouse, request))
        assert failure.value.exit_code == 2
    assert not (project.root / EXPORTS).exists()


def assert_exports(project: TestProject, made: MadeHistory) -> None:
    contents = set()
    for number in range(10):
        folder = project.root / f"again_{number}"
        done = list(export(project.project, project.warehouse, ExportRequest(("gold", "alone", "gold"), to=folder)))
        assert [file.path for file in done] == [folder / "gold.csv", folder / "alone.csv"]
        contents.add((folder / "gold.csv").read_bytes() + (folder / "alone.csv").read_bytes())
    assert len(contents) == 1

    done = list(export(project.project, project.warehouse, ExportRequest()))
    assert [file.path.name for file in done] == ["alone.csv", "gold.csv", "retail.csv", "silver.csv"]
    consent = {row["id"]: row["consent"] for row in customers(len(INSTANTS) - 1)}
    expected = lines(made, "alone", INSTANTS[-1], consent)
    assert read(project.root / EXPORTS / "alone.csv") == expected
    assert done[0].rows == len(expected) - 1 > 10
    retail = ["account_id,joined_at,join_cause,eligible", "a,2024-03-30T23:00:00Z,activity,"]
    retail.append("b,2024-03-28T00:00:00Z,first_run,\n")
    assert (project.root / EXPORTS / "retail.csv").read_bytes() == "\n".join(retail).encode()

    list(export(project.project, project.warehouse, ExportRequest(eligible_only=True)))
    assert read(project.root / EXPORTS / "alone.csv")[1:] == [line for line in expected if line[2] == "true"]

    past = ExportRequest(("alone",), as_of=f"{(INSTANTS[-1] - timedelta(seconds=1)).isoformat()}Z")
    list(export(project.project, project.warehouse, past))
    assert read(project.root / EXPORTS / "alone.csv") == lines(made, "alone", INSTANTS[-2], None)
    # For a removed segment, its former members.
    for number in (GONE_FROM - 1, GONE_FROM):
        list(
            export(
                project.project, project.warehouse, ExportRequest(("odd",), as_of=f"{INSTANTS[number].isoformat()}Z")
            )
        )
        assert read(project.root / EXPORTS / "odd.csv") == lines(made, "odd", INSTANTS[number], None)
        assert len(lines(made, "odd", INSTANTS[number], None)) == (1 if number == GONE_FROM else 6)


def read(path: Path) -> list[list[str]]:
    """A file's lines without the cause, which other tests check."""
    with path.open(encoding="utf-8", newline="") as file:
        return [[line[0], line[1], line[3]] for line in csv.reader(file)]


def lines(
    made: MadeHistory, segment: str, instant: datetime, consent: dict[str, bool | None] | None
) -> list[list[str]]:
    """What a file must hold. `consent` is of now, or None where it is unknown."""
    members = made.members_as_of(instant)
    inside = sorted(customer for name, customer in members if name == segment)
    assert all(customer in KEYS for customer in inside)
    rows = [
        [
            customer,
            f"{members[segment, customer].isoformat()}Z",
            ("" if consent is None else "true" if consent[customer] else "false"),
        ]
        for customer in inside
    ]
    return [["customer_id", "joined_at", "eligible"], *rows]


@pytest.mark.parametrize("text", ["", "Christmas", "2024-02-30", "2024-13-01T00:00:00Z", "2024-01-01T00:00:00+99:00"])
def test_what_is_no_instant(text: str) -> None:
    with pytest.raises(Failure, match="is not an instant") as failure:
        read_as_of(text, "Europe/London")
    assert failure.value.exit_code == 2


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31 23:59", "0001-01-01T00:00:00+05:00"])
def test_the_ends_of_the_calendar_are_no_instants(text: str, zone: str) -> None:
    with pytest.raises(Failure, match="is not an instant"):
        read_as_of(text, zone)


def test_members_are_read_in_portions(project: TestProject, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": f"c{n}", "tier": ["gold", "silver"][n % 2], "flag": n < 3, "consent": True} for n in range(20)]
    tables = {"customers": [row | {"account": "a"} for row in rows], "accounts": []}
    project.load(tables, COLUMNS)
    project.run(INSTANTS[0].replace(tzinfo=UTC))
    whole = {file.path.name: file.rows for file in export(project.project, project.warehouse, ExportRequest())}
    assert whole == {"alone.csv": 3, "gold.csv": 10, "odd.csv": 0, "retail.csv": 0, "silver.csv": 10}
    contents = [(project.root / EXPORTS / name).read_bytes() for name in whole]
    monkeypatch.setattr(stream, "AT_ONCE", 11)
    list(export(project.project, project.warehouse, ExportRequest()))
    assert [(project.root / EXPORTS / name).read_bytes() for name in whole] == contents
