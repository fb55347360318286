"""A comparison of definitions as a comment on a pull request."""

import html
from typing import TYPE_CHECKING

from segctl.errors import described
from segctl.errors.visible import in_a_line
from segctl.output.diff.words import details, headline, is_untouched, notes, sample_in_words, summary, what
from segctl.output.layout import counted
from segctl.speech import amount_of

if TYPE_CHECKING:
    from segctl.operations.diff import Diff, SegmentDiff

# GitHub accepts 65,536 characters.
LONGEST = 60_000
# The longest note about what was left out.
RESERVED = 300
# At most this many problems of the former version are listed.
MOST_LEFT_OUT = 20
# A character that keeps GitHub from making links and mentions.
BREAK = "&#8203;"


def diff_as_markdown(diff: "Diff", *, with_keys: bool) -> str:
    """The summary, a table, and a folded part per segment. Counts what does not fit."""
    parts = [f"### Segments: {_plain(summary(diff))}", _plain(headline(diff))]
    parts += [f"_{_plain(note)}._" for note in notes(diff)]
    if diff.left_out:
        listed = [f"- {_plain(described(problem, {}))}" for problem in diff.left_out[:MOST_LEFT_OUT]]
        others = len(diff.left_out) - MOST_LEFT_OUT
        listed += [f"- and {others:,} more"] if others > 0 else []
        parts.append("\n".join(["Left out of the former version:", *listed]))
    rows = [_row(changed, diff) for changed in diff.segments]
    folded = [
        _folded(segment_diff, diff, with_keys) for segment_diff in diff.segments if not is_untouched(segment_diff)
    ]
    if rows:
        head = "| segment | what | before | after | join | leave | revenue that moves |\n|:--|:--|--:|--:|--:|--:|--:|"
        length = sum(map(len, parts)) + len(head)
        kept, left = _fitting(rows, LONGEST - RESERVED - length)
        parts.append("\n".join([head, *kept]))
        more, missing = _fitting([one for one in folded if one], LONGEST - RESERVED - length - sum(map(len, kept)))
        parts += more
        if left or missing:
            told = [f"{counted(left, 'row')} of the table"] if left else []
            told += [f"the details of {counted(missing, 'segment')}"] if missing else []
            parts.append(f"_Left out to fit into a comment: {' and '.join(told)}. `segctl diff` shows all._")
    return "\n\n".join(parts)


def _fitting(texts: list[str], room: int) -> tuple[list[str], int]:
    """The first texts that fit into `room` characters, and the number of the others."""
    kept: list[str] = []
    for text in texts:
        room -= len(text) + 2
        if room < 0:
            break
        kept.append(text)
    return kept, len(texts) - len(kept)


def _row(changed: "SegmentDiff", diff: "Diff") -> str:
    counts = changed.counts
    name = f"`{changed.revision.name}`" + (" ⚠️ held back" if changed.guard else "")
    cells = [name, _cell(what(changed))]
    if counts is None:
        cells += [""] * 5
    else:
        cells += [f"{counts.before:,}", f"{counts.after:,}", f"{counts.joins:,}", f"{counts.leaves:,}"]
        cells.append(amount_of(counts.moved_revenue, diff.currency))
    return f"| {' | '.join(cells)} |"


def _folded(changed: "SegmentDiff", diff: "Diff", with_keys: bool) -> str:
    lines = [f"- {_plain(line)}" for line in details(changed, diff)]
    for verb, joins in (("Join", True), ("Leave", False)):
        theirs = [sample_in_words(sample, diff) for sample in changed.samples if sample.joins == joins]
        lines += [f"- {verb}, for example: {_plain('; '.join(theirs))}"] if theirs and with_keys else []
    said = [f"Now: {_plain(changed.says)}"] if changed.says else []
    said += [f"Before: {_plain(changed.said)}"] if changed.said and changed.said != changed.says else []
    if not lines and not said:
        return ""
    body = "\n\n".join([*said, "\n".join(lines)]).strip()
    return (
        f"<details><summary><b>{changed.revision.name}</b>: {_plain(what(changed))}</summary>\n\n{body}\n\n</details>"
    )


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """A text without markup or mentions."""
    told = html.escape(in_a_line(text), quote=False)
    for mark in "\\`*_[]#~":
        told = told.replace(mark, f"\\{mark}")
    for mark, broken in (("@", f"@{BREAK}"), ("\\#", f"\\#{BREAK}"), ("://", f":{BREAK}//")):
        told = told.replace(mark, broken)
    return told.replace("www.", f"www{BREAK}.")
