"""The only place that touches dbt: builds the models and reads tables through the project's own target."""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile
from pathlib import Path
from typing import Any

from segctl.errors import Failure

AS_OF_VARIABLE = "SEGCTL_AS_OF"
# Our models, all that they read, and nothing else of what may be a large project.
SELECTION = ("+package:segctl", "path:models/segments")
Row = dict[str, Any]

# What our own macros say when they refuse to go on, in one line.
OUR_REFUSAL = r"this run is as of .* UTC|key \S+ of \S+ does not tell customers apart.*|the catalog says that \S+ of .*"
# What adapters say of a missing table of ours.
NOT_BUILT = r"(?s)(customer_features|segment_(sizes|history|membership|runs|definitions))\b.{0,40}does not exist"
# What adapters say, and what the user can do about it.
ADVICE = (
    (r"Could not set lock on file", "close the program that has the database open, then try again"),
    (
        r"before the last finished run",
        "a history cannot be continued from its middle: use a later --as-of, or begin again (docs/operations.md)",
    ),
    (r"does not tell customers apart", "a customer is one row with a key: mend the model, then run again"),
    (r"the catalog says that", "change the type in segments/catalog.yml, then render and run again"),
    (r"Path '?\S+'? does not exist", "--profiles-dir names the folder of profiles.yml"),
    (r"Env var required but not provided", "set the environment variable"),
    (r"does not have a target named", "name one of them with --target"),
    (r"Connection refused|could not translate host|timeout expired", "is the server running, and reachable from here?"),
    (r"password authentication failed|no password supplied", "check the user and password of the profile"),
    (r"\.dbt' does not exist", "dbt finds no profiles.yml here or in ~/.dbt; name its folder with --profiles-dir"),
    (r"Could not find profile|profiles\.yml", "dbt debug tells what dbt makes of the profile"),
    (r"depends on a node named '?\S+'? which was not found", "is the model named in segments/catalog.yml there?"),
    (r"'segctl' is undefined|package.* installed|dbt deps", "run dbt deps to install the dbt package"),
    (r"Referenced column|column .* does not exist", "compare segments/catalog.yml with the model's columns"),
    (r"does not exist", "is the source loaded, and is it the right target?"),
)


class NothingBuilt(Failure):
    """There has been no run on this target."""


@dataclass(frozen=True)
class Step:
    """A node of a run as it finishes: `number` of `total`, its kind and name, and how it went."""

    number: int
    total: int
    kind: str
    name: str
    status: str


