"""Joins and leaves by cause between two instants of the history."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from segctl.errors import Failure
from segctl.language.literals import sql_instant
from segctl.operations.runs.tables import tables_of, texts
from segctl.operations.segments.as_of import check_known, counts_as_of, point_in_time
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.project.project import Project, load
from segctl.warehouse import Warehouse


@dataclass
class Moved:
    """A segment between two instants: members at each, and joins and leaves by cause."""

    name: str
    before: int
    after: int
    joins: dict[str, int] = field(default_factory=dict)
    leaves: dict[str, int] = field(default_factory=dict)

    @property
    def moved(self) -> int:
        """The number of joins and leaves."""
        return sum(self.joins.values()) + sum(self.leaves.values())


@dataclass(frozen=True)
class Between:
    """What happened after one naive UTC instant up to another, most moved segments first."""

    start: datetime
    end: datetime
    timezone: str
    segments: tuple[Moved, ...]


def between(project: Project, warehouse: Warehouse, start: str, end: str, names: Sequence[str]) -> Between:
    """What happened between two written instants (no end: the last run), by default in all segments.

    Raises ProblemsFound or Failure.
    """
    plan, loaded = load(project), warehouse.loaded()
    zone = plan.catalog.timezone
    # Between two runs, the earlier one is what is known.
    last, first = point_in_time(loaded, end, zone), point_in_time(loaded, start, zone)
    if first.instant >= last.instant:
        raise Failure(f"--from {start} is not before --to {end or 'the last run'}", exit_code=2)
    check_known(loaded, names)
    before, after = (counts_as_of(plan, loaded, point.instant) for point in (first, last))
    moved_by_segment: dict[str, Moved] = {}
    for row in loaded.query(_changes(plan, first.instant, last.instant, names)):
        name = row["segment"]
        segment = moved_by_segment.setdefault(name, Moved(name, before.get(name, 0), after.get(name, 0)))
        (segment.joins if row["change"] == "joined" else segment.leaves)[row["cause"]] = int(row["moved"])
    for name in names:
        moved_by_segment.setdefault(name, Moved(name, before.get(name, 0), after.get(name, 0)))
    moved = sorted(moved_by_segment.values(), key=lambda segment: (-segment.moved, segment.name))
    return Between(first.instant, last.instant, zone, tuple(moved))


def _changes(plan: Plan, start: datetime, end: datetime, names: Sequence[str]) -> str:
    values = {"start": sql_instant(start), "end": sql_instant(end)}
    values["narrowed"] = f"\n    and segment in ({texts(names)})" if names else ""
    parts = [render_query("diff/changes_between", prefix="", **values)]
    for entity in plan.entities:
        prefix = tables_of(entity.name)["prefix"]
        # An entity added since the last run has no table yet.
        if_built = f"{{%- if load_relation(ref('{prefix}segment_changes')) %}}"
        changes = render_query("diff/changes_between", prefix=prefix, **values)
        parts.append(f"{if_built}\nunion all\n{changes}\n{{%- endif %}}\n")
    return "".join(parts)
