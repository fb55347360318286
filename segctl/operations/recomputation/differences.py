"""Compares recomputed stays with recorded ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from segctl.language.literals import sql_instant, sql_text
from segctl.operations.recomputation.recompute import Recomputed, entities_of
from segctl.operations.runs.tables import relations, stays_of, tables_of, texts
from segctl.operations.sql import render_query
from segctl.warehouse import Warehouse

ADDED, REMOVED, ENDED, CAUSED = "only recomputed", "only recorded", "another end", "another cause"
ALWAYS = datetime(1900, 1, 1)
# The last run whose causes an earlier version of segctl decided differently.
FORMER = "select max(former_as_of) as former_as_of from {{ ref('history_format') }} where changes_causes"


@dataclass(frozen=True)
class Stay:
    """A stay that differs: the member, its start (naive UTC), and its recorded and recomputed end."""

    member: str
    joined_at: datetime
    recorded_left_at: datetime | None
    recomputed_left_at: datetime | None


@dataclass(frozen=True)
class Difference:
    """The number of a segment's stays that differ in one way (`kind`), and some of them."""

    segment: str
    kind: str
    stays: int
    some: tuple[Stay, ...]


def causes_after(live: Warehouse) -> datetime | None:
    """The last run (naive UTC) whose causes are not compared because an earlier version decided them, or None."""
    instant: datetime | None = live.query(FORMER)[0]["former_as_of"]
    return instant


def differences(recomputed: Recomputed, segments: Sequence[str]) -> list[Difference]:
    """The differences between the published history and recomputed tables. Raises Failure."""
    found: dict[tuple[str, str], Difference] = {}
    # Up to the first recomputed run, changes cannot be distinguished from data that came late or was erased since.
    what = recomputed.what
    after = causes_after(recomputed.live) or ALWAYS
    first = max(what.occasions[0].as_of if what.before else ALWAYS, after)
    told = sql_instant(first)
    if what.resumed:
        late = " ".join(
            f"when {sql_text(name)} then {sql_instant(max(run, after))}" for name, run in what.resumed.items()
        )
        told = f"case recorded.segment {late} else {told} end"
    entities = {planned.segment.name: planned.entity for planned in recomputed.plan.segments}
    for entity in entities_of(recomputed.plan):
        names = [name for name in segments if entities[name] == entity]
        if not names:
            continue
        table = stays_of(entity)
        stays = relations(recomputed.beside, [table])[table]
        for row in recomputed.live.query(
            render_query(
                "recompute/stay_differences", stays=stays, segments=texts(names), told=told, **tables_of(entity)
            )
        ):
            stay = Stay(row["member"], row["joined_at"], row["recorded_left_at"], row["recomputed_left_at"])
            key = (row["segment"], row["kind"])
            before = found[key].some if key in found else ()
            found[key] = Difference(*key, row["occurrences"], (*before, stay))
    return list(found.values())
