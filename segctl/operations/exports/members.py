"""Members of segments as CSV files, as of the last finished run or an instant before it."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from segctl.errors import Failure
from segctl.files import EXPORTS, remember_exports, safe_cell
from segctl.literals import sql_instant, sql_text
from segctl.operations.past import Moment, before_the_first, counts_as_of, entity_of_gone, moment_of
from segctl.operations.show import find_segment
from segctl.operations.tables import tables_of
from segctl.plan import Plan
from segctl.project import Project, load, replace_file, writing
from segctl.resolver import CUSTOMER
from segctl.warehouse import Row, Warehouse

# Segments are read together up to so many members: a query costs half a second, a row in memory some two kilobytes.
ROWS_AT_ONCE = 100_000
MEMBERS = """
select
    history.segment,
    cast(history.{key} as {{{{ dbt.type_string() }}}}) as member,
    history.joined_at,
    history.join_cause,
    features.eligible
from {{{{ ref('{prefix}segment_history') }}}} as history
left join {{{{ ref('{features}') }}}} as features on history.{key} = features.{key}
where
    history.segment in ({segments})
    and history.joined_at <= {instant}
    and (history.left_at is null or history.left_at > {instant})
"""


@dataclass(frozen=True)
class Exported:
    """A file that was written: of which segment, its path as the caller named the folder, how many members it lists."""

    segment: str
    path: Path
    rows: int


@dataclass(frozen=True)
class Chosen:
    """A segment whose members are asked for, and what they are."""

    name: str
    entity: str


@dataclass(frozen=True)
class Request:
    """What to export: segments by name (none for all), as of which instant as people write it (empty for the last
    finished run), into which folder (None for EXPORTS in the project), whether only who may be contacted, and whether
    cells are to be safe in a spreadsheet.
    """

    segments: tuple[str, ...] = ()
    as_of: str = ""
    to: Path | None = None
    eligible_only: bool = False
    safe_cells: bool = False


def export(
    project: Project, warehouse: Warehouse, request: Request, on_warning: Callable[[str], None] = lambda _: None
) -> Iterator[Exported]:
    """Writes a file a segment, each at once, and tells of each as it is there.

    `on_warning` is told when `segctl erase` will not know of the folder, since the project's own cannot be written.

    Raises ProblemsFound, or Failure when a segment is unknown, nothing is known of the instant, the warehouse cannot
    be read or a file cannot be written; files that were told of stay.
    """
    plan = load(project)
    chosen = _chosen(plan, warehouse, request)
    moment = moment_of(warehouse, request.as_of, plan.catalog.timezone)
    if moment.run is None:
        raise Failure(before_the_first(moment, plan.catalog.timezone), exit_code=2)
    is_now = moment.instant == moment.last
    if request.eligible_only and not is_now:
        hint = "leave --as-of out, or --eligible-only"
        raise Failure("who may be contacted is known as of the last finished run only", hint, exit_code=2)
    sizes = counts_as_of(plan, warehouse, moment.instant)
    folder, shown = (request.to, request.to) if request.to else (project.root / EXPORTS, Path(EXPORTS))
    # Before there is anybody in it: `segctl erase` looks for people there.
    try:
        remember_exports(project, folder)
    except Failure as failure:
        if not request.to:
            raise
        on_warning(f"{failure.message}; segctl erase will not look through {request.to}")
    for batch in _batches(chosen, sizes):
        members = _members([one for one in batch if one.name in sizes], moment, warehouse)
        for one in batch:
            name = f"{one.name}.csv"
            rows = [row for row in members.get(one.name, []) if row["eligible"] or not request.eligible_only]
            with writing():
                replace_file(folder / name, _csv(f"{one.entity}_id", rows, is_now, request.safe_cells))
            yield Exported(one.name, shown / name, len(rows))


def _chosen(plan: Plan, warehouse: Warehouse, request: Request) -> list[Chosen]:
    """The segments asked for, each once; with `eligible_only` those of customers, the only ones of whom it is known."""
    if request.eligible_only and plan.eligible is None:
        hint = "add eligible: to the customer in segments/catalog.yml"
        raise Failure("the catalog does not say who may be contacted", hint, exit_code=2)
    if not request.segments:
        defined = [Chosen(planned.segment.name, planned.entity) for planned in plan.segments]
        return [one for one in defined if one.entity == CUSTOMER or not request.eligible_only]
    found = [_named(plan, warehouse, name, bool(request.as_of)) for name in dict.fromkeys(request.segments)]
    for one in found:
        if request.eligible_only and one.entity != CUSTOMER:
            message = f"{one.name} is about {one.entity}s, and customers are who may be contacted"
            raise Failure(message, "leave --eligible-only out", exit_code=2)
    return found


def _named(plan: Plan, warehouse: Warehouse, name: str, of_the_past: bool) -> Chosen:
    """The segment of that name; of the past also one that is gone from the definitions since. Raises Failure."""
    entity = None
    if of_the_past and name not in {planned.segment.name for planned in plan.segments}:
        entity = entity_of_gone(plan, warehouse, name)
    return Chosen(name, entity or find_segment(plan, name).entity)


def _batches(chosen: list[Chosen], sizes: dict[str, int]) -> Iterator[list[Chosen]]:
    """The segments in portions of one entity and at most ROWS_AT_ONCE members, or of one segment that has more."""
    batch: list[Chosen] = []
    rows = 0
    for one in chosen:
        size = sizes.get(one.name, 0)
        if batch and (rows + size > ROWS_AT_ONCE or one.entity != batch[0].entity):
            yield batch
            batch, rows = [], 0
        batch.append(one)
        rows += size
    if batch:
        yield batch


def _members(batch: list[Chosen], moment: Moment, warehouse: Warehouse) -> dict[str, list[Row]]:
    """The members of each segment, by their key as text, by code point."""
    found: dict[str, list[Row]] = {one.name: [] for one in batch}
    if batch:
        segments = ", ".join(sql_text(name) for name in found)
        tables = tables_of(batch[0].entity)
        sql = MEMBERS.format(**tables, segments=segments, instant=sql_instant(moment.instant))
        for row in warehouse.query(sql):
            found[row["segment"]].append(row)
    for rows in found.values():
        rows.sort(key=lambda row: row["member"])
    return found


def _csv(key: str, rows: Iterable[Row], with_eligible: bool, safe: bool) -> str:
    lines = [_line((key, "joined_at", "join_cause", "eligible"))]
    for row in rows:
        eligible = {True: "true", False: "false", None: ""}[row["eligible"] if with_eligible else None]
        cells = (row["member"], f"{row['joined_at'].isoformat()}Z", row["join_cause"], eligible)
        lines.append(_line(tuple(map(safe_cell, cells)) if safe else cells))
    return "".join(lines)


def _line(values: tuple[str, ...]) -> str:
    """One line that ends in a line feed; a value that breaks lines, by whichever character, is quoted."""
    text = io.StringIO()
    # Some versions of Python quote only the characters of the line's own end.
    csv.writer(text, lineterminator="\r\n").writerow(values)
    return text.getvalue().removesuffix("\r\n") + "\n"
