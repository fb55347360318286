"""What segctl says of definitions and the files made from them."""

from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors import ProblemsFound
from segctl.output.layout import console, counted, dumped

if TYPE_CHECKING:
    from segctl.operations.init import Proposal
    from segctl.operations.render import Rendered
    from segctl.plan import Plan


def problems_as_json(found: ProblemsFound) -> str:
    """Problems as a JSON list of file, line, column, code, message and hint."""
    return dumped(
        [
            {
                "file": problem.mark.file,
                "line": problem.mark.line,
                "column": problem.mark.column,
                "code": problem.code,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in found.problems
        ]
    )


def print_validated(plan: "Plan", as_json: bool) -> None:
    """That everything is in order, and how much there is."""
    if as_json:
        print("[]")
        return
    segments, files = counted(len(plan.segments), "segment"), counted(len(plan.files), "file")
    features, scans = counted(len(plan.features), "feature"), counted(len(plan.scans), "event scan")
    print(f"{segments} in {files}, {features} from {scans}: fine.")


def print_rendered(rendered: "Rendered") -> None:
    """What was written and deleted."""
    for path in rendered.written:
        print(f"wrote {path}")
    for path in rendered.deleted:
        print(f"deleted {path}")
    changed = len(rendered.written) + len(rendered.deleted)
    unchanged = rendered.files - len(rendered.written)
    print(f"{counted(rendered.segments, 'segment')}: {counted(changed, 'file')} changed, {unchanged} unchanged.")


def print_diff(diff: str) -> None:
    """A unified diff, coloured on a terminal."""
    out = console()
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in diff.split("\n"):
        out.print(escape(line), style=colours.get(line[:1]), soft_wrap=True)


def print_init(proposal: "Proposal", dry_run: bool) -> None:
    """What was or would be written, what was left alone, and what to do next."""
    for path in proposal.written:
        print(f"{'would write' if dry_run else 'wrote'} {path}")
    for path, reason in proposal.left:
        print(f"left {path} alone: {reason}")
    for note in proposal.notes:
        print(note)
    print("\nNext:")
    for number, step in enumerate(proposal.steps, start=1):
        print(f"  {number}. {step}")
