"""What segctl says of the past of segments, and of files made of their members."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors import Failure
from segctl.operations.instants import as_local
from segctl.output.layout import console, counted, dumped, label, listed_segment, table

if TYPE_CHECKING:
    from segctl.operations.exports import Exported
    from segctl.operations.past import PastOverview, PastSegment


def print_past(found: "PastOverview", as_json: bool) -> None:
    """One row a segment: what it is called, whose it is, its size then, and where it is defined, unless it is gone."""
    if found.note:
        console(stderr=True).print(escape(found.note), style="yellow")
    if as_json:
        print(dumped([_past_row(segment, found) for segment in found.segments]))
        return
    lines = table("segment", "label", ">size", "owner", "tags", "source")
    for segment in found.segments:
        size = "" if segment.size is None else f"{segment.size:,}"
        told = "disabled" if segment.enabled is False else size
        texts = (segment.owner, ", ".join(segment.tags), segment.source.rpartition(":")[0] or "gone now")
        lines.add_row(segment.name, label(segment.label), told, *(escape(text) for text in texts))
    out = console()
    run = found.moment.run
    of_run = "" if run in (None, found.moment.instant) else f", by the run as of {as_local(run, found.timezone)}"
    out.print(f"As of {as_local(found.moment.instant, found.timezone)}{of_run}", style="bold")
    out.print(lines)


def print_exported(exported: Iterable["Exported"], as_json: bool, printed: bool = False) -> None:
    """That files were written, each as it is there; as data all that were, also when the next one fails.

    Where rows were `printed`, nothing is told beside them.
    """
    if printed and as_json:
        raise Failure("--json tells of files, and --to - prints rows", "leave one of them out", exit_code=2)
    written = []
    try:
        for one in exported:
            told = "" if one.is_manifest else f": {counted(one.rows, 'row')}"
            if not one.is_manifest:
                file = {"segment": one.segment, "path": str(one.path), "rows": one.rows}
                written.append(file | ({"sha256": one.sha256} if one.sha256 else {}))
            if not as_json:
                print(f"wrote {one.path}{told}", flush=True)
    finally:
        if as_json:
            print(dumped(written))


def _past_row(segment: "PastSegment", found: "PastOverview") -> dict[str, object]:
    return listed_segment(
        name=segment.name,
        label=segment.label,
        owner=segment.owner,
        tags=segment.tags,
        enabled=segment.enabled,
        size=segment.size,
        held_by=segment.held_by,
        as_of=found.moment.instant,
        run_as_of=found.moment.run,
        source=segment.source or None,
    )
