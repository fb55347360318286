"""All rows in the schema of a project, for tests of commands that must change nothing."""

from segctl.warehouse import Row
from tests.support.built_project import TestProject


def every_table(project: TestProject) -> dict[str, list[str]]:
    """The rows of every table and view in the project's schema, as sorted texts."""
    with project.engine.cursor(project.root) as cursor:
        cursor.execute(f"select table_name from information_schema.tables where table_schema = '{project.schema}'")
        names = sorted(row[0] for row in cursor.fetchall())
    return {name: sorted(map(_text, project.read(name))) for name in names}


def _text(row: Row) -> str:
    return repr(sorted(row.items()))
