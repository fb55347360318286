"""Two versions of the definitions beside each other, on the data of today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from segctl.errors import Failure, InUse, Problem, ProblemsFound
from segctl.features import Feature, rule_in_words
from segctl.operations.circumstances import Circumstances, asked_for, circumstances, share_features, with_history_of
from segctl.operations.column_types import check_types
from segctl.operations.diff.segment import CENT, SegmentDiff, compared_of, looked_at, with_counts
from segctl.operations.diff.unreadable import unreadable
from segctl.plan import Plan, of_features
from segctl.planned import PlannedSegment
from segctl.project import Project, load
from segctl.render import Asked, comparison
from segctl.revisions import Revision, revisions
from segctl.sentences import sentences
from segctl.spec import CUSTOMER
from segctl.versions import Sound, sound, version
from segctl.warehouse import NothingBuilt, Warehouse


@dataclass(frozen=True)
class Request:
    """What is asked for: a version to compare with (empty: where the branch began), an instant as people write it,
    names of segments (none: all), how many samples of each kind, and whose history tells what memory keeps.
    """

    against: str = ""
    as_of: str = ""
    select: tuple[str, ...] = ()
    samples: int = 3
    history_from: str = ""


@dataclass(frozen=True)
class Diff:
    """What differs, segments by revenue that moves; of how many customers, with what revenue, as of when (naive UTC).

    `left_out` are problems of segments of the former version that are not compared. `with_history` says whether memory
    was taken in. `exposures` are what uses segments that somebody joins or leaves, and dbt's that read any. `catalog`
    says what else is another there: who may be contacted, what revenue is.
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
    """Compares the definitions of the working tree with another version of them. Nothing is written.

    Raises ProblemsFound or Failure.
    """
    review = _review(project, request)
    if not any(one.moves for one in review.revisions):
        given = asked_for(request.as_of, review.after.catalog.timezone)
        return review.told(Circumstances(given or datetime.now(UTC).replace(tzinfo=None, microsecond=0)), {})
    loaded = warehouse.loaded()
    around = _around(project, loaded, request, review)
    try:
        return review.told(around, review.answers(loaded, around, request.samples))
    except (InUse, NothingBuilt):
        raise
    except Failure:
        check_types(review.after, loaded)
        readable = review.readable(loaded)
        if readable is review:
            raise
        return readable.told(around, readable.answers(loaded, around, request.samples))


def queries(project: Project, warehouse: Warehouse, request: Request) -> list[str]:
    """What `diff` would ask of the warehouse."""
    review, loaded = _review(project, request), warehouse.loaded()
    around = _around(project, loaded, request, review)
    asked = (comparison(one) for one, _ in review.asked(around, request.samples))
    return [loaded.compiled(query, around.as_of) for query in asked]


def _around(project: Project, warehouse: Warehouse, request: Request, review: "_Review") -> Circumstances:
    around = circumstances(project, warehouse, request.as_of, [review.after, review.before])
    plans = [review.after, review.before]
    return with_history_of(around, warehouse, request.history_from, plans) if request.history_from else around


def _review(project: Project, request: Request) -> "_Review":
    after, former = load(project), version(project, request.against)
    before = sound(former)
    found = [one for one in revisions(before.plan, after) if one.before or not _is_left_out(one, before)]
    known = {one.segment.name for plan in (before.plan, after) for one in plan.segments}
    for name in request.select:
        if name not in known:
            raise Failure(f"there is no segment {name} in either version", exit_code=2)
    found = [one for one in found if not request.select or one.name in request.select]
    keys = [plan.catalog.customer.key.lower() for plan in (before.plan, after)]
    if keys[0] != keys[1]:
        told = f"customers are told apart by {keys[1]}, and were by {keys[0]}: nobody can be compared"
        raise Failure(told, "compare with a version that has the same key")
    share = share_features(project, former, before.plan, after)
    return _Review(former.told, before.plan, after, share, tuple(found), before.problems)


def _is_left_out(revision: Revision, former: Sound) -> bool:
    """Whether it only seems to be new, since its former definition cannot be read."""
    return revision.name in former.left_out or revision.present.segment.mark.file in former.files


