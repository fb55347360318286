"""Finds the project's own models, seeds and snapshots that share a name with a rendered model."""

import re
from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from segctl.errors import Mark, ProblemsFound, Report
from segctl.parse import paths_of, snapshots_of
from segctl.project.project import SETTINGS, Project, committed
from segctl.project.reading import text_of

CODE = "taken-name"
HINT = "give it another name: docs/operations.md, Names that are taken"
KINDS = {"model-paths": (".sql", ".py"), "seed-paths": (".csv",), "snapshot-paths": (".sql",)}
SNAPSHOT = re.compile(r"\{%-?\s*snapshot\s+(\w+)")
DISABLED = re.compile(r"\{\{\s*config\([^}]*\benabled\s*=\s*false", re.IGNORECASE)


def check_names(project: Project, rendered: Iterable[str]) -> None:
    """Raises ProblemsFound if the project's own files define a name that a rendered file defines too.

    dbt refuses duplicate names. Disabled files do not count, nor do files rendered by an earlier version of segctl,
    which the new ones replace.
    """
    ours = {Path(path).stem.lower(): path for path in rendered if path.endswith(".sql")}
    report, rendered_before = Report(), committed(project)
    for name, mark in _own(project, ours):
        path = ours.get(name.lower())
        if path and mark.file != path and mark.file not in rendered_before:
            report.add(mark, CODE, f"{name} is the name of a model that segctl renders: {path}", HINT)
    if report.problems:
        raise ProblemsFound(report.problems)


def _own(project: Project, names: Container[str]) -> Iterator[tuple[str, Mark]]:
    """The name and place of everything that the project's readable files let dbt build.

    Only models and seeds with one of the names.
    """
    places = paths_of(text_of(project.root / SETTINGS, project.root))
    for kind, suffixes in KINDS.items():
        for path in sorted(path for folder in places[kind] for path in (project.root / folder).rglob("*")):
            file = path.relative_to(project.root).as_posix()
            if path.suffix in (".yml", ".yaml") and kind != "seed-paths":
                yield from snapshots_of(text_of(path, project.root), file)
            elif path.suffix == ".sql" and kind == "snapshot-paths":
                yield from _blocks(text_of(path, project.root), file)
            elif path.suffix in suffixes and path.stem.lower() in names and not _is_disabled(project, path):
                yield path.stem, Mark(file, 1, 1)


def _blocks(text: str, file: str) -> Iterator[tuple[str, Mark]]:
    """The snapshots in a file's blocks."""
    for block in SNAPSHOT.finditer(text):
        line_start = text.rfind("\n", 0, block.start(1)) + 1
        yield block[1], Mark(file, text.count("\n", 0, line_start) + 1, block.start(1) - line_start + 1)


def _is_disabled(project: Project, path: Path) -> bool:
    return path.suffix == ".sql" and DISABLED.search(text_of(path, project.root)) is not None
