"""The command line: parses, calls one operation, prints. Heavy imports wait until a command needs them."""

import gc

from segctl.cli import (
    answers,
    beginning,
    bi,
    definitions,
    deliveries,
    exports,
    listing,
    new,
    past,
    report,
    reviews,
    runs,
    serve,
)
from segctl.cli.process import end, outcome_of
from segctl.cli.program import segctl

__all__ = [
    "answers",
    "beginning",
    "bi",
    "definitions",
    "deliveries",
    "exports",
    "listing",
    "main",
    "new",
    "past",
    "report",
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
