"""The commands run and compact."""

import sys

import click

from segctl.cli import completion
from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of


@segctl.command(epilog=example("segctl run", "segctl run --as-of 2024-12-31 --json"))
@click.option(
    "--as-of", help="The instant of the run: a day (local midnight), a local time, or an ISO instant. Default: now."
)
@click.option("--allow-future", is_flag=True, help="Allow an instant more than a day in the future.")
@click.option(
    "--allow",
    multiple=True,
    metavar="NAME",
    shell_complete=completion.allowed,
    help="Ignore the guards of this segment or source in this run; repeatable.",
)
@click.option("--bi-file", metavar="PATH", help="Also write the tables for BI tools to PATH; see segctl bi-file.")
@click.option("--all", "everything", is_flag=True, help="Show every segment, with its share of revenue.")
@click.option("--deliver", "delivers", is_flag=True, help="Then send the changes, as segctl deliver does.")
@JSON
@click.pass_context
@reports_problems
def run(  # noqa: PLR0913, PLR0917
    context: click.Context,
    as_of: str | None,
    allow_future: bool,
    allow: tuple[str, ...],
    bi_file: str | None,
    everything: bool,
    delivers: bool,
    as_json: bool,
) -> None:
    """Validate, check the committed models, build with dbt, and show which segments changed and why.

    A source that breaches a guard stops the run before anything changes (exit 3). A segment that breaches a guard is
    held back alone: it keeps the members of the run before, and all others are published (exit 1). A failed delivery
    does not undo the run (exit 3).
    """
    from segctl.cli.deliveries import delivered_after_run
    from segctl.operations.deliveries.deliver import check_deliveries
    from segctl.operations.exports.bi_file import check_before_run, write_after_run
    from segctl.operations.runs.instants import given
    from segctl.operations.runs.run import run as run_once
    from segctl.output import deliveries_as_data, print_delivery, print_run, print_warning, print_written, progress

    project = project_of(context)
    warehouse = warehouse_of(context, project)
    check_before_run(project, bi_file or "")
    if delivers:
        check_deliveries(project)
    instant = given(as_of, "--as-of")
    with progress() as on_step:
        report = run_once(
            project,
            warehouse,
            instant,
            on_step,
            allow,
            allow_future=allow_future,
            on_warning=print_warning,
        )
    if not as_json:
        print_run(report, as_json, everything)
    outcomes = delivered_after_run(context) if delivers else []
    if as_json:
        print_run(report, as_json, everything, {"deliveries": deliveries_as_data(outcomes)} if delivers else None)
    for outcome in () if as_json else outcomes:
        print_delivery(outcome, report.timezone, dry_run=False)
    written = write_after_run(project, warehouse, bi_file or "")
    if written and not as_json:
        print_written(written)
    failed = any(outcome.failure for outcome in outcomes)
    sys.exit(3 if failed else 1 if report.held else 0)


@segctl.command(epilog=example("segctl compact", "segctl compact --keep 0   # after an erasure"))
@click.option(
    "--keep",
    type=click.IntRange(min=0),
    default=7,
    show_default=True,
    metavar="DAYS",
    help="Keep snapshots of this many days.",
)
@JSON
@click.pass_context
@reports_problems
def compact(context: click.Context, keep: int, as_json: bool) -> None:
    """Rewrite table files that many small changes have fragmented (Iceberg), and delete old snapshots.

    Rows stay the same. DuckDB and PostgreSQL need no compaction.
    """
    from segctl.operations.runs.compact import compact as rewrite
    from segctl.output import print_compacted

    project = project_of(context)
    tables = rewrite(project, warehouse_of(context, project), keep)
    print_compacted(tables, as_json)
