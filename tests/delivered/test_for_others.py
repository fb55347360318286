"""What dbt does with files rendered for others: taken names, exposures and semantic models."""

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from segctl.errors import ProblemsFound
from segctl.language.literals import plain
from segctl.operations.definitions.validate import validate
from segctl.warehouse import Warehouse
from tests.delivered.test_shares import ACCOUNTS, CATALOG, COLUMNS, SHARED, SHOP
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.demo_project import demo
from tests.support.shops.history_shop import HOSTILE


@pytest.fixture
def shop(tmp_path: Path) -> TestProject:
    project = TestProject(tmp_path, Engine("duckdb"))
    project.load(SHOP, COLUMNS)
    return project


@pytest.mark.parametrize("name", ["segment_sizes", "order_features", "customer_features", "shared_members"])
def test_a_share_that_is_called_like_a_model_of_ours(name: str, shop: TestProject) -> None:
    shop.define(CATALOG, customers=SHARED)
    file = shop.root / "segments" / "customers.yml"
    file.write_text(SHARED.replace("big_spenders", name), encoding="utf-8")
    with pytest.raises(ProblemsFound) as failure:
        validate(shop.project)
    (problem,) = failure.value.problems
    assert (str(problem.mark), problem.code) == ("segments/customers.yml:9:19", "taken-name")


def used_by(description: str) -> str:
    result = {
        "name": "mail",
        "type": "application",
        "url": "https://mail.example/{{a}}?b=c",
        "description": description,
    }
    here = SHARED.replace("tags: [value, mail]", f"used_by: [{json.dumps(result)}]")
    return here.replace(
        "- {name: bought,", "- {name: bought, used_by: [mail, {name: board, type: dashboard, owner: Ann}],"
    )


def test_exposures_as_dbt_reads_them(shop: TestProject) -> None:
    shop.define(CATALOG, customers=used_by(HOSTILE), accounts=ACCOUNTS.replace("- {name", "- {used_by: [mail], name"))
    result = {exposure.name: exposure for exposure in shop.warehouse.manifest().exposures.values()}
    assert result.keys() == {"mail", "board"}
    mail, board = result["mail"], result["board"]
    depends = ["model.shop.big_spenders", "model.shop.segment_membership", "model.shop.shops"]
    assert sorted(mail.depends_on.nodes) == depends
    assert mail.config.meta == {"segments": ["big", "bought", "retail"]}
    assert (mail.type.value, mail.owner.email, mail.url) == (
        "application",
        "crm@shop.example",
        "https://mail.example/{ {a}}?b=c",
    )
    assert mail.description == plain(HOSTILE)
    assert (board.owner.name, board.owner.email) == ("Ann", None)
    assert board.depends_on.nodes == ["model.shop.segment_membership"]


def measured(manifest: Any, rows: duckdb.DuckDBPyConnection) -> dict[str, float]:  # noqa: ANN401
    """The value of each measure over all rows of its model."""
    aggregates = {"sum": "sum({})", "count_distinct": "count(distinct {})"}
    result = {}
    for model in manifest.semantic_models.values():
        for one in model.measures:
            sql = f"select {aggregates[one.agg.value].format(one.expr)} from {model.node_relation.alias}"
            ((result[one.name],),) = rows.execute(sql).fetchall()
    return result


def test_semantic_models_of_the_demo(tmp_path: Path, demo_after_two_runs: Path) -> None:
    """dbt validates them when it parses, because each measure is a metric. Each column that they name exists."""
    folder = demo(tmp_path)
    manifest = Warehouse(folder, profiles=str(folder)).manifest()
    assert {model.name for model in manifest.semantic_models.values()} == {
        *("segment_membership", "segment_sizes", "segment_definitions", "customer_features")
    }
    assert len(manifest.metrics) == 8
    with duckdb.connect(str(demo_after_two_runs / "segctl.duckdb"), read_only=True) as rows:
        for model in manifest.semantic_models.values():
            names = [one.expr or one.name for one in (*model.entities, *model.dimensions)]
            rows.execute(f"select {', '.join(names)} from {model.node_relation.alias} limit 1")
        found = measured(manifest, rows)
        ((members, customers),) = rows.execute(
            "select count(*), count(distinct customer_id) from segment_history where left_at is null"
        ).fetchall()
        ((known, revenue),) = rows.execute(
            "select count(*), sum(lifetime_value) from customer_features where deleted_at is null"
        ).fetchall()
        ((joins, leaves),) = rows.execute("select count(*), count(left_at) from segment_history").fetchall()
        docs = Path("docs/answers.md").read_text(encoding="utf-8").partition("## Views for others")[2]
        for query in re.findall("```sql\n(.*?)```", docs, re.DOTALL):
            assert rows.execute(query).fetchall(), query
        (days,) = rows.execute("select count(*), min(date_day), max(date_day) from segctl_time_spine").fetchall()
    assert (found["segment_members"], found["segment_customers"]) == (members, customers)
    assert (found["known_customers"], found["known_revenue"]) == (known, revenue)
    assert (found["segment_joins"], found["segment_leaves"]) == (joins, leaves)
    assert (days[0], str(days[1]), str(days[2])) == (36525, "2000-01-01", "2099-12-31")
