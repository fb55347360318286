"""Fixtures for all tests: the engines, servers started on demand, and which tests each make target runs."""

import functools
import os
from collections.abc import Container, Iterator
from pathlib import Path

import pytest

from segctl.warehouse import AS_OF_VARIABLE
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server, postgres_server
from tests.support.servers.spark_cluster import Cluster, spark_cluster
from tests.support.shops.demo_project import run_once_for_all


@pytest.fixture(scope="session", autouse=True)
def own_environment() -> None:
    """The caller's environment does not decide the instant of a test's run."""
    os.environ.pop(AS_OF_VARIABLE, None)
    os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
    # dbt would write a manifest after every step, which no test reads.
    os.environ["DBT_WRITE_JSON"] = "false"
    # Nor a log, which only test_erase reads.
    os.environ["DBT_LOG_LEVEL_FILE"] = "none"


@pytest.fixture(scope="session", autouse=True)
def nothing_looked_up_again_and_again() -> None:
    """Caches what dbt computes at each invocation though it never changes. That took two thirds of the tests' time.

    dbt searches all installed packages for plugins, and for each flag of an adapter all source files of the call stack,
    which is deep under pytest. No parse depends on where the file of a DuckDB is.
    """
    import parsedatetime
    from dbt.adapters.duckdb.credentials import DuckDBCredentials
    from dbt.plugins.manager import PluginManager
    from dbt_common.behavior_flags import BehaviorFlagRendered

    PluginManager.get_prefixed_modules = functools.cache(PluginManager.get_prefixed_modules)
    BehaviorFlagRendered._default_source = staticmethod(lambda: "an adapter")
    DuckDBCredentials._connection_keys = lambda _: ("database", "schema")
    # agate builds the words of a calendar for each column of a result.
    parsedatetime.Constants = functools.cache(parsedatetime.Constants)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with postgres_server() as started:
        yield started


@pytest.fixture(scope="session")
def demo_after_two_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop after two runs a week apart, built once for all test processes. To read or copy."""
    base = tmp_path_factory.getbasetemp()
    # Each process of xdist has its own folder in the shared one.
    return run_once_for_all(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with spark_cluster(tmp_path_factory.mktemp("spark")) as started:
        yield started


OTHERS = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("postgres", "spark")]


def engine_of(name: str, request: pytest.FixtureRequest) -> Engine:
    """An engine by name, with the server or cluster that the session starts for it."""
    if name == "postgres":
        return Engine(name, server=request.getfixturevalue("server"))
    return Engine(name, cluster=request.getfixturevalue("cluster") if name == "spark" else None)


@pytest.fixture(params=["duckdb", *OTHERS])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    return engine_of(request.param, request)


@pytest.fixture(params=OTHERS)
def other_engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine except DuckDB in turn."""
    return engine_of(request.param, request)


# On PostgreSQL, `make test` runs the rules and the oracle, and `make test-more` the story of test_parity. These files
# add little to that, so only `make test-postgres` runs them.
LATER_ON_POSTGRES = (
    *("test_answers", "test_past", "test_entities", "test_erase", "test_restate", "test_verify", "test_demo"),
    *("test_attribute_history", "test_since", "test_guards", "test_history", "test_memory", "test_recompute"),
    *("test_cli", "test_concurrent", "test_killed_at_random", "test_fortnight", "test_journey"),
    *("test_upgraded", "test_wider_keys"),
    *("test_killed", "test_full_refresh", "test_stale", "test_causes", "test_laws", "test_instants", "test_renames"),
    *(
        "test_logs",
        "test_settings",
        "test_reset",
        "test_publication",
        "test_days",
        "test_turned_by_time",
        "test_promises",
    ),
    *("test_deliveries", "test_stream", "test_shares", "test_bi_file", "test_windows", "test_diff_edits"),
    *("test_diff_oracle", "test_why_then", "test_expansion", "test_report_shops"),
)


