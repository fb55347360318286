"""Invocations of dbt in this process."""

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from segctl.warehouse.diagnosis import failure_of
from segctl.warehouse.manifest import unused
from segctl.warehouse.opening import folders, opened


@dataclass(frozen=True)
class Dbt:
    """How to invoke dbt: its project, target and folder of profiles; both names may be empty for dbt's own defaults.

    `manifest` saves parsing. `instead` gives the path of a copy to open in place of a database file.
    """

    root: Path
    target: str
    profiles: str
    manifest: Any = field(compare=False, repr=False)
    instead: Callable[[Path], Path] | None = None

    def invoke(
        self, arguments: Sequence[str], on_event: Callable[[Any], None] = lambda _: None, reads: bool = False
    ) -> Any:  # noqa: ANN401
        """The result of a command of dbt. One that only `reads` does not write the database.

        Raises Failure if dbt fails without results of nodes.
        """
        options = ["--project-dir", str(self.root), "--log-level", "none"]
        if "--log-level-file" not in arguments:
            # dbt would otherwise use the console's log level.
            options += ["--log-level-file", os.environ.get("DBT_LOG_LEVEL_FILE", "debug")]
        options += ["--no-use-colors", "--no-send-anonymous-usage-stats"]
        options += ["--profiles-dir", self.profiles] if self.profiles else []
        options += ["--target", self.target] if self.target else []
        manifest = unused(self.manifest) if self.manifest else None
        # On a full disk, logging fails too, and Python would print a traceback each time.
        logging.raiseExceptions = False
        # dbt looks for profiles.yml, and DuckDB for its file, in the working directory. Errors before dbt has read its
        # options are printed with a traceback, and also raised.
        with (
            chdir(self.root),
            redirect_stdout(StringIO()),
            folders(self.root, reads=reads) as elsewhere,
            opened(reads=reads, instead=self.instead) as opening,
        ):
            from dbt.cli.main import dbtRunner

            runner = dbtRunner(manifest=manifest, callbacks=[opening, on_event])
            outcome = runner.invoke([*arguments, *options, *elsewhere])
        if outcome.exception and not getattr(outcome.result, "results", None):
            raise failure_of(str(outcome.exception), outcome.exception)
        return outcome.result
