"""The request for a preview, and the plans of its subject: a segment of the project, or a draft."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from segctl.errors import Failure, did_you_mean, quoted
from segctl.parse import LARGEST_FILE
from segctl.plan.plan import Plan
from segctl.project.drafts import drafted
from segctl.project.project import Project, load
from segctl.project.reading import read_file


@dataclass(frozen=True)
class PreviewRequest:
    """What to preview: a segment, a file or "-" for standard input, with segments to compare and numbers of members and
    month ends to show.

    With `content`, previews this text as a draft, and `subject` only names it in messages.
    """

    subject: str
    compared_with: tuple[str, ...] = ()
    members: int = 10
    months: int = 0
    as_of: str = ""
    content: bytes | None = None


def subject_of(project: Project, request: PreviewRequest) -> tuple[Plan, Plan, tuple[str, ...]]:
    """The plan of the project, the plan with the draft if there is one, and the previewed segments."""
    plan, subject = load(project), request.subject
    names = [planned.segment.name for planned in plan.segments]
    if request.content is None and subject in names:
        return plan, plan, (subject,)
    if request.content is not None:
        label, content = subject, request.content
    elif subject == "-":
        label, content = "<stdin>", _standard_input()
    elif os.path.lexists(subject):
        path = Path(subject)
        absolute, root = path.resolve(), project.root.resolve()
        label = absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else subject
        content = read_file(path)
    else:
        hint = did_you_mean(subject, names, "segments")
        raise Failure(f"there is neither a segment nor a file {quoted(subject)}", hint, exit_code=2)
    draft = drafted(project, label, content)
    return plan, draft.plan, draft.names


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise Failure("there is no standard input", "name a file", exit_code=2)
    return sys.stdin.buffer.read(LARGEST_FILE + 1)
