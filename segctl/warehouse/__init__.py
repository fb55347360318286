"""The only package that uses dbt: builds models, and reads and changes tables of the project's target."""

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
from segctl.process.waiting import IMPATIENT, Patience
from segctl.warehouse.columns import columns_found, columns_query, misfits_found, misfits_query
from segctl.warehouse.copies import Copies
from segctl.warehouse.diagnosis import Absent, FailedAfter, NothingBuilt, failure_of
from segctl.warehouse.failed_nodes import FAULT, WARNED, are_held_back, is_own_test, not_built
from segctl.warehouse.lock import lock
from segctl.warehouse.manifest import exposures_of, moved_beside, references_to, unused
from segctl.warehouse.opening import folders, opened
from segctl.warehouse.refusals import OF_ANOTHER_FORMAT, ColumnsMisfit, Refusal
from segctl.warehouse.run_request import (
    AS_OF_VARIABLE,
    FUTURE_VARIABLE,
    LOCK_VARIABLE,
    BuildOutcome,
    FinishedNode,
    RunRequest,
)
from segctl.warehouse.stream import Opened, Stream, begun, carried_out

__all__ = ["AS_OF_VARIABLE", "FUTURE_VARIABLE", "SETTLED", "TABLES"]
__all__ += [
    "Absent",
    "BuildOutcome",
    "ColumnsMisfit",
    "FailedAfter",
    "FinishedNode",
    "NothingBuilt",
    "Row",
    "RunRequest",
    "Stream",
]
__all__ += ["Warehouse"]

# Selects our models and everything they read, but nothing else of the project.
SELECTION = ("+path:models/segments",)
# The part that a run writes for itself, which is enough if staging and views for readers exist.
TABLES = tuple(f"path:models/segments,config.materialized:{kind}" for kind in ("recorded", "table", "view"))
# The part that stays the same between runs of the same definitions.
SETTLED = ("definition_versions",)
# The model with the row that publishes a run.
PUBLISHES = "segment_runs"
# Skips tests that also read other models, which may not be built.
TESTS = ("--indirect-selection", "buildable")
UNLOGGED = ("--log-level-file", "none")
# dbt always writes the text of a query here.
COMPILED = "compiled/*/from remote system.sql/sql/inline_query"
Row = dict[str, Any]


