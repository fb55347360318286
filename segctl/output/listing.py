"""Prints the list of segments."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.operations.instants import as_local
from segctl.output.layout import amount, console, counted, dumped, gained, label, lost, money, note, table
from segctl.streams import takes_all_characters

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from segctl.operations.listing import Listed, Listing, Wanted

BARS = "▁▂▃▄▅▆▇█"
# Bars never exaggerate a change smaller than this share of the size.
LEAST_SPAN = 0.1
BY_MOVES = ("change", "joined", "left")


def print_listing(found: "Listing", wanted: "Wanted", as_json: bool, is_past: bool) -> None:
    """One row per segment: name, label, owner, sizes, and the file that defines it."""
    note(found.note)
    if as_json:
        print(dumped([_as_data(one, found) for one in found.segments]))
        return
    out = console()
    if is_past:
        out.print(_moment(found), style="bold")
    if found.total and not found.segments:
        out.print(f"None of {counted(found.total, 'segment')}.")
        return
    columns = _columns(found, wanted)
    lines = table(*columns)
    for one in found.segments:
        lines.add_row(*(told(one) for told in columns.values()))
    out.print(lines)


def _moment(found: "Listing") -> str:
    of_run = "" if found.run_as_of in (None, found.as_of) else f", by the run as of {_local(found.run_as_of, found)}"
    return f"As of {_local(found.as_of, found)}{of_run}"


def _local(instant: "datetime | None", found: "Listing") -> str:
    return as_local(instant, found.timezone)


def _columns(found: "Listing", wanted: "Wanted") -> "dict[str, Callable[[Listed], str]]":
    """The columns by title, each a function of a segment. Always includes the sort column."""
    columns: dict[str, Callable[[Listed], str]] = {"segment": lambda one: one.name}
    if wanted.sort == "owner":
        columns["~owner"] = lambda one: escape(one.owner)
    columns |= {"~label": lambda one: label(one.label), ">size": _size}
    if wanted.changed or wanted.sort in BY_MOVES:
        columns[">joined"] = lambda one: "" if one.joined is None else gained(one.joined)
        columns[">left"] = lambda one: "" if one.left is None else lost(one.left)
    if wanted.sort == "revenue":
        columns[f">revenue {found.currency}".rstrip()] = lambda one: money(one.revenue)
    if len(found.runs) > 1 and takes_all_characters(sys.stdout):
        columns["~last runs"] = lambda one: _bars(one, found.runs)
    columns.setdefault("~owner", lambda one: escape(one.owner))
    columns["~tags"] = lambda one: escape(", ".join(one.tags))
    columns["~source"] = lambda one: escape(one.source.rpartition(":")[0]) or "gone now"
    return columns


def _size(one: "Listed") -> str:
    size = "" if one.size is None else f"{one.size:,}"
    return "disabled" if one.enabled is False else f"held back {size}" if one.held_by else size


def _bars(one: "Listed", runs: "Sequence[datetime]") -> str:
    """One bar per run, earliest first, scaled between the smallest and the largest size."""
    sizes = dict(one.sizes)
    if not sizes:
        return ""
    low, high = min(sizes.values()), max(sizes.values())
    span = max(high - low, high * LEAST_SPAN, 1)
    bars = (BARS[round((sizes[run] - low) / span * (len(BARS) - 1))] if run in sizes else "\u2007" for run in runs)
    return "".join(bars)


def _as_data(one: "Listed", found: "Listing") -> dict[str, object]:
    return {
        "segment": one.name,
        "label": one.label,
        "owner": one.owner,
        "tags": one.tags,
        "enabled": one.enabled,
        "size": one.size,
        "joined": one.joined,
        "left": one.left,
        "revenue": amount(one.revenue),
        "sizes": [{"as_of": at, "size": size} for at, size in one.sizes],
        "held_by": one.held_by,
        "as_of": found.as_of,
        "run_as_of": found.run_as_of,
        "source": one.source or None,
        "gone": not one.source,
    }
