"""erase: nothing of ours contains an erased customer, sizes stay true, and no run brings them back."""

import csv
import json
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from segctl.cli import segctl
from segctl.errors import Failure
from segctl.language.names import digest
from segctl.operations.exports import ExportRequest, export
from segctl.operations.people.erase import Erased, erase, read_keys
from segctl.operations.questions.why import Question, why
from segctl.operations.recomputation.verify import verify
from segctl.warehouse import Row
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.oracle.reference import Tables
from tests.support.shops.past_shop import AT, COLUMNS, built, insert_orders, order, shop

# Keys that SQL, templates, patterns, CSV or logs could misread.
HOSTILE = (
    "O'Brien-zq",
    "{{ 1/0 }}zq",
    "{% raw %}zq",
    '"zq",',
    " zq-lead",
    "zq\\d.*",
    "zq;--",
    "Ünï-zq-日本",
    "zq\ttab",
    "$1%s-zq",
)
PLAIN = tuple(f"cust-zq{number:04}" for number in range(100))
# Similar to an erased customer, but must stay.
ALIKE = ("cust-zq0007-b", "xcust-zq0007", "cust-zq00070")


@pytest.fixture(autouse=True)
def logged(monkeypatch: pytest.MonkeyPatch) -> None:
    """dbt writes its log, as it does for a user."""
    monkeypatch.delenv("DBT_LOG_LEVEL_FILE")


def crowd() -> Tables:
    """The small shop, with the customers to erase and others with similar keys."""
    tables = shop()
    first = AT[0].replace(tzinfo=None)
    for place, member in enumerate((*PLAIN, *HOSTILE, *ALIKE)):
        account = f"acct-{place % 4}" if place % 3 else None
        tables["customers"].append(
            {"id": member, "country": "FR" if place % 2 else "GB", "consent": True, "account": account}
        )
        ago = timedelta(hours=place % 50 - 30)
        tables["orders"].append({"customer": member, "ordered_at": first + ago, "amount": float(place % 7 * 30)})
    return tables


def traces(project: TestProject, members: Iterable[str]) -> dict[str, list[str]]:
    """Where any of these texts occurs, in any encoding: in rows of our tables, and in files."""
    written = {form for member in members for form in forms(member)}
    contents = {
        table: "\n".join(str(value) for row in project.read(table) for value in row.values()).encode()
        for table in tables_of(project)
    }
    if project.engine.server is None:
        # The file has free space, where deleted rows remain until the space is used again. `erase` reports that.
        project.execute(
            f"attach '{project.root / 'fresh.duckdb'}' as fresh; copy from database test to fresh; detach fresh"
        )
    for path in sorted(project.root.rglob("*")):
        if path.is_file() and path.name not in ("test.duckdb", "test.duckdb.wal"):
            contents[path.relative_to(project.root).as_posix()] = path.read_bytes()
    (project.root / "fresh.duckdb").unlink(missing_ok=True)
    result: dict[str, list[str]] = {}
    alike = re.compile(b"|".join(re.escape(one.encode()) for one in ALIKE))
    for place, content in contents.items():
        others_left_out = alike.sub(b"", content)
        if hits := [form for form in written if form.encode() in others_left_out]:
            result[place] = hits
    return result


def forms(member: str) -> set[str]:
    """A key as it is, as an SQL text, and both in JSON."""
    plain = {member, member.replace("'", "''")}
    escaped = {json.dumps(one, ensure_ascii=ascii_only)[1:-1] for one in plain for ascii_only in (True, False)}
    return plain | escaped | {json.dumps(one)[1:-1] for one in escaped}


def tables_of(project: TestProject) -> list[str]:
    sql = f"select table_name as name from information_schema.tables where table_schema = '{project.schema}'"
    return sorted(row["name"] for row in project.warehouse.query(sql))


def erased(project: TestProject, *members: str, entity: str = "customer", dry_run: bool = False) -> Erased:
    return erase(project.project, project.warehouse, members, entity, dry_run)


