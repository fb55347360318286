"""Machines of a Spark cluster lost during a run: what the run reports, what readers see, what the next run does."""

import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from segctl.errors import Failure
from segctl.operations.runs.run import run
from tests.engines.test_parity import State, seen
from tests.faults.program import Ended, command, environment
from tests.faults.shop import COLUMNS, changed, iso, opened, tables
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.servers.spark_cluster import Cluster, spark_cluster

pytestmark = pytest.mark.spark
VICTIM = 3
# The node after which a machine is lost: features are written, proposals are being computed.
AFTER = "customer_features"


@pytest.fixture(scope="module")
def lossy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster for these tests alone."""
    with spark_cluster(tmp_path_factory.mktemp("lossy")) as started:
        yield started


def moved_on(shop: TestProject) -> None:
    shop.load(changed(tables(), VICTIM), COLUMNS)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[State, State]:
    """What DuckDB shows after the first run, and after the disturbed one."""
    shop = opened(tmp_path_factory.mktemp("expected") / "shop", Engine("duckdb"))
    run(shop.project, shop.warehouse, iso(0), lambda _: None)
    before = seen(shop)
    moved_on(shop)
    run(shop.project, shop.warehouse, iso(VICTIM), lambda _: None)
    return before, seen(shop)


def shop_of(cluster: Cluster, folder: Path, schema: str) -> TestProject:
    """A shop after its first run, with changed data."""
    shop = opened(folder / "shop", Engine("spark", cluster=cluster), schema=schema)
    run(shop.project, shop.warehouse, iso(0), lambda _: None)
    moved_on(shop)
    return shop


def run_and_lose(shop: TestProject, cluster: Cluster, lost: str) -> Ended:
    """A run in its own process, during which a process of the cluster is killed."""
    log = shop.root / "logs" / "dbt.log"
    log.unlink(missing_ok=True)
    variables = environment(DBT_LOG_LEVEL_FILE="debug")
    process = Popen(
        command(shop, "run", "--as-of", iso(VICTIM)), cwd=shop.root, env=variables, stdout=PIPE, stderr=PIPE, text=True
    )
    while not (log.exists() and f"recorded model {shop.schema}.{AFTER} ." in log.read_text(errors="replace")):
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    cluster.kill(lost)
    out, err = process.communicate(timeout=300)
    return Ended(process.returncode, out, err)


def test_a_worker_that_dies_costs_time_and_nothing_else(
    lossy: Cluster, expected: tuple[State, State], tmp_path: Path
) -> None:
    """Spark repeats the worker's tasks elsewhere."""
    shop = shop_of(lossy, tmp_path, "one_worker")
    ended = run_and_lose(shop, lossy, "worker1")
    assert ended.code == 0, ended.err
    assert seen(shop) == expected[1]


def test_a_thrift_server_that_dies_stops_the_run_and_the_next_one_heals_it(
    lossy: Cluster, expected: tuple[State, State], tmp_path: Path
) -> None:
    shop = shop_of(lossy, tmp_path, "no_server")
    ended = run_and_lose(shop, lossy, "thrift")
    assert ended.code == 3
    assert ended.err.startswith("segctl: ")
    assert "  hint: " in ended.err
    assert "Traceback" not in ended.err
    lossy.serve_again()
    # Consent is as of the last run that began, and this one got past that.
    assert without_eligible(seen(shop)) == without_eligible(expected[0])
    run(shop.project, shop.warehouse, iso(VICTIM), lambda _: None)
    assert seen(shop) == expected[1]


def without_eligible(state: State) -> State:
    return {
        view: [{name: value for name, value in row.items() if name != "eligible"} for row in rows]
        for view, rows in state.items()
    }


def test_a_table_format_without_merge_is_refused(lossy: Cluster, tmp_path: Path) -> None:
    shop = opened(tmp_path / "shop", Engine("spark", cluster=lossy), schema="plain")
    project = shop.root / "dbt_project.yml"
    project.write_text(project.read_text(encoding="utf-8") + "vars: {segctl_table_format: parquet}\n", encoding="utf-8")
    with pytest.raises(Failure, match="segctl_table_format is parquet, and our tables need one with merge") as refused:
        run(shop.project, shop.warehouse, iso(0), lambda _: None)
    assert "dbt_project.yml" in refused.value.hint
