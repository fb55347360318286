"""Other versions of a project's definitions: of a git commit, or of another folder."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from segctl.check import check
from segctl.errors import Failure, Problem, ProblemsFound, Report
from segctl.parse import parse_catalog, parse_definitions
from segctl.plan import Plan, plan
from segctl.project import CATALOG, SEGMENTS, SUFFIXES, Project, sources
from segctl.spec import DefinitionFile

# Where the main branch may be, the best first.
MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


@dataclass(frozen=True)
class Version:
    """The contents of catalog and definition files by path, and what the version is called."""

    contents: Mapping[str, bytes]
    told: str


def version(project: Project, against: str = "") -> Version:
    """The definitions at a git ref or in the folder of another project; by default where this branch began.

    Raises Failure when there is no such version.
    """
    if not against:
        commit = _merge_base(project)
        return Version(_at(project, commit), f"{commit[:10]}, where this branch began")
    commit = _resolved(project, against)
    if commit:
        told = against if commit.startswith(against) else f"{against} ({commit[:10]})"
        return Version(_at(project, commit), told)
    folder = Path(against).expanduser()
    if folder.is_dir():
        return Version(sources(Project(folder.resolve())), against)
    hint = "a branch, a tag, a commit, or the folder of a dbt project"
    if _is_shallow(project):
        hint = "this clone is shallow: git fetch --unshallow, or fetch-depth: 0 in CI"
    raise Failure(f'there is no version "{against}"', hint, exit_code=2)


@dataclass(frozen=True)
class Sound:
    """The plan of definitions without the segments that are `left_out`, by name, and the problems of these."""

    plan: Plan
    left_out: frozenset[str]
    problems: tuple[Problem, ...]


def sound(contents: Mapping[str, bytes]) -> Sound:
    """The definitions as far as they can be planned.

    Raises ProblemsFound when what is wrong is not in a segment.
    """
    texts, report = dict(contents), Report()
    path = f"{SEGMENTS}/{CATALOG}"
    catalog = parse_catalog(path, texts.pop(path), report)
    files = [parse_definitions(name, text, report) for name, text in texts.items()]
    names, problems = _names(files), list[Problem]()
    while catalog is not None:
        checked = check(catalog, files, report) if not report.problems else None
        if checked and not report.problems:
            return Sound(plan(checked), frozenset(names - _names(files)), tuple(problems))
        kept = [_without(file, report.problems) for file in files]
        problems += report.problems
        if sum(len(file.segments) for file in kept) == sum(len(file.segments) for file in files):
            break
        # What refers to a broken segment is broken by that, and has no problem of its own.
        files, broken, report = kept, report.broken | _names(files) - _names(kept), Report()
        report.broken.update(broken)
    raise ProblemsFound(problems or report.problems)


def _names(files: list[DefinitionFile]) -> set[str]:
    return {segment.name for file in files for segment in file.segments}


def _without(file: DefinitionFile, problems: list[Problem]) -> DefinitionFile:
    """The file without the segments in which there is a problem: each reaches to where the next begins."""
    lines = sorted(segment.mark.line for segment in file.segments)
    wrong = {
        max((line for line in lines if line <= problem.mark.line), default=0)
        for problem in problems
        if problem.mark.file == file.path
    }
    return replace(file, segments=tuple(one for one in file.segments if one.mark.line not in wrong))


def _merge_base(project: Project) -> str:
    main = next((name for name in MAIN if _resolved(project, name)), "")
    found = _git(project, "merge-base", "HEAD", main) if main else ""
    if found:
        return found
    if not _git(project, "rev-parse", "--git-dir"):
        hint = "name the folder of another version: segctl diff --against DIR"
        raise Failure(f"{project.root} is not in a git repository with a commit", hint, exit_code=2)
    if _is_shallow(project):
        hint = "git fetch --unshallow, or fetch-depth: 0 in CI"
        raise Failure("this clone is shallow, and where the branch began is not in it", hint, exit_code=2)
    hint = "name what to compare with: segctl diff --against REF"
    raise Failure(f"there is no main branch: none of {', '.join(MAIN)} has a commit in common", hint, exit_code=2)


def _resolved(project: Project, name: str) -> str:
    """The commit of a ref; empty when it is none."""
    return "" if name.startswith("-") else _git(project, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")


def _is_shallow(project: Project) -> bool:
    return _git(project, "rev-parse", "--is-shallow-repository") == "true"


def _at(project: Project, commit: str) -> dict[str, bytes]:
    """The catalog and the definition files at a commit."""
    names = _git(project, "ls-tree", "--name-only", "-z", commit, f"{SEGMENTS}/").split("\0")
    found = {name: _content(project, commit, name) for name in names if Path(name).suffix in SUFFIXES}
    path = f"{SEGMENTS}/{CATALOG}"
    if path not in found:
        hint = "name a version that has definitions: segctl diff --against REF"
        raise Failure(f"there is no {path} at {commit[:10]}", hint, exit_code=2)
    return {path: found.pop(path), **found}


def _content(project: Project, commit: str, name: str) -> bytes:
    command = ["git", "-C", str(project.root), "show", f"{commit}:./{name}"]
    return subprocess.run(command, capture_output=True, check=True).stdout


def _git(project: Project, *arguments: str) -> str:
    """What git says; empty when it refuses, or is not there."""
    command = ["git", "-C", str(project.root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
