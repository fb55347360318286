"""The JSON Schemas in the project, where editors find them."""

import json

from segctl.project import SEGMENTS, Project, replace_file
from segctl.schema import catalog_schema, definitions_schema

FOLDER = f"{SEGMENTS}/.schema"


def schema_files() -> dict[str, str]:
    """The text of both schemas, by path."""
    schemas = {"catalog": catalog_schema(), "definitions": definitions_schema()}
    return {
        f"{FOLDER}/{name}.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }


def stale_schemas(project: Project) -> list[str]:
    """The paths whose files are missing or differ."""
    stale = []
    for path, text in schema_files().items():
        file = project.root / path
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            stale.append(path)
    return stale


def write_schemas(project: Project) -> list[str]:
    """Brings the schemas up to date; returns the paths written."""
    written = stale_schemas(project)
    for path in written:
        replace_file(project.root / path, schema_files()[path])
    return written
