"""Keeps the project's own sqlfluff away from generated files."""

from segctl.operations.setup.package import FOLDER as PACKAGE_FOLDER
from segctl.project.project import Project
from segctl.project.reading import text_of
from segctl.render import FOLDER as MODELS_FOLDER

IGNORED = ".sqlfluffignore"
# The files with sqlfluff's settings, and the header of these settings.
CONFIGURED = {
    ".sqlfluff": "",
    "setup.cfg": "[sqlfluff",
    "tox.ini": "[sqlfluff",
    "pep8.ini": "[sqlfluff",
    "pyproject.toml": "[tool.sqlfluff",
}


def unignored(project: Project) -> list[str]:
    """The lines missing in .sqlfluffignore to skip generated files. Empty without sqlfluff."""
    if not any(
        mark in text_of(project.root / name, project.root)
        for name, mark in CONFIGURED.items()
        if (project.root / name).is_file()
    ):
        return []
    ignored_paths = {line.strip().strip("/") for line in text_of(project.root / IGNORED, project.root).splitlines()}
    return [f"{folder}/" for folder in (MODELS_FOLDER, PACKAGE_FOLDER) if folder not in ignored_paths]
