"""What dbt reports while it builds: finished nodes, errors, results of our tests, warnings."""

import re
from collections.abc import Callable
from typing import Any

from segctl.warehouse.failed_nodes import FAULT, WARNED
from segctl.warehouse.run_request import FinishedNode

# The model with the row that publishes a run.
PUBLISHES = "segment_runs"


class ProgressListener:
    """Turns dbt's events into steps. `caught` are errors of nodes, `faults` are results of our tests, `warned` are
    warnings of our macros.
    """

    def __init__(self, on_step: Callable[[FinishedNode], None]) -> None:
        self.on_step, self.total, self.done = on_step, 0, 0
        self.caught: list[str] = []
        self.faults: list[str] = []
        self.warned: list[str] = []

    def __call__(self, event: Any) -> None:  # noqa: ANN401
        """Takes an event of dbt."""
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


def is_published(nodes: list[Any]) -> bool:
    """Whether this invocation published the run, and not an earlier one."""
    return any(node.node.name == PUBLISHES and str(node.status) == "success" for node in nodes)


def caught_errors(event: Any) -> list[str]:  # noqa: ANN401
    """The error of an operation, if the event has one."""
    return (
        [event.data.exc] if event.info.name in ("RunningOperationCaughtError", "RunningOperationUncaughtError") else []
    )
