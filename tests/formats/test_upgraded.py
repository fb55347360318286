"""Histories begun by earlier versions and continued: the result is what this version alone would have made."""

from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.operations.recomputation.differences import CAUSED
from segctl.operations.recomputation.verify import verify
from segctl.output import print_verified
from tests.faults.program import FULL
from tests.formats.loaded import DATABASES, load
from tests.formats.shop import DAYS, MADE, live
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server
from tests.support.servers.spark_cluster import Cluster

# `make test` runs the first, `make faults` the others.
EARLIER = sorted(folder.name for folder in DATABASES.iterdir()) if FULL else ["8a1dd25"]
LAST_FORMER = DAYS[MADE - 1].replace(tzinfo=None)
STAY = ("segment", "joined_at", "left_at")
SIZE = ("segment", "as_of", "size", "joined_count", "left_count", "member_revenue", "total_revenue")
# The numbers of formats with the last run before each. None for the format in which a history begins.
BROUGHT_UP = [(1, LAST_FORMER), (2, LAST_FORMER)]
WRITTEN = {"format_1": [(1, None), (2, LAST_FORMER)], "format_2": [(2, None)]}
Facts = dict[str, list[tuple[object, ...]]]


def facts(project: TestProject) -> Facts:
    """Stays and sizes."""
    result: Facts = {}
    for prefix, key in (("", "customer_id"), ("account_", "account_id")):
        stays = project.read(f"{prefix}segment_history")
        result[key] = sorted(tuple(str(stay[name]) for name in (*STAY, key)) for stay in stays)
    result["sizes"] = sorted(tuple(str(size[name]) for name in SIZE) for size in project.read("segment_sizes"))
    result["versions"] = sorted(
        tuple(str(version[name]) for name in ("segment", "valid_from", "valid_to", "version", "definition_hash"))
        for version in project.read("segment_definitions")
    )
    result["runs"] = sorted(
        (run["as_of"], run["customers"], run["joined_count"]) for run in project.read("segment_runs")
    )
    return result


def causes(project: TestProject) -> list[tuple[str, ...]]:
    """Every join and leave after the upgrade, with its cause."""
    changes = [
        *((change, change["customer_id"]) for change in project.read("segment_changes")),
        *((change, change["account_id"]) for change in project.read("account_segment_changes")),
    ]
    return sorted(
        (row["segment"], str(key), str(row["changed_at"]), row["change"], row["cause"])
        for row, key in changes
        if row["changed_at"] > LAST_FORMER
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Facts, list[tuple[str, ...]]]:
    """What this version makes of all five days."""
    project = TestProject(tmp_path_factory.mktemp("alone"), Engine("duckdb"))
    live(project, range(1, 6))
    return facts(project), causes(project)


@pytest.mark.parametrize("name", EARLIER)
def test_earlier_histories_go_on(engine: Engine, tmp_path: Path, name: str, alone: tuple[Facts, object]) -> None:
    project = TestProject(tmp_path, engine, f"format_{name}")
    load(project, name)
    live(project, range(MADE + 1, 6))
    assert facts(project) == alone[0]
    brought_up = [(row["format_number"], row["former_as_of"]) for row in project.read("history_format")]
    assert sorted(brought_up) == WRITTEN.get(name, BROUGHT_UP)
    # No definition has changed its hash.
    assert not {cause for *_, cause in causes(project)} & {"definition", "first_run", "enabled"}
    if engine.embedded:
        # Another engine computes other hashes of what customers did, so it treats them as changed.
        assert causes(project) == alone[1]
    assert not project.failures()
    assert verify(project.project, project.warehouse, "", lambda *_: None).is_valid


@pytest.mark.postgres
def test_views_on_what_is_gone(server: Server, tmp_path: Path) -> None:
    project = TestProject(tmp_path, Engine("postgres", server=server), "format_views")
    load(project, "format_1")
    place = f"{project.schema}.segment_definitions"
    project.execute(f"create view {project.schema}.places as select segment, source_line from {place}")
    project.execute(f"create view {project.schema}.names as select segment, label from {place}")
    project.execute(f"comment on column {place}.source_line is 'The line'")
    project.execute(f"comment on column {place}.label is 'The label'")
    project.execute(f"grant select on {project.schema}.names to public")
    before = sorted(row["segment"] for row in project.read("names"))
    with pytest.raises(Failure, match=f"^source_line, .* view {project.schema}.places cannot be made anew") as refused:
        live(project, range(MADE + 1, MADE + 2))
    assert refused.value.hint == "nothing has been changed; drop that view, and create it again after the next run"
    assert "source_line" in project.read("places")[0]
    project.execute(f"drop view {project.schema}.places")
    project.warehouse.operate("upgrade_tables")
    assert sorted(row["segment"] for row in project.read("names")) == before
    live(project, range(MADE + 1, MADE + 2))
    assert sorted(row["segment"] for row in project.read("names")) >= before
    assert "source_line" not in project.read("segment_definitions")[0]
    with project.engine.cursor(tmp_path) as cursor:
        cursor.execute(f"select relacl::text from pg_class where oid = '{project.schema}.names'::regclass")
        assert "=r/" in cursor.fetchall()[0][0]
        cursor.execute(f"select description from pg_description where objoid = '{place}'::regclass")
        assert cursor.fetchall() == [("The label",)]


@pytest.mark.spark
def test_what_is_gone_goes_on_spark_too(cluster: Cluster, tmp_path: Path) -> None:
    project = TestProject(tmp_path, Engine("spark", cluster=cluster), "format_spark")
    live(project, range(1, 2))
    place = f"{project.schema}.definition_versions"
    # As in format 1, which has no database for Spark.
    project.execute(f"alter table {place} add column source_line int")
    project.execute(f"update {project.schema}.history_format set format_number = 1")
    project.execute(
        f"create or replace view {project.schema}.segment_definitions as"
        f" select segment, valid_from, valid_to, label, source_line from {place}"
    )
    before = {(row["segment"], row["valid_from"]) for row in project.read("segment_definitions")}
    project.warehouse.operate("upgrade_tables")
    after = project.read("segment_definitions")
    assert {(row["segment"], row["valid_from"]) for row in after} == before
    assert "source_line" not in after[0]
    live(project, range(2, 3))
    assert before < {(row["segment"], row["valid_from"]) for row in project.read("segment_definitions")}


def test_causes_that_an_earlier_version_decided_are_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = TestProject(tmp_path, Engine("duckdb"))
    load(project, "8a1dd25")
    live(project, range(MADE + 1, MADE + 2))
    # Of runs before and after the upgrade.
    project.execute("update shop.segment_stays set join_cause = 'time' where segment in ('buyers', 'good')")
    verification = verify(project.project, project.warehouse, DAYS[0].isoformat(), lambda *_: None)
    caused = {(stay.member, stay.joined_at) for one in verification.stays if one.kind == CAUSED for stay in one.some}
    assert ("8", DAYS[MADE].replace(tzinfo=None)) in caused
    assert {joined_at for _, joined_at in caused} == {DAYS[MADE].replace(tzinfo=None)}
    assert verification.causes_after == LAST_FORMER
    print_verified(verification, as_json=False)
    assert "causes are compared after 2024-01-08 06:00:00 UTC" in capsys.readouterr().out
