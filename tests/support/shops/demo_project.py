"""Copies of the demo shop, and the program on them in a process of its own."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import copy, copytree, ignore_patterns
from typing import Any

from filelock import FileLock

from tests.support.built_project import REPOSITORY
from tests.support.program import called

SEGCTL = Path(sys.executable).parent / "segctl"
RUNS = ("2025-12-22", "2025-12-29")


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:  # noqa: ANN401
        return json.loads(self.out)


def segctl(folder: Path, *arguments: str, **environment: str) -> Outcome:
    """Runs the program in a folder."""
    return Outcome(*called(folder, arguments, os.environ | environment))


def demo(folder: Path) -> Path:
    """The demo shop before its first run, in a folder."""
    for part in ("models", "macros", "seeds", "segments"):
        copytree(REPOSITORY / part, folder / part)
    for file in ("dbt_project.yml", "profiles.yml"):
        copy(REPOSITORY / file, folder)
    return folder


def run_once_for_all(shared: Path) -> Path:
    """The demo shop after its two runs, built by the first test process that needs it. To read or copy."""
    folder = shared / "demo_after_two_runs"
    with FileLock(shared / "demo_after_two_runs.lock"):
        if not folder.exists():
            made = demo(shared / "demo_in_the_making")
            for day in RUNS:
                outcome = segctl(made, "run", "--as-of", day)
                assert outcome.code == 0, outcome.err
            made.rename(folder)
    return folder


def copied(shop: Path, folder: Path) -> Path:
    """A copy of a shop with its warehouse. dbt remembers the place of seeds in target/."""
    return Path(copytree(shop, folder, dirs_exist_ok=True, ignore=ignore_patterns("target", "logs")))
