"""Drops the history, and reports beforehand what would be lost."""

from dataclasses import dataclass
from datetime import datetime

from segctl.operations.recomputation.recompute import entities_of
from segctl.operations.runs.exclusive import exclusive
from segctl.operations.runs.tables import stays_of
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.project.project import Project, load
from segctl.warehouse import NothingBuilt, Warehouse


@dataclass(frozen=True)
class Loss:
    """The content of a history: its runs (naive UTC, first and last), stays, versions and corrections.

    `changes` counts stays that began after a first run, or have ended.
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
        """Whether no customer joined or left after the first run of each segment."""
        return not self.changes and not self.corrections


def loss_of(plan: Plan, live: Warehouse) -> Loss | None:
    """The content of the target's history, or None. Raises Failure."""
    try:
        runs = live.query(render_query("reset/runs"))[0]
        counts = live.query(render_query("reset/counts"))[0]
        rows = [live.query(render_query("reset/stays", table=stays_of(entity)))[0] for entity in entities_of(plan)]
    except NothingBuilt:
        return None
    return Loss(
        runs["runs"],
        runs["first_as_of"],
        runs["last_as_of"],
        sum(row["stays"] for row in rows),
        sum(int(row["changes"] or 0) for row in rows),
        counts["versions"],
        counts["corrections"],
        plan.catalog.timezone,
    )


def what_is_lost(project: Project, warehouse: Warehouse) -> Loss | None:
    """What `reset` would drop, or None without a history. Raises ProblemsFound or Failure."""
    return loss_of(load(project), warehouse)


def reset(project: Project, warehouse: Warehouse) -> None:
    """Drops the history on the target. Keeps erasures. Raises Failure."""
    with exclusive(project, warehouse, "reset") as live:
        drop(live)


def drop(live: Warehouse) -> None:
    """Drops our tables and views, in one transaction if the engine has transactions. Raises Failure."""
    live.operate("reset_history")
