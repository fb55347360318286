"""The dbt tests of a run that fail: the messages, and what was written by then."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dbt.cli.main import dbtRunner

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.warehouse import AS_OF_VARIABLE
from tests.program.test_settings import configured
from tests.runs.test_nodes import HISTORY, PROPOSALS
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.every_table import every_table
from tests.support.shops.past_shop import ACCOUNTS, AT, CATALOG, CUSTOMERS, built

RECORDED = ("segment_stays", "account_segment_stays", "run_sizes", "segment_runs", "erasures")


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    return built(tmp_path, engine, f"sound_{digest(request.node.nodeid, 8)}")


def spoilt(project: TestProject, model: str, statement: str) -> None:
    """A hook of the root project changes what a model of ours has written."""
    hook = {"+post-hook": statement}
    folder = "marts" if model in ("segment_sizes", "segment_flapping") else "history"
    configured(project, {"models": {"shop": {"segments": {folder: {model: hook}}}}})


def mended(project: TestProject) -> None:
    configured(project, {"models": {}})


def recorded(project: TestProject) -> dict[str, list[str]]:
    return {name: rows for name, rows in every_table(project).items() if name in RECORDED}


def test_invalid_proposals_leave_the_history_alone(shop: TestProject) -> None:
    shop.run(AT[0])
    before = recorded(shop)
    spoilt(shop, "account_segment_proposals", "update {{ this }} set cause = null")
    with pytest.raises(Failure, match=f"the run is not sound: {PROPOSALS} failed") as failure:
        shop.run(AT[1])
    assert "account_segment_proposals: cause is missing (" in failure.value.detail
    assert "When a test of ours fails" in failure.value.hint
    assert recorded(shop) == before


def test_an_invalid_history_is_not_published(shop: TestProject) -> None:
    shop.run(AT[0])
    before = every_table(shop)
    gone = "delete from {{ this }} where joined_at > timestamp '2024-03-30 12:00:00' and segment = 'recent'"
    spoilt(shop, "segment_stays", gone)
    with pytest.raises(Failure, match=f"the run is not sound: {HISTORY} failed") as failure:
        shop.run(AT[1])
    lines = failure.value.detail.splitlines()
    assert any("segment_stays: not as many open in recent as its size says (" in line for line in lines)
    assert any("segment_stays: customers are not in the segments whose rules take them (" in line for line in lines)
    assert "published" not in failure.value.message
    after = every_table(shop)
    assert all(after[view] == before[view] for view in ("segment_runs", "segment_history", "segment_sizes"))
    mended(shop)
    shop.run(AT[1])
    assert shop.failures() == {}


def test_what_is_wrong_with_a_run_that_is_published(shop: TestProject) -> None:
    """A guard that holds a segment back is no such failure. It is reported separately."""
    shop.define(
        CATALOG, customers=CUSTOMERS.replace("name: french,", "name: french, guard: {max_size: 1},"), accounts=ACCOUNTS
    )
    assert [held_segment.segment for held_segment in shop.run(AT[0]).held] == ["french"]
    doubled = "insert into {schema}.segment_runs select 'another', {rest} from {schema}.segment_runs"
    columns = [name for name in shop.read("segment_runs")[0] if name != "run_id"]
    spoilt(shop, "segment_flapping", doubled.format(schema=shop.schema, rest=", ".join(columns)))
    told = "the run as of 2024-03-31 00:00:00 GMT is published; failed after it: segctl_publication_is_sound$"
    with pytest.raises(Failure, match=told) as failure:
        shop.run(AT[1])
    assert "segment_runs: as_of not unique (" in failure.value.detail
    assert "segment_sizes: french is held back by max_size (1 row)" in failure.value.detail


def test_plain_dbt_tells_it_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    shop = built(tmp_path, Engine("duckdb"), "shop")
    spoilt(shop, "segment_stays", "update {{ this }} set join_cause = 'nonsense' where segment = 'french'")
    monkeypatch.setenv(AS_OF_VARIABLE, AT[0].astimezone(UTC).isoformat())
    folder = str(shop.root)
    where = ["--project-dir", folder, "--profiles-dir", folder, "--no-use-colors"]
    assert not dbtRunner().invoke(["build", *where]).success
    told = capfd.readouterr().out
    assert "FAIL 7 segctl_history_is_sound" in told
    assert "segctl: segment_stays: join_cause is none of its values (7 rows)" in told
    assert "SKIP relation shop.segment_runs" in told
    compiled = shop.root / "target" / "compiled" / "shop" / "models" / "segments"
    assert (
        "'join_cause is none of its values' as fault"
        in (compiled / "history" / "history.yml" / f"{HISTORY}.sql").read_text()
    )
    # `dbt compile` shows each query. A run sends one after another, outside of the test's own query.
    proposals = compiled / "history" / "history.yml" / f"{PROPOSALS}.sql"
    assert "customer_features" not in proposals.read_text()
    assert dbtRunner().invoke(["compile", "--select", PROPOSALS, *where, "--log-level", "none"]).success
    assert "customer_features" in proposals.read_text()


def test_of_very_many_customers_a_sample_is_checked(tmp_path: Path) -> None:
    project = TestProject(tmp_path, Engine("duckdb"))
    day = timedelta(days=1)
    rows = [{"id": key, "signed_up": datetime(2024, 1, 2)} for key in range(25_000)]
    project.load({"customers": rows}, {"customers": {"id": "bigint", "signed_up": "timestamp"}})
    customer = {"model": "customers", "key": "id", "attributes": {"signed_up": "timestamp"}}
    catalog = {"version": 1, "timezone": "UTC", "entities": {"customer": customer}}
    fresh = {"name": "fresh", "rule": {"attribute": "signed_up", "within_last": "1 day"}}
    project.define(json.dumps(catalog), main=json.dumps({"version": 1, "segments": [fresh]}))
    first = datetime(2024, 1, 1, tzinfo=UTC)
    project.run(first)
    # The right number of members, but a tenth of them are wrong.
    spoilt(project, "segment_stays", "update {{ this }} set customer_id = -customer_id where customer_id % 10 = 1")
    with pytest.raises(Failure, match=f"{HISTORY} failed") as failure:
        project.run(first + day)
    match = re.search(r"customers are not in the segments whose rules take them \((\d[\d,]*)", failure.value.detail)
    assert match
    # A sixteenth of the 2,500 missing and of the 2,500 surplus members. None of the surplus ones has features.
    assert 50 < int(match[1].replace(",", "")) < 400
    mended(project)
    project.run(first + day)
    assert len(project.members()["fresh"]) == len(rows)
