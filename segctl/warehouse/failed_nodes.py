"""Finds the nodes that caused a failed build, without those that were only skipped."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from segctl.errors import Failure
from segctl.warehouse.diagnosis import Absent, FailedAfter, hint_for, indented, log_of, plain, stopped
from segctl.warehouse.manifest import RENDERED

# dbt's message for a node that was skipped because of an upstream failure.
CONSEQUENCE = r"caused by compilation error in referenced ephemeral model"
# The start of the message for an ephemeral model, which has no result of its own.
HEADED = r"\w+ Error in (\w+) (\S+) \(([^)\n]*)\)"
MOST_NAMED = 3
# What our tests find, as the macro log_faults says it; and that of it which is a verdict of guards, and no fault.
FAULT = r"segctl: (\w+: .+ \(\d+ rows?\))"
# Warnings of our macros.
WARNED = r"segctl: (.+)"
HELD = r"segment_sizes: \w+ is held back by .+"
ADVICE_ON_FAULTS = "docs/operations.md, When a test of ours fails"
# Messages of engines about a missing column, table or model.
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
class FailureCause:
    """A failed node and its message. The name is empty if dbt gives none."""

    kind: str
    name: str
    path: str
    text: str

    @property
    def block(self) -> str:
        """The node with its message below."""
        return "\n".join([*([f"{self.kind} {self.name} ({self.path})"] if self.name else []), indented(self.text)])


def is_own_test(node: Any) -> bool:  # noqa: ANN401
    """Whether a finished node is one of our tests."""
    tested = getattr(node.node, "test_metadata", None)
    return tested is not None and tested.namespace == "segctl"


def are_held_back(faults: Sequence[str]) -> bool:
    """Whether our tests report only that guards hold segments back."""
    return bool(faults) and all(re.match(HELD, fault) for fault in faults)


def not_built(
    nodes: Sequence[Any], caught: Sequence[str], root: Path, published: bool, faults: Sequence[str] = ()
) -> Failure:
    """The Failure for failed nodes: our own refusal on one line, or the messages of the causes.

    `caught` are errors of nodes without results. `published` means that the run was already published. `faults` are the
    results of our tests, for which dbt gives only a number.
    """
    wrong = [node for node in nodes if not re.search(CONSEQUENCE, str(node.message))]
    root_causes = [_of_node(node, faults) for node in wrong]
    messages = [str(node.message) for node in nodes]
    further = [text for text in dict.fromkeys(caught) if not any(text in message for message in messages)]
    root_causes += [_of_text(text) for text in further if not re.search(CONSEQUENCE, text)]
    causes = root_causes or [_of_node(node, faults) for node in nodes]
    messages_text = "\n".join([*messages, *further])
    names = tuple(dict.fromkeys(cause.name for cause in causes if cause.name))
    named = _first_few(names, ", ", "…")
    unsound = bool(faults) and all(map(is_own_test, wrong))
    failure = stopped(messages_text) or Absent(
        f"the run is not sound: {named} failed" if unsound else f"dbt could not build {named}",
        ADVICE_ON_FAULTS if unsound else _hint(causes, messages_text),
        models=names,
        columns=_absent(NO_COLUMN, messages_text),
        tables=_absent(NO_TABLE, messages_text),
        detail=_first_few([*(cause.block for cause in causes)], "\n", "and more") + f"\n{log_of(root)}",
    )
    return FailedAfter(named, failure) if published else failure


def _first_few(texts: Sequence[str], between: str, ending: str) -> str:
    return between.join([*texts[:MOST_NAMED], *([ending] if len(texts) > MOST_NAMED else [])])


def _hint(causes: Sequence[FailureCause], messages: str) -> str:
    if re.search(NO_COLUMN, messages) and not any(cause.path.startswith(RENDERED) for cause in causes):
        return f"{causes[0].path} uses columns that its tables do not have"
    return hint_for(messages)


def _absent(pattern: str, messages: str) -> tuple[str, ...]:
    """The distinct names that a pattern finds in the messages."""
    absent = (next(name for name in match.groups() if name) for match in re.finditer(pattern, messages))
    return tuple(dict.fromkeys(name.replace("`", "").rstrip("!") for name in absent))


def _of_node(node: Any, faults: Sequence[str]) -> FailureCause:  # noqa: ANN401
    findings = "\n".join(faults) if is_own_test(node) else ""
    text = findings or _without_headline(str(node.message))
    return FailureCause(str(node.node.resource_type), node.node.name, str(node.node.original_file_path), text)


def _of_text(text: str) -> FailureCause:
    headed = re.match(HEADED, plain(text).strip())
    return (
        FailureCause(headed[1], headed[2], headed[3], _without_headline(text))
        if headed
        else FailureCause("", "", "", text)
    )


def _without_headline(text: str) -> str:
    """The message without the line that names the node."""
    return re.sub(rf"\A\s*{HEADED}[^\n]*\n", "", plain(text))
