"""Prints results about definitions and the files generated from them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors import ProblemsFound
from segctl.output.layout import console, counted, dumped

if TYPE_CHECKING:
    from segctl.operations.definitions.explain import Explained
    from segctl.operations.definitions.render import Rendered
    from segctl.operations.definitions.validate import Validated
    from segctl.operations.setup.init import Proposal


def problems_as_json(problems: ProblemsFound) -> str:
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
            for problem in problems.problems
        ]
    )


def print_validated(validated: "Validated", as_json: bool) -> None:
    """Says that all definitions, or the named files, are valid."""
    if as_json:
        print("[]")
    elif validated.plan is None:
        print(
            f"{', '.join(validated.files)}: valid, as far as problems in other files allow a check "
            f"({validated.elsewhere})."
        )
    elif validated.files:
        print(f"{', '.join(validated.files)}: fine.")
    else:
        plan = validated.plan
        segments, files = counted(len(plan.segments), "segment"), counted(len(plan.files), "file")
        features, scans = counted(len(plan.features), "feature"), counted(len(plan.scans), "event scan")
        print(f"{segments} in {files}, {features} from {scans}: fine.")


def print_explained(explained_segments: "Sequence[Explained]", as_json: bool) -> None:
    """One paragraph per segment, with the named rules that it uses below."""
    if as_json:
        print(dumped([_explained(explained) for explained in explained_segments]))
        return
    out = console()
    for explained in explained_segments:
        segment = explained.planned.segment
        out.print(f"[bold]{segment.name}[/bold]  {escape(segment.label)}".rstrip(), soft_wrap=True)
        out.print(escape(" ".join(explained.sentences)), soft_wrap=True)
        for name, rule_text in explained.rules.items():
            out.print(escape(f"  {name}: {rule_text}"), soft_wrap=True)
        out.print()


def _explained(explained: "Explained") -> dict[str, object]:
    segment = explained.planned.segment
    return {
        "segment": segment.name,
        "label": segment.label,
        "says": list(explained.sentences),
        "rules": explained.rules,
    }


def print_rendered(rendered: "Rendered", as_json: bool) -> None:
    """Lists the files written and deleted."""
    if as_json:
        print(dumped(asdict(rendered)))
        return
    for path in rendered.written:
        print(f"wrote {path}")
    for path in rendered.deleted:
        print(f"deleted {path}")
    changed = len(rendered.written) + len(rendered.deleted)
    unchanged = rendered.files - len(rendered.written)
    print(f"{counted(rendered.segments, 'segment')}: {counted(changed, 'file')} changed, {unchanged} unchanged.")


def print_stale(paths: Sequence[str], diff: str, as_json: bool) -> None:
    """Shows how the committed models differ from freshly rendered ones."""
    if as_json:
        print(dumped({"stale": paths, "diff": diff}))
    elif diff:
        _print_diff(diff)
    else:
        print("The committed models are up to date.")


def print_schemas(paths: Sequence[str], check: bool, as_json: bool) -> None:
    """Lists the schemas that were written, or with `check` are stale."""
    state = "stale" if check else "written"
    if as_json:
        print(dumped({state: paths}))
        return
    for path in paths:
        print(f"{'stale' if check else 'wrote'} {path}")
    if not paths:
        print("The schemas are up to date.")


def _print_diff(diff: str) -> None:
    """A unified diff, coloured on a terminal."""
    out = console()
    colours = {"+": "green", "-": "red", "@": "cyan"}
    for line in diff.split("\n"):
        out.print(escape(line), style=colours.get(line[:1]), soft_wrap=True)


def print_init(proposal: "Proposal", dry_run: bool, as_json: bool) -> None:
    """Lists what was or would be written, what was left alone, and the next steps."""
    if as_json:
        left = [{"path": path, "reason": reason} for path, reason in proposal.left]
        advice = {"notes": [note.strip() for note in proposal.notes], "steps": proposal.steps}
        print(dumped({"dry_run": dry_run, "written": proposal.written, "left": left, **advice}))
        return
    for path in proposal.written:
        print(f"{'would write' if dry_run else 'wrote'} {path}")
    for path, reason in proposal.left:
        print(f"left {path} alone: {reason}")
    for note in proposal.notes:
        print(note)
    print("\nNext:")
    for number, step in enumerate(proposal.steps, start=1):
        print(f"  {number}. {step}")