@dataclass(frozen=True)
class Warehouse:
    """A dbt project with a target; both names may be empty for dbt's own defaults."""

    root: Path
    target: str = ""
    profiles: str = ""

    def build(self, as_of: datetime | None, on_step: Callable[[Step], None]) -> list[str]:
        """Builds everything that membership needs, as of a naive UTC instant or now; returns dbt's warnings.

        Raises Failure with dbt's own messages when a node fails.
        """
        with _instant(as_of):
            result = self._invoke(["build", "--select", *SELECTION], on_step)
        nodes = result.results if result else []
        if not nodes:
            raise Failure("dbt found nothing to build", "is the dbt package segctl installed? dbt deps")
        failed = [node for node in nodes if str(node.status) in ("error", "fail", "runtime error")]
        if failed:
            raise self._failed(failed)
        return [f"{node.node.name}: {node.message}" for node in nodes if str(node.status) == "warn"]

    def query(self, sql: str) -> list[Row]:
        """The rows of a query, which may refer to models by `ref`. Raises Failure."""
        result = self._invoke(["show", "--inline", sql, "--limit", "-1", "--output", "json", "--no-write-json"])
        if result is None or not result.results:
            raise Failure("dbt returned no result", self._log())
        table = result.results[0].agate_table
        names = [name.lower() for name in table.column_names]
        return [dict(zip(names, row.values(), strict=True)) for row in table.rows]

    def columns(self, references: list[str]) -> dict[str, list[tuple[str, str]]]:
        """Name and data type of the columns of relations, given as `ref(...)` or `source(...)`; [] when not built."""
        # One text for all, so that the query stays one row however many columns there are. Quotes and backslashes would
        # end or bend that text on one engine or another; a column with such a name cannot be used in a catalog anyway.
        parts = [
            f"{{%- set relation = load_relation({reference}) -%}}"
            "{%- for column in (adapter.get_columns_in_relation(relation) if relation else []) -%}"
            f"{{%- do found.append([{index}, column.name | replace('\"', '?'), column.dtype | replace('\"', '?')]) -%}}"
            "{%- endfor -%}"
            for index, reference in enumerate(references)
        ]
        told = r"""select '{{ tojson(found) | replace("\\", "?") | replace("'", "?") }}' as found"""
        rows = self.query("{%- set found = [] -%}" + "".join(parts) + told)
        columns: dict[str, list[tuple[str, str]]] = {reference: [] for reference in references}
        for index, name, kind in json.loads(rows[0]["found"]):
            columns[references[index]].append((name, kind))
        return columns

    def manifest(self) -> Any:  # noqa: ANN401
        """dbt's manifest of the project. Raises Failure when dbt cannot parse it."""
        return self._invoke(["parse"])

    def _invoke(self, arguments: list[str], on_step: Callable[[Step], None] | None = None) -> Any:  # noqa: ANN401
        from dbt.cli.main import dbtRunner

        options = ["--project-dir", str(self.root), "--log-level", "none", "--log-level-file", "debug"]
        options += ["--no-use-colors", "--no-send-anonymous-usage-stats"]
        options += ["--profiles-dir", self.profiles] if self.profiles else []
        options += ["--target", self.target] if self.target else []
        follow = _Follower(on_step) if on_step else None
        # dbt looks for profiles.yml, and DuckDB for a file, from where it stands.
        with chdir(self.root):
            outcome = dbtRunner(callbacks=[follow] if follow else []).invoke([*arguments, *options])
        if outcome.exception and not getattr(outcome.result, "results", None):
            raise self._said(str(outcome.exception), outcome.exception)
        return outcome.result

    def _said(self, message: str, cause: BaseException) -> Failure:
        if re.search(NOT_BUILT, message):
            return NothingBuilt("nothing has been built on this target yet", "segctl run builds it")
        lines = [line.strip() for line in _plain(message).splitlines() if line.strip()]
        # dbt puts the kind of error and where it happened before what went wrong, which is the news.
        news = list(dropwhile(lambda line: re.fullmatch(r"\w+ Error( in .*)?|Encountered an error:", line), lines))
        if not news:
            raise cause
        return Failure(news[0], _advice(message), detail=_indented("\n".join(news[1:12])))

    def _failed(self, nodes: list[Any]) -> Failure:
        blocks = []
        for node in nodes:
            message = "\n".join(line for line in _plain(str(node.message)).splitlines() if line.strip())
            path = f"{node.node.original_file_path}"
            blocks.append(f"{node.node.resource_type} {node.node.name} ({path})\n{_indented(message)}")
        told = " ".join(str(node.message) for node in nodes)
        refused = re.search(OUR_REFUSAL, told)
        if refused:
            return Failure(refused[0], _advice(told))
        names = ", ".join(node.node.name for node in nodes[:3]) + (", …" if len(nodes) > 3 else "")
        detail = "\n".join(blocks) + f"\n{self._log()}"
        return Failure(f"dbt could not build {names}", _advice(told), detail=detail)

    def _log(self) -> str:
        return f"the whole story is in {self.root / 'logs' / 'dbt.log'}"


class _Follower:
    """Turns dbt's events into steps."""

    def __init__(self, on_step: Callable[[Step], None]) -> None:
        self.on_step, self.total, self.done = on_step, 0, 0

    def __call__(self, event: Any) -> None:  # noqa: ANN401
        if event.info.name == "LogStartLine":
            self.total = event.data.total
        elif event.info.name == "NodeFinished":
            node = event.data.node_info
            if node.materialized == "ephemeral":
                return
            self.done += 1
            self.on_step(Step(self.done, self.total, node.resource_type, node.node_name, node.node_status))


@contextmanager
def _instant(as_of: datetime | None) -> Iterator[None]:
    """Sets the instant for the macros; an instant that the caller's environment sets stays when none is given."""
    before = os.environ.get(AS_OF_VARIABLE)
    if as_of is not None:
        os.environ[AS_OF_VARIABLE] = f"{as_of.isoformat()}Z"
    try:
        yield
    finally:
        if before is not None:
            os.environ[AS_OF_VARIABLE] = before
        elif as_of is not None:
            del os.environ[AS_OF_VARIABLE]


def _advice(message: str) -> str:
    for pattern, advice in ADVICE:
        if re.search(pattern, message):
            return advice
    return ""


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _indented(text: str) -> str:
    return "\n".join(f"  {line.strip()}" for line in text.splitlines())
