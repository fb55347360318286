"""Keys whose type changes in the source: recorded columns widen, or the run is refused before it begins."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

from segctl.errors import Failure
from segctl.language.names import digest
from tests.support.built_project import TestProject
from tests.support.engines import Engine, release
from tests.support.servers.postgres_server import Server

CATALOG = """
version: 1
timezone: UTC
entities:
  customer: {model: customers, key: id, attributes: {country: string}}
  account: {model: accounts, key: id, customers: account, attributes: {country: string}}
"""
BRITISH = "version: 1\nsegments:\n  - {name: british, rule: {attribute: country, eq: GB}}\n"
ACCOUNTS = "version: 1\nentity: account\nsegments:\n  - {name: at_home, rule: {attribute: country, eq: GB}}\n"
RECORDED = (
    *("customer_features", "account_features", "segment_stays", "account_segment_stays", "segment_proposals"),
    *("account_segment_proposals", "run_sizes", "run_sources", "segment_runs", "definition_versions", "history_format"),
)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
LARGE = 3_000_000_000


@pytest.fixture
def shop(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> TestProject:
    return begun(engine, tmp_path, f"keys_{digest(request.node.nodeid, 8)}")


def begun(engine: Engine, folder: Path, schema: str) -> TestProject:
    """A shop with the keys 7 and 8, after a run."""
    project = TestProject(folder, engine, schema)
    load(project, "integer", {7: "GB", 8: "GB"})
    project.define(CATALOG, main=BRITISH, accounts=ACCOUNTS)
    project.run(FIRST)
    return project


def load(project: TestProject, kind: str, countries: Mapping[Any, str], key_of_accounts: str = "integer") -> None:
    """Customers by their keys of a type, and two accounts."""
    columns = {
        "customers": {"id": kind, "country": "varchar", "account": key_of_accounts},
        "accounts": {"id": key_of_accounts, "country": "varchar"},
    }
    customers = [{"id": key, "country": country, "account": None} for key, country in countries.items()]
    accounts = [{"id": key, "country": "GB"} for key in (1, 2)]
    project.load({"customers": customers, "accounts": accounts}, columns)


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


def stays(project: TestProject) -> set[tuple[object, int, int | None]]:
    """Stays of british as the key and the days of their begin and end, counted from the first."""
    began = FIRST.replace(tzinfo=None)
    return {
        (stay["customer_id"], (stay["joined_at"] - began).days, stay["left_at"] and (stay["left_at"] - began).days)
        for stay in project.read("segment_history")
    }


def tables(project: TestProject) -> dict[str, Any]:
    """Everything recorded: columns, types and rows."""
    result: dict[str, Any] = {}
    with project.engine.cursor(project.root) as cursor:
        for table in RECORDED:
            cursor.execute(f"select * from {project.schema}.{table}")
            types = [column[:2] for column in cursor.description]
            result[table] = (repr(types), sorted(map(repr, cursor.fetchall())))
    return result


def test_whole_numbers_become_larger(shop: TestProject) -> None:
    load(shop, "bigint", {7: "GB", 8: "FR", LARGE: "GB"}, "bigint")
    shop.run(day(1))
    assert stays(shop) == {(7, 0, None), (8, 0, 1), (LARGE, 1, None)}
    load(shop, "bigint", {7: "GB", 8: "GB"}, "bigint")
    shop.run(day(2))
    assert stays(shop) == {(7, 0, None), (8, 0, 1), (8, 2, None), (LARGE, 1, 2)}
    assert {(stay["account_id"], stay["left_at"]) for stay in shop.read("account_segment_history")} == {
        (1, None),
        (2, None),
    }
    assert not shop.failures()


def test_numbers_become_texts(shop: TestProject) -> None:
    load(shop, "varchar", {"7": "GB", "8": "FR", "x": "GB"}, "varchar")
    shop.run(day(1))
    assert stays(shop) == {("7", 0, None), ("8", 0, 1), ("x", 1, None)}
    assert {row["cause"] for row in shop.read("segment_changes") if row["customer_id"] == "8"} == {
        "first_run",
        "activity",
    }
    load(shop, "varchar", {"8": "GB", "x": "GB"}, "varchar")
    shop.run(day(2))
    assert stays(shop) == {("7", 0, 2), ("8", 0, 1), ("8", 2, None), ("x", 1, None)}


def test_a_full_refresh_widens_too(shop: TestProject) -> None:
    load(shop, "bigint", {7: "GB", LARGE: "GB"})
    folder = str(shop.root)
    release()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGCTL_AS_OF", day(1).isoformat())
        options = ["--project-dir", folder, "--profiles-dir", folder, "--log-level", "none"]
        assert dbtRunner().invoke(["build", "--full-refresh", *options]).success
    assert stays(shop) == {(7, 0, None), (8, 0, 1), (LARGE, 1, None)}


@pytest.mark.parametrize(
    ("kind", "keys", "accounts"),
    [
        ("double precision", [7.0, 8.0], "integer"),
        ("smallint", [7, 8], "integer"),
        ("date", ["2024-01-01"], "integer"),
        # One can be carried over, the other cannot.
        ("bigint", [7, 8], "decimal(10, 2)"),
    ],
)
def test_what_cannot_be_carried_over_is_refused(
    shop: TestProject, kind: str, keys: list[object], accounts: str
) -> None:
    before = tables(shop)
    load(shop, kind, dict.fromkeys(keys, "GB"), accounts)
    with pytest.raises(Failure) as refused:
        shop.run(day(1))
    entity, former = ("account", "accounts") if accounts != "integer" else ("customer", "customers")
    told = refused.value.message.lower()
    said = f"the key of {entity}, column id of {former}, is "
    wanted = accounts if former == "accounts" else kind
    # PostgreSQL calls a decimal numeric.
    words = (wanted[:5], wanted.replace("decimal", "numeric")[:5])
    assert told.startswith(tuple(f"{said}{word}" for word in words))
    assert told.endswith("and its history has integer: cast it in staging")
    assert "\n" not in refused.value.message
    assert "only wider types" in refused.value.hint
    assert tables(shop) == before


def test_texts_do_not_become_numbers_again(shop: TestProject) -> None:
    load(shop, "varchar", {"7": "GB"})
    shop.run(day(1))
    before = tables(shop)
    load(shop, "integer", {7: "GB"})
    with pytest.raises(Failure, match=r"(?i)is integer and its history has (varchar|character varying)"):
        shop.run(day(2))
    assert tables(shop) == before
    load(shop, "varchar", {"7": "GB"})
    shop.run(day(2))
    assert stays(shop) == {("7", 0, None), ("8", 0, 1)}


def test_a_widening_that_was_cut_short_goes_on(shop: TestProject) -> None:
    # As an engine without transactions may leave it.
    for view in ("segment_membership", "segment_customers", "dated_features") if shop.engine.server else ():
        shop.execute(f"drop view {shop.schema}.{view} cascade")
    shop.execute(f"alter table {shop.schema}.customer_features alter column customer_id type bigint")
    load(shop, "bigint", {7: "GB", LARGE: "GB"})
    shop.run(day(1))
    assert stays(shop) == {(7, 0, None), (8, 0, 1), (LARGE, 1, None)}


def test_a_source_whose_key_widens_alone(engine: Engine, tmp_path: Path) -> None:
    # The table of patterns is rebuilt for the wide key of orders. Visits, none of which has changed, are part of it.
    project = TestProject(tmp_path, engine, "keys_of_patterns")
    project.define(
        """
        version: 1
        timezone: UTC
        entities: {customer: {model: customers, key: id, attributes: {country: string}}}
        events:
          visit: {model: visits, customer: id, at: seen, fields: {page: string}}
          order: {model: orders, customer: id, at: seen, fields: {channel: string}}
        metrics: {landing: {first: visit.page}, channel: {first: order.channel}}
        """,
        main="""
        version: 1
        segments:
          - {name: british, rule: {attribute: country, eq: GB}}
          - {name: landed_home, rule: {metric: landing, eq: home}}
          - {name: from_web, rule: {metric: channel, eq: web}}
        """,
    )

    def members_after(
        number: int, kind: str, channels: Mapping[int, str], countries: Mapping[int, str]
    ) -> set[tuple[str, int]]:
        load_events(project, kind, channels, countries)
        project.run(day(number))
        return {(row["segment"], row["customer_id"]) for row in project.read("segment_membership")}

    web, wide = {7: "web"}, {7: "web", LARGE: "web"}
    members = {("landed_home", 8), ("from_web", 7)}
    assert members_after(0, "integer", web, {7: "FR", 8: "FR"}) == members
    members |= {("from_web", LARGE)}
    assert members_after(1, "bigint", wide, {7: "FR", 8: "FR", LARGE: "FR"}) == members
    members |= {("british", 8)}
    assert members_after(2, "bigint", wide, {7: "FR", 8: "GB", LARGE: "FR"}) == members
    assert not project.failures()


def load_events(project: TestProject, kind: str, channels: Mapping[int, str], countries: Mapping[int, str]) -> None:
    """Customers by their countries, a visit of 8, and orders of customers by their channels."""
    at = FIRST - timedelta(days=9)
    project.load(
        {
            "customers": [{"id": key, "country": country} for key, country in countries.items()],
            "visits": [{"id": 8, "seen": at, "page": "home"}],
            "orders": [{"id": key, "seen": at, "channel": channel} for key, channel in channels.items()],
        },
        {
            "customers": {"id": kind, "country": "varchar"},
            "visits": {"id": "integer", "seen": "timestamp", "page": "varchar"},
            "orders": {"id": kind, "seen": "timestamp", "channel": "varchar"},
        },
    )


@pytest.mark.postgres
def test_views_of_others_read_what_has_become_wider(server: Server, tmp_path: Path) -> None:
    shop = begun(Engine("postgres", server=server), tmp_path, "keys_views")
    for statement in (
        "create schema if not exists keys_views_marts",
        'create view keys_views_marts."Vip" with (security_barrier = true) as select * from keys_views.segment_history',
        'create view keys_views_marts.names as select customer_id as id from keys_views_marts."Vip"',
        "comment on view keys_views_marts.names is 'who, and since when'",
        "comment on column keys_views_marts.names.id is 'the key'",
        "grant select on keys_views_marts.names to public",
    ):
        shop.execute(statement)
    load(shop, "varchar", {"7": "GB", "x": "GB"})
    shop.run(day(1))
    told = """
        select
            array(select id from keys_views_marts.names order by id),
            obj_description('keys_views_marts.names'::regclass),
            col_description('keys_views_marts.names'::regclass, 1),
            has_table_privilege('public', 'keys_views_marts.names', 'select'),
            (select reloptions from pg_class where oid = 'keys_views_marts."Vip"'::regclass)
    """
    with shop.engine.cursor(shop.root) as cursor:
        cursor.execute(told)
        assert cursor.fetchone() == (["7", "8", "x"], "who, and since when", "the key", True, ["security_barrier=true"])


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("view", "view keys_in_way_marts.seven cannot be made anew"),
        ("materialized view", "view keys_in_way_marts.seven reads it"),
    ],
)
def test_views_that_cannot_be_rebuilt_stop_the_run(server: Server, tmp_path: Path, made: str, told: str) -> None:
    shop = begun(Engine("postgres", server=server), tmp_path, "keys_in_way")
    shop.execute("create schema if not exists keys_in_way_marts")
    shop.execute(
        f"create {made} keys_in_way_marts.seven as select * from keys_in_way.segment_stays where customer_id = 7"
    )
    before = tables(shop)
    load(shop, "varchar", {"7": "GB", "x": "GB"})
    with pytest.raises(Failure, match=f"^a column that is recorded cannot become wider, {told}"):
        shop.run(day(1))
    after = tables(shop)
    # The run has measured its sources, and refuses after their guards.
    assert before.pop("run_sources") != after.pop("run_sources")
    assert before == after
    shop.execute(f"drop {made} keys_in_way_marts.seven")
    shop.run(day(1))
    assert stays(shop) == {("7", 0, None), ("8", 0, 1), ("x", 1, None)}
    shop.execute("drop schema keys_in_way, keys_in_way_marts cascade")