@dataclass(frozen=True)
class Warehouse:
    """A dbt project with a target; both names may be empty for dbt's own defaults.

    `beside` is added to the schema in which our tables stand, so that a run leaves the live ones alone. `parsed` is
    dbt's manifest, when it need not be parsed again. Who `writes` holds the lock; all others open a database file for
    reading only, or `copies` of it. `patience` is for other programs that use the tables or the file.
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
        """The same warehouse with the project parsed once for later calls. `beside` is a suffix for our schema."""
        manifest = self.manifest()
        return replace(self, beside=beside, parsed=moved_beside(manifest, beside) if beside else manifest)

    @contextmanager
    def locked(self, command: str) -> Iterator["Warehouse"]:
        """The same warehouse, `loaded` and with the lock, so that no other segctl program changes the tables.

        Raises InUse if another program holds the lock for longer than the patience. Other programs see the `command`.
        """
        # Parses even if parsed before, because the lock connects through dbt's last invocation.
        live = replace(self, parsed=self._parse(), writes=True)
        with (
            lock(live.parsed, self.root, f"segctl {command}", self.patience) as held,
            _environment({LOCK_VARIABLE: held}),
        ):
            yield live

    def build(
        self,
        request: "RunRequest",
        on_step: Callable[[FinishedNode], None] = lambda _: None,
        only: Iterable[str] = (),
        but: Iterable[str] = (),
    ) -> BuildOutcome:
        """Builds everything that membership needs. `only` selects models to build without tests, except those of `but`.

        Raises Failure with dbt's own messages if a node fails, or FailedAfter if the run is already published.
        """
        # Runs of a series need no dbt artifacts. Writing them takes half the time of a small run.
        some = ["run", "--no-write-json", "--select", *only, *(("--exclude", *but) if but else ())]
        arguments = some if only else ["build", "--select", *SELECTION, *TESTS]
        follower = _ProgressListener(on_step)
        with _environment(request.variables):
            result = self._invoke(arguments, follower)
        nodes = result.results if result else []
        if not nodes:
            raise Failure("dbt found nothing to build", "is the dbt package segctl installed? dbt deps")
        wrong = [node for node in nodes if str(node.status) in ("error", "fail", "runtime error")]
        # Only our last test reports this, after everything publishable is published.
        held = are_held_back(follower.faults)
        others = [node for node in wrong if not (held and is_own_test(node))]
        # A failed ephemeral model has no result. Its readers report it as the reason why they were skipped.
        others += [node for node in nodes if str(node.status) == "skipped" and node.message]
        if others:
            raise not_built(others, follower.caught, self.root, _is_published(nodes), follower.faults)
        warnings = [f"{node.node.name}: {node.message}" for node in nodes if str(node.status) == "warn"]
        return BuildOutcome([*follower.warned, *warnings], bool(wrong))

    def query(self, sql: str, as_of: datetime | None = None) -> list[Row]:
        """The rows of a query, which may use `ref`. Raises Failure.

        With `as_of`, a naive UTC instant, boundaries are those of a run as of then.

        Queries and their rows name people. dbt logs neither, and its copy of the query is deleted.
        """
        asked = ["show", "--inline", sql, "--limit", "-1", "--output", "json", "--no-write-json", *UNLOGGED]
        with self._asking(), _environment({AS_OF_VARIABLE: f"{as_of.isoformat()}Z"} if as_of else {}):
            result = self.patience.attempt(lambda: self._invoke(asked, reads=not self.writes))
        if result is None or not result.results:
            raise Failure("dbt returned no result", "dbt debug shows how dbt reads the target")
        table = result.results[0].agate_table
        names = [name.lower() for name in table.column_names]
        return [dict(zip(names, row.values(), strict=True)) for row in table.rows]

    @contextmanager
    def stream(self, sql: str, as_of: datetime | None = None, is_compiled: bool = False) -> Iterator[Stream]:
        """The rows of a query as in `query`, in portions, for results larger than memory. Raises Failure.

        A query that `is_compiled` names relations as in `relations`, and saves an invocation of dbt.

        The rows are a consistent snapshot. Other queries can run before all rows are read. Values are those of the
        driver: a decimal, a naive datetime, None.
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
        """Whether the tables are in DuckDB, which can copy them to other files itself."""
        return bool(self.manifest().metadata.adapter_type == "duckdb")

    def relations(self, names: Sequence[str]) -> dict[str, str]:
        """The relations of models by name. Raises Failure."""
        references = ", ".join(f"ref('{name}') | string" for name in names)
        found = json.loads(self.compiled(f"{{{{ tojson([{references}]) }}}}"))
        return dict(zip(names, found, strict=True))

    def carry_out(self, statements: Sequence[str]) -> None:
        """Runs statements that write other files on a DuckDB opened read-only. Raises Failure."""
        live = self.loaded()
        with live._asking():
            self.patience.attempt(lambda: carried_out("duckdb", self.root, statements, not self.writes, self._instead))

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Deletes the text of a query afterwards. If it failed, says whether the tables have another format."""
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
        """The compiled query, with boundaries as of a naive UTC instant. Raises Failure."""
        asked = ["compile", "--inline", sql, "--no-write-json", *UNLOGGED]
        with _environment({AS_OF_VARIABLE: f"{as_of.isoformat()}Z"} if as_of else {}):
            result = self._invoke(asked, reads=not self.writes)
        return str(result.results[0].node.compiled_code)

    def execute(self, statements: Iterable[str], logged: bool = True) -> None:
        """Runs statements, which may use `ref`, in one transaction if the engine has transactions.

        With `logged` false, keeps their text out of dbt's log. Raises Failure, and then nothing was done.
        """
        self.operate("run_statements", logged, statements=list(statements))

    def operate(self, macro: str, logged: bool = True, reads: bool = False, **arguments: object) -> None:
        """Runs one of our macros. One that only `reads` does not write the database. Raises Failure."""
        asked = ["run-operation", f"segctl.{macro}", "--args", json.dumps(arguments)]
        # dbt reports an error in a macro only as an event, not as a result.
        wrong: list[str] = []
        asked += () if logged else UNLOGGED
        result = self._invoke(asked, lambda event: wrong.extend(_caught(event)), reads)
        if wrong or any(str(one.status) != "success" for one in result.results):
            raise failure_of(wrong[0] if wrong else "", RuntimeError(f"dbt run-operation {macro} failed"))

    def columns(self, references: list[str], built: bool = False) -> dict[str, list[tuple[str, str]]]:
        """Names and data types of the columns of relations given as `ref(...)` or `source(...)`. Empty if not built.

        On Spark, views are found only if all relations are known to be `built`.
        """
        try:
            return columns_found(references, self.query(columns_query(references, built)))
        except NothingBuilt:
            return {reference: [] for reference in references}

    def references(self) -> set[str]:
        """The references to everything with rows in the project, as `ref(...)` or `source(...)`."""
        return references_to(self.manifest())

    @property
    def repeats_steps(self) -> bool:
        """Whether the engine computes a step of a query again for each mention of it (if_steps_repeat)."""
        return self.manifest().metadata.adapter_type in ("spark", "databricks")

    def exposures(self) -> tuple[str, ...]:
        """The names of dbt exposures that depend on our models, without those that we render."""
        return exposures_of(self.manifest())

    def misfits(self, columns: Sequence[tuple[str, str, str]]) -> list[Row]:
        """Problems with the types of columns, each given as reference, name and kind for the macro misfits.

        One row per problem: index, message, hint. Skips relations that are not built.
        """
        try:
            return misfits_found(self.query(misfits_query(columns)))
        except NothingBuilt:
            return []

    @property
    def _instead(self) -> Callable[[Path], Path] | None:
        return self.copies.of if self.copies else None

    def install_packages(self) -> None:
        """Lets dbt install the project's packages. Raises Failure."""
        self._invoke(["deps"])

    def _of_another_format(self) -> Failure | None:
        """The reason why a query failed, if the tables are of another version."""
        try:
            self.operate("check_format", reads=not self.writes, brought_up=True)
        except Refusal as refusal:
            return refusal if refusal.code in OF_ANOTHER_FORMAT else None
        except Failure:
            return None
        return None

    def manifest(self) -> Any:  # noqa: ANN401
        """dbt's manifest of the project. Raises Failure if dbt cannot parse it."""
        return self.parsed or self._parse()

    def _parse(self) -> Any:  # noqa: ANN401
        # Builds write manifest.json, which takes half a second for some hundred nodes.
        return self._invoke(["parse", "--no-write-json"], reads=not self.writes)

    def _invoke(
        self, arguments: list[str], on_event: Callable[[Any], None] = lambda _: None, reads: bool = False
    ) -> Any:  # noqa: ANN401
        options = ["--project-dir", str(self.root), "--log-level", "none"]
        if "--log-level-file" not in arguments:
            # dbt would otherwise use the console's log level.
            options += ["--log-level-file", os.environ.get("DBT_LOG_LEVEL_FILE", "debug")]
        options += ["--no-use-colors", "--no-send-anonymous-usage-stats"]
        options += ["--profiles-dir", self.profiles] if self.profiles else []
        options += ["--target", self.target] if self.target else []
        manifest = unused(self.parsed) if self.parsed else None
        # On a full disk, logging fails too, and Python would print a traceback each time.
        logging.raiseExceptions = False
        # dbt looks for profiles.yml, and DuckDB for its file, in the working directory. Errors before dbt has read its
        # options are printed with a traceback, and also raised.
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
    """Whether this invocation published the run, and not an earlier one."""
    return any(node.node.name == PUBLISHES and str(node.status) == "success" for node in nodes)


