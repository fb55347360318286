"""Two checkouts of a project on one schema, and the locks and leases on its tables."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from segctl.operations.people.erase import erase
from segctl.operations.recomputation.replay import Schedule, replay
from segctl.operations.recomputation.restate import RestateRequest, restate
from segctl.operations.recomputation.verify import verify
from segctl.operations.runs.compact import compact
from segctl.warehouse.run_request import LOCK_VARIABLE
from tests.faults.program import environment
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.history_shop import BIG, CATALOG, COLUMNS, DAYS, RECENT, SHOP

MOMENT = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
HELD = rf"^another program is changing these tables: segctl run on \S+ since {MOMENT}$"
LEASED = (
    rf"another program is changing these tables: dbt build on host-b since {MOMENT}, with a lease until {MOMENT}"
    r" \(if it is dead: dbt run-operation segctl.release_lock\)"
)
DBT = (sys.executable, "-c", "from dbt.cli.main import cli; cli()")
# What each command that writes does in the second checkout.
WRITING: dict[str, Callable[[TestProject], object]] = {
    "run": lambda shop: shop.run(DAYS[3]),
    "replay": lambda shop: replay(shop.project, shop.warehouse, Schedule("2024-03-04", "2024-03-04", "1d"), (), _quiet),
    "restate": lambda shop: restate(shop.project, shop.warehouse, RestateRequest("2024-03-01"), _quiet),
    "restate --apply": lambda shop: restate(
        shop.project, shop.warehouse, RestateRequest("2024-03-01", apply=True), _quiet
    ),
    "verify": lambda shop: verify(shop.project, shop.warehouse, "", _quiet),
    "erase": lambda shop: erase(shop.project, shop.warehouse, ["1"], "customer", dry_run=False),
    "compact": lambda shop: compact(shop.project, shop.warehouse, 7),
}


def _quiet(*_: int) -> None:
    """No progress output is needed."""


def checkout(folder: Path, engine: Engine, schema: str) -> TestProject:
    shop = TestProject(folder, engine, schema)
    shop.load(SHOP, COLUMNS)
    shop.define(CATALOG, value=BIG, activity=RECENT)
    return shop


def everything(shop: TestProject) -> dict[str, list[str]]:
    """All rows of all our tables and views, except the holder of the lease."""
    listed = f"select table_name from information_schema.tables where table_schema = '{shop.schema}'"
    with shop.engine.cursor(shop.root) as cursor:
        cursor.execute(listed)
        names = [row[0] for row in cursor.fetchall() if row[0] != "run_lock"]
    assert len(names) > 15
    return {name: sorted(map(repr, shop.read(name))) for name in names}


def dbt(shop: TestProject, *arguments: str, **given: str) -> "subprocess.Popen[str]":
    """A plain dbt as another shell would start it."""
    folders = ["--project-dir", str(shop.root), "--profiles-dir", str(shop.root)]
    return subprocess.Popen(
        [*DBT, *arguments, *folders],
        cwd=shop.root,
        env={name: value for name, value in environment(**given).items() if name != LOCK_VARIABLE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    said, _ = process.communicate()
    return process.returncode, said


def lease(shop: TestProject) -> None:
    """Takes the lease like a build on another machine that is killed then."""
    shop.warehouse.operate("take_lease", owner="somebody", command="dbt build", host="host-b")


def is_leased(shop: TestProject) -> bool:
    with shop.engine.cursor(shop.root) as cursor:
        cursor.execute(f"select to_regclass('{shop.schema}.run_lock') is not null")
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(f"select expires_at > {NOW} from {shop.schema}.run_lock")
        return bool(cursor.fetchone()[0])


def expire(shop: TestProject) -> None:
    if is_leased(shop):
        shop.execute(f"update {shop.schema}.run_lock set expires_at = {NOW}")


NOW = "(clock_timestamp() at time zone 'UTC')"


def holds_session(shop: TestProject) -> bool:
    with shop.engine.cursor(shop.root) as cursor:
        cursor.execute("select count(*) from pg_locks where locktype = 'advisory'")
        return bool(cursor.fetchone()[0])


def until(what: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)
