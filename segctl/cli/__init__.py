"""The command line: parses, calls one operation, prints. Heavy imports wait until a command needs them."""

import sys

from segctl.cli import answers, beginning, definitions, past, runs
from segctl.cli.process import outcome_of
from segctl.cli.program import segctl

__all__ = ["answers", "beginning", "definitions", "main", "past", "runs", "segctl"]


def main() -> None:
    """The console script."""
    sys.exit(outcome_of(segctl))
