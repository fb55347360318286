"""Plans a draft together with the definitions of the project."""

from dataclasses import dataclass, replace

from segctl.check.definitions import check
from segctl.errors import ProblemsFound, Report
from segctl.language.syntax import DefinitionFile
from segctl.parse import parse_catalog, parse_definitions, parse_draft
from segctl.plan.plan import Plan, plan
from segctl.project.project import CATALOG, SEGMENTS, Project, sources


@dataclass(frozen=True)
class Draft:
    """The plan of the project with the draft. `names` are the draft's segments."""

    plan: Plan
    names: tuple[str, ...]


def drafted(project: Project, label: str, content: bytes) -> Draft:
    """Plans a draft: a definition file, one segment (with or without a name), or a rule.

    It replaces segments of the same name. Messages call it `label`. Raises ProblemsFound.
    """
    contents, report = sources(project), Report()
    path = f"{SEGMENTS}/{CATALOG}"
    catalog = parse_catalog(path, contents.pop(path), report)
    draft = parse_draft(label, content, report)
    names = {segment.name for segment in draft.segments}
    files = [_without(parse_definitions(name, text, report), names) for name, text in contents.items() if name != label]
    checked = check(catalog, [*files, draft], report) if catalog is not None else None
    if checked is None or report.problems:
        raise ProblemsFound(report.problems)
    return Draft(plan(checked), tuple(segment.name for segment in draft.segments))


def _without(file: DefinitionFile, names: set[str]) -> DefinitionFile:
    return replace(file, segments=tuple(segment for segment in file.segments if segment.name not in names))
