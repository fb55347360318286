"""Previews a definition: size, value, funnel, overlap, and sizes at month ends."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from segctl.errors import Failure, InUse, did_you_mean
from segctl.features import Feature, Junction, Predicate, Test, rule_in_words, tests_of
from segctl.language.literals import midnight
from segctl.operations.definitions.column_types import check_types
from segctl.operations.diff.segment import CENT
from segctl.operations.questions.preview_request import PreviewRequest, subject_of
from segctl.operations.questions.query_context import QueryContext, query_context
from segctl.operations.segments.show import find_segment
from segctl.plan.plan import Plan, of_features
from segctl.plan.planned import PlannedSegment
from segctl.plan.sentences import sentences
from segctl.project.project import Project
from segctl.render import Previewed, preview_query
from segctl.render.question import MOST_SHOWN
from segctl.warehouse import NothingBuilt, Row, Warehouse

# Similar segments shown besides the named ones.
MOST_SIMILAR = 5
# Clauses counted one by one. The rest count together.
MOST_STEPS = 40


@dataclass(frozen=True)
class CountedClause:
    """A clause of the rule: how many customers match it alone, and how many match it joined with those before."""

    words: str
    alone: int
    so_far: int


@dataclass(frozen=True)
class Overlap:
    """Another segment as of the last run: its size, and the number of common members."""

    segment: str
    size: int
    both: int
    jaccard: Decimal


@dataclass(frozen=True)
class Member:
    """A member with revenue and the rule's values, by feature."""

    key: str
    revenue: Decimal | None
    values: dict[str, str | None]


@dataclass(frozen=True)
class Size:
    """The number of members and their revenue, as of a naive UTC instant."""

    as_of: datetime
    size: int
    revenue: Decimal


@dataclass(frozen=True)
class Preview:
    """The result of a preview, with the totals of customers and revenue. `joined` says how the steps are joined.

    `standing` is the segment's size in the last run, or None.
    """

    planned: PlannedSegment
    says: str
    timezone: str
    currency: str
    as_of: datetime
    customers: int
    revenue: Decimal
    size: int
    member_revenue: Decimal
    eligible: int
    joined: str
    steps: tuple[CountedClause, ...]
    members: tuple[Member, ...]
    overlaps: tuple[Overlap, ...]
    months: tuple[Size, ...]
    standing: int | None


def preview(project: Project, warehouse: Warehouse, request: PreviewRequest) -> list[Preview]:
    """Previews a segment, or each segment of a draft. Writes nothing. Raises ProblemsFound or Failure."""
    whole_plan, plan, names = subject_of(project, request)
    known = [planned.segment.name for planned in plan.segments]
    for name in request.compared_with:
        if name not in known:
            raise Failure(f"there is no segment {name}", did_you_mean(name, known, "segments"), exit_code=2)
    loaded = warehouse.loaded()
    # The stored features are those of the project without the draft.
    context = query_context(project, loaded, request.as_of, [whole_plan, plan])
    try:
        return [_preview(loaded, plan, find_segment(plan, name), context, request) for name in names]
    except (InUse, NothingBuilt):
        raise
    except Failure:
        # A missing column is a clearer message than the engine's error.
        check_types(plan, loaded)
        raise


def _preview(
    warehouse: Warehouse, plan: Plan, planned: PlannedSegment, context: QueryContext, request: PreviewRequest
) -> Preview:
    joined, clauses = _clauses(planned.predicate)
    others = clauses[MOST_STEPS:]
    if others:
        kind: Literal["all", "any"] = "all" if joined == "all" else "any"
        clauses = (*clauses[:MOST_STEPS], Junction(kind, others, planned.segment.mark))
    shown = _shown(planned.predicate)
    previewed = Previewed(
        of_features(plan, planned.features, planned.entity, context.stored_features),
        planned.predicate,
        clauses,
        joined,
        shown,
        context.history_of(planned.entity),
        request.members,
        planned.entity,
    )
    rows = warehouse.query(preview_query(previewed), context.as_of)
    first = rows[0]
    name = planned.segment.name
    overlaps = [_overlap(row, int(first["size"] or 0)) for row in rows if row["kind"] == "segment"]
    return Preview(
        planned,
        " ".join(sentences(planned, plan.catalog)),
        plan.catalog.timezone,
        plan.catalog.currency,
        context.as_of,
        int(first["customers"]),
        _money(first["revenue"]),
        int(first["size"] or 0),
        _money(first["member_revenue"]),
        int(first["eligible_size"] or 0),
        joined,
        tuple(
            CountedClause(
                f"the other {len(others)}" if place == MOST_STEPS else rule_in_words(clause),
                int(first[f"alone_{place}"] or 0),
                int(first[f"so_far_{place}"] or 0),
            )
            for place, clause in enumerate(clauses)
        ),
        tuple(_member(row, shown) for row in sorted(_of_kind(rows, "member"), key=lambda row: int(row["place"]))),
        _similar([overlap for overlap in overlaps if overlap.segment != name], request.compared_with),
        tuple(_months(warehouse, plan, planned, context, request.months)),
        next((overlap.size for overlap in overlaps if overlap.segment == name), None),
    )


