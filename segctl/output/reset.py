"""Prints what a reset would drop."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from segctl.operations.runs.instants import as_local
from segctl.output.layout import console, dumped

if TYPE_CHECKING:
    from segctl.operations.recomputation.reset import Loss


def print_loss(loss: "Loss | None") -> None:
    """Counts what would be lost."""
    out = console()
    if loss is None:
        out.print("No run has finished on this target. What unfinished runs left behind will be lost.")
        return
    out.print("This will be lost:", highlight=False)
    if loss.runs:
        span = f"from {as_local(loss.first, loss.timezone)} to {as_local(loss.last, loss.timezone)}"
        out.print(f"  {_counted(loss.runs, 'run')} {span}", highlight=False)
    changed = f", {loss.changes:,} of them changed after the first run" if loss.changes else ""
    out.print(f"  {_counted(loss.stays, 'stay')}{changed}", highlight=False)
    out.print(f"  {_counted(loss.versions, 'version')} of definitions", highlight=False)
    if loss.corrections:
        out.print(f"  {_counted(loss.corrections, 'note')} about corrections", highlight=False)
    out.print("Erasures are kept.", highlight=False)


def print_loss_as_data(loss: "Loss | None", dropped: bool) -> None:
    """The same as JSON: what would be lost (null if no run has finished), and whether it was dropped."""
    print(dumped({"dropped": dropped, "lost": asdict(loss) if loss else None}))


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
