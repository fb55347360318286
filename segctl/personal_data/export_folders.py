"""The folders and databases that exports were written to, remembered for a later erasure."""

import json
import os
from pathlib import Path

from segctl.errors import Failure
from segctl.personal_data.sent import OWN
from segctl.project.project import Project, replace_file, writing
from segctl.project.reading import Refused, check_inside, read_file

# The default folder for exports, in the project.
EXPORTS = "exports"
# Lists the folders of exports, one JSON string per line, so that concurrent programs can append.
FOLDERS = "export_folders.jsonl"


def remember_exports(project: Project, folder: Path) -> None:
    """Remembers a folder of exports, or a BI database, for `erase_files` to search. Raises Failure."""
    path = folder.resolve()
    if path in remembered_folders(project):
        return
    own = project.root / OWN
    check_inside(own, project.root)
    with writing():
        own.mkdir(exist_ok=True)
        replace_file(own / ".gitignore", "*\n")
        with (own / FOLDERS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(shown_path(project, path), ensure_ascii=False) + "\n")


def is_remembered(project: Project, path: Path) -> bool:
    """Whether we are known to have written there. Raises Failure."""
    return path.resolve() in remembered_folders(project)


def remembered_folders(project: Project) -> list[Path]:
    """The folders of exports, the project's own first. Raises Failure."""
    noted = project.root / OWN / FOLDERS
    try:
        lines = read_file(noted, project.root).decode().splitlines() if os.path.lexists(noted) else []
        others = [str(json.loads(line)) for line in lines]
    except Refused as refused:
        raise Failure(f"cannot read {refused.message}", refused.hint, exit_code=1) from refused
    except ValueError as error:
        hint = f"it lists the folders of exports, one JSON string per line: {error}"
        raise Failure(f"cannot read {OWN}/{FOLDERS}", hint, exit_code=1) from error
    root = project.root.resolve()
    return list(dict.fromkeys(root / folder for folder in [EXPORTS, *others]))


def shown_path(project: Project, path: Path) -> str:
    """A path for messages: relative if it is inside the project."""
    root = project.root.resolve()
    file = path if path.is_absolute() else project.root / path
    for base in (root, project.root):
        if file.is_relative_to(base):
            return file.relative_to(base).as_posix()
    return str(file)
