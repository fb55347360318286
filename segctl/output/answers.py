"""What segctl says of the past of segments, and of files made of their members."""

from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.operations.instants import as_local
from segctl.output.layout import console, counted, dumped, label, table

if TYPE_CHECKING:
    from segctl.operations.export import Exported
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
        texts = (segment.owner, ", ".join(segment.tags), segment.source or "gone now")
        lines.add_row(segment.name, label(segment.label), told, *(escape(text) for text in texts))
    out = console()
    run = found.moment.run
    of_run = "" if run in (None, found.moment.instant) else f", by the run as of {as_local(run, found.timezone)}"
    out.print(f"As of {as_local(found.moment.instant, found.timezone)}{of_run}", style="bold")
    out.print(lines)


def print_exported(exported: "Exported") -> None:
    """That a file was written."""
    print(f"wrote {exported.path}: {counted(exported.rows, 'row')}", flush=True)


def _past_row(segment: "PastSegment", found: "PastOverview") -> dict[str, object]:
    row: dict[str, object] = {"segment": segment.name}
    row |= {field: getattr(segment, field) for field in ("label", "owner", "tags", "enabled", "size")}
    row |= {"as_of": found.moment.instant, "run_as_of": found.moment.run}
    return row | {"source": segment.source or None, "gone": segment.gone}