def clean_source(project: TestProject, members: Iterable[str]) -> None:
    listed = ", ".join("'" + member.replace("'", "''") + "'" for member in members)
    for table, column in (("customers", "id"), ("orders", "customer")):
        project.execute(f"delete from {project.schema}_raw.{table} where {column} in ({listed})")


@pytest.fixture
def project(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    made = built(tmp_path, engine, f"erase_{digest(request.node.nodeid, 8)}", crowd())
    made.run(AT[0])
    made.run(AT[1])
    return made


def test_nothing_is_left_of_who_was_erased_and_no_run_brings_them_back(
    project: TestProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As for users with dbt's artifacts on.
    monkeypatch.setenv("DBT_WRITE_JSON", "true")
    gone = (*PLAIN, *HOSTILE)
    list(export(project.project, project.warehouse, ExportRequest()))
    for member in (PLAIN[7], *HOSTILE):
        why(project.project, project.warehouse, Question(member, "recent"))
    # In the form of former versions.
    (project.root / "logs/dbt.log.1").write_text("\n".join(f"where customer_id = {member!r}" for member in gone))
    there = {"segment_history", "customer_features", "logs/dbt.log.1", "exports/french.csv"}
    assert there <= set(traces(project, gone))
    assert "logs/dbt.log" not in traces(project, gone)
    before, sizes = counts(project, gone), by_run(project)
    keys = project.root / "keys.txt"
    keys.write_text("\n".join(["", *PLAIN, PLAIN[0], ""]), encoding="utf-8")
    dry = in_program(project, "--file", str(keys), "--dry-run", *HOSTILE)
    assert (counts(project, gone), by_run(project)) == (before, sizes)
    done = in_program(project, "--file", str(keys), *HOSTILE)
    keys.unlink()
    assert {**done, "dry_run": True} == dry
    assert (done["files"]["logs/dbt.log.1"], done["look_at"], done["failed"]) == ("deleted", {}, {})
    assert done["keys"] == len(gone)
    assert done["tables"] == before
    assert (done["in_source"], done["source"]) == (len(gone), "customers")
    assert done["unknown"] == []
    # What the source holds is not ours.
    clean_source(project, gone)
    assert traces(project, gone) == {}
    assert by_run(project) == sizes
    assert len({row["member_hash"] for row in project.read("erased_members")}) == len(gone)
    kept = {row[0] for row in csv.reader((project.root / "exports/french.csv").open(encoding="utf-8"))}
    assert {"customer_id", ALIKE[1]} <= kept
    assert verify(project.project, project.warehouse, "", lambda *_: None).sizes == ()
    assert_they_stay_away(project, gone)
    assert [row for row in by_run(project) if row["as_of"] <= AT[1].replace(tzinfo=None)] == sizes


def assert_they_stay_away(project: TestProject, gone: Iterable[str]) -> None:
    """They are in the source again, and order, but no table of ours has them."""
    project.load(crowd(), COLUMNS)
    project.run(AT[2])
    insert_orders(project, order(PLAIN[3], AT[2], 900.0), order(ALIKE[0], AT[2], 900.0))
    project.run(AT[3])
    assert {member: rows for member, rows in counts(project, gone).items() if rows} == {}
    assert {row["customer_id"] for row in project.read("segment_history")} & set(gone) == set()
    assert ALIKE[0] in project.members()["spender"]
    assert_sizes_add_up(project)
    verification = verify(project.project, project.warehouse, "", lambda *_: None)
    assert (verification.features, verification.stays, verification.sizes) == ((), (), ())


def counts(project: TestProject, members: Iterable[str]) -> dict[str, int]:
    """Rows of these customers in the tables that runs write."""
    listed = set(members)
    tables = ("segment_proposals", "segment_stays", "order_features", "population_features", "customer_features")
    return {table: sum(row["customer_id"] in listed for row in project.read(table)) for table in tables}


def by_run(project: TestProject) -> list[Row]:
    return sorted(project.read("segment_sizes"), key=lambda row: (row["as_of"], row["segment"]))


def assert_sizes_add_up(project: TestProject) -> None:
    """Each size is the one before, less the erased, plus joins, less leaves. The last one is the members."""
    sizes: dict[str, int] = {}
    lost = 0
    for row in by_run(project):
        lost += row["erased_count"]
        moved = row["joined_count"] - row["left_count"] - row["erased_count"]
        assert row["size"] == sizes.get(row["segment"], 0) + moved
        sizes[row["segment"]] = row["size"]
    assert lost > 0
    members = project.members()
    for row in project.read("account_segment_membership"):
        members.setdefault(row["segment"], set()).add(row["account_id"])
    assert {name: size for name, size in sizes.items() if size} == {name: len(keys) for name, keys in members.items()}


def in_program(project: TestProject, *arguments: str) -> dict[str, Any]:
    """The output of `segctl erase --json`."""
    folder = str(project.root)
    command_line = ["--project-dir", folder, "--profiles-dir", folder, "erase", "--json", *arguments]
    outcome = CliRunner().invoke(segctl, command_line)
    assert outcome.exit_code == 0, outcome.output
    said: dict[str, Any] = json.loads(outcome.stdout)
    return said


def test_accounts_keys_that_are_unknown_and_twice(project: TestProject) -> None:
    sizes = by_run(project)
    mine = {row["account_id"] for row in project.read("account_segment_history")}
    assert "acct-1" in mine
    with pytest.raises(Failure, match="1 of 2 keys are in no table and not in accounts: 'acct-zq'") as refused:
        erase(project.project, project.warehouse, ["acct-1", "acct-zq"], "account", False, strict=True)
    assert (refused.value.exit_code, by_run(project)) == (1, sizes)
    assert project.read("erased_members") == []
    # A key is taken as given, or without the blanks around it.
    done = erased(project, " acct-1\t", "acct-1", "acct-zq", entity="account")
    assert (done.keys, done.unknown, done.nowhere, done.source) == (2, ("acct-zq",), ("acct-zq",), "accounts")
    assert done.tables["account_segment_stays"] > 0
    assert done.tables["account_features"] == 1
    remembered = project.read("erased_members")
    assert sorted(row["erased_at"] is None for row in remembered) == [False, True]
    again = erased(project, "acct-1", "acct-zq", entity="account")
    assert (set(again.tables.values()), again.unknown, again.in_source) == ({0}, ("acct-1", "acct-zq"), 1)
    # No row has a customer who was erased before: the same command again is no mistake.
    assert again.nowhere == ()
    assert project.read("erased_members") == remembered
    assert by_run(project) == sizes
    # An account is no customer: its customers stay.
    assert {row["customer_id"] for row in project.read("customer_features")} >= {PLAIN[1], PLAIN[2]}
    project.run(AT[2])
    for table in ("account_features", "account_segment_history"):
        assert "acct-1" not in {row["account_id"] for row in project.read(table)}
    assert_sizes_add_up(project)
    verification = verify(project.project, project.warehouse, "", lambda *_: None)
    assert (verification.features, verification.stays, verification.sizes) == ((), (), ())
    with pytest.raises(Failure, match='"acount" has no segments') as refused:
        erased(project, "x", entity="acount")
    assert refused.value.exit_code == 2


def test_a_file_of_keys(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    file.write_bytes("\ufeffone\r\n\n two \none\n日本".encode())
    assert read_keys(("three", "one", " ", " four"), file) == ["three", "one", " four", " two ", "日本"]
    file.write_text("\n \n")
    with pytest.raises(Failure, match="no one to erase") as refused:
        read_keys((), file)
    assert refused.value.exit_code == 2
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Failure, match="cannot read"):
        read_keys((), file)
