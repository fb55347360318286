"""All that a run, and the operations that change the past, would send to warehouses that cannot be had here.

dbt and its adapters are real but for their connections (connections.py). What is sent is parsed by sqlglot and
sqlfluff, and looked through for what the warehouse is not known to know (dialects.py). That it means the same there
nobody has seen.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.operations.erase import erase
from segctl.operations.replay import Schedule, replay
from segctl.operations.restate import Order, restate
from segctl.warehouse import Asked
from tests.built_project import TestProject
from tests.warehouses.connections import connected
from tests.warehouses.demo import demo
from tests.warehouses.dialects import foreign
from tests.warehouses.operations import answers, definitions
from tests.warehouses.parsers import of_sqlfluff, of_sqlglot
from tests.warehouses.projects import AT, OURS, Shop, Unconnected, rules, shop
from tests.warehouses.stub import Sent, Stub

pytestmark = pytest.mark.warehouses
ADAPTERS = ("snowflake", "bigquery", "databricks", "redshift", "trino")
SHOPS = {"rules": rules, "demo": demo}


@dataclass(frozen=True)
class Ran:
    """What a project sent on an adapter: its models but ephemeral ones, and the statements."""

    models: frozenset[str]
    sent: tuple[Sent, ...]


Runs = Callable[[str, str, bool], Ran]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shop]:
    return {name: shop(name, made, tmp_path_factory.mktemp(name)) for name, made in SHOPS.items()}


# An adapter's tests stay in one process, which compiles its projects once.
@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in ADAPTERS])
def adapter(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def ran(adapter: str, shops: dict[str, Shop], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """What each project sends, by its name and the run."""
    found = {}
    for name, one in shops.items():
        project = one.made(tmp_path_factory.mktemp(f"{adapter}_{name}"), Unconnected(adapter), adapter != "redshift")
        for when in ("first", "later"):
            stub = stub_of(adapter, one, when == "later")
            with connected(adapter, stub):
                found[f"{name}, {when}"] = _sent(project, name, stub)
    return found


def stub_of(adapter: str, one: Shop, late: bool) -> Stub:
    return Stub(one.standing(adapter, late), one.views | frozenset(one.raw), loud=adapter == "snowflake")


def _sent(project: TestProject, name: str, stub: Stub) -> Ran:
    if name == "demo":
        # Its staging models and seeds are written by hand, for the engines that it runs on.
        project.warehouse.build(Asked(AT[1].replace(tzinfo=None)), only=OURS)
    else:
        project.run(AT[1])
    nodes = project.warehouse.manifest().nodes.values()
    ours = {
        node.name
        for node in nodes
        if node.resource_type == "model"
        and node.config.materialized != "ephemeral"
        and node.original_file_path.startswith(("models/marts", "models/segments"))
    }
    return Ran(frozenset(ours), tuple(stub.sent))


def test_something_is_sent_for_every_model(adapter: str, ran: dict[str, Ran]) -> None:
    for when, one in ran.items():
        made = {sent.node for sent in one.sent if re.match(r"create|merge|insert|select", sent.sql)}
        assert one.models - made == set(), f"{adapter}, {when}"
        assert len(one.models) >= 18
        changed = {sent.node for sent in one.sent if re.match(r"merge into|insert into", sent.sql)}
        recorded = {"customer_features", "run_sources", "definition_versions", "run_sizes", "segment_stays"}
        assert changed >= (recorded if "later" in when else set()), f"{adapter}, {when}"
    print(
        f"\n{adapter}: "
        + "; ".join(f"{when}: {len(o.models)} models, {len(o.sent)} statements" for when, o in ran.items())
    )


def test_nothing_is_sent_that_the_warehouse_is_not_known_to_know(adapter: str, ran: dict[str, Ran]) -> None:
    _all_known(adapter, [sent for one in ran.values() for sent in one.sent])


def test_sqlfluff_takes_every_shape_of_statement(adapter: str, ran: dict[str, Ran]) -> None:
    wrong, texts = of_sqlfluff((sent.sql for one in ran.values() for sent in one.sent), adapter)
    print(f"\n{adapter}: {texts} texts given to sqlfluff")
    assert texts > 100
    assert wrong == []


def _all_known(adapter: str, sent: list[Sent]) -> None:
    wrong: dict[str, str] = {}
    for sql, node in {one.sql: one.node for one in sent}.items():
        told = [*foreign(sql, adapter), of_sqlglot(sql, adapter)]
        if any(told):
            wrong.setdefault("; ".join(filter(None, told)), f"{node}: {sql[:80]}")
    assert wrong == {}


# The operations


@pytest.fixture
def standing(adapter: str, shops: dict[str, Shop], tmp_path: Path) -> Iterator[tuple[TestProject, Stub]]:
    """A project with a small definition file whose runs have been, for operations on them."""
    one = shops["rules"]
    project = one.made(tmp_path, Unconnected(adapter), False)
    definitions(project)
    stub = stub_of(adapter, one, True)
    stub.answers = answers(project)
    with connected(adapter, stub):
        yield project, stub
    wrong, _ = of_sqlfluff((sent.sql for sent in stub.sent), adapter)
    assert wrong == []
    _all_known(adapter, stub.sent)


def changing(stub: Stub, verb: str) -> list[str]:
    return [sent.sql for sent in stub.sent if verb in sent.sql]


def test_erase(standing: tuple[TestProject, Stub]) -> None:
    project, stub = standing
    erase(project.project, project.warehouse, ["it's", "a\\b"], "customer", dry_run=False)
    assert changing(stub, "erasures (segment")
    assert changing(stub, "erased_members (entity")
    assert changing(stub, "delete from")


def test_restate(standing: tuple[TestProject, Stub]) -> None:
    project, stub = standing
    restate(project.project, project.warehouse, Order("2024-01-01", apply=True), lambda *_: None)
    assert changing(stub, "segment_corrections (")
    assert changing(stub, "as counted on runs.as_of")


def test_replay(standing: tuple[TestProject, Stub]) -> None:
    project, stub = standing
    replay(project.project, project.warehouse, Schedule("2024-05-16", "", "1 week"), ["fresh"], lambda *_: None)
    assert changing(stub, "segment_corrections (")


def test_a_renamed_segment_is_carried_over_by_statements_that_the_warehouse_takes_at_once(
    adapter: str, shops: dict[str, Shop], tmp_path: Path
) -> None:
    one = shops["rules"]
    project = one.made(tmp_path, Unconnected(adapter), False)
    definitions(project, formerly="formerly_called")
    stub = stub_of(adapter, one, True)
    with connected(adapter, stub):
        project.warehouse.build(Asked(AT[1].replace(tzinfo=None)), only=OURS)
    updates = changing(stub, "set segment = 'fresh'")
    at_once = [sql for sql in updates if sql.count("set segment") > 1]
    assert updates
    # BigQuery takes a script; the adapters of the others split one, or the macro does.
    assert at_once == [] or adapter == "bigquery"
    _all_known(adapter, stub.sent)


# What cannot be said


def test_lists_on_redshift_are_refused_by_name(shops: dict[str, Shop], tmp_path: Path) -> None:
    one = shops["rules"]
    project = one.made(tmp_path, Unconnected("redshift"), True)
    with connected("redshift", stub_of("redshift", one, False)), pytest.raises(Failure, match=r"lists.*Redshift"):
        project.run(AT[1])


def test_redshift_deletes_and_inserts_in_one_transaction(ran: dict[str, Ran], adapter: str) -> None:
    if adapter != "redshift":
        pytest.skip("the others have a merge that does both")
    sent = [one.sql.lower().split()[0] for one in ran["rules, later"].sent if one.node == "segment_stays"]
    begun = len(sent) - 1 - sent[::-1].index("begin")
    assert [word for word in sent[begun:] if word in ("begin", "delete", "insert", "commit")][-3:] == [
        *("delete", "insert", "commit"),
    ]
