"""Prints the preview of a definition."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.markup import escape

from segctl.errors.visible import in_a_line
from segctl.operations.runs.instants import as_local
from segctl.output.diff.sentences import value_of
from segctl.output.layout import console, counted, dumped, table
from segctl.speech import amount_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from segctl.operations.questions.preview import Preview

JOINED = {"all": "and so far", "any": "or so far", "none": "none so far"}


def print_previews(previews: "Sequence[Preview]", as_json: bool) -> None:
    """Size, value, funnel, members, overlap and month ends of each segment."""
    if as_json:
        print(dumped([_as_data(preview) for preview in previews]))
        return
    out = console()
    for number, previewed in enumerate(previews):
        if number:
            out.print()
        _print(previewed, out)


def _print(preview: "Preview", out: "Console") -> None:
    out.print(f"[bold]{preview.planned.segment.name}[/bold]  {escape(in_a_line(preview.says))}", soft_wrap=True)
    if not preview.planned.segment.enabled:
        out.print("The segment is disabled: a run gives it no members.", style="yellow")
    if preview.planned.memory:
        out.print("Counts who matches the rule. Ignores memory: keep_while, min_stay, cool_down.", style="yellow")
    share_text = f"{_share(preview.size, preview.customers)} of {counted(preview.customers, preview.planned.entity)}"
    worth = (
        f"{amount_of(preview.member_revenue, preview.currency)}, "
        f"{_share(preview.member_revenue, preview.revenue)} of all"
    )
    average = f", {amount_of(preview.member_revenue / preview.size, preview.currency)} each" if preview.size else ""
    out.print(
        f"{counted(preview.size, 'member')} ({share_text}), {preview.eligible:,} of them eligible; "
        f"they bring {worth}{average}"
        f"  [dim]as of {as_local(preview.as_of, preview.timezone)}[/dim]",
        soft_wrap=True,
    )
    if preview.standing is not None:
        out.print(f"In the last run, the segment of this name had {counted(preview.standing, 'member')}.")
    lines = table("=clause", ">alone", f">{JOINED[preview.joined]}")
    for step in preview.steps:
        lines.add_row(escape(step.words), f"{step.alone:,}", f"{step.so_far:,}")
    out.print(lines)
    if preview.overlaps:
        lines = table("also in", ">size", ">in both", ">of the members", ">alike")
        for other in preview.overlaps:
            share = _share(other.both, preview.size)
            lines.add_row(other.segment, f"{other.size:,}", f"{other.both:,}", share, f"{other.jaccard:.0%}")
        out.print(lines)
    if preview.months:
        lines = table("end of", ">members", ">revenue")
        for size in preview.months:
            worth = amount_of(size.revenue, preview.currency)
            lines.add_row(_month(size.as_of, preview.timezone), f"{size.size:,}", worth)
        out.print(lines)
    if preview.members:
        lines = table("member", ">revenue", *(f">{name}" for name in preview.members[0].values))
        for member in preview.members:
            worth = amount_of(member.revenue, preview.currency) if member.revenue is not None else ""
            lines.add_row(escape(member.key), worth, *(escape(value_of(value)) for value in member.values.values()))
        out.print(lines)


def _month(end: datetime, timezone: str) -> str:
    """The month that ends at a naive UTC instant."""
    return f"{(end - timedelta(seconds=1)).replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)):%B %Y}"


def _share(part: int | Decimal, whole: int | Decimal) -> str:
    return f"{Decimal(part) / Decimal(whole):.1%}" if whole else "0%"


def _as_data(preview: "Preview") -> dict[str, object]:
    return {
        "segment": preview.planned.segment.name,
        "entity": preview.planned.entity,
        "says": preview.says,
        "as_of": preview.as_of,
        "currency": preview.currency,
        "customers": preview.customers,
        "revenue": preview.revenue,
        "size": preview.size,
        "member_revenue": preview.member_revenue,
        "eligible": preview.eligible,
        "last_run_size": preview.standing,
        "joined": preview.joined,
        "clauses": [asdict(step) for step in preview.steps],
        "overlaps": [
            {"segment": other.segment, "size": other.size, "both": other.both, "jaccard": round(other.jaccard, 4)}
            for other in preview.overlaps
        ],
        "months": [asdict(size) for size in preview.months],
        "members": [asdict(member) for member in preview.members],
    }
