"""Histories that earlier versions have begun, run forward: what comes of it is what this one would have made alone."""

from pathlib import Path

import pytest

from segctl.operations.verify import verify
from tests.built_project import TestProject
from tests.engines import Engine
from tests.formats.loaded import DATABASES, load
from tests.formats.shop import DAYS, MADE, live

EARLIER = sorted(folder.name for folder in DATABASES.iterdir())
LAST_FORMER = DAYS[MADE - 1].replace(tzinfo=None)
STAY = ("segment", "joined_at", "left_at")
SIZE = ("segment", "as_of", "size", "joined_count", "left_count", "member_revenue", "total_revenue")
Facts = dict[str, list[tuple[object, ...]]]


def facts(project: TestProject) -> Facts:
    """Who was in what and when, and how many they were."""
    found: Facts = {}
    for prefix, key in (("", "customer_id"), ("account_", "account_id")):
        stays = project.read(f"{prefix}segment_history")
        found[key] = sorted(tuple(str(stay[name]) for name in (*STAY, key)) for stay in stays)
    found["sizes"] = sorted(tuple(str(size[name]) for name in SIZE) for size in project.read("segment_sizes"))
    found["versions"] = sorted(
        tuple(str(version[name]) for name in ("segment", "valid_from", "valid_to", "version", "definition_hash"))
        for version in project.read("segment_definitions")
    )
    found["runs"] = sorted(
        (run["as_of"], run["customers"], run["joined_count"]) for run in project.read("segment_runs")
    )
    return found


def causes(project: TestProject) -> list[tuple[str, ...]]:
    """Every join and leave after the upgrade with its cause."""
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
    [row] = [row for row in project.read("history_format") if row["former_as_of"]]
    assert (row["format"], row["former_as_of"]) == (1, LAST_FORMER)
    if engine.embedded:
        # Another engine hashes what customers did otherwise, and takes it to have changed.
        assert causes(project) == alone[1]
    assert not project.failures()
    assert verify(project.project, project.warehouse, "", lambda *_: None).sound
