"""`segctl diff --history-from`: a CI schema has no history, and reads that of production without writing it."""

from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest
import yaml

from segctl.operations.diff import Diff, DiffRequest, diff
from segctl.warehouse import RunRequest
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server
from tests.support.shops.history_shop import CATALOG, COLUMNS, DAYS, SHOP

LIVE, CI, ROLE = "diff_live", "diff_ci", "diff_reader"
STICKY = "version: 1\nsegments:\n  - {{name: big, rule: {{metric: spent, gte: {least}}}, min_stay: 1 year}}\n"
GRANTS = (
    f"create role {ROLE} login",
    f"create schema {CI} authorization {ROLE}",
    f"grant usage on schema {LIVE}, {CI}_raw to {ROLE}",
    f"grant select on all tables in schema {LIVE}, {CI}_raw to {ROLE}",
)


@pytest.fixture
def ci(server: Server, tmp_path: Path) -> TestProject:
    """The same shop in two schemas: one with a history, and one with only the sources of the definitions."""
    owner = Engine("postgres", server=server)
    live = TestProject(tmp_path / "live", owner, LIVE)
    live.load(SHOP, COLUMNS)
    live.define(CATALOG, value=STICKY.format(least=100))
    live.run(DAYS[0])
    project = TestProject(tmp_path / "ci", Engine("postgres", server=replace(server, user=ROLE)), CI)
    project.engine, role = owner, project.engine
    project.load(SHOP, COLUMNS)
    for grant in GRANTS:
        project.execute(grant)
    project.engine = role
    profile = yaml.safe_load((tmp_path / "ci" / "profiles.yml").read_text(encoding="utf-8"))
    outputs = profile["shop"]["outputs"]
    outputs["prod"] = outputs["test"] | {"schema": LIVE}
    (tmp_path / "ci" / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    project.define(CATALOG, value=STICKY.format(least=100))
    (tmp_path / "ci" / "segments").rename(tmp_path / "segments")
    project.define(CATALOG, value=STICKY.format(least=500))
    project.warehouse.build(RunRequest(), only=("stg_customers", "stg_orders"))
    return project


def diff_from(ci: TestProject, source: str) -> Diff:
    at = DAYS[1].isoformat()
    return diff(ci.project, ci.warehouse, DiffRequest(str(ci.root.parent), at, history_from=source))


@pytest.mark.postgres
def test_memory_is_that_of_another_schema_or_target(ci: TestProject) -> None:
    # Customer 1 has spent 100: the rule no longer matches, but a `min_stay` of a year keeps them.
    for source, kept in ((LIVE, 1), ("prod", 1), ("", 0)):
        found = diff_from(ci, source)
        (big,) = found.segments
        assert big.counts is not None
        assert found.with_history == bool(source)
        assert (big.counts.before, big.counts.after, big.counts.leaves, big.counts.kept) == (1, kept, 1 - kept, kept)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ci.execute(f"delete from {LIVE}.segment_stays")
