"""On PostgreSQL under the role of docs/engines.md, which may only read raw tables and write its own schema."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

import psycopg2
import pytest
import yaml

from segctl.errors import Failure
from segctl.operations.people.erase import erase
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server, postgres_server
from tests.support.shops.history_shop import BIG, CATALOG, COLUMNS, DAYS, RECENT, SHOP, history

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
    assert "the user of the profile lacks a right" in failure.value.hint
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


@pytest.fixture
def guarded() -> Iterator[Server]:
    """A server that requires a password from one role."""
    with NamedTemporaryFile("w", suffix=".conf") as rules:
        rules.write("host all guarded 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n")
        rules.flush()
        Path(rules.name).chmod(0o644)
        with postgres_server({"hba_file": rules.name}) as server:
            yield server


@pytest.mark.postgres
def test_a_wrong_password_is_reported_in_a_line(guarded: Server, tmp_path: Path) -> None:
    with closing(psycopg2.connect(host=guarded.host, port=guarded.port, user=guarded.user, dbname="postgres")) as owner:
        owner.autocommit = True
        owner.cursor().execute("create role guarded login superuser password 'right'")
    shop = TestProject(tmp_path, Engine("postgres", server=guarded), "locked")
    shop.load(SHOP, COLUMNS)
    shop.define(CATALOG, value=BIG)
    profiles = tmp_path / "profiles.yml"
    profile = yaml.safe_load(profiles.read_text(encoding="utf-8"))
    (output,) = (output for one in profile.values() for output in one["outputs"].values())
    for password in ("wrong", "right"):
        output |= {"user": "guarded", "password": password}
        profiles.write_text(yaml.safe_dump(profile), encoding="utf-8")
        if password == "right":
            shop.run(DAYS[0])
            continue
        with pytest.raises(Failure, match="password authentication failed") as failure:
            shop.run(DAYS[0])
        assert (failure.value.exit_code, failure.value.hint) == (3, "check the user and password of the profile")
    assert history(shop)
    for wrong in ({"user": "nobody"}, {"dbname": "nothing"}):
        profiles.write_text(yaml.safe_dump({"shop": {"target": "test", "outputs": {"test": output | wrong}}}))
        with pytest.raises(Failure, match=r'"(nobody|nothing)" does not exist') as failure:
            shop.run(DAYS[1])
        assert failure.value.hint.startswith("check the ")
