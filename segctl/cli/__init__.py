"""The command line: parses, calls one operation, prints. Heavy imports wait until a command needs them."""

import gc

from segctl.cli import (
    bi_file,
    definitions,
    deliveries,
    exports,
    listing,
    questions,
    recomputation,
    report,
    reset,
    reviews,
    runs,
    serve,
)
from segctl.cli.new import command
from segctl.cli.process import end, outcome_of
from segctl.cli.program import segctl

__all__ = [
    "bi_file",
    "command",
    "definitions",
    "deliveries",
    "exports",
    "listing",
    "main",
    "questions",
    "recomputation",
    "report",
    "reset",
    "reviews",
    "runs",
    "segctl",
    "serve",
]


# dbt makes some hundred thousand objects that live as long as the program. Python looks for rubbish after every 700:
# a tenth of a run. This is often enough for a replay of a year.
RUBBISH = (200_000, 10, 10)


def main() -> None:
    """The console script."""
    gc.set_threshold(*RUBBISH)
    end(outcome_of(segctl))
