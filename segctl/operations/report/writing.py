"""Puts the page of a report in its place."""

import os
from dataclasses import dataclass
from pathlib import Path

from segctl.errors import Failure
from segctl.files import remember_exports
from segctl.operations.report.contents import Report
from segctl.project import Project, replace_file, writing
from segctl.reported import Holds, held_by, marked

SUFFIXES = (".html", ".htm")


@dataclass(frozen=True)
class Target:
    """Where a page goes, behind any links, and how that was named."""

    path: Path
    shown: Path


@dataclass(frozen=True)
class Written:
    """A page that was written: where, of which run (empty before the first), and how much is in it."""

    path: Path
    as_of: str
    segments: int
    runs: int
    with_members: bool
    size: int


def target_of(project: Project, given: str) -> Target:
    """Where the page goes: the path that is given, or one of its own among what dbt writes.

    Raises Failure where something is that is no page of ours.
    """
    usual = project.root / os.environ.get("DBT_TARGET_PATH", "target") / "segctl" / "report.html"
    shown = Path(given) if given else _from_here(usual)
    if shown.suffix.lower() not in SUFFIXES:
        raise Failure(f"{shown} is no name of a page", "a page is called ….html", exit_code=2)
    target = Target(Path(os.path.realpath(shown)), shown)
    with writing():
        if target.path.exists() and (not target.path.is_file() or held_by(target.path) is None):
            raise Failure(f"{shown} is there, and no page that segctl wrote", "name another path", exit_code=2)
    return target


def write_page(project: Project, target: Target, html: str, report: Report) -> Written:
    """Writes the page of a report at once. Erasures look where members were written to. Raises Failure."""
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
