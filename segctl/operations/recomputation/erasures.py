"""What cannot be recomputed for runs before an erasure.

Erased people are no longer read. A run that included them would give other results where people are compared (ranks,
limits, aggregates of an account's customers) and where a guard counted them. The record of such a run therefore stays:
an erasure moves no other customer in the past.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from segctl.features import OTHERS, Feature, features_of, inputs_of
from segctl.language.syntax import CUSTOMER
from segctl.operations.runs.instants import as_local
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.warehouse import Row, Warehouse

Held = Mapping[datetime, Collection[str]]


@dataclass(frozen=True)
class Erasures:
    """The runs that included people erased since (`before`), and those without (`after`), as naive UTC instants, and
    the segments whose past was replayed since.
    """

    before: frozenset[datetime]
    after: tuple[datetime, ...]
    replayed: frozenset[str]


def erasures(live: Warehouse, runs: Sequence[Row]) -> Erasures:
    """The erasures of the rows of `recompute/runs_and_erasures`. Raises Failure."""
    erased_at = runs[-1]["erased_at"] if runs else None
    before = frozenset(row["as_of"] for row in runs if erased_at and row["started_at"] < erased_at)
    after = tuple(row["as_of"] for row in runs if row["as_of"] not in before)
    replayed = live.query(render_query("recompute/last_replay")) if before else []
    return Erasures(before, after, frozenset(row["segment"] for row in replayed if row["corrected_at"] >= erased_at))


def resumed(
    plan: Plan, starts: Mapping[str, datetime], erasures: Erasures, held_segments: Held
) -> tuple[dict[str, datetime | None], list[tuple[str, str]]]:
    """The segments that cannot be recomputed from their start, with the first run from which they can (None for none),
    and the reason for each.
    """
    late: dict[str, datetime | None] = {}
    left_out = []
    for planned in plan.segments:
        name = planned.segment.name
        before = {run for run in erasures.before if name in starts and run >= starts[name]}
        if not before or name in erasures.replayed or not planned.segment.enabled:
            continue
        was_held = any(name in held_segments.get(run, ()) for run in before)
        if not (compares(planned.features) or was_held):
            continue
        # Held-back changes carry the causes of the run that publishes them.
        first = next((run for run in erasures.after if name not in held_segments.get(run, ())), None)
        why = "a guard held it back" if was_held else "it compares people with others"
        why = f"{why}, and a customer has been erased since"
        zone = plan.catalog.timezone
        left_out.append((name, f"{why}: not before the run as of {as_local(first, zone)}" if first else why))
        late[name] = first
    return late, left_out


def compares(features: Sequence[Feature]) -> bool:
    """Whether features depend on other people: ranks, or aggregates of an account's customers."""
    return OTHERS in inputs_of(features)


def comparing_columns(plan: Plan, entity: str) -> set[str]:
    """The columns of an entity's features that depend on other people."""
    if entity != CUSTOMER:
        features = next(planned.features for planned in plan.entities if planned.name == entity)
        return {feature.name for feature in features if compares([feature])} | {"revenue"}
    compared = {feature.name for feature in plan.features if compares([feature])}
    return compared | ({"eligible"} if plan.eligible and compares(features_of(plan.eligible)) else set())
