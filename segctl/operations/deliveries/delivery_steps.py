"""Decides from its cursors what a delivery has yet to send, and in which order."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from segctl.operations.deliveries.changes import (
    Tables,
    changes_at,
    count_members,
    counts_since,
    members_at,
)
from segctl.operations.deliveries.cursors import Correction, Cursor, Run, current_instant
from segctl.operations.deliveries.messages import CHANGES, MEMBERS, Part
from segctl.operations.exports.change import Change


@dataclass(frozen=True)
class DeliveryStep:
    """A part with its changes. On receipt, some cursors are `moved` and others end."""

    part: Part
    changes: Callable[[], Iterator[Change]]
    moved: tuple[Cursor, ...] = ()
    ended: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeliveryRecord:
    """The record: the finished runs (last one last), the segments of the last run, and corrections of the past.

    Also the entities of segments, including some that are gone, and the present names of renamed segments.
    """

    runs: tuple[Run, ...]
    evaluated: frozenset[str]
    corrections: tuple[Correction, ...]
    entities: Mapping[str, str]
    renamed: Mapping[str, str]

    @property
    def last(self) -> Run:
        """The last finished run."""
        return self.runs[-1]

    def before(self, instant: datetime) -> datetime:
        """The instant of the run before another, or the earliest instant for the first run."""
        return max((run.as_of for run in self.runs if run.as_of < instant), default=datetime(1, 1, 1))


def new_cursors(segments: Iterable[str], run: Run, from_now: bool = False) -> list[Cursor]:
    """Cursors of segments that were never sent: they start with all members as of a run, or with `from_now` with the
    changes after it.
    """
    at = current_instant()
    return [Cursor(name, run, not from_now, at) for name in segments]


def updated_cursors(cursors: Sequence[Cursor], record: DeliveryRecord) -> tuple[list[Cursor], list[str]]:
    """The cursors updated for changes of the past, with warnings.

    A segment whose past was corrected or restarted begins again with all members. A run whose outcome differs from what
    was sent is sent again.
    """
    by_id = {run.run_id: run for run in record.runs}
    updated, corrected, repeated, gone = [], [], set(), set()
    for cursor in cursors:
        run = by_id.get(cursor.run.run_id)
        if run is None:
            gone.add(cursor.run.run_id)
            updated += new_cursors([cursor.segment], record.last)
        elif any(_touches(correction, cursor) for correction in record.corrections):
            corrected.append(cursor.segment)
            updated += new_cursors([cursor.segment], record.last)
        elif run.invocation_id != cursor.run.invocation_id:
            repeated.add(run.run_id)
            again = run if cursor.is_begun else replace(run, as_of=record.before(run.as_of))
            updated.append(replace(cursor, run=again))
        else:
            updated.append(cursor)
    lost = "the receiver is not told who is no longer in it"
    warnings = []
    if corrected:
        warnings.append(
            f"the past of {', '.join(corrected)} was corrected after it was sent: all members go again; {lost}"
        )
    warnings += [
        f"run {name} was repeated with another outcome after it had been sent: it is sent again; {lost}"
        for name in sorted(repeated)
    ]
    warnings += [
        f"run {name}, the last one sent, is no longer recorded: all members go again; {lost}" for name in sorted(gone)
    ]
    return updated, warnings


def _touches(correction: Correction, cursor: Cursor) -> bool:
    """Whether a correction changed something that was sent."""
    is_corrected = correction.segment == cursor.segment and correction.since <= cursor.run.as_of
    return is_corrected and correction.corrected_at > cursor.noted_at


def steps(tables: Tables, delivery: str, cursors: Sequence[Cursor], record: DeliveryRecord) -> Iterator[DeliveryStep]:
    """The parts to send in order: members of new segments, then the changes of each run.

    Raises Failure.
    """
    former = [
        step
        for cursor in cursors
        if cursor.segment in record.renamed
        for step in _former(tables, delivery, cursor, record)
    ]
    yield from former
    ended = {name for step in former for name in step.ended}
    going_on = [cursor for cursor in cursors if cursor.segment not in ended]
    yield from _members(tables, delivery, going_on)
    since = {cursor.segment: cursor.run.as_of for cursor in going_on}
    for at, (run_id, joins, leaves) in counts_since(tables, since).items():
        segments = [name for name, instant in since.items() if instant < at]
        run = next((run for run in record.runs if run.as_of == at), Run(run_id, at, ""))
        part = Part(delivery, CHANGES, run.run_id, at, joins + leaves, leaves)
        yield DeliveryStep(part, _changes(tables, at, segments), sent_up_to(segments, run))


def sent_up_to(segments: Iterable[str], run: Run) -> tuple[Cursor, ...]:
    """Cursors of segments that are fully sent up to a run."""
    return tuple(new_cursors(segments, run, from_now=True))


def _former(tables: Tables, delivery: str, cursor: Cursor, record: DeliveryRecord) -> Iterator[DeliveryStep]:
    """Empties the list under a segment's former name after a run has renamed the segment."""
    old, at = cursor.segment, cursor.run.as_of
    new = record.renamed[old]
    total = count_members(tables, at, [new])
    if not total or count_members(tables, at, [old]):
        return
    part = Part(delivery, CHANGES, cursor.run.run_id, at, total, total)

    def removed() -> Iterator[Change]:
        for member in members_at(tables, at, [new]):
            yield replace(member, op="remove", segment=old, cause="renamed")

    yield DeliveryStep(part, removed, ended=(old,))


def _members(tables: Tables, delivery: str, cursors: Sequence[Cursor]) -> Iterator[DeliveryStep]:
    begin: dict[Run, list[Cursor]] = {}
    for cursor in cursors:
        if cursor.is_begun:
            begin.setdefault(cursor.run, []).append(cursor)
    for run, cursors_of_run in sorted(begin.items(), key=lambda item: item[0].as_of):
        segments = [cursor.segment for cursor in cursors_of_run]
        total = count_members(tables, run.as_of, segments)
        part = Part(delivery, MEMBERS, run.run_id, run.as_of, total, 0)
        yield DeliveryStep(part, _inside(tables, run.as_of, segments), sent_up_to(segments, run))


def _changes(tables: Tables, at: datetime, segments: Sequence[str]) -> Callable[[], Iterator[Change]]:
    return lambda: changes_at(tables, at, segments)


def _inside(tables: Tables, at: datetime, segments: Sequence[str]) -> Callable[[], Iterator[Change]]:
    return lambda: members_at(tables, at, segments)
