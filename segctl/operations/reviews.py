"""What reviews are to fold up: generated files that nobody reads line by line."""

from segctl.operations.schema import FOLDER as SCHEMA_FOLDER
from segctl.project import Project
from segctl.reading import text_of
from segctl.render import FOLDER as MODELS_FOLDER

ATTRIBUTES = ".gitattributes"
FOLDED = (f"{MODELS_FOLDER}/segments.yml", f"{SCHEMA_FOLDER}/*.json")


def unfolded(project: Project) -> list[str]:
    """The lines that .gitattributes lacks; none where the project is not in git."""
    if not any((folder / ".git").exists() for folder in (project.root, *project.root.parents)):
        return []
    lines = text_of(project.root / ATTRIBUTES, project.root).splitlines()
    there = {words[0].lstrip("/") for words in map(str.split, lines) if "linguist-generated" in " ".join(words[1:])}
    return [f"{path} linguist-generated" for path in FOLDED if path not in there]
