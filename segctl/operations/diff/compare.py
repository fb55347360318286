"""Two versions of the definitions beside each other, on the data of today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

import yaml

from segctl.errors import Failure, Problem, ProblemsFound
from segctl.literals import sql_text
from segctl.operations.diff.segment import CENT, SegmentDiff, compared_of, looked_at, with_counts
from segctl.operations.instants import check_not_ahead, read_as_of
from segctl.operations.tables import relations
from segctl.plan import Plan, of_features
from segctl.project import CATALOG, SEGMENTS, Project, load
from segctl.render import Asked, comparison
from segctl.resolver import CUSTOMER
from segctl.revisions import Revision, revisions
from segctl.sentences import sentences
from segctl.versions import Version, sound, version
from segctl.warehouse import NothingBuilt, Warehouse

# Segments of one query: no engine takes more columns than a thousand.
AT_ONCE = 40
LAST = "select max(as_of) as as_of from {{ ref('segment_runs') }}"
# What of a catalog decides about no feature by itself.
APART = ("metrics", "rules", "eligible", "revenue", "guard")


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
    was taken in. `queries` are what was asked of the warehouse.
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
    queries: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Sides:
    """The plans of both versions, and whether they can look at one set of features."""

    before: Plan
    after: Plan
    share: bool

    def of(self, theirs: Sequence[Revision], entity: str) -> tuple[Plan, Plan]:
        """The plans of the features of each side: one and the same, unless a name means two things."""
        formerly, now = (set().union(*found) for found in zip(*map(looked_at, theirs), strict=True))
        if self.share:
            try:
                both = of_features(self.after, formerly | now, entity)
                return both, both
            except ProblemsFound:
                pass
        return of_features(self.before, formerly, entity), of_features(self.after, now, entity)


def diff(project: Project, warehouse: Warehouse, request: Request, only_sql: bool = False) -> Diff:
    """Compares the definitions of the working tree with another version of them. Nothing is written.

    With `only_sql` the queries are made and not asked. Raises ProblemsFound or Failure.
    """
    after, former = load(project), version(project, request.against)
    before = sound(former.contents)
    found = [one for one in revisions(before.plan, after) if one.before or one.name not in before.left_out]
    found = _selected(found, request.select, before.plan, after)
    as_of, has_run = _instant(warehouse, request, after, any(one.moves for one in found))
    history = _history(warehouse, request.history_from) if request.history_from else ("ref('{}')" if has_run else "")
    sides = _Sides(before.plan, after, _share_features(before.plan, after, project, former))
    asked = list(_asked(found, sides, history, request.samples))
    queries = [comparison(one) for one, _ in asked]
    told = {one.name: _told(one, before.plan, after) for one in found}
    customers, revenue = 0, Decimal(0)
    for (one, theirs), query in zip(asked, queries, strict=True) if not only_sql else ():
        rows = warehouse.query(query, as_of)
        if one.entity == CUSTOMER:
            customers, revenue = int(rows[0]["customers"]), Decimal(rows[0]["revenue"] or 0).quantize(CENT)
        for number, (revision, compared) in enumerate(zip(theirs, one.compared, strict=True)):
            told[revision.name] = with_counts(told[revision.name], number, rows, compared)
    return Diff(
        former.told,
        as_of,
        after.catalog.timezone,
        after.catalog.currency,
        customers,
        revenue,
        tuple(sorted(told.values(), key=_weight)),
        before.problems,
        bool(history),
        tuple(queries),
    )


def _weight(one: SegmentDiff) -> tuple[Decimal, int, bool, str]:
    """The most revenue that moves first, then the most members; what moves nobody last."""
    counts = one.counts
    moved = counts.joins + counts.leaves if counts else 0
    return (-counts.moved_revenue if counts else Decimal(0), -moved, counts is None, one.revision.name)


def _told(one: Revision, before: Plan, after: Plan) -> SegmentDiff:
    said, says = (
        " ".join(sentences(side, plan.catalog)) if side else ""
        for side, plan in ((one.before, before), (one.after, after))
    )
    return SegmentDiff(one, said, says)


def _selected(found: list[Revision], names: Sequence[str], before: Plan, after: Plan) -> list[Revision]:
    known = {one.segment.name for plan in (before, after) for one in plan.segments}
    for name in names:
        if name not in known:
            raise Failure(f"there is no segment {name} in either version", exit_code=2)
    return [one for one in found if not names or one.name in names]


def _instant(warehouse: Warehouse, request: Request, plan: Plan, is_asked: bool) -> tuple[datetime, bool]:
    """The instant of the comparison, and whether there has been a run."""
    zone = plan.catalog.timezone
    last = None
    if is_asked:
        try:
            last = warehouse.query(LAST)[0]["as_of"]
        except NothingBuilt:
            last = None
    if request.as_of:
        given = read_as_of(request.as_of, zone)
        check_not_ahead(given, f"--as-of {request.as_of}", allowed=False)
        return given, last is not None
    return last or datetime.now(UTC).replace(tzinfo=None, microsecond=0), last is not None


def _history(warehouse: Warehouse, source: str) -> str:
    """The relation of stays on another target or in another schema, for any prefix of an entity."""
    try:
        name = relations(replace(warehouse, target=source), ["segment_history"])["segment_history"]
        return f"'{name}'".replace("segment_history", "{}")
    except Failure as failure:
        if "target" not in failure.message:
            raise
    schema, _, rest = source.rpartition(".")[::-1]
    database = sql_text(rest) if rest else "target.database"
    return f"api.Relation.create(database={database}, schema={sql_text(schema)}, identifier='{{}}')"


def _share_features(before: Plan, after: Plan, project: Project, former: Version) -> bool:
    """Whether both sides can look at one set of features: their catalogs read the same data in the same way."""
    path = f"{SEGMENTS}/{CATALOG}"
    texts = (former.contents[path], (project.root / path).read_bytes())
    one, other = ({key: value for key, value in yaml.safe_load(text).items() if key not in APART} for text in texts)
    eligible = [plan.eligible.canonical if plan.eligible else None for plan in (before, after)]
    return one == other and before.revenue == after.revenue and eligible[0] == eligible[1]


def _asked(
    found: Sequence[Revision], sides: _Sides, history: str, samples: int
) -> Iterator[tuple[Asked, list[Revision]]]:
    """What is asked of the warehouse: so many segments at once, those of one entity together."""
    for entity in sorted({one.present.entity for one in found}):
        moving = [one for one in found if one.moves and one.present.entity == entity]
        for first in range(0, len(moving), AT_ONCE):
            theirs = moving[first : first + AT_ONCE]
            before, after = sides.of(theirs, entity)
            told = tuple(compared_of(one, before is after) for one in theirs)
            prefix = "" if entity == CUSTOMER else f"{entity}_"
            relation = history.format(f"{prefix}segment_history") if history else ""
            yield Asked(before, after, told, relation, samples, entity), theirs
