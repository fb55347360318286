"""Whether the tables are what a rebuild from scratch comes to: features, stays, and the sizes of all runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from segctl.literals import sql_instant
from segctl.operations.changing import changing
from segctl.operations.differences import Difference, causes_after, differences
from segctl.operations.erasures import comparing_columns
from segctl.operations.gaps import gaps
from segctl.operations.instants import read_as_of
from segctl.operations.recompute import Recomputed, Told, clear, entities_of, recompute
from segctl.operations.restate import asked
from segctl.operations.run import ready
from segctl.operations.sql import render_query
from segctl.operations.tables import relations, tables_of
from segctl.plan import Plan
from segctl.project import Project
from segctl.warehouse import Row, Warehouse


@dataclass(frozen=True)
class FeatureDifference:
    """A column of an entity's features, and how many rows a rebuild has otherwise; `rows` for rows that are missing."""

    features: str
    column: str
    rows: int


@dataclass(frozen=True)
class Unfinished:
    """A run that was begun and not finished (naive UTC), and how many rows of an entity's features it wrote."""

    features: str
    as_of: datetime
    rows: int


@dataclass(frozen=True)
class Verified:
    """What was rebuilt (runs, the first naive UTC; segments) and how the live tables differ from it.

    `unfinished` tells of features that are compared after the next run. `sizes` are the runs whose sizes do not follow
    from the stays, one row a segment and run; `gaps` those of which rows are missing; `left_out` are segments that
    could not be rebuilt, or not from the first run on, with the reason; `features_left_out` are columns that were not
    compared, as table.column, since somebody has been erased after the last run. Of runs up to `causes_after`, if that
    is told, causes were not compared.
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
        """Whether nothing differs."""
        return not (self.features or self.stays or self.sizes or self.gaps)


def verify(project: Project, warehouse: Warehouse, since: str, on_occasion: Told) -> Verified:
    """Rebuilds the last run, or every recorded run from a day on, beside the live tables, and compares.

    Whatever was rebuilt, the sizes of all runs are held against all stays, and what each run says of itself against the
    rows that it wrote. Raises ProblemsFound or Failure.
    """
    plan = ready(project)
    with changing(project, warehouse, "verify") as live:
        first = read_as_of(since, plan.catalog.timezone, "--since") if since else None
        what, left_out = asked(live, plan, first)
        recomputed = recompute(live, plan, what, on_occasion)
        entities = entities_of(plan)
        unknown = {one: comparing_columns(plan, one) if what.erased_since else set() for one in entities}
        features = [found for entity in entities for found in _features(recomputed, entity, unknown[entity])]
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
    """What a row of `sizes` has that does not follow from the stays: what it is, as recorded, and as it should be."""
    told = [("joins", row["recorded_joins"], row["joins"]), ("leaves", row["recorded_leaves"], row["leaves"])]
    told.append(("members", row["recorded_size"], row["size"]))
    found = [(what, int(recorded), int(counted)) for what, recorded, counted in told if recorded != counted]
    if not found:
        # The size is right, and that of the run before was not.
        reckoned = row["recorded_size"] - row["size_before"] + row["former_size"]
        found = [("members, from the run before", int(row["recorded_size"]), int(reckoned))]
    return found


def _unfinished(recomputed: Recomputed) -> list[Unfinished]:
    """What a run has written of features and not finished: the one table of which the past is not kept."""
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
    # Those that tell when something changed are of earlier runs, which a rebuild does not see.
    # So are columns that the definitions have asked for, or do so no longer, since the last run.
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
    # Sums of whole numbers are whole, whatever an engine calls their type.
    return [{name: int(value) if isinstance(value, Decimal) else value for name, value in row.items()} for row in rows]
