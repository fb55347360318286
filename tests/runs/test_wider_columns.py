"""A source whose texts may be longer than before: on PostgreSQL the recorded columns widen with it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.built_project import TestProject
from tests.support.engines import Engine
from tests.support.servers.postgres_server import Server

CATALOG = """
version: 1
timezone: UTC
entities:
  customer: {model: customers, key: id, attributes: {country: string}}
"""
BRITISH = "version: 1\nsegments:\n  - {name: british, rule: {attribute: country, eq: GB}}\n"


@pytest.mark.postgres
def test_keys_grow_longer(server: Server, tmp_path: Path) -> None:
    shop = TestProject(tmp_path, Engine("postgres", server=server), "wider")
    for day, length in ((1, 3), (2, 30)):
        keys = [key for key in ("a", "much_longer") if len(key) <= length]
        columns = {"customers": {"id": f"varchar({length})", "country": f"varchar({length})"}}
        shop.load({"customers": [{"id": key, "country": "GB"} for key in keys]}, columns)
        shop.define(CATALOG, main=BRITISH)
        shop.run(datetime(2024, 1, day, tzinfo=UTC))
    assert shop.members() == {"british": {"a", "much_longer"}}


@pytest.mark.postgres
def test_views_of_others_outlive_a_text_that_grows_longer(server: Server, tmp_path: Path) -> None:
    shop = TestProject(tmp_path, Engine("postgres", server=server), "longer")
    for day, countries in ((1, ["GB"]), (2, ["GB", "Ireland"])):
        length = max(map(len, countries))
        columns = {"customers": {"id": "integer", "country": f"varchar({length})"}}
        shop.load({"customers": [{"id": key, "country": country} for key, country in enumerate(countries)]}, columns)
        shop.define(CATALOG, main=BRITISH)
        shop.run(datetime(2024, 1, day, tzinfo=UTC))
        if day == 1:
            shop.execute("create view longer.countries as select country from longer.customer_features")
    assert {row["country"] for row in shop.read("countries")} == {"GB", "Ireland"}
