"""`dbt build --full-refresh`: features are made anew, and nothing that is recorded is lost by it."""

from datetime import UTC
from pathlib import Path

import pytest

from segctl.names import digest
from segctl.warehouse import AS_OF_VARIABLE
from tests.built_project import TestProject
from tests.engines import Engine
from tests.test_history import BIG, CATALOG, COLUMNS, DAYS, RECENT, SHOP, history


def test_features_are_made_anew_and_the_history_goes_on(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    from dbt.cli.main import dbtRunner

    histories = []
    for name in ("once", "anew"):
        (tmp_path / name).mkdir()
        shop = TestProject(tmp_path / name, engine, f"refresh_{digest(request.node.nodeid + name, 8)}")
        shop.load(SHOP, COLUMNS)
        shop.define(CATALOG, value=BIG, activity=RECENT)
        shop.run(DAYS[0])
        if name == "once":
            shop.run(DAYS[2])
        else:
            # What is wrong in the features is mended, and no one is taken for changed by it.
            shop.execute(f"update {shop.schema}.customer_features set changed_at = timestamp '2001-01-01'")
            monkeypatch.setenv(AS_OF_VARIABLE, DAYS[2].astimezone(UTC).isoformat())
            folder = str(shop.root)
            arguments = ["build", "--full-refresh", "--project-dir", folder, "--profiles-dir", folder]
            assert dbtRunner().invoke([*arguments, "--log-level", "none"]).success
        assert len(shop.members()) > 0
        histories.append((history(shop), len(shop.read("segment_runs"))))
    assert histories[0] == histories[1]
