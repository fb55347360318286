"""Prints which page was written."""

from datetime import datetime
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.output.layout import console, counted, dumped, note

if TYPE_CHECKING:
    from segctl.operations.report import Written


def print_report(written: "Written", as_json: bool) -> None:
    """Prints the path of the page, and its numbers of segments and runs."""
    if as_json:
        as_of = datetime.fromisoformat(written.as_of) if written.as_of else None
        data: dict[str, object] = {"path": str(written.path), "as_of": as_of}
        data |= {"segments": written.segments, "runs": written.runs}
        print(dumped(data | {"with_members": written.with_members, "bytes": written.size}))
        return
    if not written.as_of:
        note("no run has finished yet, so the page has only definitions: segctl run makes one")
    if written.with_members:
        note("the page names members: it is as confidential as they are")
    counts = f"{counted(written.segments, 'segment')} and {counted(written.runs, 'run')}"
    console().print(f"{counts} written to {escape(str(written.path))}", highlight=False, soft_wrap=True)
