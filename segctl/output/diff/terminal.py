"""A comparison of definitions on a terminal."""

from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors import described
from segctl.output.diff.words import details, headline, is_untouched, notes, sample_in_words, summary, what
from segctl.output.layout import console, gained, lost, table
from segctl.speech import amount_of
from segctl.visible import in_a_line

if TYPE_CHECKING:
    from segctl.operations.diff import Diff, SegmentDiff


def print_diff(found: "Diff", *, with_keys: bool) -> None:
    """The summary, a table of the segments, and the details of each below."""
    out = console()
    out.print(escape(headline(found)), soft_wrap=True)
    for problem in found.left_out:
        out.print(f"left out of the former version: {escape(described(problem, {}))}", style="yellow", soft_wrap=True)
    if found.segments:
        lines = table("segment", "=what", ">before", ">after", ">join", ">leave", ">revenue that moves", "")
        for one in found.segments:
            lines.add_row(one.revision.name, escape(what(one)), *_numbers(one, found), "held back" if one.guard else "")
        out.print(lines)
    for one in found.segments:
        told = [escape(in_a_line(line)) for line in details(one, found)]
        told += [f"[dim]{escape(in_a_line(line))}[/dim]" for line in _samples(one, found, with_keys)]
        if told and not is_untouched(one):
            sentence = escape(in_a_line(one.says or one.said))
            out.print(f"\n[bold]{one.revision.name}[/bold]  {sentence}", soft_wrap=True)
        for line in told if not is_untouched(one) else ():
            out.print(f"  {line}", soft_wrap=True)
    untouched = [one.revision.name for one in found.segments if is_untouched(one)]
    if untouched:
        out.print(f"\nAlso edited, without effect on members: {', '.join(untouched)}", soft_wrap=True)
    for note in notes(found):
        out.print(f"note: {escape(note)}", style="yellow", soft_wrap=True)
    out.print(f"\n{escape(summary(found))}" if found.segments else escape(summary(found)), style="bold", soft_wrap=True)


def _numbers(one: "SegmentDiff", found: "Diff") -> list[str]:
    counts = one.counts
    if counts is None:
        return [""] * 5
    worth = amount_of(counts.moved_revenue, found.currency)
    return [f"{counts.before:,}", f"{counts.after:,}", gained(counts.joins), lost(counts.leaves), worth]


def _samples(one: "SegmentDiff", found: "Diff", with_keys: bool) -> list[str]:
    told = []
    for verb, joins in (("join", True), ("leave", False)):
        theirs = [sample_in_words(sample, found) for sample in one.samples if sample.joins == joins]
        if theirs and with_keys:
            told.append(f"{verb}: {'; '.join(theirs)}")
    return told
