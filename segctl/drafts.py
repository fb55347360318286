"""A definition that is not in the project yet, planned among those that are."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import yaml

from segctl.check import check
from segctl.errors import Mark, Problem, ProblemsFound, Report
from segctl.parse import parse_catalog, parse_definitions
from segctl.plan import Plan, plan
from segctl.project import CATALOG, SEGMENTS, Project, sources
from segctl.spec import DefinitionFile

# What a draft's file is called in a plan, whatever it is called on disk.
FILE = "draft.yml"
NAME = "draft"
# Lines and columns that stand before a draft that is no whole file.
SEGMENT_BEFORE = "version: 1\nsegments:\n  -\n"
RULE_BEFORE = f"{SEGMENT_BEFORE}    name: {NAME}\n    rule:\n"


@dataclass(frozen=True)
class Draft:
    """The plan of the project's definitions with those of the draft, whose segments are `names`."""

    plan: Plan
    names: tuple[str, ...]


def drafted(project: Project, label: str, content: bytes) -> Draft:
    """A draft is a definition file, one segment (with or without a name), or a rule. What it names anew it replaces.

    `label` is what its file is called in messages. Raises ProblemsFound.
    """
    contents, report = sources(project), Report()
    path = f"{SEGMENTS}/{CATALOG}"
    catalog = parse_catalog(path, contents.pop(path), report)
    text, lines, columns = _whole(content)
    draft = parse_definitions(FILE, text, report)
    names = {segment.name for segment in draft.segments}
    files = [_without(parse_definitions(name, told, report), names) for name, told in contents.items() if name != label]
    if catalog is not None:
        checked = check(catalog, [*files, draft], report)
        if not report.problems:
            return Draft(plan(checked), tuple(segment.name for segment in draft.segments))
    raise ProblemsFound([_placed(problem, label, lines, columns) for problem in report.problems])


def _without(file: DefinitionFile, names: set[str]) -> DefinitionFile:
    return replace(file, segments=tuple(one for one in file.segments if one.name not in names))


def _whole(content: bytes) -> tuple[bytes, int, int]:
    """The draft as a definition file, and by how many lines and columns it has moved."""
    keys = _keys(content)
    if not keys or "segments" in keys or "version" in keys:
        return content, 0, 0
    text = content.decode("utf-8-sig", "replace")
    if not {"rule", "extends"} & set(keys):
        return _indented(RULE_BEFORE, text, 6)
    name = "" if "name" in keys else f"    name: {NAME}\n"
    flow = text.lstrip().startswith("{")
    if flow and name:
        text = re.sub(r"\{", f"{{name: {NAME}, ", text, count=1)
        return _indented(SEGMENT_BEFORE, text, 4)
    return _indented(SEGMENT_BEFORE + name, text, 4)


def _indented(before: str, text: str, columns: int) -> tuple[bytes, int, int]:
    lines = "\n".join(" " * columns + line if line.strip() else line for line in text.split("\n"))
    return (before + lines).encode(), before.count("\n"), columns


def _keys(content: bytes) -> Sequence[str]:
    """The keys of the outermost mapping; none where there is none, or the YAML is broken."""
    try:
        node = yaml.compose(content.decode("utf-8-sig", "replace"), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return []
    return [str(key.value) for key, _ in node.value] if isinstance(node, yaml.MappingNode) else []


def _placed(problem: Problem, label: str, lines: int, columns: int) -> Problem:
    """A problem of the draft at its place there."""
    mark = problem.mark
    if mark.file != FILE:
        return problem
    return replace(problem, mark=Mark(label, max(1, mark.line - lines), max(1, mark.column - columns)))
