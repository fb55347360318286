"""Ranks of more customers than 32-bit places times a million can distinguish."""

from datetime import UTC, datetime
from pathlib import Path

from tests.support.built_project import TestProject
from tests.support.engines import Engine

CUSTOMERS = 3000
COLUMNS = {"people": {"id": "bigint", "score": "numeric(28, 10)"}}
CATALOG = """
version: 1
timezone: UTC
entities:
  customer: {model: people, key: id, attributes: {score: number}}
"""
SEGMENTS = """
version: 1
segments:
  - {name: best, rule: {rank: score, top: 10%}}
  - {name: least, rule: {rank: score, bottom: 0.1%}}
  - {name: bring_most, rule: {rank: score, top_share: 50%}}
"""


def test_shares_of_some_thousand_customers(engine: Engine, tmp_path: Path) -> None:
    project = TestProject(tmp_path, engine, "many")
    project.load({"people": [{"id": number, "score": number} for number in range(1, CUSTOMERS + 1)]}, COLUMNS)
    project.define(CATALOG, ranks=SEGMENTS)
    project.run(datetime(2025, 6, 1, tzinfo=UTC))
    members_found = project.members()
    assert members_found["best"] == set(range(2701, 3001))
    assert members_found["least"] == {1, 2, 3}
    half, brought = sum(range(1, CUSTOMERS + 1)) / 2, 0
    most = set()
    for number in range(CUSTOMERS, 0, -1):
        if brought >= half:
            break
        most.add(number)
        brought += number
    assert members_found["bring_most"] == most
