"""Replaces recorded stays with recomputed ones in one transaction, and notes the correction."""

from collections.abc import Sequence
from datetime import UTC, datetime

from segctl.language.literals import jinja_text, sql_instant, sql_text
from segctl.operations.recomputation.differences import ADDED, REMOVED, Difference
from segctl.operations.recomputation.recompute import Recomputed, entities_of
from segctl.operations.runs.tables import relations, stays_of, table_of, texts
from segctl.warehouse import Warehouse

# Totals of a run over all of its segments.
COUNTS = ("joined_count", "left_count")


def put_in_place(
    recomputed: Recomputed, segments: Sequence[str], before: datetime | None, versions: bool = False
) -> list[str]:
    """The statements that replace the record of segments after the run as of `before` (None: all of it).

    With `versions`, replaces versions of definitions too. Replaces sizes and counts of erased members for all
    recomputed segments, because shares of revenue need the same total.
    """
    live, companion = recomputed.live, recomputed.companion
    stays = [stays_of(entity) for entity in entities_of(recomputed.plan)]
    tables = [*stays, "run_sizes", "erasures", *(["definition_versions"] if versions else [])]
    to, source = relations(live, [*tables, "segment_runs"]), relations(companion, tables)
    columns_of = live.columns([table_of(table) for table in tables])
    counted = texts(sorted(recomputed.recomputation.starts))
    statements = []
    for table in tables:
        columns = ", ".join(name for name, _ in columns_of[table_of(table)])
        condition = f"segment in ({counted if table in {'run_sizes', 'erasures'} else texts(segments)})"
        if before:
            at = sql_instant(before)
            later = f"(joined_at > {at} or left_at is null or left_at > {at})" if table in stays else f"as_of > {at}"
            condition = f"{condition} and {later}"
        statements += [
            f"delete from {to[table]} where {condition}",
            f"insert into {to[table]} ({columns}) select {columns} from {source[table]} where {condition}",
        ]
    return [*statements, _totals(to, before)]


def noted(
    live: Warehouse, operation: str, segments: Sequence[str], since: datetime, differences: Sequence[Difference]
) -> list[str]:
    """The statement that notes the correction, one row per segment."""
    now = sql_instant(datetime.now(UTC).replace(tzinfo=None))
    rows = []
    for segment in segments:
        counts = {difference.kind: difference.stays for difference in differences if difference.segment == segment}
        added, removed = counts.pop(ADDED, 0), counts.pop(REMOVED, 0)
        row_start = f"{sql_text(operation)}, {sql_text(segment)}, {sql_instant(since)}"
        rows.append(f"({now}, {row_start}, {added}, {removed}, {sum(counts.values())})")
    columns = "corrected_at, operation, segment, since, stays_added, stays_removed, stays_changed"
    table = relations(live, ["segment_corrections"])["segment_corrections"]
    return [f"insert into {table} ({columns}) values {', '.join(rows)}"] if rows else []


def _totals(to: dict[str, str], before: datetime | None) -> str:
    """The statement that recounts segments, joins and leaves of each run."""
    totals = ", ".join(f"coalesce(sum(sizes.{column}), 0) as {column}" for column in COUNTS)
    later = f" where earlier.as_of > {sql_instant(before)}" if before else ""
    counted = (
        f"select earlier.as_of, count(sizes.segment) as segments, {totals} from {to['segment_runs']} as earlier"
        f" left join {to['run_sizes']} as sizes on earlier.as_of = sizes.as_of{later} group by earlier.as_of"
    )
    columns = ", ".join(f"'{column}'" for column in ("segments", *COUNTS))
    target = jinja_text(to["segment_runs"])
    return f"{{% call segctl.update_from_query({target}, [{columns}]) %}}{counted}{{% endcall %}}"
