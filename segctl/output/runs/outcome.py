"""Prints a run: which segments moved and why, or the whole table."""

from dataclasses import asdict
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors.visible import in_a_line
from segctl.operations.runs.instants import as_local
from segctl.output.layout import (
    Table,
    amount,
    console,
    counted,
    dumped,
    gained,
    label,
    lost,
    money,
    share,
    table,
    with_amounts,
)
from segctl.output.runs.progress import print_warning

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from segctl.operations.runs.run import Held, RunReport
    from segctl.warehouse import Row

# At most this many segments are listed after a run.
MOST_SHOWN = 20


def print_run(
    report: "RunReport", as_json: bool, everything: bool = False, extra: "Mapping[str, object] | None" = None
) -> None:
    """The segments that moved, most moved first, by cause. With `everything`, one row per segment.

    JSON also contains `extra`.
    """
    if as_json:
        print(dumped(_as_data(report) | dict(extra or {})))
        return
    out = console()
    when = f"As of {as_local(report.as_of, report.timezone)}"
    out.print(when if everything else f"{when}: {_headline(report)}", style="bold")
    for what, names in (("definition edited", report.edited), ("new", report.new)):
        if names:
            out.print(f"{what}: {', '.join(names)}", soft_wrap=True)
    if everything:
        out.print(_all(report))
    else:
        _print_moved(report)
    for held in report.held:
        console(stderr=True).print(_held(held), style="red", highlight=False)
    for warning in report.warnings:
        print_warning(warning)


def _headline(report: "RunReport") -> str:
    """One line: how many segments moved, joins and leaves."""
    total_text = counted(len(report.rows), "segment")
    joined, left = (sum(row[name] for row in report.rows) for name in ("joined_count", "left_count"))
    if report.is_first:
        return f"the first run, {total_text} with {counted(joined, 'membership')}"
    if not report.causes:
        return f"none of {total_text} moved"
    return f"{len(report.causes):,} of {total_text} moved: {joined:,} joined, {left:,} left"


def _print_moved(report: "RunReport") -> None:
    """A table of the segments that moved, or of the largest after a first run."""
    rows = [row for row in report.rows if row["segment"] in report.causes]
    rows.sort(key=lambda row: (-(row["joined_count"] + row["left_count"]), row["segment"]))
    if not rows:
        return
    out, shown_rows = console(), rows[:MOST_SHOWN]
    out.print(_sizes(shown_rows, report) if report.is_first else _moves(shown_rows, report))
    if len(rows) > MOST_SHOWN:
        others = f"and {len(rows) - MOST_SHOWN:,} more"
        out.print(f"{others}: segctl list" if report.is_first else f"{others}: segctl list --changed, segctl changes")


def _moves(rows: "Sequence[Row]", report: "RunReport") -> Table:
    lines = table("segment", "~label", ">joined", ">left", "=by", ">size", f">revenue {report.currency}".rstrip())
    for row in rows:
        moved = (gained(row["joined_count"]), lost(row["left_count"]), _by(row["segment"], report))
        worth = (f"{row['size']:,}", money(row["member_revenue"]))
        lines.add_row(row["segment"], label(row["label"] or ""), *moved, *worth)
    return lines


def _by(name: str, report: "RunReport") -> str:
    """The causes, with a count each if there are several."""
    causes = report.causes[name]
    if len({*causes.joined, *causes.left}) == 1:
        return next(iter({**causes.joined, **causes.left}))
    texts = [f"{gained(count)} {cause}" for cause, count in causes.joined.items()]
    return ", ".join([*texts, *(f"{lost(count)} {cause}" for cause, count in causes.left.items())])


def _sizes(rows: "Sequence[Row]", report: "RunReport") -> Table:
    lines = table("segment", "~label", ">size", f">revenue {report.currency}".rstrip(), ">share")
    for row in rows:
        worth = (money(row["member_revenue"]), share(_share(row)))
        lines.add_row(row["segment"], label(row["label"] or ""), f"{row['size']:,}", *worth)
    return lines


def _all(report: "RunReport") -> Table:
    """One row per segment: size, joined, left, revenue of members, share of all revenue."""
    lines = table("segment", "~label", ">size", ">joined", ">left", f">revenue {report.currency}".rstrip(), ">share")
    for row in report.rows:
        moved = (f"{row['size']:,}", gained(row["joined_count"]), lost(row["left_count"]))
        worth = (money(row["member_revenue"]), share(_share(row)))
        lines.add_row(row["segment"], label(row["label"] or ""), *moved, *worth)
    return lines


def _as_data(report: "RunReport") -> dict[str, object]:
    from segctl.operations.runs.moves import Causes

    rows = [
        with_amounts(row)
        | {"revenue_share": _amount(_share(row)), "causes": asdict(report.causes.get(row["segment"], Causes()))}
        for row in report.rows
    ]
    data = {"as_of": report.as_of, "segments": rows, "moved": len(report.causes), "is_first": report.is_first}
    data |= {"edited": report.edited, "new": report.new}
    return data | {"held": [asdict(held) for held in report.held], "warnings": report.warnings}


def _share(row: "Row") -> Decimal | None:
    from segctl.operations.runs.run import revenue_share

    return revenue_share(row)


def _amount(share: Decimal | None) -> str | None:
    """A share from 0 to 1 with at most six decimals, for JSON."""
    return None if share is None else amount(round(share, 6))


def _held(held: "Held") -> str:
    """What a guard held back."""
    counts_text = {
        "reused_name": "the name had another meaning before",
        "renamed": _renamed(held),
        "group": "another segment of its exclusive group is held back",
    }.get(held.guard, held.guard)
    would = f"{_counted(held.joins, held.joining)} would join, {_counted(held.leaves, held.leaving)} would leave"
    hint = f"segctl run --allow {held.segment} ignores the guard once"
    if held.others:
        new, former = (held.others[0], held.segment) if held.gone else (held.segment, held.others[0])
        hint = f"add formerly: {former} to {new} if it was renamed, or segctl run --allow {new} if it is a new segment"
    return f"held back: {held.segment} ({counts_text}); {would}; it keeps its members\n  hint: {hint}"


def _renamed(held: "Held") -> str:
    """Explains a segment that may have been renamed, and to or from what."""
    others = " or ".join(held.others)
    if held.gone:
        return f"it is no longer defined, and {others} has the same meaning: was it renamed?"
    return f"it has the meaning of {others}, which is no longer defined: was it renamed?"


def _counted(count: int, names: tuple[str, ...]) -> str:
    """A number of members, and some of them."""
    named = ", ".join([*map(in_a_line, names), *(["…"] if count > len(names) else [])])
    return f"{count:,} ({escape(named)})" if names else f"{count:,}"
