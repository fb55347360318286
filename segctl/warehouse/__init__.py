"""The only place that touches dbt: builds the models and reads and changes tables through the project's own target."""

import json
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from segctl.errors import Failure, InUse
from segctl.waiting import IMPATIENT, Patience
from segctl.warehouse.asked import AS_OF_VARIABLE, FUTURE_VARIABLE, LOCK_VARIABLE, Asked, Built, Step
from segctl.warehouse.causes import FAULT, WARNED, are_held_back, is_own_test, not_built
from segctl.warehouse.columns import columns_found, columns_query, misfits_found, misfits_query
from segctl.warehouse.copies import Copies
from segctl.warehouse.diagnosis import Absent, FailedAfter, NothingBuilt, failure_of
from segctl.warehouse.lock import lock
from segctl.warehouse.manifest import exposures_of, moved_beside, references_to, unused
from segctl.warehouse.opening import folders, opened
from segctl.warehouse.refusals import OF_ANOTHER_FORMAT, ColumnsMisfit, Refusal
from segctl.warehouse.stream import Opened, Stream, begun, carried_out

__all__ = ["AS_OF_VARIABLE", "FUTURE_VARIABLE", "SETTLED", "TABLES"]
__all__ += ["Absent", "Asked", "Built", "ColumnsMisfit", "FailedAfter", "NothingBuilt", "Row", "Step", "Stream"]
__all__ += ["Warehouse"]

# Our models, all that they read, and nothing else of what may be a large project.
SELECTION = ("+path:models/segments",)
# Of these what a run writes for itself: all it needs when views that others read, and staging, stand as they are.
TABLES = tuple(f"path:models/segments,config.materialized:{kind}" for kind in ("recorded", "table", "view"))
# Of these what stays as it is from one run to the next of the same definitions.
SETTLED = ("definition_versions",)
# The model whose row publishes a run.
PUBLISHES = "segment_runs"
# A test that also reads a model which is none of these, and need not be built, is left to those who build that.
TESTS = ("--indirect-selection", "buildable")
UNLOGGED = ("--log-level-file", "none")
# Where dbt writes the text of a query, whatever it is told.
COMPILED = "compiled/*/from remote system.sql/sql/inline_query"
Row = dict[str, Any]


