"""What time alone will do to somebody's membership: when the answer of a rule turns if they do nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

from segctl.features import Stepped, features_of, of_others
from segctl.literals import Duration, sql_text
from segctl.operations.instants import every
from segctl.plan import Plan, of_features
from segctl.planned import PlannedSegment
from segctl.render import features_step, features_steps, predicate_sql
from segctl.resolver import CUSTOMER
from segctl.warehouse import Warehouse

# Days ahead that are looked at before it is searched between two of them.
DAYS = (1, 7, 30, 90, 365)
HOLDS = """
with
{steps}

select {rule} as holds
from {step}
where cast({key} as {{{{ dbt.type_string() }}}}) = {member}
"""


def turns(warehouse: Warehouse, plan: Plan, planned: PlannedSegment, member: str, now: datetime) -> datetime | None:
    """A day, as the naive UTC instant of a run, from which on a rule has another answer than now; None within a year.

    Between the days that are looked at, an answer that turns and turns back is not seen. Rules that look at others are
    not asked: what these do decides as well. Raises Failure.
    """
    rule, entity = planned.predicate, planned.entity
    needed = of_features(plan, features_of(rule), entity)
    if entity != CUSTOMER or any(of_others(feature) for feature in needed.features) or not _moved_by_time(needed):
        return None
    asked = HOLDS.format(
        steps=features_steps(needed, member),
        rule=predicate_sql(rule, inline=True),
        step=features_step(entity),
        key=f"{entity}_id",
        member=sql_text(member),
    )
    days = every(now, now + timedelta(days=DAYS[-1] + 1), Duration(1, "day"), plan.catalog.timezone)

    def holds(day: int) -> bool:
        rows = warehouse.query(asked, days[day])
        return bool(rows and rows[0]["holds"])

    before, first = 0, holds(0)
    for day in DAYS:
        if holds(day) != first:
            return days[_between(before, day, lambda at: holds(at) != first)]
        before = day
    return None


def _moved_by_time(plan: Plan) -> bool:
    return len(plan.moments) > 1 or any(isinstance(feature, Stepped) for feature in plan.features)


def _between(before: int, after: int, is_other: Callable[[int], bool]) -> int:
    """The first day that is another, between one that is not and one that is."""
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if is_other(middle) else (middle, after)
    return after
