"""Prints results: tables and trees on a terminal, plain text when piped, JSON on request."""

from segctl.output.bi_file import print_bi_file, print_written
from segctl.output.changes import print_changes
from segctl.output.customers import print_near, print_person
from segctl.output.definitions import (
    print_explained,
    print_init,
    print_rendered,
    print_schemas,
    print_stale,
    print_validated,
    problems_as_json,
)
from segctl.output.deliveries import deliveries_as_data, print_deliveries, print_delivery
from segctl.output.diff import diff_as_data, diff_as_markdown, print_between, print_diff
from segctl.output.exports import print_exported
from segctl.output.layout import dumped
from segctl.output.listing import print_listing
from segctl.output.preview import print_previews
from segctl.output.recomputation import print_erased, print_replayed, print_restatement, print_verified, runs_progress
from segctl.output.report import print_report
from segctl.output.reset import print_loss, print_loss_as_data
from segctl.output.runs.outcome import print_run
from segctl.output.runs.progress import print_compacted, print_detail, print_warning, progress
from segctl.output.why import print_reason, print_verdicts

__all__ = [
    "deliveries_as_data",
    "diff_as_data",
    "diff_as_markdown",
    "dumped",
    "print_between",
    "print_bi_file",
    "print_changes",
    "print_compacted",
    "print_deliveries",
    "print_delivery",
    "print_detail",
    "print_diff",
    "print_erased",
    "print_explained",
    "print_exported",
    "print_init",
    "print_listing",
    "print_loss",
    "print_loss_as_data",
    "print_near",
    "print_person",
    "print_previews",
    "print_reason",
    "print_rendered",
    "print_replayed",
    "print_report",
    "print_restatement",
    "print_run",
    "print_schemas",
    "print_stale",
    "print_validated",
    "print_verdicts",
    "print_verified",
    "print_warning",
    "print_written",
    "problems_as_json",
    "progress",
    "runs_progress",
]
