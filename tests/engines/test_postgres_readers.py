"""On PostgreSQL a long read neither waits for a run nor makes it wait, and sees one state."""

from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from tests.engines.test_parity import go, seen
from tests.faults.shop import day, opened
from tests.faults.states import VIEWS, rows_of
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server


@pytest.mark.postgres
def test_a_reader_who_holds_on_to_all_views(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A run of this test fails instead of waiting for ever.
    monkeypatch.setenv("PGOPTIONS", "-c lock_timeout=3s")
    shop = opened(tmp_path / "shop", Engine("postgres", server=server), schema="readers")
    go(shop, 0, whole=True)
    before = seen(shop)
    login = {"host": server.host, "port": server.port, "user": server.user, "dbname": server.dbname}
    with closing(psycopg2.connect(**login)) as connection:
        connection.set_isolation_level(ISOLATION_LEVEL_REPEATABLE_READ)
        cursor = connection.cursor()
        assert {view: rows_of(cursor, f"readers.{view}") for view in VIEWS} == before
        go(shop, 3, whole=True)
        assert {view: rows_of(cursor, f"readers.{view}") for view in VIEWS} == before
    after = seen(shop)
    assert [row["as_of"] for row in after["segment_runs"]] == [day(0), day(3)]
    assert after["segment_history"] != before["segment_history"]
