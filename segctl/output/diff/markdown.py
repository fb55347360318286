"""A comparison of definitions as a comment on a pull request."""

import html
from typing import TYPE_CHECKING

from segctl.errors import described
from segctl.errors.visible import in_a_line
from segctl.output.diff.sentences import change_text, details, headline, is_untouched, notes, sample_text, summary
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
        details_shown, missing = _fitting(
            [text for text in folded if text], LONGEST - RESERVED - length - sum(map(len, kept))
        )
        parts += details_shown
        if left or missing:
            left_out = [f"{counted(left, 'row')} of the table"] if left else []
            left_out += [f"the details of {counted(missing, 'segment')}"] if missing else []
            parts.append(f"_Left out to fit into a comment: {' and '.join(left_out)}. `segctl diff` shows all._")
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
    cells = [name, _cell(change_text(changed))]
    if counts is None:
        cells += [""] * 5
    else:
        cells += [f"{counts.before:,}", f"{counts.after:,}", f"{counts.joins:,}", f"{counts.leaves:,}"]
        cells.append(amount_of(counts.moved_revenue, diff.currency))
    return f"| {' | '.join(cells)} |"


def _folded(changed: "SegmentDiff", diff: "Diff", with_keys: bool) -> str:
    lines = [f"- {_plain(line)}" for line in details(changed, diff)]
    for verb, joins in (("Join", True), ("Leave", False)):
        texts = [sample_text(sample, diff) for sample in changed.samples if sample.joins == joins]
        lines += [f"- {verb}, for example: {_plain('; '.join(texts))}"] if texts and with_keys else []
    said = [f"Now: {_plain(changed.says)}"] if changed.says else []
    said += [f"Before: {_plain(changed.said)}"] if changed.said and changed.said != changed.says else []
    if not lines and not said:
        return ""
    body = "\n\n".join([*said, "\n".join(lines)]).strip()
    title = f"<b>{changed.revision.name}</b>: {_plain(change_text(changed))}"
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """A text without markup or mentions."""
    escaped = html.escape(in_a_line(text), quote=False)
    for mark in "\\`*_[]#~":
        escaped = escaped.replace(mark, f"\\{mark}")
    for mark, broken in (("@", f"@{BREAK}"), ("\\#", f"\\#{BREAK}"), ("://", f":{BREAK}//")):
        escaped = escaped.replace(mark, broken)
    return escaped.replace("www.", f"www{BREAK}.")
