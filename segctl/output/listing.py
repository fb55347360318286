"""Prints the list of segments."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.operations.runs.instants import as_local
from segctl.output.layout import amount, console, counted, dumped, gained, label, lost, money, note, table
from segctl.process.streams import takes_all_characters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from segctl.operations.segments.listing import Listed, Listing, ListingRequest

BARS = "▁▂▃▄▅▆▇█"
# Bars never exaggerate a change smaller than this share of the size.
LEAST_SPAN = 0.1
BY_MOVES = ("change", "joined", "left")


def print_listing(listing: "Listing", request: "ListingRequest", as_json: bool, is_past: bool) -> None:
    """One row per segment: name, label, owner, sizes, and the file that defines it."""
    note(listing.note)
    if as_json:
        print(dumped([_as_data(listed, listing) for listed in listing.segments]))
        return
    out = console()
    if is_past:
        out.print(_instant_text(listing), style="bold")
    if listing.total and not listing.segments:
        out.print(f"None of {counted(listing.total, 'segment')}.")
        return
    columns = _columns(listing, request)
    lines = table(*columns)
    for listed in listing.segments:
        lines.add_row(*(cell(listed) for cell in columns.values()))
    out.print(lines)


def _instant_text(listing: "Listing") -> str:
    of_run = (
        "" if listing.run_as_of in (None, listing.as_of) else f", by the run as of {_local(listing.run_as_of, listing)}"
    )
    return f"As of {_local(listing.as_of, listing)}{of_run}"


def _local(instant: "datetime | None", listing: "Listing") -> str:
    return as_local(instant, listing.timezone)


def _columns(listing: "Listing", request: "ListingRequest") -> "dict[str, Callable[[Listed], str]]":
    """The columns by title, each a function of a segment. Always includes the sort column."""
    columns: dict[str, Callable[[Listed], str]] = {"segment": lambda listed: listed.name}
    if request.sort == "owner":
        columns["~owner"] = lambda listed: escape(listed.owner)
    columns |= {"~label": lambda listed: label(listed.label), ">size": _size}
    if request.changed or request.sort in BY_MOVES:
        columns[">joined"] = lambda listed: "" if listed.joined is None else gained(listed.joined)
        columns[">left"] = lambda listed: "" if listed.left is None else lost(listed.left)
    if request.sort == "revenue":
        columns[f">revenue {listing.currency}".rstrip()] = lambda listed: money(listed.revenue)
    if len(listing.runs) > 1 and takes_all_characters(sys.stdout):
        columns["~last runs"] = lambda listed: _bars(listed, listing.runs)
    columns.setdefault("~owner", lambda listed: escape(listed.owner))
    columns["~tags"] = lambda listed: escape(", ".join(listed.tags))
    columns["~source"] = lambda listed: escape(listed.source.rpartition(":")[0]) or "gone now"
    return columns


def _size(listed: "Listed") -> str:
    size = "" if listed.size is None else f"{listed.size:,}"
    return "disabled" if listed.enabled is False else f"held back {size}" if listed.held_by else size


def _bars(listed: "Listed", runs: "Sequence[datetime]") -> str:
    """One bar per run, earliest first, scaled between the smallest and the largest size."""
    sizes = dict(listed.sizes)
    if not sizes:
        return ""
    low, high = min(sizes.values()), max(sizes.values())
    span = max(high - low, high * LEAST_SPAN, 1)
    bars = (BARS[round((sizes[run] - low) / span * (len(BARS) - 1))] if run in sizes else "\u2007" for run in runs)
    return "".join(bars)


def _as_data(listed: "Listed", listing: "Listing") -> dict[str, object]:
    return {
        "segment": listed.name,
        "label": listed.label,
        "owner": listed.owner,
        "tags": listed.tags,
        "enabled": listed.enabled,
        "size": listed.size,
        "joined": listed.joined,
        "left": listed.left,
        "revenue": amount(listed.revenue),
        "sizes": [{"as_of": at, "size": size} for at, size in listed.sizes],
        "held_by": listed.held_by,
        "as_of": listing.as_of,
        "run_as_of": listing.run_as_of,
        "source": listed.source or None,
        "gone": not listed.source,
    }
