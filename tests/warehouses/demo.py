"""The demo shop, which is this repository's own dbt project."""

from pathlib import Path

import yaml

from segctl.operations.definitions.render import render_project
from segctl.project.project import Project
from segctl.warehouse import Warehouse
from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.shops.demo_project import demo as copied


class DemoShop(TestProject):
    """Like the tests' other projects, except for its origin."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.root, self.engine, self.schema = root, engine, "shop"
        copied(root)
        profile = {"target": "test", "outputs": {"test": engine.output(root, "shop")}}
        (root / "profiles.yml").write_text(yaml.safe_dump({"segctl": profile}), encoding="utf-8")
        self.project, self.warehouse = Project(root), Warehouse(root, profiles=str(root))


def demo(folder: Path, engine: Engine, lists: bool) -> TestProject:
    """The demo shop, without the one segment about lists if there are none."""
    shop = DemoShop(folder, engine)
    if not lists:
        path = folder / "segments" / "traits.yml"
        text = path.read_text(encoding="utf-8")
        list_condition = "        - {attribute: interests, has_any: [fair_trade, organic, low_waste]}\n"
        assert list_condition in text
        path.write_text(text.replace(list_condition, ""), encoding="utf-8")
        render_project(shop.project)
    return shop
