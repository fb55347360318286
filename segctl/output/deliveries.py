"""Prints the outcomes of deliveries."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors.visible import in_a_line
from segctl.operations.runs.instants import as_local
from segctl.output.layout import console, dumped, gained, lost
from segctl.output.runs.progress import print_warning
from segctl.process.streams import report_error

if TYPE_CHECKING:
    from segctl.operations.deliveries.deliver import Outcome
    from segctl.operations.deliveries.messages import Part

ALL_MEMBERS = "segment.members"


def print_delivery(outcome: "Outcome", zone: str, dry_run: bool) -> None:
    """One line per part that was received or would be sent, and why the rest failed."""
    out = console()
    for warning in outcome.warnings:
        print_warning(f"{outcome.name}: {warning}")
    for part in outcome.parts:
        content = "all members as of" if part.kind == ALL_MEMBERS else "changes of the run as of"
        counted = ((part.total - part.removes, gained), (part.removes, lost))
        counts = " ".join(shown(count) for count, shown in counted if count)
        verb = "would be sent" if dry_run else "sent"
        out.print(f"[bold]{outcome.name}[/bold] {verb} {counts}, {content} {as_local(part.at, zone)}")
    for change in outcome.changes:
        sign = "+" if change["op"] == "add" else "-"
        line = in_a_line(f"{sign} {change['segment']} {change['key']} ({change['cause']})")
        out.print(f"  {escape(line)}", highlight=False)
    rest = sum(part.total for part in outcome.parts) - len(outcome.changes)
    if outcome.changes and rest:
        out.print(f"  and {rest:,} more")
    if outcome.failure:
        up_to = (
            f"received up to the run as of {as_local(outcome.up_to, zone)}"
            if outcome.up_to
            else "no complete part received yet"
        )
        report_error(f"segctl: {outcome.name} failed: {outcome.failure}", outcome.detail, f"  {up_to}")
        report_error(f"  hint: {outcome.hint}") if outcome.hint else None
    elif not outcome.parts:
        out.print(f"[bold]{outcome.name}[/bold] nothing new")


def print_deliveries(outcomes: "Sequence[Outcome]", dry_run: bool) -> None:
    """The same as JSON."""
    print(dumped({"dry_run": dry_run, "deliveries": deliveries_as_data(outcomes)}))


def deliveries_as_data(outcomes: "Sequence[Outcome]") -> list[dict[str, object]]:
    """Each delivery: the parts received (or to be sent), the instant up to which it is complete, and the failure."""
    return [
        {
            "delivery": outcome.name,
            "way": outcome.way,
            "delivered": not outcome.failure,
            "parts": [_part(part) for part in outcome.parts],
            "up_to": outcome.up_to,
            "failure": outcome.failure or None,
            "hint": outcome.hint or None,
            "detail": outcome.detail or None,
            "warnings": outcome.warnings,
            "changes": outcome.changes,
        }
        for outcome in outcomes
    ]


def _part(part: "Part") -> dict[str, object]:
    counts = {"add": part.total - part.removes, "remove": part.removes}
    return {"type": part.kind, "run_id": part.run_id, "as_of": part.at, **counts}