# `make faults` runs these. Other kinds of kills and repetitions are in every run of the tests.
IN_FAULTS_ONLY = (
    *("test_killed_at_random", "test_repeated", "test_commands_killed", "test_disk_full"),
    *("test_same_again", "test_database_file", "test_concurrent"),
)
# `make test-more` runs these: stories of many runs, each about one command, kind of segment or fault.
IN_MORE_ONLY = (
    *("test_reset", "test_renames", "test_publication", "test_logs", "test_erasures", "test_wider_keys", "test_lease"),
    *("test_upgraded", "test_restate", "test_verify", "test_lock", "test_two_runs", "test_settings", "test_opening"),
    *(
        "test_terminal",
        "test_signals",
        "test_sources_changed",
        "test_killed",
        "test_interrupted",
        "test_recompute",
        "test_refused",
    ),
    *("test_postgres_role", "test_postgres_readers", "test_instants", "test_fortnight", "test_states", "test_parity"),
    *("test_past", "test_erase", "test_guards", "test_edits", "test_replayable", "test_full_refresh", "test_since"),
    *("test_attribute_history", "test_entities", "test_kept_tables", "test_failed_checks", "test_vacuum"),
    *(
        "test_share_readers",
        "test_serve_readers",
        "test_turned_by_time",
        "test_days",
        "test_promises",
        "test_why_then",
        "test_machine",
        "test_the_sql_of_all_of_them_runs",
    ),
    # These tests of other files.
    *(
        "test_shares_over_runs",
        "test_readers_with_the_file_open_block_no_run",
    ),
    *("test_the_lists_of_receivers_are_the_members_whatever_fails", "test_a_guard_that_would_hold_it_back"),
    *("test_a_run_writes_it_and_an_erasure_takes_people_out", "test_shares_that_are_changed_and_taken_away"),
    *("test_a_column_that_changes_its_type_between_runs_is_named", "test_keys_of_two_kinds_buy_nothing"),
    *("test_what_is_added_between_checks_breaks_no_promise", "test_the_definition_of_then"),
    "test_a_run_that_died_or_is_repeated_is_followed_by_one_that_reads_all_rows",
    "test_a_run_that_is_repeated_or_has_died_compares_with_none_but_a_finished_one",
    "test_no_customer_is_named_without_keys",
    "test_500_segments_of_a_year_are_small_and_quick",
    *("test_definitions_come_go_and_are_renamed", "test_an_erasure_is_reported_before_it_is_forgotten"),
    "test_accounts_and_customers_come_in_one_stream",
    "test_a_sender_killed_before_it_has_noted_what_was_received_sends_it_again",
    *("test_a_studio_with_packages_of_its_own", "test_repeating_runs_changes_nothing"),
    "test_a_run_killed_after_any_table_with_every_kind_of_step_before_it",
    "test_repeating_a_run_with_other_data_and_definitions_equals_having_run_so_at_once",
)


def _is_left_out(item: pytest.Item, named: Container[str]) -> bool:
    """Whether another make target runs this test.

    `make test-postgres` (SEGCTL_ENGINES=all), `make test-spark` (=spark), `make test-warehouses` (=warehouses), `make
    dbt2` (=dbt2), `make recipes` (=recipes), `make superset` (=superset), `make test-more` (SEGCTL_MORE=only), `make
    faults`. A file named on the command line always runs, as far as its engine allows.
    """
    engines = os.environ.get("SEGCTL_ENGINES")
    for apart in ("warehouses", "spark", "dbt2", "recipes", "superset"):
        marked = item.get_closest_marker(apart) is not None
        if marked or engines == apart:
            return not (marked and engines == apart)
    if item.path.stem in IN_FAULTS_ONLY and os.environ.get("SEGCTL_FAULTS") != "full":
        return True
    name = getattr(item, "originalname", item.name)
    in_more, more_only = bool({item.path.stem, name} & {*IN_MORE_ONLY}), os.environ.get("SEGCTL_MORE") == "only"
    if engines != "all" and item.path.stem not in named and in_more != more_only:
        return True
    on_postgres = item.get_closest_marker("postgres") is not None
    return on_postgres and item.path.stem in LATER_ON_POSTGRES and engines != "all"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    named = {Path(argument.partition("::")[0]).stem for argument in config.args}
    left_out = [item for item in items if _is_left_out(item, named)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write down what the cases come to now")
