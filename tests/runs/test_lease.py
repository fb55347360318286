"""The lease, on DuckDB in the way of engines without a lock for a session."""

import re
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from segctl.warehouse import RunRequest
from segctl.warehouse.diagnosis import failure_of
from segctl.warehouse.run_request import LOCK_VARIABLE
from tests.support.built_project import TestProject
from tests.support.checkouts import LEASED, WRITING, everything, lease
from tests.support.engines import Engine
from tests.support.shops.history_shop import BIG, CATALOG, COLUMNS, DAYS, RECENT, SHOP

# The macros of engines that cannot run here, in place of DuckDB's.
LEASES = "\n".join(
    f"{{% macro duckdb__{name}({', '.join(given)}) %}}"
    f"{{{{ return(segctl.default__{name}({', '.join(given)})) }}}}{{% endmacro %}}"
    for name, given in {
        "take_lock": ("owner", "command", "host"),
        "take_lease": ("owner", "command", "host"),
        "keep_lock": ("held",),
        "give_back_lock": ("held",),
        "force_release": (),
    }.items()
)

DUCKDBS = re.compile(r"\{% macro duckdb__\w+\(.*?\{% endmacro %\}\n", re.DOTALL)


@pytest.fixture
def leasing(tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    """A shop on DuckDB with a lease instead of the lock on the file."""
    shop = TestProject(tmp_path, Engine("duckdb"), f"lease_{digest(request.node.nodeid, 8)}")
    lock = tmp_path / "dbt_packages" / "segctl" / "macros" / "lock"
    for path in lock.iterdir():
        path.write_text(DUCKDBS.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    (lock / "leases.sql").write_text(LEASES, encoding="utf-8")
    file = tmp_path / "dbt_project.yml"
    file.write_text(f"{file.read_text(encoding='utf-8')}vars: {{segctl_lease_minutes: 5}}\n", encoding="utf-8")
    shop.load(SHOP, COLUMNS)
    shop.define(CATALOG, value=BIG, activity=RECENT)
    return shop


def held(shop: TestProject) -> tuple[str, bool]:
    """The holder of the lease, and whether it lasts."""
    with shop.engine.cursor(shop.root) as cursor:
        asked = f"select owner, expires_at > (now() at time zone 'UTC') from {shop.schema}.run_lock"
        owner, lasts = cursor.execute(asked).fetchone()
    return owner, lasts


def grow_old(shop: TestProject) -> None:
    shop.execute(f"update {shop.schema}.run_lock set expires_at = expires_at - interval 10 minute")


def asked(day: int) -> RunRequest:
    return RunRequest(DAYS[day].replace(tzinfo=None))


def test_a_lease_of_another(leasing: TestProject) -> None:
    shop = leasing
    shop.run(DAYS[0])
    assert held(shop) == ("", False)
    lease(shop)
    before = everything(shop)
    for write in WRITING.values():
        with pytest.raises(Failure, match=f"^{LEASED}$"):
            write(shop)
    with pytest.raises(Failure, match=f"^{LEASED}$"):
        shop.warehouse.build(asked(1))
    assert everything(shop) == before
    assert held(shop) == ("somebody", True)
    grow_old(shop)
    shop.warehouse.build(asked(1))
    lease(shop)
    shop.warehouse.operate("release_lock")
    assert held(shop) == ("", False)


def test_it_lasts_as_long_as_a_command(leasing: TestProject) -> None:
    """Also when that takes longer than the lease. Any end of the command releases it."""
    shop = leasing

    def command() -> None:
        with shop.warehouse.locked("run") as live:
            owner, lasts = held(shop)
            assert lasts
            grow_old(shop)
            assert held(shop) == (owner, False)
            live.build(asked(0))
            assert held(shop) == (owner, True)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        command()
    assert held(shop) == ("", False)


def test_a_command_whose_lease_another_has_taken_ends(leasing: TestProject, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = leasing
    shop.run(DAYS[0])
    before = everything(shop)
    with shop.warehouse.locked("run") as live:
        grow_old(shop)
        with monkeypatch.context() as elsewhere:
            elsewhere.delenv(LOCK_VARIABLE)
            lease(shop)
        with pytest.raises(
            Failure, match="this run does not hold the lock on its tables any more: dbt build on host-b"
        ):
            live.build(asked(1))
    assert everything(shop) == before
    assert held(shop) == ("somebody", True)


@pytest.mark.parametrize(
    "told",
    [
        "org.apache.iceberg.exceptions.ValidationException: Found conflicting files that can contain records",
        "io.delta.exceptions.ConcurrentAppendException: Files were added by a concurrent update",
        "Could not serialize access to table shop.run_lock due to concurrent update",
        "ERROR: 1023 DETAIL: Serializable isolation violation on table in Redshift",
    ],
)
def test_the_later_of_two_at_once_gets_a_message(told: str) -> None:
    failure = failure_of(f"Database Error\n  {told}", RuntimeError())
    assert (failure.message, failure.exit_code) == ("another program is changing these tables", 3)
    assert failure.hint == "wait for it to end, then try again; --wait 60s waits for it"
