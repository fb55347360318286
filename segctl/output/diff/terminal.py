"""A comparison of definitions on a terminal."""

from typing import TYPE_CHECKING

from rich.markup import escape

from segctl.errors import described
from segctl.errors.visible import in_a_line
from segctl.output.diff.sentences import change_text, details, headline, is_untouched, notes, sample_text, summary
from segctl.output.layout import console, gained, lost, table
from segctl.speech import amount_of

if TYPE_CHECKING:
    from segctl.operations.diff import Diff, SegmentDiff


def print_diff(diff: "Diff", *, with_keys: bool) -> None:
    """The summary, a table of the segments, and the details of each below."""
    out = console()
    out.print(escape(headline(diff)), soft_wrap=True)
    for problem in diff.left_out:
        out.print(f"left out of the former version: {escape(described(problem, {}))}", style="yellow", soft_wrap=True)
    if diff.segments:
        lines = table("segment", "=what", ">before", ">after", ">join", ">leave", ">revenue that moves", "")
        for changed in diff.segments:
            lines.add_row(
                changed.revision.name,
                escape(change_text(changed)),
                *_numbers(changed, diff),
                "held back" if changed.guard else "",
            )
        out.print(lines)
    for changed in diff.segments:
        texts = [escape(in_a_line(line)) for line in details(changed, diff)]
        texts += [f"[dim]{escape(in_a_line(line))}[/dim]" for line in _samples(changed, diff, with_keys)]
        if texts and not is_untouched(changed):
            sentence = escape(in_a_line(changed.says or changed.said))
            out.print(f"\n[bold]{changed.revision.name}[/bold]  {sentence}", soft_wrap=True)
        for line in texts if not is_untouched(changed) else ():
            out.print(f"  {line}", soft_wrap=True)
    untouched = [segment_diff.revision.name for segment_diff in diff.segments if is_untouched(segment_diff)]
    if untouched:
        out.print(f"\nAlso edited, without effect on members: {', '.join(untouched)}", soft_wrap=True)
    for note in notes(diff):
        out.print(f"note: {escape(note)}", style="yellow", soft_wrap=True)
    out.print(f"\n{escape(summary(diff))}" if diff.segments else escape(summary(diff)), style="bold", soft_wrap=True)


def _numbers(changed: "SegmentDiff", diff: "Diff") -> list[str]:
    counts = changed.counts
    if counts is None:
        return [""] * 5
    worth = amount_of(counts.moved_revenue, diff.currency)
    return [f"{counts.before:,}", f"{counts.after:,}", gained(counts.joins), lost(counts.leaves), worth]


def _samples(changed: "SegmentDiff", diff: "Diff", with_keys: bool) -> list[str]:
    texts = []
    for verb, joins in (("join", True), ("leave", False)):
        sample_texts = [sample_text(sample, diff) for sample in changed.samples if sample.joins == joins]
        if sample_texts and with_keys:
            texts.append(f"{verb}: {'; '.join(sample_texts)}")
    return texts
