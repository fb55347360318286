"""Predicts when time alone changes a customer's membership, if the customer does nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from segctl.features import Aggregate, Stepped, TimeFlag, features_of, of_others
from segctl.language.literals import Duration, sql_text
from segctl.language.syntax import CUSTOMER
from segctl.operations.runs.instants import every
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan, of_features
from segctl.plan.planned import PlannedSegment
from segctl.render import features_step, features_steps, predicate_sql, referred_steps, with_own_rows
from segctl.warehouse import Warehouse

# Days to check: every day of a month, then one a week for a year, then every day of the week with the change.
DAILY, WEEKLY = range(1, 32), range(35, 366, 7)


def next_change(
    warehouse: Warehouse, plan: Plan, planned: PlannedSegment, member: str, now: datetime
) -> datetime | None:
    """The first day on which a rule changes its answer, as the naive UTC instant of a run. None within a year.

    After a month it checks one day a week, so it misses a change that reverts within the week. Skips rules that depend
    on other customers, whose actions decide too. Raises Failure.
    """
    # Eighty days in one query would multiply its steps by eighty.
    if warehouse.repeats_steps:
        return None
    rule, entity = planned.predicate, planned.entity
    needed = of_features(plan, features_of(rule), entity)
    if entity != CUSTOMER or any(of_others(feature) for feature in needed.features) or not _moved_by_time(needed):
        return None
    earlier_steps = referred_steps([rule], features_step(entity))
    days = every(now, now + timedelta(days=WEEKLY[-1] + 1), Duration(1, "day"), plan.catalog.timezone)

    def holding(places: Sequence[int]) -> dict[int, bool]:
        parts = [
            render_query(
                "why/day_ahead",
                day=day,
                steps=features_steps(needed, member, days[day]),
                referred="".join(
                    ",\n"
                    + render_query(
                        "why/rule_step",
                        name=earlier_step.name,
                        columns=",\n        ".join(earlier_step.columns),
                        before=earlier_step.before,
                    )
                    for earlier_step in earlier_steps
                ),
                rule=predicate_sql(rule),
                last=earlier_steps[-1].name if earlier_steps else features_step(entity),
                key=f"{entity}_id",
                member=sql_text(member),
            )
            for day in places
        ]
        # Reads the customer's events once. Otherwise each day would scan all events.
        own_rows, days_of = with_own_rows("\nunion all\n".join(parts), needed, member)
        sql = f"with {own_rows}days as (\n{days_of}\n)\n\nselect *\nfrom days"
        return {int(row["day"]): bool(row["holds"]) for row in warehouse.query(sql, now)}

    month = holding([0, *DAILY])
    first = next((day for day in DAILY if month[day] != month[0]), None)
    if first is None:
        weeks = holding(WEEKLY)
        week = next((day for day in WEEKLY if weeks[day] != month[0]), None)
        if week is None:
            return None
        within = holding(range(week - 6, week))
        first = next((day for day in sorted(within) if within[day] != month[0]), week)
    return days[first]


def _moved_by_time(plan: Plan) -> bool:
    # Events may have future dates, so no event source is certain to stay the same.
    return any(isinstance(feature, TimeFlag | Stepped | Aggregate) or feature.boundaries for feature in plan.features)
