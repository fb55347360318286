"""Compares two versions of the definitions on today's data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from segctl.errors import Failure, InUse, Problem, ProblemsFound
from segctl.features import Feature, rule_in_words
from segctl.language.syntax import CUSTOMER
from segctl.operations.definitions.column_types import check_types
from segctl.operations.diff.segment import CENT, SegmentDiff, compared_of, looked_at, with_counts
from segctl.operations.diff.unreadable import unreadable
from segctl.operations.questions.circumstances import (
    Circumstances,
    circumstances,
    requested_instant,
    share_features,
    with_history_of,
)
from segctl.plan.plan import Plan, of_features
from segctl.plan.planned import PlannedSegment
from segctl.plan.sentences import sentences
from segctl.project.project import Project, load
from segctl.project.versions import Sound, sound, version
from segctl.render import ComparisonRequest, comparison
from segctl.revisions import Revision, revisions
from segctl.warehouse import NothingBuilt, Warehouse


@dataclass(frozen=True)
class Request:
    """A request: the version to compare with (empty: where the branch began), a written instant, segments (none: all),
    the number of samples per cause, and the history for memory rules.
    """

    against: str = ""
    as_of: str = ""
    select: tuple[str, ...] = ()
    samples: int = 3
    history_from: str = ""


@dataclass(frozen=True)
class Diff:
    """The differences, segments by moved revenue, with totals of customers and revenue, as of a naive UTC instant.

    `left_out` are problems of former definitions that are not compared. `with_history` means that memory rules were
    applied. `exposures` are uses of segments with joins or leaves, and dbt exposures. `catalog` describes further
    changes of the catalog: eligibility, revenue.
    """

    against: str
    as_of: datetime
    timezone: str
    currency: str
    customers: int
    revenue: Decimal
    segments: tuple[SegmentDiff, ...]
    left_out: tuple[Problem, ...] = ()
    with_history: bool = True
    exposures: tuple[str, ...] = ()
    catalog: tuple[str, ...] = ()


def diff(project: Project, warehouse: Warehouse, request: Request) -> Diff:
    """Compares the definitions of the working tree with another version. Writes nothing.

    Raises ProblemsFound or Failure.
    """
    review = _review(project, request)
    if not any(revision.moves for revision in review.revisions):
        given = requested_instant(request.as_of, review.after.catalog.timezone)
        return review.diff(Circumstances(given or datetime.now(UTC).replace(tzinfo=None, microsecond=0)), {})
    loaded = warehouse.loaded()
    around = _around(project, loaded, request, review)
    try:
        return review.diff(around, review.answers(loaded, around, request.samples))
    except (InUse, NothingBuilt):
        raise
    except Failure:
        check_types(review.after, loaded)
        readable = review.readable(loaded)
        if readable is review:
            raise
        return readable.diff(around, readable.answers(loaded, around, request.samples))


def queries(project: Project, warehouse: Warehouse, request: Request) -> list[str]:
    """The SQL that `diff` would run."""
    review, loaded = _review(project, request), warehouse.loaded()
    around = _around(project, loaded, request, review)
    comparison_queries = (
        comparison(comparison_request) for comparison_request, _ in review.requests(around, request.samples)
    )
    return [loaded.compiled(query, around.as_of) for query in comparison_queries]


def _around(project: Project, warehouse: Warehouse, request: Request, review: "_Review") -> Circumstances:
    around = circumstances(project, warehouse, request.as_of, [review.after, review.before])
    plans = [review.after, review.before]
    return with_history_of(around, warehouse, request.history_from, plans) if request.history_from else around


def _review(project: Project, request: Request) -> "_Review":
    after, former = load(project), version(project, request.against)
    before = sound(former)
    compared_revisions = [
        revision for revision in revisions(before.plan, after) if revision.before or not _is_left_out(revision, before)
    ]
    known = {planned.segment.name for plan in (before.plan, after) for planned in plan.segments}
    for name in request.select:
        if name not in known:
            raise Failure(f"there is no segment {name} in either version", exit_code=2)
    compared_revisions = [
        revision for revision in compared_revisions if not request.select or revision.name in request.select
    ]
    keys = [plan.catalog.customer.key.lower() for plan in (before.plan, after)]
    if keys[0] != keys[1]:
        message = f"the key of customers is {keys[1]}, and was {keys[0]}: the versions cannot be compared"
        raise Failure(message, "compare with a version that has the same key")
    share = share_features(project, former, before.plan, after)
    return _Review(former.label, before.plan, after, share, tuple(compared_revisions), before.problems)


def _is_left_out(revision: Revision, former: Sound) -> bool:
    """Whether a segment only looks new because its former definition cannot be read."""
    return revision.name in former.left_out or revision.present.segment.mark.file in former.files


@dataclass(frozen=True)
class _Review:
    """Both versions and their differences. `share` means that both sides can use the same features."""

    against: str
    before: Plan
    after: Plan
    share: bool
    revisions: tuple[Revision, ...]
    left_out: tuple[Problem, ...]

    def readable(self, warehouse: Warehouse) -> "_Review":
        """The same without former definitions that today's models cannot evaluate, itself if there are none."""
        names, problems = unreadable(self.before, warehouse)
        kept = tuple(
            revision
            for revision in self.revisions
            if revision.before is None or revision.before.segment.name not in names
        )
        return replace(self, revisions=kept, left_out=(*self.left_out, *problems)) if names else self

    def requests(self, around: Circumstances, samples: int) -> Iterator[tuple[ComparisonRequest, list[Revision]]]:
        """The queries: a number of segments at once, grouped by entity."""
        for entity in sorted({revision.present.entity for revision in self.revisions}):
            moving = [revision for revision in self.revisions if revision.moves and revision.present.entity == entity]
            for first in range(0, len(moving), around.at_once):
                theirs = moving[first : first + around.at_once]
                before, after = self._plans(theirs, entity, around.held)
                comparisons = tuple(compared_of(revision, before is after) for revision in theirs)
                yield ComparisonRequest(before, after, comparisons, around.history_of(entity), samples, entity), theirs

    def answers(self, warehouse: Warehouse, around: Circumstances, samples: int) -> "_Answers":
        """The counted segments by name, and the number and revenue of all customers under the name ""."""
        answers: _Answers = {}
        for request, theirs in self.requests(around, samples):
            rows = warehouse.query(comparison(request), around.as_of)
            if request.entity == CUSTOMER:
                answers[""] = (int(rows[0]["customers"]), Decimal(rows[0]["revenue"] or 0).quantize(CENT))
            for number, (revision, compared) in enumerate(zip(theirs, request.compared, strict=True)):
                answers[revision.name] = with_counts(self._said(revision), number, rows, compared)
        return answers

    def diff(self, around: Circumstances, answers: "_Answers") -> Diff:
        """The complete result."""
        total = answers.get("", (0, Decimal(0)))
        outcomes = [answers.get(revision.name) or self._said(revision) for revision in self.revisions]
        segments = [outcome for outcome in outcomes if isinstance(outcome, SegmentDiff)]
        moved = {
            changed.revision.name
            for changed in segments
            if changed.counts and changed.counts.joins + changed.counts.leaves
        }
        assert isinstance(total, tuple)
        return Diff(
            self.against,
            around.as_of,
            self.after.catalog.timezone,
            self.after.catalog.currency,
            *total,
            tuple(sorted(segments, key=_weight)),
            self.left_out,
            bool(around.history),
            self._exposures(around, moved),
            tuple(_catalog_edits(self.before, self.after)),
        )

    def _exposures(self, around: Circumstances, moved: set[str]) -> tuple[str, ...]:
        """The uses of moving segments in either version, and the project's own exposures that may be affected."""
        uses = [use for plan in (self.before, self.after) for use in plan.sharing.exposures]
        used = {exposure.name for exposure, segments in uses if not moved.isdisjoint(segments)}
        return tuple(sorted(used.union(around.exposures))) if moved else ()

    def _said(self, revision: Revision) -> SegmentDiff:
        return SegmentDiff(revision, _in_words(revision.before, self.before), _in_words(revision.after, self.after))

    def _plans(self, theirs: Sequence[Revision], entity: str, held: frozenset[Feature]) -> tuple[Plan, Plan]:
        """The feature plans of both sides. They are the same unless a name has two meanings."""
        formerly, now = (set().union(*features) for features in zip(*map(looked_at, theirs), strict=True))
        if self.share:
            try:
                both = of_features(self.after, formerly | now, entity, held)
                return both, both
            except ProblemsFound:
                pass
        return of_features(self.before, formerly, entity, held), of_features(self.after, now, entity, held)


