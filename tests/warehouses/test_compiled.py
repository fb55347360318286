"""Everything a run would send to warehouses that are not available here.

dbt and its adapters are real except for their connections (connections.py). sqlglot and sqlfluff parse the statements,
and dialects.py searches them for what the warehouse does not know. No test runs them there.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from segctl.errors import Failure
from segctl.warehouse import RunRequest
from tests.support.built_project import TestProject
from tests.warehouses.connections import connected
from tests.warehouses.demo import demo
from tests.warehouses.dialects import foreign
from tests.warehouses.parsers import of_sqlfluff, of_sqlglot
from tests.warehouses.projects import AT, OURS, Shop, Unconnected, rules, shop
from tests.warehouses.stub import Sent, Stub

pytestmark = pytest.mark.warehouses
# Each in its own process (`make test-warehouses`), because one adapter's state in dbt changes the next one's.
ADAPTERS = tuple(os.environ.get("SEGCTL_WAREHOUSES", "").split())
SHOPS = {"rules": rules, "demo": demo}


@dataclass(frozen=True)
class Ran:
    """A project's nodes and statements on an adapter: its models without ephemeral ones, and the statements."""

    models: frozenset[str]
    sent: tuple[Sent, ...]


Runs = Callable[[str, str, bool], Ran]


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Shop]:
    return {name: shop(name, made, tmp_path_factory.mktemp(name)) for name, made in SHOPS.items()}


@pytest.fixture(scope="module", params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def ran(adapter: str, shops: dict[str, Shop], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """The statements of each project, by its name and the run."""
    result = {}
    for name, one in shops.items():
        project = one.made(tmp_path_factory.mktemp(f"{adapter}_{name}"), Unconnected(adapter), adapter != "redshift")
        for when in ("first", "later"):
            stub = stub_of(adapter, one, when == "later")
            with connected(adapter, stub):
                result[f"{name}, {when}"] = _sent(project, name, stub)
    return result


def stub_of(adapter: str, one: Shop, late: bool) -> Stub:
    return Stub(one.standing(adapter, late), one.views | frozenset(one.raw), loud=adapter == "snowflake")


def _sent(project: TestProject, name: str, stub: Stub) -> Ran:
    if name == "demo":
        # Its staging models and seeds are written by hand, for the engines that it runs on.
        project.warehouse.build(RunRequest(AT[1].replace(tzinfo=None)), only=OURS)
    else:
        project.run(AT[1])
    nodes = project.warehouse.manifest().nodes.values()
    ours = {
        node.name
        for node in nodes
        if node.resource_type == "model"
        and node.config.materialized != "ephemeral"
        and node.original_file_path.startswith("models/segments")
    }
    return Ran(frozenset(ours), tuple(stub.sent))


def test_something_is_sent_for_every_model(adapter: str, ran: dict[str, Ran]) -> None:
    for when, one in ran.items():
        made = {sent.node for sent in one.sent if re.match(r"create|merge|insert|select", sent.sql)}
        assert one.models - made == set(), f"{adapter}, {when}"
        assert len(one.models) >= 15
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
        objections = [*foreign(sql, adapter), of_sqlglot(sql, adapter)]
        if any(objections):
            wrong.setdefault("; ".join(filter(None, objections)), f"{node}: {sql[:80]}")
    assert wrong == {}


# What cannot be said


def test_lists_on_redshift_are_refused_by_name(shops: dict[str, Shop], adapter: str, tmp_path: Path) -> None:
    if adapter != "redshift":
        pytest.skip("the others have lists")
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