def _caught(event: Any) -> list[str]:  # noqa: ANN401
    """The error of an operation, if the event has one."""
    return (
        [event.data.exc] if event.info.name in ("RunningOperationCaughtError", "RunningOperationUncaughtError") else []
    )


class _ProgressListener:
    """Turns dbt's events into steps. `caught` are errors of nodes, `faults` are results of our tests, `warned` are
    warnings of our macros.
    """

    def __init__(self, on_step: Callable[[FinishedNode], None]) -> None:
        self.on_step, self.total, self.done = on_step, 0, 0
        self.caught: list[str] = []
        self.faults: list[str] = []
        self.warned: list[str] = []

    def __call__(self, event: Any) -> None:  # noqa: ANN401
        if event.info.name == "LogStartLine":
            self.total = event.data.total
        elif event.info.name in ("CatchableExceptionOnRun", "InternalErrorOnRun", "GenericExceptionOnRun"):
            self.caught.append(event.data.exc)
        elif event.info.name == "JinjaLogInfo" and (match := re.fullmatch(FAULT, event.data.msg)):
            self.faults.append(match[1])
        elif event.info.name == "JinjaLogWarning" and (match := re.search(WARNED, event.data.msg)):
            self.warned.append(match[1])
        elif event.info.name == "NodeFinished":
            node = event.data.node_info
            if node.materialized == "ephemeral":
                return
            self.done += 1
            self.on_step(
                FinishedNode(
                    self.done, self.total, node.resource_type, node.node_name, node.node_path, node.node_status
                )
            )


@contextmanager
def _environment(given: Mapping[str, str]) -> Iterator[None]:
    """Sets environment variables for the macros. Keeps the caller's value if none is given."""
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