_Answers = dict[str, SegmentDiff | tuple[int, Decimal]]


def _catalog_edits(before: Plan, after: Plan) -> Iterator[str]:
    rule, former_rule = (rule_in_words(plan.eligible) if plan.eligible else "not set" for plan in (before, after))
    if (before.eligible and before.eligible.canonical) != (after.eligible and after.eligible.canonical):
        yield f"who may be contacted (eligible) changed: {former_rule}, was {rule}"
    if (before.revenue and before.revenue.canonical) != (after.revenue and after.revenue.canonical):
        now, was = (plan.revenue.name if plan.revenue else "none" for plan in (after, before))
        edited = f"{now}, was {was}" if now != was else f"{now} is computed differently"
        yield f"revenue changed: {edited}; amounts are those of the working tree"


def _in_words(planned: PlannedSegment | None, plan: Plan) -> str:
    return " ".join(sentences(planned, plan.catalog)) if planned else ""


def _weight(changed: SegmentDiff) -> tuple[Decimal, int, bool, str]:
    """A sort key: most moved revenue first, then most moved members, unchanged last."""
    counts = changed.counts
    moved = counts.joins + counts.leaves if counts else 0
    return (-counts.moved_revenue if counts else Decimal(0), -moved, counts is None, changed.revision.name)
