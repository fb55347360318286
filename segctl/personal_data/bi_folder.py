"""Files beside and inside a BI file, and the lock for writing it."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from segctl.personal_data.sent import OWN
from segctl.project.project import Project

# In a folder of Parquet files: lists our tables, each with the entity of its keys and their column.
LISTED = "_segctl_bi_file.json"
LOCK = "bi_file.lock"


def scratch_of(path: Path) -> str:
    """The prefix of the scratch folder beside the file, which holds it until it is complete."""
    return f".{path.name}.segctl_bi_"


def listed_in(folder: Path) -> dict[str, list[str]]:
    """The tables that we wrote to a folder, each with the entity of its keys and their column. Empty texts for none."""
    try:
        listed = json.loads((folder / LISTED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): [str(key) for key in keys] for name, keys in listed.items()} if isinstance(listed, dict) else {}


def remove_scratch(path: Path) -> None:
    """Removes what a killed program left beside a BI file, since it may hold personal data."""
    for left in path.parent.iterdir() if path.parent.is_dir() else ():
        if left.name.startswith(scratch_of(path)) and left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def one_at_a_time(project: Project) -> Iterator[None]:
    """Keeps other segctl programs from writing BI files or erasing people from them. Raises OSError."""
    folder = project.root / OWN
    folder.mkdir(exist_ok=True)
    with FileLock(folder / LOCK):
        yield
