"""Prints who joined and left."""

from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.operations.runs.instants import as_local
from segctl.output.layout import console, dumped, gained, lost, table

if TYPE_CHECKING:
    from segctl.operations.segments.changes import Changes, Move


def print_changes(changes: "Changes", as_json: bool, members: int) -> None:
    """One row per segment, change and cause, with some of the members."""
    if as_json:
        segments = [
            {"segment": name, "moves": [_move(move, members) for move in moves]}
            for name, moves in changes.segments.items()
        ]
        print(dumped({"since": changes.since, "until": changes.until, "segments": segments}))
        return
    out, until = console(), as_local(changes.until, changes.timezone)
    since = f"Since {as_local(changes.since, changes.timezone)}, up to" if changes.since else "In"
    out.print(f"{since} the run as of {until}", style="bold")
    lines = table("segment", ">moved", "by", *(["=who"] if members else []))
    for name, moves in changes.segments.items():
        for number, move in enumerate(moves):
            count = gained(move.count) if move.change == "joined" else lost(move.count)
            keys = ", ".join(key for key, _ in move.members[:members])
            rest = f" and {move.count - members:,} more" if members and move.count > members else ""
            lines.add_row("" if number else name, count, move.cause, *([escape(keys + rest)] if members else []))
    out.print(lines if changes.segments else "No one joined or left.")


def _move(move: "Move", members: int) -> dict[str, object]:
    shown_members = [{"member": key, "changed_at": at} for key, at in move.members[:members]]
    return {"change": move.change, "cause": move.cause, "count": move.count, "members": shown_members}
