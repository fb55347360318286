"""What lies beside and in what is written for BI, and who may write it when."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from segctl.project import Project
from segctl.sent import OWN

# In a folder of Parquet files: the tables that are ours, each with the entity of its keys and their column.
LISTED = "_segctl_bi_file.json"
LOCK = "bi_file.lock"


def scratch_of(path: Path) -> str:
    """How folders are called, beside what is written, that hold it until it is whole."""
    return f".{path.name}.segctl_bi_"


def listed_in(folder: Path) -> dict[str, list[str]]:
    """The tables in a folder that we wrote, each with the entity of its keys and their column; empty texts for none."""
    try:
        found = json.loads((folder / LISTED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): [str(one) for one in of] for name, of in found.items()} if isinstance(found, dict) else {}


def remove_scratch(path: Path) -> None:
    """Removes what a program left beside a file for BI that was killed while it wrote: copies of people."""
    for left in path.parent.iterdir() if path.parent.is_dir() else ():
        if left.name.startswith(scratch_of(path)) and left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def one_at_a_time(project: Project) -> Iterator[None]:
    """Meanwhile no other program of ours writes for BI, or takes people out of that. Raises OSError."""
    own = project.root / OWN
    own.mkdir(exist_ok=True)
    with FileLock(own / LOCK):
        yield
