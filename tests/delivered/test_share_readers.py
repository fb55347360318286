"""On PostgreSQL, under a role that may only read one share."""

from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from tests.delivered.test_shares import CATALOG, COLUMNS, DAYS, HOSTILE, SHARED, SHOP
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server

SCHEMA, ROLE = "read_by_others", "share_reporter"
MINE = SHARED.replace("[public]", f"[{ROLE}]")
# Reports each row that it gets, and is cheap, so that PostgreSQL calls it first where that is allowed.
LEAK = """
create function pg_temp.leak(value text) returns boolean language plpgsql cost 0.0000001
as $$ begin raise notice '%', value; return true; end $$
"""


def asked(server: Server, sql: str) -> tuple[list[Any], str]:
    """The rows of a query of the role, and all notices it got."""
    with closing(psycopg2.connect(host=server.host, port=server.port, user=ROLE, dbname=server.dbname)) as connection:
        cursor = connection.cursor()
        cursor.execute(LEAK)
        cursor.execute(sql)
        return cursor.fetchall(), "".join(connection.notices)


@pytest.mark.postgres
def test_a_role_that_may_read_one_share(server: Server, tmp_path: Path) -> None:
    shop = TestProject(tmp_path, Engine("postgres", server=server), SCHEMA)
    shop.load(SHOP, COLUMNS)
    shop.execute(f"create role {ROLE} login")
    shop.define(CATALOG, customers=MINE)
    shop.run(DAYS[0])
    shop.execute(f"grant usage on schema {SCHEMA} to {ROLE}")
    share = f"{SCHEMA}.big_spenders"
    assert {row[0] for row in asked(server, f"select customer_id from {share}")[0]} == {"1", HOSTILE}
    for other in ("shared_german", "segment_membership", "shared_members", "customer_features"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            asked(server, f"select * from {SCHEMA}.{other}")
    # A reader's function never gets a row that the view leaves out.
    leak = f"select count(*) from {share} where pg_temp.leak(email)"
    assert "2@shop" not in asked(server, leak)[1]
    leaked = f"select count(*) from {share} where pg_temp.leak(cast(joined_at as text) || customer_id)"
    assert "2024-03-01 00:00:002" not in asked(server, leaked)[1]
    # Views on the share and grants to it survive a new column and a repeated run.
    shop.execute(f"create view {SCHEMA}.dashboard as select customer_id from {share}")
    shop.execute(f"grant select on {SCHEMA}.dashboard to {ROLE}")
    shop.define(CATALOG, customers=MINE.replace("likes]", "likes, country]"))
    shop.run(DAYS[1])
    assert {row for (row,) in asked(server, f"select country from {share}")[0]} == {"GB"}
    assert len(asked(server, f"select * from {SCHEMA}.dashboard")[0]) == 2
    # A removed column rebuilds it, with the same grants.
    shop.define(CATALOG, customers=MINE.replace("largest, ", ""))
    shop.execute(f"drop view {SCHEMA}.dashboard")
    shop.run(DAYS[2])
    assert len(asked(server, f"select * from {share}")[0]) == 2
    shop.define(CATALOG, customers=MINE.replace(f"[{ROLE}]", "[]"))
    shop.run(DAYS[3])
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        asked(server, f"select * from {share}")
    barrier = f"select reloptions from pg_class where oid = '{share}'::regclass"
    with shop.engine.cursor(shop.root) as cursor:
        cursor.execute(barrier)
        assert cursor.fetchall() == [(["security_barrier=true"],)]
