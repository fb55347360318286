"""Writes the page of a report."""

import os
from dataclasses import dataclass
from pathlib import Path

from segctl.errors import Failure
from segctl.operations.report.contents import Report
from segctl.personal_data.export_folders import remember_exports
from segctl.personal_data.report_pages import Holds, held_by, marked
from segctl.project.project import Project, replace_file, writing

SUFFIXES = (".html", ".htm")


@dataclass(frozen=True)
class Target:
    """The resolved path of a page, and the path as named."""

    path: Path
    shown: Path


@dataclass(frozen=True)
class Written:
    """A written page: its path, its run (empty before the first), and its numbers of segments, runs and bytes."""

    path: Path
    as_of: str
    segments: int
    runs: int
    with_members: bool
    size: int


def target_of(project: Project, given: str) -> Target:
    """The target of the page: the given path, or a default in dbt's target folder.

    Raises Failure if something that is not our page is in the way.
    """
    usual = project.root / os.environ.get("DBT_TARGET_PATH", "target") / "segctl" / "report.html"
    shown = Path(given) if given else _from_here(usual)
    if shown.suffix.lower() not in SUFFIXES:
        raise Failure(f"{shown} is not a name for a page", "a page is called ….html", exit_code=2)
    target = Target(Path(os.path.realpath(shown)), shown)
    with writing():
        if target.path.exists() and (not target.path.is_file() or held_by(target.path) is None):
            raise Failure(f"{shown} exists, and is not a page of segctl", "name another path", exit_code=2)
    return target


def write_page(project: Project, target: Target, html: str, report: Report) -> Written:
    """Writes the page in one step, and remembers its place for erasures if it lists members. Raises Failure."""
    holds = Holds.MEMBERS if report.with_members else Holds.COUNTS
    text = marked(html, holds)
    if report.with_members:
        remember_exports(project, target.path)
    with writing():
        replace_file(target.path, text)
    count = len(report.segments), len(report.runs)
    return Written(target.shown, report.as_of, *count, report.with_members, len(text.encode()))


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
