"""The past once more: runs in tables beside the live ones, under today's definitions and with today's data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from segctl.operations.tables import features_of, relations, stays_of, table_of, until
from segctl.plan import Plan
from segctl.spec import CUSTOMER
from segctl.warehouse import TABLES, Asked, Warehouse

BESIDE = "__recomputed"
ALL = ("*",)
# What runs read of it is what all that was recorded has come to, whichever instant they are of.
ERASED = "erased_members"
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Occasion:
    """A run that is to be repeated or made up: its naive UTC instant, whose guards are let pass, and which segments are
    held back, each with the guard, by one that looks at definitions which are not there any more.
    """

    as_of: datetime
    allow: tuple[str, ...] = ALL
    held: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Recomputation:
    """What is to be recomputed: the occasions in order, and for each segment the first that is under its definition.

    `before` is the last run before them; what it left is where they start from. None when there was none. `resumed` are
    segments that start in the middle of their definition's time, from what the run before left; `erased_since` says
    that somebody has been erased since the last of the occasions.
    """

    occasions: tuple[Occasion, ...]
    starts: Mapping[str, datetime]
    before: datetime | None
    resumed: Mapping[str, datetime] = field(default_factory=dict)
    erased_since: bool = False

    def beginning(self, as_of: datetime) -> list[str]:
        """The segments whose first occasion is the one as of this instant."""
        return sorted(name for name, start in self.starts.items() if start == as_of)


@dataclass(frozen=True)
class Recomputed:
    """Tables beside the live ones, and the definitions that both are of."""

    live: Warehouse
    beside: Warehouse
    plan: Plan
    what: Recomputation


def entities_of(plan: Plan) -> list[str]:
    """The entities that have segments, customers first."""
    return [CUSTOMER, *(found.name for found in plan.entities)]


def recompute(live: Warehouse, plan: Plan, what: Recomputation, on_occasion: Told) -> Recomputed:
    """Runs each occasion beside the live tables.

    The live tables are not changed. Segments without a start take no part. Raises Failure.
    """
    beside = live.loaded(BESIDE)
    clear(beside)
    past = _Past(live, beside, plan, what)
    past.open()
    defined = {found.segment.name for found in plan.segments}
    begun: set[str] = set()
    former = what.before
    for number, occasion in enumerate(what.occasions, start=1):
        beginning = what.beginning(occasion.as_of)
        if former:
            past.seed(beginning, former)
        begun.update(beginning)
        without = tuple(sorted(defined - begun))
        # What the record starts from may not be what the features of today's data say.
        everybody = former is not None and (number == 1 or occasion.as_of in what.resumed.values())
        asked = Asked(occasion.as_of, occasion.allow, without=without, held=occasion.held, everybody=everybody)
        beside.build(asked, only=TABLES)
        on_occasion(number, len(what.occasions))
        former = occasion.as_of
    return Recomputed(live, beside, plan, what)


def clear(beside: Warehouse) -> None:
    """Drops the tables beside, if there are any. Raises Failure."""
    beside.operate("drop_scratch_schemas", suffix=BESIDE)


class _Past:
    """Takes over from the live tables what the occasions start from."""

    def __init__(self, live: Warehouse, beside: Warehouse, plan: Plan, what: Recomputation) -> None:
        self.beside, self.plan, self.what = beside, plan, what
        self.written = [*(stays_of(entity) for entity in entities_of(plan)), "definition_versions", "run_sizes"]
        self.by_segment = [*self.written, "erasures"]
        tables = [*self.by_segment, "segment_runs", ERASED]
        self.live, self.own = relations(live, tables), relations(beside, tables)
        found = live.columns([table_of(table) for table in tables])
        self.columns = {table: [name for name, _ in found[table_of(table)]] for table in tables}

    def open(self) -> None:
        """Makes the tables, with the runs until `before`, and features as of then, so that causes are told apart."""
        self.beside.operate("create_scratch_schemas", suffix=BESIDE)
        before = self.what.before
        columns = ", ".join(self.columns[ERASED])
        self.beside.execute([f"insert into {self.own[ERASED]} ({columns}) select {columns} from {self.live[ERASED]}"])
        if before is None:
            return
        features = [table for entity in entities_of(self.plan) for table in features_of(self.plan, entity)]
        # Before there is any run: features that change under a finished one would reopen it.
        self.beside.build(Asked(before, ALL), only=("run_sources", *features))
        copies = [self._made("segment_runs", self._until("segment_runs", before))]
        copies += [self._made(table, f"{self._until(table, before)} and false") for table in self.written]
        self.beside.execute(copy for copy in copies if copy)

    def seed(self, segments: Sequence[str], former: datetime) -> None:
        """Takes over what the live tables held of segments when the run as of `former` had finished."""
        if not segments:
            return
        present = [table for table in self.by_segment if self.columns[table]]
        self.beside.execute(
            f"insert into {self.own[table]} ({', '.join(self.columns[table])}) {self._until(table, former, segments)}"
            for table in present
        )

    def _made(self, table: str, select: str) -> str:
        made = f"create table {self.own[table]} {{{{ segctl.table_options() }}}} as {select}"
        return made if self.columns[table] else ""

    def _until(self, table: str, instant: datetime, segments: Sequence[str] = ()) -> str:
        kind = "segment_stays" if table.endswith("segment_stays") else table
        return until(self.live[table], kind, self.columns[table], instant, segments)
