"""What a failed run has published: all of it or nothing, and its message about that. On every engine."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from segctl.errors import Failure
from segctl.language.names import digest
from tests.support.engines import Engine
from tests.support.shops.past_shop import AT, CATALOG, CUSTOMERS, built, insert_orders, key, order

PUBLISHES = "model.shop.segment_runs"
# Features of an entity without segments may be requested, too.
WITHOUT_ACCOUNTS = (
    CUSTOMERS + "  - {name: retail, rule: {belongs_to: account, that: {attribute: industry, eq: retail}}}\n"
)


def above(node: str, nodes: dict[str, Any]) -> set[str]:
    """The nodes that a node reads, directly or not."""
    found: set[str] = set()
    to_do = [node]
    while to_do:
        parents = set(nodes[to_do.pop()].depends_on.nodes) & nodes.keys()
        to_do += parents - found
        found |= parents
    return found


@pytest.mark.parametrize("accounts", [True, False])
def test_the_row_that_publishes_comes_after_all_that_can_come_before_it(accounts: bool, tmp_path: Path) -> None:
    project = built(tmp_path, Engine("duckdb"), "shop")
    if not accounts:
        project.define(CATALOG, customers=WITHOUT_ACCOUNTS)
    nodes = project.warehouse.manifest().nodes
    before = above(PUBLISHES, nodes)
    ours = {
        name
        for name, node in nodes.items()
        if node.resource_type == "model"
        and node.original_file_path.startswith("models/segments/")
        # A failure in these is a failure of a model that reads them.
        and node.config.materialized != "ephemeral"
    }
    after = {name for name in ours if PUBLISHES in above(name, nodes)}
    assert ours - before - after == {PUBLISHES}
    assert {nodes[name].config.materialized for name in after} == {"lasting_view"}


def test_what_failed_before_and_after_a_run_was_published(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = built(tmp_path, engine, f"publication_{digest(request.node.nodeid, 8)}")
    project.run(AT[0])
    # A foreign table is in the place of one of our views.
    project.execute(f"drop view {project.schema}.segment_flapping")
    project.execute(f"create table {project.schema}.segment_flapping as select 1 as kept")
    told = "the run as of 2024-03-31 00:00:00 GMT is published; failed after it: segment_flapping$"
    with pytest.raises(Failure, match=told) as failure:
        project.run(AT[1])
    assert failure.value.exit_code == 3
    assert "segment_flapping is a table, and a view of that name is to be made" in failure.value.detail
    assert "rename the table" in failure.value.hint
    assert {row["as_of"].replace(tzinfo=UTC) for row in project.read("segment_runs")} == set(AT[:2])
    # A repetition that fails before publication publishes nothing, even though its instant was published before.
    insert_orders(project, order(key(2), datetime(2024, 3, 30, 1, tzinfo=UTC), 500.0))
    failing = tmp_path / "tests" / "no_sizes.sql"
    failing.parent.mkdir()
    failing.write_text("select segment from {{ ref('run_sizes') }}\n", encoding="utf-8")
    with pytest.raises(Failure, match="dbt could not build no_sizes") as failure:
        project.run(AT[1])
    assert "published" not in failure.value.message
    assert {row["as_of"].replace(tzinfo=UTC) for row in project.read("segment_runs")} == {AT[0]}
