"""A run: definitions checked, committed models compared, dbt build, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from segctl.errors import Failure
from segctl.operations.instants import read_as_of
from segctl.operations.render import stale
from segctl.project import Project, load
from segctl.warehouse import Row, Step, Warehouse

SIZES = """
select
    sizes.segment,
    definitions.label,
    definitions.owner,
    sizes.size,
    sizes.joined_count,
    sizes.left_count,
    sizes.member_revenue,
    sizes.total_revenue,
    sizes.as_of,
    sizes.run_id
from {{ ref('segment_sizes') }} as sizes
left join {{ ref('segment_definitions') }} as definitions
    on sizes.segment = definitions.segment and definitions.valid_to is null
where sizes.run_id = (select max(run_id) from {{ ref('segment_runs') }})
order by sizes.segment
"""


@dataclass(frozen=True)
class RunReport:
    """What a run came to: one row a segment (columns of SIZES), its instant (naive UTC), dbt's warnings."""

    rows: list[Row]
    as_of: datetime
    timezone: str
    currency: str
    warnings: list[str]


def run(project: Project, warehouse: Warehouse, as_of: str, on_step: Callable[[Step], None]) -> RunReport:
    """Runs once. `as_of` as people write it, empty for now.

    Raises ProblemsFound or Failure; unless dbt failed in mid-build, the warehouse is then as it was.
    """
    plan = load(project)
    if stale(project, plan):
        hint = "run segctl render and commit what it writes; segctl render --check shows the difference"
        raise Failure("the committed models are not what the definitions render to", hint, exit_code=1)
    zone = plan.catalog.timezone
    instant = read_as_of(as_of, zone) if as_of else None
    warnings = warehouse.build(instant, on_step)
    if instant and instant > datetime.now(UTC).replace(tzinfo=None):
        warnings.append("this run is as of an instant to come; no run as of an earlier one is possible after it")
    rows = warehouse.query(SIZES)
    when = rows[0]["as_of"] if rows else (instant or datetime.min)
    return RunReport(rows, when, zone, plan.catalog.currency, warnings)


def revenue_share(row: Row) -> Decimal | None:
    """The members' share of all revenue, 0 to 1; None without revenue."""
    if not row["total_revenue"] or row["member_revenue"] is None:
        return None
    return Decimal(row["member_revenue"]) / Decimal(row["total_revenue"])
