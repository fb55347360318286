"""Every query of docs/answers.md runs on the demo shop."""

import re
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from segctl.warehouse import Warehouse
from tests.support.built_project import REPOSITORY
from tests.support.engines import release

PAGE = (REPOSITORY / "docs" / "answers.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
# Segments that are empty in the demo: it has two runs, a week apart.
EMPTY = ("timestamp '2025-11-30 00:00:00'",)


def test_there_are_queries_of_both_kinds() -> None:
    assert sum("{{" in query for query in QUERIES) >= 2
    assert sum("{{" not in query for query in QUERIES) >= 10


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_answers(query: str, demo_after_two_runs: Path) -> None:
    if "{{" in query:
        rows: list[object] = list(Warehouse(demo_after_two_runs).query(query.strip()))
    else:
        release()
        with closing(duckdb.connect(str(demo_after_two_runs / "segctl.duckdb"), read_only=True)) as connection:
            rows = connection.execute(query).fetchall()
    assert bool(rows) != any(told in query for told in EMPTY)
