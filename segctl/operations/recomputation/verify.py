"""Verifies that the tables equal a rebuild from scratch: features, stays, and the sizes of all runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from segctl.language.literals import sql_instant
from segctl.operations.recomputation.differences import Difference, causes_after, differences
from segctl.operations.recomputation.erasures import comparing_columns
from segctl.operations.recomputation.gaps import gaps
from segctl.operations.recomputation.recompute import ProgressListener, Recomputed, clear, entities_of, recompute
from segctl.operations.recomputation.restate import recomputation_since
from segctl.operations.runs.exclusive import changing
from segctl.operations.runs.instants import read_as_of
from segctl.operations.runs.run import ready
from segctl.operations.runs.tables import relations, tables_of
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.project.project import Project
from segctl.warehouse import Row, Warehouse


@dataclass(frozen=True)
class FeatureDifference:
    """A feature column, and the number of rows that a rebuild gives differently. `rows` means missing rows."""

    features: str
    column: str
    rows: int


@dataclass(frozen=True)
class Unfinished:
    """An unfinished run (naive UTC), and the number of rows that it wrote to an entity's features."""

    features: str
    as_of: datetime
    rows: int


@dataclass(frozen=True)
class Verified:
    """What was rebuilt (runs, the first as naive UTC; segments) and how the live tables differ.

    `unfinished` features are compared after the next run. `sizes` are runs whose sizes disagree with the stays, one row
    per segment and run. `gaps` are runs with missing rows. `left_out` segments could not be rebuilt, or not from the
    first run on, with the reason. `features_left_out` are columns (table.column) that were not compared because of an
    erasure after the last run. Causes of runs up to `causes_after`, if given, were not compared.
    """

    since: datetime
    runs: int
    segments: tuple[str, ...]
    features: tuple[FeatureDifference, ...]
    stays: tuple[Difference, ...]
    sizes: tuple[Row, ...]
    left_out: tuple[tuple[str, str], ...]
    features_left_out: tuple[str, ...]
    timezone: str
    gaps: tuple[Row, ...] = ()
    causes_after: datetime | None = None
    unfinished: tuple[Unfinished, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether there are no differences."""
        return not (self.features or self.stays or self.sizes or self.gaps)


def verify(project: Project, warehouse: Warehouse, since: str, on_occasion: ProgressListener) -> Verified:
    """Rebuilds the last run, or every recorded run from a day on, in a companion schema, and compares.

    In any case it compares the sizes of all runs with all stays, and each run's own figures with the rows that it
    wrote. Raises ProblemsFound or Failure.
    """
    plan = ready(project)
    with changing(project, warehouse, "verify") as live:
        first = read_as_of(since, plan.catalog.timezone, "--since") if since else None
        what, left_out = recomputation_since(live, plan, first)
        recomputed = recompute(live, plan, what, on_occasion)
        entities = entities_of(plan)
        unknown = {one: comparing_columns(plan, one) if what.erased_since else set() for one in entities}
        features = [
            feature_difference
            for entity in entities
            for feature_difference in _features(recomputed, entity, unknown[entity])
        ]
        unfinished = _unfinished(recomputed)
        stays = differences(recomputed, list(what.starts))
        sizes = _sizes(live, plan)
        missing = gaps(live)
        former = causes_after(live)
        clear(recomputed.beside)
    return Verified(
        what.occasions[0].as_of,
        len(what.occasions),
        tuple(what.starts),
        tuple(features),
        tuple(stays),
        tuple(sizes),
        tuple(left_out),
        tuple(f"{tables_of(entity)['features']}.{name}" for entity in entities for name in sorted(unknown[entity])),
        plan.catalog.timezone,
        tuple(missing),
        former if former and former >= what.occasions[0].as_of else None,
        tuple(unfinished),
    )


def size_differences(row: Row) -> list[tuple[str, int, int]]:
    """The figures of a row of `sizes` that disagree with the stays: name, recorded value, expected value."""
    told = [("joins", row["recorded_joins"], row["joins"]), ("leaves", row["recorded_leaves"], row["leaves"])]
    told.append(("members", row["recorded_size"], row["size"]))
    found = [(what, int(recorded), int(counted)) for what, recorded, counted in told if recorded != counted]
    if not found:
        # The size is right, but the size of the run before was wrong.
        reckoned = row["recorded_size"] - row["size_before"] + row["former_size"]
        found = [("members, from the run before", int(row["recorded_size"]), int(reckoned))]
    return found


def _unfinished(recomputed: Recomputed) -> list[Unfinished]:
    """The features of unfinished runs. The feature tables keep no past."""
    last, found = sql_instant(recomputed.what.occasions[-1].as_of), []
    for entity in entities_of(recomputed.plan):
        table = tables_of(entity)["features"]
        row = recomputed.live.query(render_query("verify/unfinished", features=table, last=last))[0]
        if row["written"]:
            found.append(Unfinished(table, row["as_of"], int(row["written"])))
    return found


def _features(recomputed: Recomputed, entity: str, unknown: set[str]) -> list[FeatureDifference]:
    names = tables_of(entity)
    table, key = names["features"], names["key"]
    found = recomputed.live.columns([f"ref('{table}')"])[f"ref('{table}')"]
    # Columns with the time of a change come from earlier runs, which a rebuild does not see.
    # Columns that definitions added or dropped since the last run are skipped too.
    rebuilt = {name for name, _ in recomputed.beside.columns([f"ref('{table}')"])[f"ref('{table}')"]}
    unknown = unknown | {key, "deleted_at"}
    stamps = ("changed_at", "__moved_at")
    columns = [name for name, _ in found if name in rebuilt and name not in unknown and not name.endswith(stamps)]
    counted = [
        f"coalesce(sum(case when {{{{ segctl.differs('live.{name}', 'rebuilt.{name}') }}}} then 1 else 0 end), 0)"
        f" as c_{number}"
        for number, name in enumerate(columns)
    ]
    beside = relations(recomputed.beside, [table])[table]
    last = sql_instant(recomputed.what.occasions[-1].as_of)
    sql = render_query(
        "verify/features",
        features=table,
        key=key,
        beside=beside,
        last=last,
        columns=",\n    ".join(counted or ["0 as none"]),
    )
    row = recomputed.live.query(sql)[0]
    missing = int(row["only_live"] + row["only_rebuilt"])
    rows = [FeatureDifference(table, "rows", missing)] if missing else []
    counts = [(name, int(row[f"c_{number}"]) - missing) for number, name in enumerate(columns)]
    return rows + [FeatureDifference(table, name, count) for name, count in counts if not missing and count]


def _sizes(live: Warehouse, plan: Plan) -> Sequence[Row]:
    histories = [f"{tables_of(entity)['prefix']}segment_history" for entity in entities_of(plan)]
    moves = [render_query("verify/moves", history=history) for history in histories]
    rows = live.query(render_query("verify/sizes", moves="\nunion all\n".join([*moves, render_query("verify/erased")])))
    # Sums of whole numbers are whole, whatever type the engine gives them.
    return [{name: int(value) if isinstance(value, Decimal) else value for name, value in row.items()} for row in rows]
