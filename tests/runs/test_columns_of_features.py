"""A table of features gets another column, and loses it, between two runs. On every engine."""

from datetime import UTC, datetime
from pathlib import Path

from segctl.language.names import digest
from tests.support.built_project import TestProject
from tests.support.engines import Engine

CATALOG = """
version: 1
timezone: UTC
entities: {customer: {model: people, key: person}}
events: {order: {model: orders, customer: person, at: bought_at, fields: {amount: number}}}
"""
ONE = "version: 1\nsegments:\n  - {name: one, rule: {event: order, times: {gte: 1}}}\n"
TWO = ONE + "  - {name: two, rule: {event: order, sum: amount, gte: 6}}\n"
COLUMNS = {
    "people": {"person": "varchar"},
    "orders": {"person": "varchar", "bought_at": "timestamp", "amount": "decimal(18, 2)"},
}


def test_a_column_comes_and_goes(engine: Engine, tmp_path: Path) -> None:
    project = TestProject(tmp_path, engine, f"columns_{digest(str(tmp_path), 8)}")
    at = datetime(2025, 1, 1)
    orders = [{"person": key, "bought_at": at, "amount": amount} for key, amount in (("a", 5), ("b", 7))]
    project.load({"people": [{"person": "a"}, {"person": "b"}], "orders": orders}, COLUMNS)
    result = []
    for day, text in enumerate((ONE, TWO, ONE), start=1):
        project.define(CATALOG, some=text)
        project.run(datetime(2025, 6, day, tzinfo=UTC))
        result.append({name: set(keys) for name, keys in project.members().items()})
    alone = {"one": {"a", "b"}}
    assert result == [alone, alone | {"two": {"b"}}, alone]
