"""Reads another version of the definitions from a git commit or a folder."""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from errno import ENOENT
from pathlib import Path

from segctl.check.definitions import check
from segctl.errors import Failure, Problem, ProblemsFound, Report, quoted
from segctl.language.syntax import DefinitionFile
from segctl.parse import parse_catalog, parse_definitions
from segctl.plan.plan import Plan, plan
from segctl.project.project import CATALOG, SEGMENTS, SUFFIXES, Project, sources

# Candidates for the main branch, best first. Tags do not count.
MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")
REFS = tuple(f"refs/{'remotes' if '/' in name else 'heads'}/{name}" for name in MAIN)
# A regular file in the output of git ls-tree.
FILE = re.compile(r"(?:100644|100755) blob [0-9a-f]+\t(.+)")


@dataclass(frozen=True)
class Version:
    """The contents of catalog and definition files by path, and the name of the version."""

    contents: Mapping[str, bytes]
    label: str


def version(project: Project, against: str = "") -> Version:
    """The definitions at a git ref or in another project's folder. Default: where this branch began.

    Raises Failure if there is no such version.
    """
    if not against:
        commit = _merge_base(project)
        return Version(_at(project, commit, commit[:10]), f"{commit[:10]}, where this branch began")
    commit = _resolved(project, against)
    if commit:
        label = against if commit.startswith(against) else f"{against} ({commit[:10]})"
        return Version(_at(project, commit, against), label)
    folder = Path(against)
    # os.path returns False for invalid file names, where Path raises.
    if os.path.isdir(against):  # noqa: PTH112
        return Version(sources(Project(folder.resolve())), against)
    hint = "a branch, a tag, a commit, or the folder of a dbt project"
    if _git(project, "--version") is None:
        hint = "git is not installed; name the folder of another dbt project"
    elif _is_shallow(project):
        hint = "this clone is shallow: git fetch --unshallow, or fetch-depth: 0 in CI"
    raise Failure(f'there is no version "{quoted(against)}"', hint, exit_code=2)


@dataclass(frozen=True)
class ValidVersion:
    """The plan of a version without the segments `left_out`, and without unreadable files.

    `problems` has the problems of both, at their places in the version.
    """

    plan: Plan
    left_out: frozenset[str]
    files: frozenset[str]
    problems: tuple[Problem, ...]


def valid_version(former: Version) -> ValidVersion:
    """Plans as much of a version as possible.

    Raises ProblemsFound if the catalog cannot be read.
    """
    texts, report = dict(former.contents), Report()
    path = f"{SEGMENTS}/{CATALOG}"
    catalog = parse_catalog(path, texts.pop(path), report)
    if catalog is None or report.problems:
        raise ProblemsFound([_placed(problem, former) for problem in report.problems])
    files = [parse_definitions(name, text, report) for name, text in texts.items()]
    names, problems, unread = _names(files), list[Problem](), set[str]()
    while True:
        checked = check(catalog, files, report) if not report.problems else None
        if checked and not report.problems:
            placed = tuple(_placed(problem, former) for problem in problems)
            return ValidVersion(plan(checked), names - _names(files), frozenset(unread), placed)
        problems += report.problems
        wrong = {problem.mark.file for problem in report.problems}
        kept = [_without(file, report.problems) for file in files if file.segments or file.path not in wrong]
        unread |= {file.path for file in files} - {file.path for file in kept}
        if [file.segments for file in kept] == [file.segments for file in files]:
            raise ProblemsFound([_placed(problem, former) for problem in problems])
        # A segment that refers to a broken one is broken too, without a problem of its own.
        files, broken, report = kept, report.broken | _names(files) - _names(kept), Report()
        report.broken.update(broken)


def _placed(problem: Problem, former: Version) -> Problem:
    """A problem at its place in the version, not in the working tree's file of the same name."""
    file = f"{former.label.split(' ')[0].rstrip(',')}:{problem.mark.file}"
    return replace(problem, mark=replace(problem.mark, file=file))


def _names(files: list[DefinitionFile]) -> frozenset[str]:
    return frozenset(segment.name for file in files for segment in file.segments)


def _without(file: DefinitionFile, problems: list[Problem]) -> DefinitionFile:
    """The file without its broken segments. A segment reaches to the start of the next."""
    lines = sorted(segment.mark.line for segment in file.segments)
    wrong = {
        max((line for line in lines if line <= problem.mark.line), default=0)
        for problem in problems
        if problem.mark.file == file.path
    }
    return replace(
        file, segments=tuple(definition for definition in file.segments if definition.mark.line not in wrong)
    )


def _merge_base(project: Project) -> str:
    main = next((name for name in REFS if _resolved(project, name)), "")
    base = _git(project, "merge-base", "HEAD", main) if main else ""
    if base:
        return base
    if _git(project, "--version") is None:
        raise Failure("git is not installed", "name the folder of another version: --against DIR", exit_code=2)
    if not _git(project, "rev-parse", "--git-dir"):
        hint = "name the folder of another version: segctl diff --against DIR"
        raise Failure(f"{project.root} is not in a git repository with a commit", hint, exit_code=2)
    if _is_shallow(project):
        hint = "git fetch --unshallow, or fetch-depth: 0 in CI"
        raise Failure("this clone is shallow, and does not contain the start of the branch", hint, exit_code=2)
    hint = "name what to compare with: segctl diff --against REF"
    raise Failure(f"there is no main branch: none of {', '.join(MAIN)} has a commit in common", hint, exit_code=2)


def _resolved(project: Project, name: str) -> str:
    """The commit of a ref, or empty."""
    if name.startswith(("-", "^")) or "\0" in name:
        return ""
    return _git(project, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") or ""


def _is_shallow(project: Project) -> bool:
    return _git(project, "rev-parse", "--is-shallow-repository") == "true"


def _at(project: Project, commit: str, label: str) -> dict[str, bytes]:
    """The catalog and the definition files at a commit, without links, folders and submodules."""
    listed = (_git(project, "ls-tree", "-z", commit, f"{SEGMENTS}/") or "").split("\0")
    names = [match[1] for line in listed if (match := FILE.fullmatch(line)) and Path(match[1]).suffix in SUFFIXES]
    path = f"{SEGMENTS}/{CATALOG}"
    if path not in names:
        hint = "name a version that has definitions: segctl diff --against REF"
        raise Failure(f"there is no {path} at {quoted(label)}", hint, exit_code=2)
    return {name: _content(project, commit, name) for name in (path, *(other for other in names if other != path))}


def _content(project: Project, commit: str, name: str) -> bytes:
    command = ["git", "-C", str(project.root), "show", f"{commit}:./{name}"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _git(project: Project, *arguments: str) -> str | None:
    """The output of git, empty if it fails, or None if git is not installed."""
    command = ["git", "-C", str(project.root), *arguments]
    try:
        completed = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="surrogateescape", check=False
        )
    except OSError as error:
        return None if error.errno == ENOENT else ""
    return completed.stdout.strip() if completed.returncode == 0 else ""
