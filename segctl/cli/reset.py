"""The command reset: drops the history."""

import sys

import click

from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of


@segctl.command(epilog=example("segctl reset", "segctl reset --yes   # in a script"))
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@JSON
@click.pass_context
@reports_problems
def reset(context: click.Context, yes: bool, as_json: bool) -> None:
    """Drop the history on this target: runs, stays, sizes, versions. Shows first what will be lost.

    Keeps erasures, so erased people stay erased. Leaves definitions and your own models alone. With --json it never
    asks, and drops nothing without --yes.
    """
    from segctl.operations.recomputation.reset import reset as drop_history
    from segctl.operations.recomputation.reset import what_is_lost
    from segctl.output import print_loss, print_loss_as_data

    project = project_of(context)
    warehouse = warehouse_of(context, project)
    loss = what_is_lost(project, warehouse)
    if as_json:
        if yes:
            drop_history(project, warehouse)
        print_loss_as_data(loss, dropped=yes)
        sys.exit(0 if yes else 1)
    print_loss(loss)
    if not yes and not _answered():
        print("Nothing has been dropped.")
        sys.exit(1)
    drop_history(project, warehouse)
    print("Dropped. segctl run or segctl replay --from begins a new history.")


def _answered() -> bool:
    """Whether the user confirms. No answer means no."""
    try:
        return click.confirm("Drop it?", default=False)
    except click.Abort:
        print()
        return False
