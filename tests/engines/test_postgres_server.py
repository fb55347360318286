import re
import socket
import tempfile
from pathlib import Path

import psycopg2
import pytest

from tests.support.servers import postgres_server as module
from tests.support.servers.postgres_server import PostgresServerError, Server, postgres_server

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def _plain_session(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGTZ", "PGOPTIONS"):
        monkeypatch.delenv(name, raising=False)


def _answer(server: Server, query: str) -> str:
    connection = psycopg2.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.environment()["PGPASSWORD"],
        dbname=server.dbname,
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return str(cursor.fetchone()[0])
    finally:
        connection.close()


def test_serves_over_tcp_and_leaves_nothing_behind() -> None:
    with postgres_server() as server:
        version = re.match(r"PostgreSQL (\d+)", _answer(server, "select version()"))
        assert version is not None
        assert int(version.group(1)) >= 15
        assert _answer(server, "show timezone") == "Asia/Tokyo"
        assert _answer(server, "select host(inet_server_addr())") == "127.0.0.1"
        folder = Path(_answer(server, "show data_directory")).parent
        assert folder.is_dir()
    assert not folder.exists()
    with socket.socket() as probe:
        assert probe.connect_ex((server.host, server.port)) != 0


def test_shows_the_log_when_the_start_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SETTINGS", {"timezone": "Nowhere/At_All"})
    with tempfile.TemporaryDirectory() as parent:
        Path(parent).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", parent)
        with pytest.raises(PostgresServerError, match="Nowhere/At_All"), postgres_server():
            pass
        assert not list(Path(parent).iterdir())


def test_refuses_an_unknown_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(module.SOURCE_VARIABLE, "elsewhere")
    with pytest.raises(PostgresServerError, match="system, pypi or empty"), postgres_server():
        pass
