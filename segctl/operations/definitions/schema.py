"""Writes the JSON Schemas for editors into the project."""

import json

from segctl.project.project import SEGMENTS, Project, replace_file, writing
from segctl.project.reading import Refused, read_file
from segctl.schema.catalog import catalog_schema
from segctl.schema.definitions import definitions_schema
from segctl.schema.deliveries import deliveries_schema

FOLDER = f"{SEGMENTS}/.schema"


def schema_files() -> dict[str, str]:
    """The texts of all schemas by path."""
    schemas = {"catalog": catalog_schema(), "definitions": definitions_schema(), "deliveries": deliveries_schema()}
    return {
        f"{FOLDER}/{name}.json": json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }


def stale_schemas(project: Project) -> dict[str, str]:
    """The texts of missing or outdated schema files by path."""
    return {path: text for path, text in schema_files().items() if _present(project, path) != text}


def _present(project: Project, path: str) -> str:
    """The text of a file, empty if it cannot be read."""
    try:
        return read_file(project.root / path, project.root).decode("utf-8", "replace")
    except Refused:
        return ""


def write_schemas(project: Project) -> dict[str, str]:
    """Updates the schemas and returns the written texts by path. Raises Failure."""
    stale = stale_schemas(project)
    with writing():
        for path, text in stale.items():
            replace_file(project.root / path, text)
    return stale
