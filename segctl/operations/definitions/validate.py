"""Checks all definitions, or only some files."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segctl.errors import Failure, ProblemsFound, did_you_mean
from segctl.operations.definitions.namesakes import check_names
from segctl.operations.deliveries.configured import FILE, configured
from segctl.plan.plan import Plan
from segctl.project.project import Project, load, texts
from segctl.render import render


@dataclass(frozen=True)
class Validated:
    """Valid files (none means the whole project), and the plan unless other files have problems."""

    files: tuple[str, ...]
    plan: Plan | None
    elsewhere: int = 0


def validate(project: Project, files: Sequence[Path] = ()) -> Validated:
    """Checks every definition. With files, only problems in these count.

    Raises ProblemsFound, or Failure for a file that is not one of the project's definitions.
    """
    selected = _selected_paths(project, files)
    try:
        plan = load(project)
        check_names(project, render(plan))
        configured(project, plan)
        return Validated(selected, plan)
    except ProblemsFound as error:
        own_problems = [problem for problem in error.problems if not selected or problem.mark.file in selected]
        if own_problems:
            raise ProblemsFound(own_problems) from error
        return Validated(selected, None, len(error.problems))


def _selected_paths(project: Project, files: Sequence[Path]) -> tuple[str, ...]:
    """The files as named in messages, once each. Raises Failure."""
    known = [*texts(project), *([FILE] if (project.root / FILE).exists() else [])] if files else []
    paths = []
    for file in files:
        absolute, root = file.resolve(), project.root.resolve()
        name = absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else str(file)
        if name not in known:
            hint = did_you_mean(name, known, "definitions")
            raise Failure(f"{file} is not one of the project's definitions", hint, exit_code=2)
        paths.append(name)
    return tuple(dict.fromkeys(paths))
