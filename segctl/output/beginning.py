"""What segctl says before it drops a history."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from segctl.operations.instants import as_local
from segctl.output.layout import console, dumped

if TYPE_CHECKING:
    from segctl.operations.reset import Loss


def print_loss(loss: "Loss | None") -> None:
    """What would be lost, counted."""
    out = console()
    if loss is None:
        out.print("No run has finished on this target. What unfinished runs have left will be lost.")
        return
    out.print("This will be lost:", highlight=False)
    if loss.runs:
        span = f"from {as_local(loss.first, loss.timezone)} to {as_local(loss.last, loss.timezone)}"
        out.print(f"  {_counted(loss.runs, 'run')} {span}", highlight=False)
    changed = f", {loss.changes:,} of them with more to tell than a first run" if loss.changes else ""
    out.print(f"  {_counted(loss.stays, 'stay')}{changed}", highlight=False)
    out.print(f"  {_counted(loss.versions, 'version')} of definitions", highlight=False)
    if loss.corrections:
        out.print(f"  {_counted(loss.corrections, 'note')} of what was corrected", highlight=False)
    out.print("Erasures are kept.", highlight=False)


def print_loss_as_data(loss: "Loss | None", dropped: bool) -> None:
    """The same for machines: what would be lost, null when no run has finished, and whether it has been dropped."""
    print(dumped({"dropped": dropped, "lost": asdict(loss) if loss else None}))


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
