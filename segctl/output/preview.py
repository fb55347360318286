"""Prints the preview of a definition."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.markup import escape

from segctl.operations.instants import as_local
from segctl.output.diff.words import value_of
from segctl.output.layout import console, counted, dumped, table
from segctl.speech import amount_of
from segctl.visible import in_a_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from segctl.operations.preview import Preview

JOINED = {"all": "and so far", "any": "or so far", "none": "none so far"}


def print_previews(found: "Sequence[Preview]", as_json: bool) -> None:
    """Size, value, funnel, members, overlap and month ends of each segment."""
    if as_json:
        print(dumped([_as_data(one) for one in found]))
        return
    out = console()
    for number, one in enumerate(found):
        if number:
            out.print()
        _print(one, out)


def _print(one: "Preview", out: "Console") -> None:
    out.print(f"[bold]{one.planned.segment.name}[/bold]  {escape(in_a_line(one.says))}", soft_wrap=True)
    if not one.planned.segment.enabled:
        out.print("The segment is disabled: a run gives it no members.", style="yellow")
    if one.planned.memory:
        out.print("Counts who matches the rule. Ignores memory: keep_while, min_stay, cool_down.", style="yellow")
    of = f"{_share(one.size, one.customers)} of {counted(one.customers, one.planned.entity)}"
    worth = f"{amount_of(one.member_revenue, one.currency)}, {_share(one.member_revenue, one.revenue)} of all"
    average = f", {amount_of(one.member_revenue / one.size, one.currency)} each" if one.size else ""
    out.print(
        f"{counted(one.size, 'member')} ({of}), {one.eligible:,} of them eligible; they bring {worth}{average}"
        f"  [dim]as of {as_local(one.as_of, one.timezone)}[/dim]",
        soft_wrap=True,
    )
    if one.standing is not None:
        out.print(f"In the last run, the segment of this name had {counted(one.standing, 'member')}.")
    lines = table("=clause", ">alone", f">{JOINED[one.joined]}")
    for step in one.steps:
        lines.add_row(escape(step.words), f"{step.alone:,}", f"{step.so_far:,}")
    out.print(lines)
    if one.overlaps:
        lines = table("also in", ">size", ">in both", ">of the members", ">alike")
        for other in one.overlaps:
            share = _share(other.both, one.size)
            lines.add_row(other.segment, f"{other.size:,}", f"{other.both:,}", share, f"{other.jaccard:.0%}")
        out.print(lines)
    if one.months:
        lines = table("end of", ">members", ">revenue")
        for size in one.months:
            worth = amount_of(size.revenue, one.currency)
            lines.add_row(_month(size.as_of, one.timezone), f"{size.size:,}", worth)
        out.print(lines)
    if one.members:
        lines = table("member", ">revenue", *(f">{name}" for name in one.members[0].values))
        for member in one.members:
            worth = amount_of(member.revenue, one.currency) if member.revenue is not None else ""
            lines.add_row(escape(member.key), worth, *(escape(value_of(value)) for value in member.values.values()))
        out.print(lines)


def _month(end: datetime, timezone: str) -> str:
    """The month that ends at a naive UTC instant."""
    return f"{(end - timedelta(seconds=1)).replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)):%B %Y}"


def _share(part: int | Decimal, whole: int | Decimal) -> str:
    return f"{Decimal(part) / Decimal(whole):.1%}" if whole else "0%"


def _as_data(one: "Preview") -> dict[str, object]:
    return {
        "segment": one.planned.segment.name,
        "entity": one.planned.entity,
        "says": one.says,
        "as_of": one.as_of,
        "currency": one.currency,
        "customers": one.customers,
        "revenue": one.revenue,
        "size": one.size,
        "member_revenue": one.member_revenue,
        "eligible": one.eligible,
        "last_run_size": one.standing,
        "joined": one.joined,
        "clauses": [asdict(step) for step in one.steps],
        "overlaps": [
            {"segment": other.segment, "size": other.size, "both": other.both, "jaccard": round(other.jaccard, 4)}
            for other in one.overlaps
        ],
        "months": [asdict(size) for size in one.months],
        "members": [asdict(member) for member in one.members],
    }
