"""The source of a report: the warehouse, or a BI file with the same tables, read without dbt."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from segctl.errors import Failure
from segctl.warehouse import Warehouse
from segctl.warehouse.bi_database import reading

Rows = list[tuple[Any, ...]]
Result = TypeVar("Result")
REFERENCE = re.compile(r"\{\{ ref\('(\w+)'\) \}\}")
INSTANT = re.compile(r"\{\{ segctl\.timestamp_of\('([\d :.-]+)'\) \}\}")
LISTED = "select table_name from information_schema.tables where table_schema = 'main'"
LAST_RUN = "select max(run_id) from {{ ref('segment_runs') }}"
# How often to try to read everything between two runs.
ATTEMPTS = 3


@dataclass(frozen=True)
class Tables:
    """The names of the existing tables, and a function that runs a query with `ref`."""

    names: frozenset[str]
    rows: Callable[[str], Rows]

    def of(self, name: str, sql: str) -> Rows:
        """The rows of a query, empty if its table does not exist."""
        return self.rows(sql) if name in self.names else []


@contextmanager
def tables_of_file(path: Path) -> Iterator[Tables]:
    """The tables of a BI file. Raises Failure."""
    with reading(path) as rows:
        names = frozenset(str(name) for (name,) in rows(LISTED))
        yield Tables(names, lambda sql: rows(_without_dbt(sql)))


def tables_of_warehouse(warehouse: Warehouse, requested: Sequence[str]) -> Tables:
    """The requested tables that exist in the warehouse. Raises Failure."""
    loaded = warehouse.loaded()
    known = loaded.references()
    references = {f"ref('{name}')": name for name in requested if f"ref('{name}')" in known}
    columns = loaded.columns(list(references), built=loaded.repeats_steps)
    names = [name for reference, name in references.items() if columns[reference]]
    relations = loaded.relations(names)

    def rows(sql: str) -> Rows:
        # Avoids dbt, which takes half a second to compile a query.
        text = REFERENCE.sub(lambda reference: relations[reference[1]], sql)
        with loaded.stream(text, is_compiled="{{" not in text) as stream:
            return list(stream.rows)

    return Tables(frozenset(names), rows)


def all_of_one_run(tables: Tables, read: Callable[[], Result]) -> Result:
    """Reads again if a run is published meanwhile, so that everything is from one run. Raises Failure."""
    for _ in range(ATTEMPTS):
        before = tables.of("segment_runs", LAST_RUN)
        result = read()
        if tables.of("segment_runs", LAST_RUN) == before:
            return result
    raise Failure("runs were published while the tables were read", "try again when no run is under way")


def _without_dbt(sql: str) -> str:
    return INSTANT.sub(r"timestamp '\1'", REFERENCE.sub(r"main.\1", sql))
