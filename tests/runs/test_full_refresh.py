"""`dbt build --full-refresh` rebuilds the features, and loses nothing that is recorded."""

from datetime import UTC
from pathlib import Path

import pytest

from segctl.language.names import digest
from segctl.warehouse import AS_OF_VARIABLE
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.history_shop import BIG, CATALOG, COLUMNS, DAYS, RECENT, SHOP, history


def test_features_are_rebuilt_and_the_history_goes_on(
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
            # Invalid features are repaired, which counts as no customer's change.
            shop.execute(f"update {shop.schema}.customer_features set changed_at = timestamp '2001-01-01'")
            monkeypatch.setenv(AS_OF_VARIABLE, DAYS[2].astimezone(UTC).isoformat())
            folder = str(shop.root)
            arguments = ["build", "--full-refresh", "--project-dir", folder, "--profiles-dir", folder]
            assert dbtRunner().invoke([*arguments, "--log-level", "none"]).success
        assert len(shop.members()) > 0
        histories.append((history(shop), len(shop.read("segment_runs"))))
    assert histories[0] == histories[1]


def test_a_full_refresh_that_is_cut_short_takes_its_run_back(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Otherwise the next run would ignore what the new features found."""
    from dbt.cli.main import dbtRunner

    shop = TestProject(tmp_path, engine, f"cut_{digest(request.node.nodeid, 8)}")
    shop.load({**SHOP, "stg_orders": SHOP["stg_orders"][:1]}, COLUMNS)
    shop.define(CATALOG, value=BIG, activity=RECENT)
    shop.run(DAYS[0])
    shop.run(DAYS[1])
    once = len(history(shop))
    shop.load(SHOP, COLUMNS)
    monkeypatch.setenv(AS_OF_VARIABLE, DAYS[1].astimezone(UTC).isoformat())
    folder = str(shop.root)
    features = ["run", "--full-refresh", "--select", "+customer_features", "--project-dir", folder]
    outcome = dbtRunner().invoke([*features, "--profiles-dir", folder, "--log-level", "none"])
    assert outcome.success
    assert len(shop.read("segment_runs")) == 1
    shop.run(DAYS[2])
    (tmp_path / "anew").mkdir()
    anew = TestProject(tmp_path / "anew", engine, f"anew_{digest(request.node.nodeid, 8)}")
    anew.load(SHOP, COLUMNS)
    anew.define(CATALOG, value=BIG, activity=RECENT)
    anew.run(DAYS[2])
    assert len(history(shop)) > once
    assert shop.members() == anew.members()
