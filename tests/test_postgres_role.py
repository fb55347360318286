"""On PostgreSQL under a role that may read raw tables and write its own schema only, as docs/engines.md has it."""

from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from segctl.errors import Failure
from segctl.operations.erase import erase
from tests.built_project import TestProject
from tests.engines import Engine
from tests.postgres_server import Server
from tests.test_history import BIG, CATALOG, COLUMNS, DAYS, RECENT, SHOP, history

ROLE, SCHEMA = "segments_writer", "under_a_role"
GRANTS = (
    f"create role {ROLE} login",
    f"create schema {SCHEMA} authorization {ROLE}",
    f"grant usage on schema {SCHEMA}_raw to {ROLE}",
    f"grant select on all tables in schema {SCHEMA}_raw to {ROLE}",
)


@pytest.mark.postgres
def test_runs_under_a_role_that_may_only_read_what_is_raw(server: Server, tmp_path: Path) -> None:
    owner, role = Engine("postgres", server=server), Engine("postgres", server=replace(server, user=ROLE))
    shop = TestProject(tmp_path, role, SCHEMA)
    shop.engine = owner
    shop.load(SHOP, COLUMNS)
    for grant in GRANTS[:2]:
        shop.execute(grant)
    shop.define(CATALOG, value=BIG, activity=RECENT)
    with pytest.raises(Failure) as failure:
        shop.run(DAYS[0])
    assert f"permission denied for schema {SCHEMA}_raw" in failure.value.detail
    assert failure.value.exit_code == 3
    for grant in GRANTS[2:]:
        shop.execute(grant)
    shop.engine = role
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        shop.execute(f"delete from {SCHEMA}_raw.stg_orders")
    shop.run(DAYS[0])
    shop.run(DAYS[2])
    assert {stay[0] for stay in history(shop)} == {"big", "recent"}
    erased = erase(shop.project, shop.warehouse, ["1"], "customer", dry_run=False)
    assert erased.tables["segment_stays"] > 0
    assert 1 not in {row["customer_id"] for row in shop.read("segment_history")}
