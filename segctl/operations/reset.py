"""Beginning a history anew: what would be lost, and dropping it."""

from dataclasses import dataclass
from datetime import datetime

from segctl.operations.changing import alone
from segctl.operations.recompute import entities_of
from segctl.operations.sql import render_query
from segctl.operations.tables import stays_of
from segctl.plan import Plan
from segctl.project import Project, load
from segctl.warehouse import NothingBuilt, Warehouse


@dataclass(frozen=True)
class Loss:
    """What a history holds: its runs (naive UTC, first and last), stays, versions of definitions and corrections.

    `changes` are stays that tell more than that a first run found somebody: they began later, or have ended.
    """

    runs: int
    first: datetime | None
    last: datetime | None
    stays: int
    changes: int
    versions: int
    corrections: int
    timezone: str

    @property
    def first_runs_alone(self) -> bool:
        """Whether nobody has joined or left since each segment was evaluated for the first time."""
        return not self.changes and not self.corrections


def loss_of(plan: Plan, live: Warehouse) -> Loss | None:
    """What the history holds that stands on the target; None when there is none. Raises Failure."""
    try:
        runs = live.query(render_query("reset/runs"))[0]
        counts = live.query(render_query("reset/counts"))[0]
        found = [live.query(render_query("reset/stays", table=stays_of(entity)))[0] for entity in entities_of(plan)]
    except NothingBuilt:
        return None
    return Loss(
        runs["runs"],
        runs["first_as_of"],
        runs["last_as_of"],
        sum(row["stays"] for row in found),
        sum(int(row["changes"] or 0) for row in found),
        counts["versions"],
        counts["corrections"],
        plan.catalog.timezone,
    )


def what_is_lost(project: Project, warehouse: Warehouse) -> Loss | None:
    """What `reset` would drop; None when there is no history. Raises ProblemsFound or Failure."""
    return loss_of(load(project), warehouse)


def reset(project: Project, warehouse: Warehouse) -> None:
    """Drops the history on the target; whom no run may bring back stays. Raises Failure."""
    with alone(project, warehouse, "reset") as live:
        drop(live)


def drop(live: Warehouse) -> None:
    """Drops our tables and views. Raises Failure, and then none has been dropped where the engine has transactions."""
    live.operate("reset_history")
