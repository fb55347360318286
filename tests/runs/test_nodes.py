"""How many of our nodes dbt has to build, each of which costs time in every run, and their dependencies."""

from pathlib import Path
from typing import Any

from dbt.compilation import Linker

from segctl.warehouse import Warehouse
from tests.support.engines import Engine
from tests.support.shops.demo_project import demo
from tests.support.shops.past_shop import CATALOG, CUSTOMERS, built

PROPOSALS, HISTORY, PUBLICATION = (f"segctl_{what}_sound" for what in ("proposals_are", "history_is", "publication_is"))
# What runs write besides tables of features, and views.
MOST_OTHERS = 15
MOST_TESTS = 3
# Of a project with one source, and of the demo shop.
MOST_OF_ONE_SOURCE, MOST_OF_THE_DEMO = 22, 48
# In addition: what the demo shares (a table and a view), its three tables for reverse ETL, and the days of semantic
# models.
FOR_OTHERS = 6
MARTS = 7


def counted(warehouse: Warehouse) -> tuple[int, int, int]:
    """How many models of features, other models and tests of ours a run builds. Ephemeral models are part of others."""
    ours = [
        node
        for node in warehouse.manifest().nodes.values()
        if node.original_file_path.startswith("models/segments/") and node.config.materialized != "ephemeral"
    ]
    names = [node.name for node in ours if node.resource_type == "model"]
    tests = sum(node.resource_type == "test" for node in ours)
    assert len(names) + tests == len(ours)
    features = sum(name.endswith("_features") for name in names)
    return features, len(names) - features, tests


def test_of_a_project_with_one_source(tmp_path: Path) -> None:
    project = built(tmp_path, Engine("duckdb"), "shop")
    project.define(CATALOG, customers=CUSTOMERS)
    features, others, tests = counted(project.warehouse)
    assert features >= 1
    assert (others, tests) == (MOST_OTHERS, MOST_TESTS)
    assert features + others + tests <= MOST_OF_ONE_SOURCE


def test_another_entity_has_no_tests_of_its_own(tmp_path: Path) -> None:
    assert counted(built(tmp_path, Engine("duckdb"), "shop").warehouse)[2] == MOST_TESTS


def test_of_the_demo_shop(tmp_path: Path) -> None:
    folder = demo(tmp_path)
    features, others, tests = counted(Warehouse(folder, profiles=str(folder)))
    # With several files, their members are a separate view.
    assert (others, tests) == (MOST_OTHERS + 1 + FOR_OTHERS + MARTS, MOST_TESTS)
    assert features + others + tests <= MOST_OF_THE_DEMO


def waiting_for(manifest: Any, test: str) -> set[str]:  # noqa: ANN401
    """The models that `dbt build` builds only after one of our tests."""
    linker = Linker()
    linker.link_graph(manifest)
    manifest.build_parent_and_child_maps()
    linker.add_test_edges(manifest)
    to_do = [name for name, node in manifest.nodes.items() if node.name == test]
    found: set[str] = set()
    while to_do:
        to_do += (later := set(linker.graph.successors(to_do.pop())) - found)
        found |= later
    return {manifest.nodes[name].name for name in found}


def test_what_waits_for_which_test(tmp_path: Path) -> None:
    manifest = built(tmp_path, Engine("duckdb"), "shop").warehouse.manifest()
    written = {"run_sizes", "segment_stays", "account_segment_stays"}
    assert waiting_for(manifest, PROPOSALS) >= written | {"segment_runs", "segment_membership", HISTORY}
    assert waiting_for(manifest, PROPOSALS).isdisjoint({"customer_features", "definition_versions"})
    assert waiting_for(manifest, HISTORY) >= {"segment_runs", "segment_membership", PUBLICATION}
    assert waiting_for(manifest, HISTORY).isdisjoint(written)
    assert waiting_for(manifest, PUBLICATION) == set()
