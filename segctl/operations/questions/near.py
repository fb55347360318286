"""Finds customers about to join or leave a segment, by a threshold or by time alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from segctl.errors import Failure
from segctl.features import Feature, Test, features_of
from segctl.language.literals import Duration
from segctl.operations.questions.clauses import money_of
from segctl.operations.questions.query_context import QueryContext, query_context
from segctl.operations.runs.instants import every
from segctl.operations.segments.show import find_segment
from segctl.plan.plan import Plan, of_features
from segctl.plan.planned import PlannedSegment
from segctl.project.project import Project, load
from segctl.render import Compared, ComparisonRequest, Side, comparison
from segctl.render.question import MOST_WRITTEN_OUT
from segctl.revisions import relaxed_rules
from segctl.warehouse import Row, Warehouse


@dataclass(frozen=True)
class Close:
    """Customers that one thing would move: their number, and some with the deciding value.

    `test` is the threshold that they are close to, None for time alone.
    """

    test: Test | None
    joins: bool
    count: int
    members: tuple[tuple[object, Decimal | None, str | None], ...]


@dataclass(frozen=True)
class NearMembers:
    """Customers close to joining or leaving a segment, as of a naive UTC instant and within a number of days.

    `money` has the currency of monetary features by name.
    """

    planned: PlannedSegment
    as_of: datetime
    timezone: str
    currency: str
    days: int
    close: tuple[Close, ...]
    money: Mapping[str, str]


def near(project: Project, warehouse: Warehouse, name: str, days: int, most: int) -> NearMembers:
    """Customers within a tenth of a threshold that alone decides, and those that time alone moves within `days` days.

    Raises ProblemsFound, or Failure without a run.
    """
    plan, loaded = load(project), warehouse.loaded()
    planned = find_segment(plan, name)
    if not planned.segment.enabled:
        raise Failure(f"segment {name} is disabled: it has no members", exit_code=2)
    context = query_context(project, loaded, "", [plan])
    if not context.history:
        raise Failure("no run has finished on this target yet", "segctl run makes one")
    if planned.predicate.size > MOST_WRITTEN_OUT:
        message = f"{name} has {planned.predicate.size:,} conditions including referenced rules"
        raise Failure(message, f"near supports at most {MOST_WRITTEN_OUT:,}", exit_code=2)
    query = _NearQuery(loaded, plan, planned, context, most)
    closes = [*query.thresholds(), *(query.time(days) if days else ())]
    catalog = plan.catalog
    return NearMembers(planned, context.as_of, catalog.timezone, catalog.currency, days, tuple(closes), money_of(plan))


@dataclass(frozen=True)
class _NearQuery:
    warehouse: Warehouse
    plan: Plan
    planned: PlannedSegment
    context: QueryContext
    most: int

    def thresholds(self) -> Iterator[Close]:
        """Customers within a tenth of a threshold, on either side."""
        rule = Side(self.planned.segment.name, self.planned.predicate)
        moved = [(relaxed, True) for relaxed in relaxed_rules(self.planned.predicate)]
        moved += [(relaxed, False) for relaxed in relaxed_rules(self.planned.predicate, tighter=True)]
        for first in range(0, len(moved), self.context.segments_per_query):
            batch = moved[first : first + self.context.segments_per_query]
            compared = tuple(
                Compared(rule, Side(rule.name, relaxed.rule), shown=(relaxed.test.feature,)) for relaxed, _ in batch
            )
            rows = self._answers(compared, [feature for relaxed, _ in batch for feature in features_of(relaxed.rule)])
            for number, (relaxed, joins) in enumerate(batch):
                yield _close(rows, number, joins, relaxed.test)

    def time(self, days: int) -> Iterator[Close]:
        """Compares today's members with those that a later run would find in today's data."""
        start = self.context.as_of
        later = every(start, start + timedelta(days=days + 1), Duration(1, "day"), self.plan.catalog.timezone)[days]
        then = replace(self, context=replace(self.context, as_of=later, stored_features=frozenset()))
        name = self.planned.segment.name
        compared = Compared(Side(name, standing=True), Side(name, self.planned.predicate, self.planned.memory))
        rows = then._answers((compared,), list(self.planned.features))
        yield _close(rows, 0, True, None)
        yield _close(rows, 0, False, None)

    def _answers(self, compared: tuple[Compared, ...], features: list[Feature]) -> list[Row]:
        entity, context = self.planned.entity, self.context
        needed = of_features(self.plan, features, entity, context.stored_features)
        request = ComparisonRequest(needed, needed, compared, context.history_of(entity), self.most, entity)
        return self.warehouse.query(comparison(request), context.as_of)


def _close(rows: list[Row], number: int, joins: bool, test: Test | None) -> Close:
    member_rows = [row for row in rows if row["segment"] == number and bool(row["joins"]) == joins]
    members = tuple((row["member"], row["sample_revenue"], row["shown_0"] if test else None) for row in member_rows)
    return Close(test, joins, int(rows[0][f"{'joins' if joins else 'leaves'}_{number}"] or 0), members)