@dataclass(frozen=True)
class _Review:
    """Both versions and what differs; `share` says that both sides can look at one set of features."""

    against: str
    before: Plan
    after: Plan
    share: bool
    revisions: tuple[Revision, ...]
    left_out: tuple[Problem, ...]

    def readable(self, warehouse: Warehouse) -> "_Review":
        """The same without former definitions that the models of today cannot answer; itself where they all can."""
        names, problems = unreadable(self.before, warehouse)
        kept = tuple(one for one in self.revisions if one.before is None or one.before.segment.name not in names)
        return replace(self, revisions=kept, left_out=(*self.left_out, *problems)) if names else self

    def asked(self, around: Circumstances, samples: int) -> Iterator[tuple[Asked, list[Revision]]]:
        """What is asked of the warehouse: so many segments at once, those of one entity together."""
        for entity in sorted({one.present.entity for one in self.revisions}):
            moving = [one for one in self.revisions if one.moves and one.present.entity == entity]
            for first in range(0, len(moving), around.at_once):
                theirs = moving[first : first + around.at_once]
                before, after = self._plans(theirs, entity, around.held)
                told = tuple(compared_of(one, before is after) for one in theirs)
                yield Asked(before, after, told, around.history_of(entity), samples, entity), theirs

    def answers(self, warehouse: Warehouse, around: Circumstances, samples: int) -> "_Answers":
        """What the warehouse says of each segment that moves anybody, by name, and of all customers (name "")."""
        found: _Answers = {}
        for one, theirs in self.asked(around, samples):
            rows = warehouse.query(comparison(one), around.as_of)
            if one.entity == CUSTOMER:
                found[""] = (int(rows[0]["customers"]), Decimal(rows[0]["revenue"] or 0).quantize(CENT))
            for number, (revision, compared) in enumerate(zip(theirs, one.compared, strict=True)):
                found[revision.name] = with_counts(self._said(revision), number, rows, compared)
        return found

    def told(self, around: Circumstances, answers: "_Answers") -> Diff:
        """The whole answer."""
        total = answers.get("", (0, Decimal(0)))
        found = [answers.get(one.name) or self._said(one) for one in self.revisions]
        segments = [one for one in found if isinstance(one, SegmentDiff)]
        moved = {one.revision.name for one in segments if one.counts and one.counts.joins + one.counts.leaves}
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
        """What uses the segments that move, by either version; of what the project says of its own all that may."""
        told = [use for plan in (self.before, self.after) for use in plan.sharing.exposures]
        used = {exposure.name for exposure, segments in told if not moved.isdisjoint(segments)}
        return tuple(sorted(used.union(around.exposures))) if moved else ()

    def _said(self, one: Revision) -> SegmentDiff:
        return SegmentDiff(one, _in_words(one.before, self.before), _in_words(one.after, self.after))

    def _plans(self, theirs: Sequence[Revision], entity: str, held: frozenset[Feature]) -> tuple[Plan, Plan]:
        """The plans of the features of each side: one and the same, unless a name means two things."""
        formerly, now = (set().union(*found) for found in zip(*map(looked_at, theirs), strict=True))
        if self.share:
            try:
                both = of_features(self.after, formerly | now, entity, held)
                return both, both
            except ProblemsFound:
                pass
        return of_features(self.before, formerly, entity, held), of_features(self.after, now, entity, held)


_Answers = dict[str, SegmentDiff | tuple[int, Decimal]]


def _catalog_edits(before: Plan, after: Plan) -> Iterator[str]:
    one, other = (rule_in_words(plan.eligible) if plan.eligible else "nobody is told" for plan in (before, after))
    if (before.eligible and before.eligible.canonical) != (after.eligible and after.eligible.canonical):
        yield f"who may be contacted (eligible) is another: {other}, was {one}"
    if (before.revenue and before.revenue.canonical) != (after.revenue and after.revenue.canonical):
        now, was = (plan.revenue.name if plan.revenue else "none" for plan in (after, before))
        edited = f"{now}, was {was}" if now != was else f"{now} is computed otherwise"
        yield f"revenue is another: {edited}; amounts are those of the working tree"


def _in_words(planned: PlannedSegment | None, plan: Plan) -> str:
    return " ".join(sentences(planned, plan.catalog)) if planned else ""


def _weight(one: SegmentDiff) -> tuple[Decimal, int, bool, str]:
    """The most revenue that moves first, then the most members; what moves nobody last."""
    counts = one.counts
    moved = counts.joins + counts.leaves if counts else 0
    return (-counts.moved_revenue if counts else Decimal(0), -moved, counts is None, one.revision.name)
