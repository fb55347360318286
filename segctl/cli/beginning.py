"""The command that begins a history anew."""

import sys

import click

from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of


@segctl.command(epilog=example("segctl reset", "segctl reset --yes   # in a script"))
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON
@click.pass_context
@reports_problems
def reset(context: click.Context, yes: bool, as_json: bool) -> None:
    """Drop the history on this target, to begin it anew: runs, stays, sizes, versions. Says first what will be lost.

    Erasures stay: nobody who has been erased comes back. The segments' definitions and your own models are untouched.
    With --json nobody is asked: without --yes nothing is dropped.
    """
    from segctl.operations.reset import reset as drop_history
    from segctl.operations.reset import what_is_lost
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
    """Whether the user says yes; whoever cannot answer says no."""
    try:
        return click.confirm("Drop it?", default=False)
    except click.Abort:
        print()
        return False
