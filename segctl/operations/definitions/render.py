"""Renders the definitions into the project, or compares the committed models with them."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff

from segctl.operations.definitions.namesakes import check_names
from segctl.operations.setup.package import Undeclared, missing
from segctl.plan.plan import Plan
from segctl.project.project import Project, committed, load, write
from segctl.render import render


@dataclass(frozen=True)
class Rendered:
    """The paths written and deleted, and the total numbers of files and segments."""

    written: list[str]
    deleted: list[str]
    files: int
    segments: int


def render_project(project: Project, on_warning: Callable[[str], None] = lambda _: None) -> Rendered:
    """Updates models/segments. Raises ProblemsFound or Failure, and then writes nothing.

    Warns through `on_warning` if the dbt package is not installed yet. Writes nothing if the project does not list the
    package, since dbt could then compile no model.
    """
    plan = load(project)
    files = render(plan)
    check_names(project, files)
    absent = missing(project)
    if isinstance(absent, Undeclared):
        raise absent
    if absent:
        on_warning(f"{absent.message}; {absent.hint}")
    written, deleted = write(project, files)
    return Rendered(written, deleted, len(files), len(plan.segments))


def stale(project: Project, plan: Plan) -> list[str]:
    """The paths of committed models that are out of date or missing."""
    present, rendered = committed(project), render(plan)
    return sorted(path for path in present.keys() | rendered.keys() if present.get(path) != rendered.get(path))


def difference(project: Project, plan: Plan) -> str:
    """A diff from the committed models to freshly rendered ones, or empty."""
    present, rendered = committed(project), render(plan)
    lines: list[str] = []
    for path in stale(project, plan):
        # Splits at line feeds only, because SQL lines may contain other line separators.
        before, after = (files.get(path, "").split("\n") for files in (present, rendered))
        lines += unified_diff(before, after, f"committed/{path}", f"rendered/{path}", lineterm="")
    return "\n".join(lines)
