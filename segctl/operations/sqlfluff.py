"""What a project's own sqlfluff is to leave alone: its rules are for what people write."""

from segctl.operations.package import FOLDER as PACKAGE_FOLDER
from segctl.project import Project
from segctl.reading import Refused, read_file
from segctl.render import FOLDER as MODELS_FOLDER

IGNORED = ".sqlfluffignore"
# Where sqlfluff looks for its settings, and how these begin there.
SETTINGS = {
    ".sqlfluff": "",
    "setup.cfg": "[sqlfluff",
    "tox.ini": "[sqlfluff",
    "pep8.ini": "[sqlfluff",
    "pyproject.toml": "[tool.sqlfluff",
}


def unignored(project: Project) -> list[str]:
    """The lines that .sqlfluffignore lacks, so that generated files are not linted; none without sqlfluff."""
    if not any(mark in _text(project, name) for name, mark in SETTINGS.items() if (project.root / name).is_file()):
        return []
    there = {line.strip().strip("/") for line in _text(project, IGNORED).splitlines()}
    return [f"{folder}/" for folder in (MODELS_FOLDER, PACKAGE_FOLDER) if folder not in there]


def _text(project: Project, name: str) -> str:
    try:
        return read_file(project.root / name, project.root).decode("utf-8", "replace")
    except Refused:
        return ""
