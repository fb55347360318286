"""Databases of earlier versions, loaded into an engine."""

import re
from pathlib import Path
from typing import Any

from tests.formats.shop import HERE
from tests.support.built_project import TestProject

DATABASES = HERE / "databases"
MADE = r"\s*CREATE (TABLE|VIEW) shop\.(\w+)"
# Views in DuckDB's own SQL. A run rebuilds them.
ON_DUCKDB_ONLY = ("segment_customers", "segment_flapping", "segment_migrations")


def load(project: TestProject, name: str) -> None:
    """Creates the tables and views of a database in a project's schema, `shop` in the file."""
    folder = DATABASES / name
    statements = (folder / "schema.sql").read_text(encoding="utf-8").split(";\n")
    made = {found[2]: found for text in statements if (found := re.match(MADE, text))}
    with project.engine.cursor(project.root) as cursor:
        cursor.execute(f"create schema if not exists {project.schema}")
        for table, found in made.items():
            if found[1] == "TABLE":
                cursor.execute(found.string.replace("shop.", f"{project.schema}."))
                _copy(project, cursor, table, folder / f"shop_{table}.csv")
        views = {view: found.string for view, found in made.items() if found[1] == "VIEW"}
        for view in _in_order(views):
            if not (project.engine.server and view in ON_DUCKDB_ONLY):
                cursor.execute(views[view].replace("shop.", f"{project.schema}."))


def _in_order(views: dict[str, str]) -> list[str]:
    """The names of views, each after the views that it reads."""
    order: list[str] = []
    while len(order) < len(views):
        order += [
            view
            for view, text in views.items()
            if view not in order and not (set(re.findall(r"FROM shop\.(\w+)", text)) & set(views) - set(order))
        ]
    return order


def _copy(project: TestProject, cursor: Any, table: str, file: Path) -> None:  # noqa: ANN401
    """The files quote an empty text and leave NULL empty, which both engines read so."""
    if project.engine.server:
        with file.open(encoding="utf-8") as lines:
            cursor.copy_expert(f"copy {project.schema}.{table} from stdin (format csv, header true)", lines)
    else:
        cursor.execute(f"copy {project.schema}.{table} from '{file}' (header, allow_quoted_nulls false)")
