"""Rendering the definitions into the project, or telling how the committed models differ from them."""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import unified_diff

from segctl.operations.namesakes import check_names
from segctl.operations.package import Undeclared, missing
from segctl.plan import Plan
from segctl.project import Project, committed, load, write
from segctl.render import render


@dataclass(frozen=True)
class Rendered:
    """Paths written and deleted, and how many files and segments there are altogether."""

    written: list[str]
    deleted: list[str]
    files: int
    segments: int


def render_project(project: Project, on_warning: Callable[[str], None] = lambda _: None) -> Rendered:
    """Brings models/segments up to date. Raises ProblemsFound or Failure, and then nothing is written.

    `on_warning` is told when the dbt package has yet to be installed. Where the project does not even ask for it,
    nothing is written: dbt would compile none of its models any more.
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
    """The paths of committed models that are not what the definitions render to, and of those that are missing."""
    present, wanted = committed(project), render(plan)
    return sorted(path for path in present.keys() | wanted.keys() if present.get(path) != wanted.get(path))


def difference(project: Project, plan: Plan) -> str:
    """A diff from the committed models to those that the definitions render to; empty when they agree."""
    present, wanted = committed(project), render(plan)
    lines: list[str] = []
    for path in stale(project, plan):
        # By line feeds alone: other characters that break lines may stand in a line of SQL.
        before, after = (files.get(path, "").split("\n") for files in (present, wanted))
        lines += unified_diff(before, after, f"committed/{path}", f"rendered/{path}", lineterm="")
    return "\n".join(lines)
