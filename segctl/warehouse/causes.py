"""What dbt could not build: the nodes in which something went wrong, without those that only suffer from it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segctl.errors import Failure
from segctl.warehouse.diagnosis import Absent, FailedAfter, hint_for, indented, log_of, plain, stopped
from segctl.warehouse.manifest import RENDERED

# What dbt says of a node that was not built because something that it reads was not.
CONSEQUENCE = r"caused by compilation error in referenced ephemeral model"
# How the message of an ephemeral model begins, which is in no result of dbt's.
HEADED = r"\w+ Error in (\w+) (\S+) \(([^)\n]*)\)"
MOST_NAMED = 3
# What our tests find, as the macro log_faults says it; and that of it which is a verdict of guards, and no fault.
FAULT = r"segctl: (\w+: .+ \(\d+ rows?\))"
# What our macros warn of.
WARNED = r"segctl: (.+)"
HELD = r"segment_sizes: \w+ is held back by .+"
ADVICE_ON_FAULTS = "docs/operations.md, When a test of ours fails"
# What engines say of a column, a table or a model that is not there.
NO_COLUMN = (
    r"Referenced column \"([^\"]+)\" not found|Column \"([^\"]+)\" referenced"
    r"|does not have a column named \"([^\"]+)\"|column \"?(?:\w+\.)?(\w+)\"? does not exist"
    r"|UNRESOLVED_COLUMN[^`]*(?:`\w+`\.)*`(\w+)`"
)
NO_TABLE = (
    r"Table with name (\S+) does not exist|relation \"([^\"]+)\" does not exist"
    r"|TABLE_OR_VIEW_NOT_FOUND[^`]*((?:`\w+`\.?)+)"
)


@dataclass(frozen=True)
class Cause:
    """A node in which something went wrong, and what was said of it; without a name where dbt tells none."""

    kind: str
    name: str
    path: str
    text: str

    @property
    def block(self) -> str:
        """The node, and below it what was said."""
        return "\n".join([*([f"{self.kind} {self.name} ({self.path})"] if self.name else []), indented(self.text)])


def is_own_test(node: Any) -> bool:  # noqa: ANN401
    """Whether a node that dbt has built is a test of ours."""
    tested = getattr(node.node, "test_metadata", None)
    return tested is not None and tested.namespace == "segctl"


def are_held_back(faults: Sequence[str]) -> bool:
    """Whether what our tests have found is no more than that guards hold segments back."""
    return bool(faults) and all(re.match(HELD, fault) for fault in faults)


def not_built(
    nodes: Sequence[Any], caught: Sequence[str], root: Path, published: bool, faults: Sequence[str] = ()
) -> Failure:
    """The Failure for nodes that ended in errors: our own refusal in a line, else what was said of the causes.

    `caught` is what went wrong in nodes that dbt has no results of. `published` says that the run was by then. `faults`
    are what our tests have found, of which dbt tells the number only.
    """
    wrong = [node for node in nodes if not re.search(CONSEQUENCE, str(node.message))]
    found = [_of_node(node, faults) for node in wrong]
    messages = [str(node.message) for node in nodes]
    more = [text for text in dict.fromkeys(caught) if not any(text in message for message in messages)]
    found += [_of_text(text) for text in more if not re.search(CONSEQUENCE, text)]
    causes = found or [_of_node(node, faults) for node in nodes]
    told = "\n".join([*messages, *more])
    names = tuple(dict.fromkeys(cause.name for cause in causes if cause.name))
    named = _some(names, ", ", "…")
    unsound = bool(faults) and all(map(is_own_test, wrong))
    failure = stopped(told) or Absent(
        f"the run is not sound: {named} failed" if unsound else f"dbt could not build {named}",
        ADVICE_ON_FAULTS if unsound else _hint(causes, told),
        models=names,
        columns=_absent(NO_COLUMN, told),
        tables=_absent(NO_TABLE, told),
        detail=_some([*(cause.block for cause in causes)], "\n", "and more") + f"\n{log_of(root)}",
    )
    return FailedAfter(named, failure) if published else failure


def _some(texts: Sequence[str], between: str, more: str) -> str:
    return between.join([*texts[:MOST_NAMED], *([more] if len(texts) > MOST_NAMED else [])])


def _hint(causes: Sequence[Cause], told: str) -> str:
    if re.search(NO_COLUMN, told) and not any(cause.path.startswith(RENDERED) for cause in causes):
        return f"{causes[0].path} asks for what is not in the tables that it reads"
    return hint_for(told)


def _absent(pattern: str, told: str) -> tuple[str, ...]:
    """The names that a pattern finds in what was said, each once."""
    found = (next(name for name in match.groups() if name) for match in re.finditer(pattern, told))
    return tuple(dict.fromkeys(name.replace("`", "").rstrip("!") for name in found))


def _of_node(node: Any, faults: Sequence[str]) -> Cause:  # noqa: ANN401
    told = "\n".join(faults) if is_own_test(node) else ""
    text = told or _without_headline(str(node.message))
    return Cause(str(node.node.resource_type), node.node.name, str(node.node.original_file_path), text)


def _of_text(text: str) -> Cause:
    headed = re.match(HEADED, plain(text).strip())
    return Cause(headed[1], headed[2], headed[3], _without_headline(text)) if headed else Cause("", "", "", text)


def _without_headline(text: str) -> str:
    """What was said without the line that names the node."""
    return re.sub(rf"\A\s*{HEADED}[^\n]*\n", "", plain(text))
