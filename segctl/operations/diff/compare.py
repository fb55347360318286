"""Compares two versions of the definitions on today's data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from segctl.errors import Failure, InUse, Problem, ProblemsFound
from segctl.features import Feature, rule_in_words
from segctl.language.syntax import CUSTOMER
from segctl.operations.definitions.column_types import check_types
from segctl.operations.diff.segment import CENT, SegmentDiff, compared_features, compared_of, with_counts
from segctl.operations.diff.unreadable import unreadable
from segctl.operations.questions.query_context import (
    QueryContext,
    query_context,
    requested_instant,
    share_features,
    with_history_of,
)
from segctl.plan.plan import Plan, of_features
from segctl.plan.planned import PlannedSegment
from segctl.plan.sentences import sentences
from segctl.project.project import Project, load
from segctl.project.versions import ValidVersion, valid_version, version
from segctl.render import ComparisonRequest, comparison
from segctl.revisions import Revision, revisions
from segctl.warehouse import NothingBuilt, Warehouse


@dataclass(frozen=True)
class DiffRequest:
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


def diff(project: Project, warehouse: Warehouse, request: DiffRequest) -> Diff:
    """Compares the definitions of the working tree with another version. Writes nothing.

    Raises ProblemsFound or Failure.
    """
    review = _review(project, request)
    if not any(revision.moves for revision in review.revisions):
        given = requested_instant(request.as_of, review.after.catalog.timezone)
        return review.diff(QueryContext(given or datetime.now(UTC).replace(tzinfo=None, microsecond=0)), {})
    loaded = warehouse.loaded()
    context = _context_of(project, loaded, request, review)
    try:
        return review.diff(context, review.answers(loaded, context, request.samples))
    except (InUse, NothingBuilt):
        raise
    except Failure:
        check_types(review.after, loaded)
        readable = review.readable(loaded)
        if readable is review:
            raise
        return readable.diff(context, readable.answers(loaded, context, request.samples))


def queries(project: Project, warehouse: Warehouse, request: DiffRequest) -> list[str]:
    """The SQL that `diff` would run."""
    review, loaded = _review(project, request), warehouse.loaded()
    context = _context_of(project, loaded, request, review)
    comparison_queries = (
        comparison(comparison_request) for comparison_request, _ in review.requests(context, request.samples)
    )
    return [loaded.compiled(query, context.as_of) for query in comparison_queries]


def _context_of(project: Project, warehouse: Warehouse, request: DiffRequest, review: "_Review") -> QueryContext:
    context = query_context(project, warehouse, request.as_of, [review.after, review.before])
    plans = [review.after, review.before]
    return with_history_of(context, warehouse, request.history_from, plans) if request.history_from else context


def _review(project: Project, request: DiffRequest) -> "_Review":
    after, former = load(project), version(project, request.against)
    before = valid_version(former)
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


def _is_left_out(revision: Revision, former: ValidVersion) -> bool:
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

    def requests(self, context: QueryContext, samples: int) -> Iterator[tuple[ComparisonRequest, list[Revision]]]:
        """The queries: a number of segments at once, grouped by entity."""
        for entity in sorted({revision.present.entity for revision in self.revisions}):
            moving = [revision for revision in self.revisions if revision.moves and revision.present.entity == entity]
            for first in range(0, len(moving), context.segments_per_query):
                batch = moving[first : first + context.segments_per_query]
                before, after = self._plans(batch, entity, context.stored_features)
                comparisons = tuple(compared_of(revision, before is after) for revision in batch)
                yield ComparisonRequest(before, after, comparisons, context.history_of(entity), samples, entity), batch

    def answers(self, warehouse: Warehouse, context: QueryContext, samples: int) -> "_Answers":
        """The counted segments by name, and the number and revenue of all customers under the name ""."""
        answers: _Answers = {}
        for request, batch in self.requests(context, samples):
            rows = warehouse.query(comparison(request), context.as_of)
            if request.entity == CUSTOMER:
                answers[""] = (int(rows[0]["customers"]), Decimal(rows[0]["revenue"] or 0).quantize(CENT))
            for number, (revision, compared) in enumerate(zip(batch, request.compared, strict=True)):
                answers[revision.name] = with_counts(self._without_counts(revision), number, rows, compared)
        return answers

    def diff(self, context: QueryContext, answers: "_Answers") -> Diff:
        """The complete result."""
        total = answers.get("", (0, Decimal(0)))
        outcomes = [answers.get(revision.name) or self._without_counts(revision) for revision in self.revisions]
        segments = [outcome for outcome in outcomes if isinstance(outcome, SegmentDiff)]
        moved = {
            changed.revision.name
            for changed in segments
            if changed.counts and changed.counts.joins + changed.counts.leaves
        }
        assert isinstance(total, tuple)
        return Diff(
            self.against,
            context.as_of,
            self.after.catalog.timezone,
            self.after.catalog.currency,
            *total,
            tuple(sorted(segments, key=_weight)),
            self.left_out,
            bool(context.history),
            self._exposures(context, moved),
            tuple(_catalog_edits(self.before, self.after)),
        )

    def _exposures(self, context: QueryContext, moved: set[str]) -> tuple[str, ...]:
        """The uses of moving segments in either version, and the project's own exposures that may be affected."""
        uses = [use for plan in (self.before, self.after) for use in plan.sharing.exposures]
        used = {exposure.name for exposure, segments in uses if not moved.isdisjoint(segments)}
        return tuple(sorted(used.union(context.exposures))) if moved else ()

    def _without_counts(self, revision: Revision) -> SegmentDiff:
        return SegmentDiff(
            revision, _definition_text(revision.before, self.before), _definition_text(revision.after, self.after)
        )

    def _plans(self, batch: Sequence[Revision], entity: str, stored_features: frozenset[Feature]) -> tuple[Plan, Plan]:
        """The feature plans of both sides. They are the same unless a name has two meanings."""
        formerly, now = (set().union(*features) for features in zip(*map(compared_features, batch), strict=True))
        if self.share:
            try:
                both = of_features(self.after, formerly | now, entity, stored_features)
                return both, both
            except ProblemsFound:
                pass
        return of_features(self.before, formerly, entity, stored_features), of_features(
            self.after, now, entity, stored_features
        )


_Answers = dict[str, SegmentDiff | tuple[int, Decimal]]


def _catalog_edits(before: Plan, after: Plan) -> Iterator[str]:
    rule, former_rule = (rule_in_words(plan.eligible) if plan.eligible else "not set" for plan in (before, after))
    if (before.eligible and before.eligible.canonical) != (after.eligible and after.eligible.canonical):
        yield f"who may be contacted (eligible) changed: {former_rule}, was {rule}"
    if (before.revenue and before.revenue.canonical) != (after.revenue and after.revenue.canonical):
        now, was = (plan.revenue.name if plan.revenue else "none" for plan in (after, before))
        edited = f"{now}, was {was}" if now != was else f"{now} is computed differently"
        yield f"revenue changed: {edited}; amounts are those of the working tree"


def _definition_text(planned: PlannedSegment | None, plan: Plan) -> str:
    return " ".join(sentences(planned, plan.catalog)) if planned else ""


def _weight(changed: SegmentDiff) -> tuple[Decimal, int, bool, str]:
    """A sort key: most moved revenue first, then most moved members, unchanged last."""
    counts = changed.counts
    moved_count = counts.joins + counts.leaves if counts else 0
    return (-counts.moved_revenue if counts else Decimal(0), -moved_count, counts is None, changed.revision.name)
