"""The sentences of a comparison, shared by the terminal and pull requests."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from segctl.operations.runs.instants import as_local
from segctl.output.layout import counted
from segctl.speech import amount_of

if TYPE_CHECKING:
    from segctl.operations.diff import Counts, Cut, Diff, Sample, SegmentDiff

VERBS = {
    "added": "added",
    "removed": "removed",
    "renamed": "renamed",
    "enabled": "enabled",
    "disabled": "disabled",
    "redefined": "changed",
    "reworded": "reworded",
}
GUARDS = {
    "max_change": "more members would move than its guard allows",
    "min_size": "it would have fewer members than its guard requires",
    "max_size": "it would have more members than its guard allows",
}


def headline(diff: "Diff") -> str:
    """Names the two versions, and says that nothing is written."""
    text = f"The definitions in the working tree against those of {diff.against}"
    if not any(changed.counts for changed in diff.segments):
        return f"{text}. Nothing is written."
    text += f", on the data as of {as_local(diff.as_of, diff.timezone)}"
    if diff.customers:
        text += f": {counted(diff.customers, 'customer')} with {amount_of(diff.revenue, diff.currency)}"
    return f"{text}. Nothing is written."


def summary(diff: "Diff") -> str:
    """How many segments changed in which way, and how many members move."""
    if not diff.segments:
        return "No segment differs, but the catalog does." if diff.catalog else "No segment differs."
    kinds: list[str] = [changed.revision.kind for changed in diff.segments]
    parts = [f"{kinds.count(kind)} {verb}" for kind, verb in VERBS.items() if kind in kinds]
    counts = [segment_diff.counts for segment_diff in diff.segments if segment_diff.counts]
    joins, leaves = sum(count.joins for count in counts), sum(count.leaves for count in counts)
    moved = f"{_does(joins, 'join')}, {_does(leaves, 'leave')}" if joins or leaves else "no one joins or leaves"
    return f"{', '.join(parts)}; {moved}."


def notes(diff: "Diff") -> Iterator[str]:
    """Further notes for the reader."""
    yield from diff.catalog
    gone = {
        changed.revision.present.definition_hash: changed.revision.name
        for changed in diff.segments
        if changed.revision.kind == "removed"
    }
    for segment_diff in diff.segments:
        former = (
            gone.get(segment_diff.revision.present.definition_hash) if segment_diff.revision.kind == "added" else None
        )
        if former:
            hint = f"if it is {former} under another name, say formerly: {former}"
            yield f"{segment_diff.revision.name} means what {former} did: a run holds both back ({hint})"
    if diff.exposures:
        yield f"dbt exposures that read segments: {', '.join(diff.exposures)}"
    remembering = [changed.revision.name for changed in diff.segments if changed.revision.present.memory]
    if remembering and not diff.with_history:
        yield f"without a history here, memory rules keep no one: {', '.join(remembering)}; see --history-from"


def is_untouched(changed: "SegmentDiff") -> bool:
    """Whether only something that the segment refers to was edited, with no effect."""
    counts, revision = changed.counts, changed.revision
    moved = counts is None or counts.joins or counts.leaves
    return bool(revision.kind == "redefined" and not (moved or changed.guard or revision.reworded))


def change_text(segment_diff: "SegmentDiff") -> str:
    """What happened to the segment."""
    revision = segment_diff.revision
    if revision.reworded == ("guard",) and revision.kind == "reworded":
        return "guard changed"
    verb = VERBS[revision.kind]
    if revision.kind == "renamed" and revision.before:
        changed = " and changed" if revision.edits or revision.memory_edits else ""
        return f"renamed from {revision.before.segment.name}{changed}"
    # Column names may be digests, which mean nothing to readers.
    named = [part for part in revision.through if not part.startswith("column ")]
    through = ", ".join(named) or "its inputs"
    return f"{verb} through {through}" if revision.through else verb


def details(changed: "SegmentDiff", diff: "Diff") -> Iterator[str]:
    """The reasons and their effects, one line each."""
    revision, counts = changed.revision, changed.counts
    if counts:
        yield from _reasons(changed, counts)
        if counts.kept:
            yield f"{_does(counts.kept, 'stay')} by memory alone, not counted by clause"
        if counts.waiting:
            has = "have" if counts.waiting > 1 else "has"
            yield f"{counts.waiting:,} {has} to wait (cool_down), not counted by clause"
        if counts.moved_revenue:
            yield _worth(counts, diff)
        for near in changed.near:
            if near.count:
                yield f"{counted(near.count, 'more member')} if it asked {near.words}"
    elif revision.kind not in ("reworded", "renamed"):
        yield "no effect: the segment is disabled"
    if counts:
        yield from revision.memory_edits
    if changed.guard:
        yield f"a run would hold it back: {GUARDS[changed.guard]} ({changed.guard})"
    if revision.reworded:
        yield f"reworded: {', '.join(revision.reworded)}"


def _reasons(changed: "SegmentDiff", counts: "Counts") -> Iterator[str]:
    edits = changed.edits
    if len(edits) == 1 and not changed.revision.present.memory:
        yield f"{_moves(counts.joins, counts.leaves)} because {_edit(edits[0])}"
        return
    for cut in edits:
        if cut.joins is None or cut.leaves is None:
            yield _edit(cut)
        else:
            alone = "by this alone:" if len(edits) > 1 else "because"
            yield f"{_moves(cut.joins, cut.leaves)} {alone} {_edit(cut)}"
    moves = [(cut.joins or 0, cut.leaves or 0) for cut in edits]
    joins, leaves = (counts.joins - sum(pair[0] for pair in moves), counts.leaves - sum(pair[1] for pair in moves))
    if edits and edits[0].joins is not None and (joins > 0 or leaves > 0):
        yield f"{_moves(max(joins, 0), max(leaves, 0))} only by these edits together"


def _edit(cut: "Cut") -> str:
    inside = f" (in {' in '.join(reversed(cut.edit.inside))})" if cut.edit.inside else ""
    return f"{cut.edit.text}{inside}"


def _worth(counts: "Counts", diff: "Diff") -> str:
    parts = []
    if counts.joins:
        parts.append(f"those who join bring {amount_of(counts.revenue_joins, diff.currency)}")
    if counts.leaves:
        parts.append(f"those who leave bring {amount_of(counts.revenue_leaves, diff.currency)}")
    share = f", {counts.moved_revenue / diff.revenue:.1%} of all revenue" if diff.revenue else ""
    return f"{' and '.join(parts)}{share}"


def sample_text(sample: "Sample", diff: "Diff") -> str:
    """A member with their revenue and the values that decide."""
    parts = [amount_of(sample.revenue, diff.currency)] if sample.revenue is not None else []
    parts += [f"{name} {value_of(value)}" for name, value in sample.values.items()]
    return f"{sample.member} ({', '.join(parts)})" if parts else str(sample.member)


def value_of(value: str | None) -> str:
    """A value from the warehouse. Numbers lose trailing zeros."""
    if value is None:
        return "missing"
    return value.rstrip("0").rstrip(".") if value.replace(".", "", 1).lstrip("-").isdigit() and "." in value else value


def _moves(joins: int, leaves: int) -> str:
    if joins and leaves:
        return f"{_does(joins, 'join')} and {_does(leaves, 'leave')}"
    if joins or leaves:
        return _does(joins, "join") if joins else _does(leaves, "leave")
    return "no one moves"


def _does(count: int, verb: str) -> str:
    return f"{count:,} {verb}{'s' if count == 1 else ''}"
