"""Marks generated files for code review tools to collapse."""

from segctl.operations.definitions.schema import FOLDER as SCHEMA_FOLDER
from segctl.project.project import Project
from segctl.project.reading import text_of
from segctl.render import FOLDER as MODELS_FOLDER

ATTRIBUTES = ".gitattributes"
FOLDED = (f"{MODELS_FOLDER}/segments.yml", f"{SCHEMA_FOLDER}/*.json")


def unfolded(project: Project) -> list[str]:
    """The lines missing in .gitattributes. Empty outside of git."""
    if not any((folder / ".git").exists() for folder in (project.root, *project.root.parents)):
        return []
    lines = text_of(project.root / ATTRIBUTES, project.root).splitlines()
    folded_paths = {
        fields[0].lstrip("/") for fields in map(str.split, lines) if "linguist-generated" in " ".join(fields[1:])
    }
    return [f"{path} linguist-generated" for path in FOLDED if path not in folded_paths]
