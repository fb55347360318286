"""The result for one segment, counted from the rows of the comparison."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from segctl.features import Feature, features_of, rule_in_words, tests_of
from segctl.language.syntax import Guard
from segctl.plan.planned import PlannedSegment
from segctl.render import Compared, Side
from segctl.render.question import MOST_SHOWN, MOST_WRITTEN_OUT
from segctl.revisions import Edit, Relaxed, Revision, relaxed_rules
from segctl.warehouse import Row

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Counts:
    """Members before and after, joins, leaves, members kept by memory, waiting for cool_down, and their revenue."""

    before: int
    after: int
    joins: int
    leaves: int
    kept: int
    waiting: int
    revenue_before: Decimal
    revenue_after: Decimal
    revenue_joins: Decimal
    revenue_leaves: Decimal

    @property
    def stays(self) -> int:
        """Members on both sides."""
        return self.before - self.leaves

    @property
    def moved_revenue(self) -> Decimal:
        """The revenue of customers who join or leave."""
        return self.revenue_joins + self.revenue_leaves


@dataclass(frozen=True)
class Cut:
    """An edited clause with the joins and leaves that it alone causes, ignoring memory. None if not computed."""

    edit: Edit
    joins: int | None
    leaves: int | None


@dataclass(frozen=True)
class Near:
    """A threshold moved by a tenth, in words, and the number of additional members."""

    words: str
    count: int


@dataclass(frozen=True)
class Sample:
    """A member who would join or leave, with the values of edited clauses, by feature."""

    member: object
    joins: bool
    revenue: Decimal | None
    values: dict[str, str | None]


@dataclass(frozen=True)
class SegmentDiff:
    """A revision with its effect. `counts` is None if it cannot move any customer.

    `says` is the definition in English, `said` the former one. `guard` would hold the segment back.
    """

    revision: Revision
    said: str = ""
    says: str = ""
    counts: Counts | None = None
    edits: tuple[Cut, ...] = ()
    near: tuple[Near, ...] = ()
    samples: tuple[Sample, ...] = ()
    guard: str = ""


def compared_of(revision: Revision, one_set: bool) -> Compared:
    """The question about a segment. Counts each edit if both sides use the same features."""
    sides = [planned is not None and planned.segment.enabled for planned in (revision.before, revision.after)]
    edits = revision.edits if one_set and all(sides) and _is_small(revision) else ()
    return Compared(
        _side(revision.before),
        _side(revision.after),
        tuple(edit.applied for edit in edits),
        tuple(relaxed.rule for relaxed in _relaxed(revision)),
        _shown(revision),
    )


def _side(planned: PlannedSegment | None) -> Side:
    if planned is None:
        return Side()
    enabled = planned.segment.enabled
    return Side(planned.segment.name, planned.predicate if enabled else None, planned.memory if enabled else None)


def _relaxed(revision: Revision) -> list[Relaxed]:
    """The rule with each edited threshold moved, or with every threshold if the segment is new."""
    after = revision.after
    if after is None or not after.segment.enabled or not _is_small(revision):
        return []
    edited = {test for edit in revision.edits if edit.after for test in tests_of(edit.after)}
    return [relaxed for relaxed in relaxed_rules(after.predicate) if revision.before is None or relaxed.test in edited]


def _is_small(revision: Revision) -> bool:
    return all(
        planned is None or planned.predicate.size <= MOST_WRITTEN_OUT for planned in (revision.before, revision.after)
    )


def _shown(revision: Revision) -> tuple[Feature, ...]:
    """The features to show: those of edited clauses, or of the rule."""
    after = revision.after if revision.after and revision.after.segment.enabled else None
    rules = [edit.after for edit in revision.edits if edit.after and after] or ([after.predicate] if after else [])
    tests = dict.fromkeys(test.feature for rule in rules for test in tests_of(rule))
    return tuple(feature for feature in tests if feature.type != "strings")[:MOST_SHOWN]


def with_counts(changed: SegmentDiff, number: int, rows: Sequence[Row], compared: Compared) -> SegmentDiff:
    """The segment with counts from the rows of the comparison."""
    revision, row = changed.revision, rows[0]
    counts = _counts(row, number)
    has_edits = bool(compared.edits)
    edits = tuple(
        Cut(
            edit,
            _whole(row, f"edit_joins_{number}_{place}") if has_edits else None,
            _whole(row, f"edit_leaves_{number}_{place}") if has_edits else None,
        )
        for place, edit in enumerate(revision.edits)
    )
    near = tuple(
        Near(rule_in_words(relaxed.relaxed), _whole(row, f"near_{number}_{place}"))
        for place, relaxed in enumerate(_relaxed(revision))
    )
    samples = tuple(
        Sample(
            sample_row["member"],
            bool(sample_row["joins"]),
            sample_row["sample_revenue"],
            {feature.name: sample_row[f"shown_{place}"] for place, feature in enumerate(compared.shown)},
        )
        for sample_row in rows
        if sample_row["segment"] == number
    )
    guard = _failed_guard(revision.after.guard, counts) if revision.after and revision.after.guard else ""
    return replace(changed, counts=counts, edits=edits, near=near, samples=samples, guard=guard)


def _counts(row: Row, number: int) -> Counts:
    names = ("before", "after", "joins", "leaves")
    before, after, joins, leaves = (_whole(row, f"{name}_{number}") for name in names)
    revenue = [Decimal(row[f"revenue_{name}_{number}"] or 0).quantize(CENT) for name in names]
    kept, waiting = _whole(row, f"kept_{number}"), _whole(row, f"waiting_{number}")
    return Counts(before, after, joins, leaves, kept, waiting, *revenue)


def _whole(row: Row, column: str) -> int:
    return int(row[column] or 0)


def _failed_guard(guard: Guard, counts: Counts) -> str:
    """The guard that would hold the segment back, by the rules of run_sizes, or empty."""
    moved_count = counts.joins + counts.leaves
    if guard.max_change is not None and counts.before and moved_count * 100 > guard.max_change * counts.before:
        return "max_change"
    if guard.min_size is not None and counts.after < guard.min_size:
        return "min_size"
    return "max_size" if guard.max_size is not None and counts.after > guard.max_size else ""


def compared_features(revision: Revision) -> tuple[set[Feature], set[Feature]]:
    """The features of the two versions."""
    before, after = (_features(planned) for planned in (revision.before, revision.after))
    return before, after


def _features(planned: PlannedSegment | None) -> set[Feature]:
    if planned is None or not planned.segment.enabled:
        return set()
    keep = features_of(planned.keep_while) if planned.keep_while else ()
    return {*features_of(planned.predicate), *keep}
