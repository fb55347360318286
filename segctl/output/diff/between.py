"""Prints what happened between two instants."""

from typing import TYPE_CHECKING

from segctl.operations.runs.instants import as_local
from segctl.output.layout import console, dumped, gained, lost, table

if TYPE_CHECKING:
    from segctl.operations.diff import Between


def print_between(between: "Between", as_json: bool) -> None:
    """One row per segment: members at both instants, and joins and leaves by cause."""
    if as_json:
        segments = [
            {
                "segment": moved.name,
                "before": moved.before,
                "after": moved.after,
                "joins": moved.joins,
                "leaves": moved.leaves,
            }
            for moved in between.segments
        ]
        print(dumped({"from": between.start, "to": between.end, "segments": segments}))
        return
    lines = table("segment", ">before", ">after", ">joins", ">leaves", "=by cause")
    for segment in between.segments:
        causes = [f"{gained(count)} {cause}" for cause, count in _ordered(segment.joins)]
        causes += [f"{lost(count)} {cause}" for cause, count in _ordered(segment.leaves)]
        joins, leaves = sum(segment.joins.values()), sum(segment.leaves.values())
        numbers = (f"{segment.before:,}", f"{segment.after:,}", gained(joins), lost(leaves))
        lines.add_row(segment.name, *numbers, ", ".join(causes))
    out = console()
    start, end = as_local(between.start, between.timezone), as_local(between.end, between.timezone)
    out.print(f"From {start} to {end}", style="bold")
    out.print(lines if between.segments else "No one joined or left.")


def _ordered(causes: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(causes.items(), key=lambda pair: (-pair[1], pair[0]))
