"""Copies members, joins and leaves to another database; each time, only what is new.

python mirror.py SEGCTL_DUCKDB DESTINATION_DUCKDB
"""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import dlt
import duckdb

ROWS_AT_ONCE = 10_000
# The changes of a run share one instant and appear at once. If a customer leaves a segment and joins it again in one
# run, the join counts.
CHANGES = """
select segment, customer_id, changed_at, change, cause, run_id, change = 'left' as is_gone
from main.segment_changes
where changed_at > ?
"""
LAST_OF_EACH = "qualify row_number() over (partition by segment, customer_id, changed_at order by is_gone) = 1"
# As it is in segctl: UTC without a zone.
AT = {"data_type": "timestamp", "timezone": False}
FIRST = datetime(1970, 1, 1)
# Do not load the last run again: dlt would have to remember each of its rows.
SINCE = {"initial_value": FIRST, "range_start": "open"}


def rows(file: str, sql: str, since: datetime) -> Iterator[list[dict[str, Any]]]:
    """The rows of a query, some thousand at once."""
    with duckdb.connect(file, read_only=True) as warehouse:
        found = warehouse.execute(sql, [since])
        names = [column[0] for column in found.description]
        while some := found.fetchmany(ROWS_AT_ONCE):
            yield [dict(zip(names, row, strict=True)) for row in some]


@dlt.source
def segments(file: str) -> Any:  # noqa: ANN401
    """Two tables: `segment_changes`, to which rows are only added, and `segment_members`, who is in now."""

    @dlt.resource(write_disposition="append", columns={"changed_at": AT})
    def segment_changes(
        changed_at: Any = dlt.sources.incremental("changed_at", **SINCE),  # noqa: ANN401, B008
    ) -> Iterator[list[dict[str, Any]]]:
        yield from rows(file, CHANGES, changed_at.last_value)

    @dlt.resource(
        write_disposition="merge",
        primary_key=("segment", "customer_id"),
        columns={
            # Whoever has left is deleted; of several changes since the last time the latest counts.
            "is_gone": {"data_type": "bool", "hard_delete": True},
            "changed_at": {**AT, "dedup_sort": "desc"},
        },
    )
    def segment_members(
        changed_at: Any = dlt.sources.incremental("changed_at", **SINCE),  # noqa: ANN401, B008
    ) -> Iterator[list[dict[str, Any]]]:
        yield from rows(file, f"{CHANGES}{LAST_OF_EACH}", changed_at.last_value)

    return segment_changes, segment_members


if __name__ == "__main__":
    pipeline = dlt.pipeline(
        "segments", destination=dlt.destinations.duckdb(str(Path(sys.argv[2]).resolve())), dataset_name="crm"
    )
    print(pipeline.run(segments(sys.argv[1])))