@dataclass(frozen=True)
class Warehouse:
    """A dbt project with a target; both names may be empty for dbt's own defaults.

    `beside` is added to the schema in which our tables stand, so that a run leaves the live ones alone. `manifest` is
    dbt's, when it need not be parsed again. Who `writes` holds the lock; all others open a database file for reading
    only, or `copies` of it. `patience` is for other programs that use the tables or the file.
    """

    root: Path
    target: str = ""
    profiles: str = ""
    beside: str = ""
    patience: Patience = IMPATIENT
    writes: bool = False
    parsed: Any = field(default=None, compare=False, repr=False)
    copies: Copies | None = field(default=None, compare=False, repr=False)

    def loaded(self, beside: str = "") -> "Warehouse":
        """The same warehouse with the project parsed once for all that follows; with tables in a schema beside."""
        manifest = self.manifest()
        return replace(self, beside=beside, parsed=moved_beside(manifest, beside) if beside else manifest)

    @contextmanager
    def locked(self, command: str) -> Iterator["Warehouse"]:
        """The same, `loaded`, and with the lock on its tables: no other program of ours changes them meanwhile.

        Raises InUse when one is at it for longer than there is patience. It is told of the `command` when it comes
        later.
        """
        # Also of what has been parsed: it is dbt's last invocation that the lock knows how to reach the database by.
        live = replace(self, parsed=self._parse(), writes=True)
        with (
            lock(live.parsed, self.root, f"segctl {command}", self.patience) as held,
            _environment({LOCK_VARIABLE: held}),
        ):
            yield live

    def build(
        self,
        asked: "Asked",
        on_step: Callable[[Step], None] = lambda _: None,
        only: Iterable[str] = (),
        but: Iterable[str] = (),
    ) -> Built:
        """Builds everything that membership needs; `only` selects models to build without tests, less those of `but`.

        Raises Failure with dbt's own messages when a node fails; FailedAfter when the run had been published by then.
        """
        # Of one run of many nobody looks at what dbt writes of it: half of the time of a small one.
        some = ["run", "--no-write-json", "--select", *only, *(("--exclude", *but) if but else ())]
        arguments = some if only else ["build", "--select", *SELECTION, *TESTS]
        follower = _Follower(on_step)
        with _environment(asked.variables):
            result = self._invoke(arguments, follower)
        nodes = result.results if result else []
        if not nodes:
            raise Failure("dbt found nothing to build", "is the dbt package segctl installed? dbt deps")
        wrong = [node for node in nodes if str(node.status) in ("error", "fail", "runtime error")]
        # Only the last of our tests can find that, when all of the run has been published that could be.
        held = are_held_back(follower.faults)
        others = [node for node in wrong if not (held and is_own_test(node))]
        # An ephemeral model that fails is in no result: what read it says that this is why it was skipped.
        others += [node for node in nodes if str(node.status) == "skipped" and node.message]
        if others:
            raise not_built(others, follower.caught, self.root, _is_published(nodes), follower.faults)
        warnings = [f"{node.node.name}: {node.message}" for node in nodes if str(node.status) == "warn"]
        return Built([*follower.warned, *warnings], bool(wrong))

    def query(self, sql: str, as_of: datetime | None = None) -> list[Row]:
        """The rows of a query, which may refer to models by `ref`. Raises Failure.

        With `as_of`, a naive UTC instant, the boundaries that it refers to are those of a run as of then.

        Queries name people, and so do their rows: dbt, which logs both, is told not to, and its copy is deleted.
        """
        asked = ["show", "--inline", sql, "--limit", "-1", "--output", "json", "--no-write-json", *UNLOGGED]
        with self._asking(), _environment({AS_OF_VARIABLE: f"{as_of.isoformat()}Z"} if as_of else {}):
            result = self.patience.attempt(lambda: self._invoke(asked, reads=not self.writes))
        if result is None or not result.results:
            raise Failure("dbt returned no result", "dbt debug tells what dbt makes of the target")
        table = result.results[0].agate_table
        names = [name.lower() for name in table.column_names]
        return [dict(zip(names, row.values(), strict=True)) for row in table.rows]

    @contextmanager
    def stream(self, sql: str, as_of: datetime | None = None, is_compiled: bool = False) -> Iterator[Stream]:
        """The rows of a query as in `query`, in portions: what does not fit into memory. Raises Failure. One that
        `is_compiled` refers to relations by `relations`, which spares it an invocation of dbt.

        The rows are those of one instant, whatever others write meanwhile. Other questions can be asked before all are
        read. Values are those of the driver: a decimal, a naive datetime, None.
        """
        live = self if self.parsed else replace(self, parsed=self._parse())
        with live._asking():
            opened = self.patience.attempt(lambda: live._begun(sql, as_of, is_compiled))
        try:
            yield opened.stream
        finally:
            opened.close()

    def _begun(self, sql: str, as_of: datetime | None, is_compiled: bool) -> Opened:
        text = sql if is_compiled else self.compiled(sql, as_of)
        return begun(self.parsed.metadata.adapter_type, self.root, text, not self.writes, self._instead)

    @property
    def is_duckdb(self) -> bool:
        """Whether the tables are in a DuckDB, which can copy them into other files itself."""
        return bool(self.manifest().metadata.adapter_type == "duckdb")

    def relations(self, names: Sequence[str]) -> dict[str, str]:
        """What models are called in the warehouse, by name. Raises Failure."""
        references = ", ".join(f"ref('{name}') | string" for name in names)
        found = json.loads(self.compiled(f"{{{{ tojson([{references}]) }}}}"))
        return dict(zip(names, found, strict=True))

    def carry_out(self, statements: Sequence[str]) -> None:
        """Has a DuckDB that is only read run statements that write other files. Raises Failure."""
        live = self.loaded()
        with live._asking():
            self.patience.attempt(lambda: carried_out("duckdb", self.root, statements, not self.writes, self._instead))

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Leaves nothing of a query's text behind; of one that failed, says if the tables are of another format."""
        try:
            yield
        except (InUse, NothingBuilt):
            raise
        except Failure as failure:
            raise self._of_another_format() or failure from None
        finally:
            for copy in (self.root / os.environ.get("DBT_TARGET_PATH", "target")).glob(COMPILED):
                copy.unlink(missing_ok=True)

    def compiled(self, sql: str, as_of: datetime | None = None) -> str:
        """A query as it would be sent, with boundaries as of a naive UTC instant. Raises Failure."""
        asked = ["compile", "--inline", sql, "--no-write-json", *UNLOGGED]
        with _environment({AS_OF_VARIABLE: f"{as_of.isoformat()}Z"} if as_of else {}):
            result = self._invoke(asked, reads=not self.writes)
        return str(result.results[0].node.compiled_code)

    def execute(self, statements: Iterable[str], logged: bool = True) -> None:
        """Runs statements, which may refer to models by `ref`, in one transaction where the engine has them.

        `logged` false keeps what they say out of dbt's log. Raises Failure; then nothing has been done.
        """
        self.operate("run_statements", logged, statements=list(statements))

    def operate(self, macro: str, logged: bool = True, reads: bool = False, **arguments: object) -> None:
        """Runs one of our macros by itself; one that only `reads` writes no database. Raises Failure."""
        asked = ["run-operation", f"segctl.{macro}", "--args", json.dumps(arguments)]
        # What goes wrong in a macro is in no result of dbt's, only in an event.
        wrong: list[str] = []
        asked += () if logged else UNLOGGED
        result = self._invoke(asked, lambda event: wrong.extend(_caught(event)), reads)
        if wrong or any(str(one.status) != "success" for one in result.results):
            raise failure_of(wrong[0] if wrong else "", RuntimeError(f"dbt run-operation {macro} failed"))

    def columns(self, references: list[str], built: bool = False) -> dict[str, list[tuple[str, str]]]:
        """Name and data type of the columns of relations, given as `ref(...)` or `source(...)`; [] when not built.

        Views of Spark are found only where all are known to be `built`.
        """
        try:
            return columns_found(references, self.query(columns_query(references, built)))
        except NothingBuilt:
            return {reference: [] for reference in references}

    def references(self) -> set[str]:
        """What everything that has rows in the project is referred to by, as `ref(...)` or `source(...)`."""
        return references_to(self.manifest())

    @property
    def repeats_steps(self) -> bool:
        """Whether the engine computes a step of a query anew for each mention of it (if_steps_repeat)."""
        return self.manifest().metadata.adapter_type in ("spark", "databricks")

    def exposures(self) -> tuple[str, ...]:
        """The names of dbt's exposures that depend on our models; without those that we render of definitions."""
        return exposures_of(self.manifest())

    def misfits(self, columns: Sequence[tuple[str, str, str]]) -> list[Row]:
        """What is wrong with the types of columns, each a reference, a name and a kind as the macro misfits takes it.

        One row each: index, message, hint. What has not been built is left out.
        """
        try:
            return misfits_found(self.query(misfits_query(columns)))
        except NothingBuilt:
            return []

    @property
    def _instead(self) -> Callable[[Path], Path] | None:
        return self.copies.of if self.copies else None

    def install_packages(self) -> None:
        """Has dbt install the packages that the project names. Raises Failure."""
        self._invoke(["deps"])

    def _of_another_format(self) -> Failure | None:
        """Why a query has failed, if it is that another version has made the tables."""
        try:
            self.operate("check_format", reads=not self.writes, brought_up=True)
        except Refusal as refusal:
            return refusal if refusal.code in OF_ANOTHER_FORMAT else None
        except Failure:
            return None
        return None

    def manifest(self) -> Any:  # noqa: ANN401
        """dbt's manifest of the project. Raises Failure when dbt cannot parse it."""
        return self.parsed or self._parse()

    def _parse(self) -> Any:  # noqa: ANN401
        # What builds writes manifest.json; half a second for some hundred nodes.
        return self._invoke(["parse", "--no-write-json"], reads=not self.writes)

    def _invoke(
        self, arguments: list[str], on_event: Callable[[Any], None] = lambda _: None, reads: bool = False
    ) -> Any:  # noqa: ANN401
        options = ["--project-dir", str(self.root), "--log-level", "none"]
        if "--log-level-file" not in arguments:
            # Which dbt would otherwise take to be that of the console.
            options += ["--log-level-file", os.environ.get("DBT_LOG_LEVEL_FILE", "debug")]
        options += ["--no-use-colors", "--no-send-anonymous-usage-stats"]
        options += ["--profiles-dir", self.profiles] if self.profiles else []
        options += ["--target", self.target] if self.target else []
        manifest = unused(self.parsed) if self.parsed else None
        # When the disk is full the log cannot be written either, which Python would tell with a traceback each time.
        logging.raiseExceptions = False
        # dbt looks for profiles.yml, and DuckDB for a file, from where it stands. What goes wrong before it has read
        # its options it prints, with a traceback; we are told by an exception.
        with (
            chdir(self.root),
            redirect_stdout(StringIO()),
            folders(self.root, reads=reads) as elsewhere,
            opened(reads=reads, instead=self._instead) as opening,
        ):
            from dbt.cli.main import dbtRunner

            runner = dbtRunner(manifest=manifest, callbacks=[opening, on_event])
            outcome = runner.invoke([*arguments, *options, *elsewhere])
        if outcome.exception and not getattr(outcome.result, "results", None):
            raise failure_of(str(outcome.exception), outcome.exception)
        return outcome.result