def _clauses(rule: Predicate) -> tuple[str, tuple[Predicate, ...]]:
    """How a rule joins its clauses, and the clauses, with nested ones of the same kind flattened."""
    if not isinstance(rule, Junction):
        return "all", (rule,)
    parts: list[Predicate] = []
    for part in rule.parts:
        same = isinstance(part, Junction) and part.kind == rule.kind and rule.kind != "none"
        parts += _clauses(part)[1] if same else (part,)
    return rule.kind, tuple(parts)


def _shown(rule: Predicate) -> tuple[Feature, ...]:
    """The features of the rule itself, or of its references if it has none."""
    test_features = [part.feature for part in _written(rule) if isinstance(part, Test)]
    features = dict.fromkeys(test_features or (test.feature for test in tests_of(rule)))
    return tuple(feature for feature in features if feature.type != "strings")[:MOST_SHOWN]


def _written(rule: Predicate) -> Iterator[Predicate]:
    if isinstance(rule, Junction) and rule.kind != "none":
        for part in rule.parts:
            yield from _written(part)
    else:
        yield rule


def _of_kind(rows: Sequence[Row], kind: str) -> list[Row]:
    return [row for row in rows if row["kind"] == kind]


def _member(row: Row, shown: Sequence[Feature]) -> Member:
    values = {feature.name: row[f"shown_{place}"] for place, feature in enumerate(shown)}
    return Member(str(row["name"]), row["amount"], values)


def _overlap(row: Row, size: int) -> Overlap:
    segment_size, both = int(row["segment_size"]), int(row["both_count"] or 0)
    either = segment_size + size - both
    return Overlap(str(row["name"]), segment_size, both, Decimal(both) / either if either else Decimal(0))


def _similar(overlaps: Sequence[Overlap], compared_with: Sequence[str]) -> tuple[Overlap, ...]:
    """The requested segments in order, then the most similar ones."""
    overlaps_by_segment = {overlap.segment: overlap for overlap in overlaps}
    requested = [overlaps_by_segment.get(name) or Overlap(name, 0, 0, Decimal(0)) for name in compared_with]
    others = sorted(
        (overlap for overlap in overlaps if overlap.both and overlap.segment not in compared_with), key=_by_similarity
    )
    return (*requested, *others[:MOST_SIMILAR])


def _by_similarity(overlap: Overlap) -> tuple[Decimal, str]:
    return (-overlap.jaccard, overlap.segment)


def _months(warehouse: Warehouse, plan: Plan, planned: PlannedSegment, context: QueryContext, count: int) -> list[Size]:
    """Sizes at the last month ends before the instant, earliest first, by today's rule and data."""
    sizes: list[Size] = []
    previewed = Previewed(
        of_features(plan, planned.features, planned.entity), planned.predicate, (), "all", entity=planned.entity
    )
    end = context.as_of
    for _ in range(count):
        end = _month_end(end, plan.catalog.timezone)
        row = warehouse.query(preview_query(previewed), end)[0]
        sizes.insert(0, Size(end, int(row["size"] or 0), _money(row["member_revenue"])))
    return sizes


def _month_end(instant: datetime, timezone: str) -> datetime:
    """The latest local month end before a naive UTC instant."""
    local = (instant - timedelta(microseconds=1)).replace(tzinfo=UTC).astimezone(ZoneInfo(timezone))
    return midnight(local.date().replace(day=1), timezone)


def _money(amount: object) -> Decimal:
    return Decimal(str(amount or 0)).quantize(CENT)
