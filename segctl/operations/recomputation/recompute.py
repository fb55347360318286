"""Recomputes past runs in tables beside the live ones, with today's definitions and data."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from segctl.language.syntax import CUSTOMER
from segctl.operations.runs.tables import features_of, relations, stays_of, table_of, until
from segctl.plan.plan import Plan
from segctl.warehouse import TABLES, RunRequest, Warehouse

TABLE_SUFFIX = "__recomputed"
ALL = ("*",)
# Runs read the outcome of the whole record from it, at any instant.
ERASED = "erased_members"
ProgressListener = Callable[[int, int], None]


@dataclass(frozen=True)
class Occasion:
    """A run to repeat or to make up, with its naive UTC instant.

    It lists the guards to ignore, and segments that are held back by a guard on definitions that no longer exist.
    """

    as_of: datetime
    allow: tuple[str, ...] = ALL
    held: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Recomputation:
    """The recomputation: its occasions in order, and for each segment the first one under its current definition.

    `before` is the run before the occasions, whose state is the start, or None. `resumed` segments start within their
    definition's time, from the state of the run before. `erased_since` means that people were erased since the last
    occasion.
    """

    occasions: tuple[Occasion, ...]
    starts: Mapping[str, datetime]
    before: datetime | None
    resumed: Mapping[str, datetime] = field(default_factory=dict)
    erased_since: bool = False

    def beginning(self, as_of: datetime) -> list[str]:
        """The segments whose first occasion is at this instant."""
        return sorted(name for name, start in self.starts.items() if start == as_of)


@dataclass(frozen=True)
class Recomputed:
    """Tables beside the live ones, and the definitions of both."""

    live: Warehouse
    beside: Warehouse
    plan: Plan
    what: Recomputation


def entities_of(plan: Plan) -> list[str]:
    """The entities that have segments, customers first."""
    return [CUSTOMER, *(planned.name for planned in plan.entities)]


def recompute(live: Warehouse, plan: Plan, what: Recomputation, on_occasion: ProgressListener) -> Recomputed:
    """Runs each occasion in a companion schema.

    Leaves the live tables alone. Skips segments without a start. Raises Failure.
    """
    beside = live.loaded(TABLE_SUFFIX)
    clear(beside)
    past = _Past(live, beside, plan, what)
    past.open()
    defined = {planned.segment.name for planned in plan.segments}
    begun: set[str] = set()
    former = what.before
    for number, occasion in enumerate(what.occasions, start=1):
        beginning = what.beginning(occasion.as_of)
        if former:
            past.seed(beginning, former)
        begun.update(beginning)
        without = tuple(sorted(defined - begun))
        # The recorded start may differ from what today's data give.
        everybody = former is not None and (number == 1 or occasion.as_of in what.resumed.values())
        request = RunRequest(occasion.as_of, occasion.allow, without=without, held=occasion.held, everybody=everybody)
        beside.build(request, only=TABLES)
        on_occasion(number, len(what.occasions))
        former = occasion.as_of
    return Recomputed(live, beside, plan, what)


def clear(beside: Warehouse) -> None:
    """Drops the tables beside the live ones, if any. Raises Failure."""
    beside.operate("drop_scratch_schemas", suffix=TABLE_SUFFIX)


class _Past:
    """Copies the start of the occasions from the live tables."""

    def __init__(self, live: Warehouse, beside: Warehouse, plan: Plan, what: Recomputation) -> None:
        self.beside, self.plan, self.what = beside, plan, what
        self.written = [*(stays_of(entity) for entity in entities_of(plan)), "definition_versions", "run_sizes"]
        self.by_segment = [*self.written, "erasures"]
        tables = [*self.by_segment, "segment_runs", ERASED]
        self.live, self.own = relations(live, tables), relations(beside, tables)
        found = live.columns([table_of(table) for table in tables])
        self.columns = {table: [name for name, _ in found[table_of(table)]] for table in tables}

    def open(self) -> None:
        """Creates the tables with the runs up to `before` and features as of then, so that causes can be found."""
        self.beside.operate("create_scratch_schemas", suffix=TABLE_SUFFIX)
        before = self.what.before
        columns = ", ".join(self.columns[ERASED])
        self.beside.execute([f"insert into {self.own[ERASED]} ({columns}) select {columns} from {self.live[ERASED]}"])
        if before is None:
            return
        features = [table for entity in entities_of(self.plan) for table in features_of(self.plan, entity)]
        # Before any run exists, because features that change under a finished run would reopen it.
        self.beside.build(RunRequest(before, ALL), only=("run_sources", *features))
        copies = [self._made("segment_runs", self._until("segment_runs", before))]
        copies += [self._made(table, f"{self._until(table, before)} and false") for table in self.written]
        self.beside.execute(copy for copy in copies if copy)

    def seed(self, segments: Sequence[str], former: datetime) -> None:
        """Copies the live state of segments right after the run as of `former`."""
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