def _is_published(nodes: list[Any]) -> bool:
    """Whether this invocation has published a run: the row may have stood there from an earlier one."""
    return any(node.node.name == PUBLISHES and str(node.status) == "success" for node in nodes)


def _caught(event: Any) -> list[str]:  # noqa: ANN401
    """What went wrong in an operation, if the event tells of that."""
    return (
        [event.data.exc] if event.info.name in ("RunningOperationCaughtError", "RunningOperationUncaughtError") else []
    )


class _Follower:
    """Turns dbt's events into steps; `caught` is what went wrong in nodes, `faults` what our tests have found, `warned`
    what our macros warn of.
    """

    def __init__(self, on_step: Callable[[Step], None]) -> None:
        self.on_step, self.total, self.done = on_step, 0, 0
        self.caught: list[str] = []
        self.faults: list[str] = []
        self.warned: list[str] = []

    def __call__(self, event: Any) -> None:  # noqa: ANN401
        if event.info.name == "LogStartLine":
            self.total = event.data.total
        elif event.info.name in ("CatchableExceptionOnRun", "InternalErrorOnRun", "GenericExceptionOnRun"):
            self.caught.append(event.data.exc)
        elif event.info.name == "JinjaLogInfo" and (found := re.fullmatch(FAULT, event.data.msg)):
            self.faults.append(found[1])
        elif event.info.name == "JinjaLogWarning" and (found := re.search(WARNED, event.data.msg)):
            self.warned.append(found[1])
        elif event.info.name == "NodeFinished":
            node = event.data.node_info
            if node.materialized == "ephemeral":
                return
            self.done += 1
            self.on_step(
                Step(self.done, self.total, node.resource_type, node.node_name, node.node_path, node.node_status)
            )


@contextmanager
def _environment(given: Mapping[str, str]) -> Iterator[None]:
    """Sets variables for the macros; what the caller's environment sets stays where nothing is given."""
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
