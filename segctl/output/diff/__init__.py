"""Prints a comparison of definitions: for a terminal, a pull request, or as JSON."""

from segctl.output.diff.between import print_between
from segctl.output.diff.data import diff_as_data
from segctl.output.diff.markdown import diff_as_markdown
from segctl.output.diff.terminal import print_diff

__all__ = ["diff_as_data", "diff_as_markdown", "print_between", "print_diff"]
