"""Builds a definition from answers: checks it, shows it, and writes it to a file."""

import re
import time
from dataclasses import dataclass
from typing import Any

import yaml

from segctl.errors import Failure, ProblemsFound, Report, quoted
from segctl.language.names import another_name, name_fault
from segctl.language.reader import Reader
from segctl.language.syntax import CUSTOMER
from segctl.operations.definitions.definition_files import Unquoted, appended, definition_lines, in_a_line, new_file
from segctl.operations.definitions.namesakes import check_names
from segctl.operations.questions.preview import Preview, preview
from segctl.operations.questions.preview_request import PreviewRequest
from segctl.operations.segments.show import find_segment
from segctl.parse.definitions import DRAFT, parse_definitions, segment_name_fault
from segctl.parse.document import document
from segctl.plan.plan import Plan
from segctl.plan.sentences import sentences
from segctl.process.waiting import Patience
from segctl.project.drafts import drafted
from segctl.project.project import (
    CATALOG,
    SEGMENTS,
    SUFFIXES,
    Project,
    lock_target,
    planned,
    replace_file,
    settings,
    sources,
    writing,
)
from segctl.render import render
from segctl.warehouse import Warehouse

# The name of the definition in messages before it has a file.
UNWRITTEN, RULE = "the new segment", "the rule"
# How long to wait for another program that writes a definition.
SECONDS = 10


@dataclass(frozen=True)
class NewSegment:
    """A definition: its rule as data and its texts, which may be empty until it is written."""

    rule: dict[str, Any]
    name: str = ""
    label: str = ""
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()

    @property
    def definition(self) -> dict[str, Any]:
        """The definition by key, as in a file."""
        values = {"name": self.name or DRAFT, "label": self.label, "description": self.description, "owner": self.owner}
        return {key: value for key, value in {**values, "tags": list(self.tags)}.items() if value} | {"rule": self.rule}

    @property
    def lines(self) -> list[str]:
        """The definition as YAML lines of a list item."""
        return definition_lines(self.definition)


def read_rule(text: str) -> dict[str, Any]:
    """A rule from the command line with values as written. Raises ProblemsFound or Failure."""
    report = Report()
    node = document(text.encode(), Reader(RULE, report))
    if report.problems:
        raise ProblemsFound(report.problems)
    if not isinstance(node, yaml.MappingNode):
        raise Failure(f"a rule is a mapping, found {quoted(text)}", "for example {metric: order_count, gte: 3}", 2)
    return {str(_written(key)): _written(value) for key, value in node.value}


def _written(node: yaml.Node) -> Any:  # noqa: ANN401
    """A node as data that keeps its quoting."""
    if isinstance(node, yaml.MappingNode):
        return {str(_written(key)): _written(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_written(incomplete) for incomplete in node.value]
    quotes = isinstance(node, yaml.ScalarNode) and node.style
    return str(node.value) if quotes else Unquoted(node.value)


def sentences_of(project: Project, new: NewSegment) -> str:
    """The definition in plain English. Raises ProblemsFound."""
    draft = drafted(project, UNWRITTEN, _content(new))
    return " ".join(sentences(find_segment(draft.plan, draft.names[0]), draft.plan.catalog))


def size(project: Project, warehouse: Warehouse, new: NewSegment) -> Preview:
    """The preview of the definition. Raises ProblemsFound or Failure."""
    return preview(project, warehouse, PreviewRequest(UNWRITTEN, members=0, content=_content(new)))[0]


def whole_file(project: Project, new: NewSegment) -> str:
    """A file of the definition alone."""
    return new_file(new.lines, _has_schema(project))


def _has_schema(project: Project) -> bool:
    return (project.segments / ".schema" / "definitions.json").is_file()


def _content(new: NewSegment) -> bytes:
    return in_a_line(new.definition).encode()


def name_problem(plan: Plan, name: str) -> str:
    """Why a name cannot be used for a new segment, or empty."""
    fault = segment_name_fault(name)
    if fault:
        return f'"{quoted(name)}" {fault}: {another_name(name, segment_name_fault)}'
    taken = {segment.segment.name: segment.segment.mark for segment in plan.segments}
    return f"there is a segment {name} already, in {taken[name]}" if name in taken else ""


def files_of(project: Project, plan: Plan) -> list[str]:
    """The names of files that accept a customer segment."""
    others = {file.path for file in plan.files if file.entity not in (None, CUSTOMER)}
    return [
        path.removeprefix(f"{SEGMENTS}/") for path in sources(project) if path not in others and not _is_catalog(path)
    ]


def _is_catalog(path: str) -> bool:
    return path == f"{SEGMENTS}/{CATALOG}"


def place_of(project: Project, text: str) -> str:
    """The path of a definition file from `loyalty`, `loyalty.yml` or `segments/loyalty.yml`.

    Raises Failure for anything else.
    """
    name = text.strip().removeprefix(f"{SEGMENTS}/")
    stem, suffix = next(
        ((name.removesuffix(ending), ending) for ending in SUFFIXES if name.endswith(ending)), (name, "")
    )
    present = [ending for ending in SUFFIXES if f"{SEGMENTS}/{stem}{ending}" in sources(project)]
    path = f"{SEGMENTS}/{stem}{suffix or (present or SUFFIXES)[0]}"
    if "/" in name or re.search(r"\.", stem):
        raise Failure(f"{quoted(text)} is not in {SEGMENTS}/", f"for example {SEGMENTS}/loyalty.yml", exit_code=2)
    if _is_catalog(path):
        raise Failure(f"{path} is the catalog", "segments belong in other files", exit_code=2)
    fault = name_fault(stem)
    if fault:
        raise Failure(f'the file name "{quoted(stem)}" {fault}', another_name(stem, name_fault), exit_code=2)
    return path


def write(project: Project, new: NewSegment, path: str) -> None:
    """Writes the definition to a new file or appends it to an existing one, if all definitions stay valid.

    Raises ProblemsFound or Failure, and then writes nothing.
    """
    with lock_target(project, "definitions", Patience(time.monotonic() + SECONDS)):
        contents = sources(project)
        present = contents.get(path)
        if present is None:
            text = whole_file(project, new)
        else:
            check_is_of_customers(path, present)
            text = appended(path, present.decode("utf-8"), new.definition, new.lines)
        plan = planned({**contents, path: text.encode()}, settings(project))
        check_names(project, render(plan))
        with writing():
            replace_file(project.root / path, text)


def check_is_of_customers(path: str, content: bytes) -> None:
    """Raises Failure for a file whose segments are about something else."""
    entity = parse_definitions(path, content, Report()).entity
    if entity and entity.text != CUSTOMER:
        raise Failure(f"{path} is about {entity.text}, not about customers", "choose another file", exit_code=2)
