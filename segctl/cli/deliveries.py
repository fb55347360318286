"""Sends changes to other systems: the command deliver, and the part that `run --deliver` adds."""

import sys
from typing import TYPE_CHECKING

import click

from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of
from segctl.errors import Failure

if TYPE_CHECKING:
    from segctl.operations.deliveries.deliver import Outcome


@segctl.command(epilog=example("segctl deliver", "segctl deliver crm --dry-run", "segctl run --deliver"))
@click.argument("deliveries", metavar="[DELIVERY]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show what would be sent. Sends nothing.")
@click.option("--from-now", is_flag=True, help="For segments never sent before, send only future changes.")
@click.option("--anew", is_flag=True, help="Send all members again, then continue from there.")
@JSON
@click.pass_context
@reports_problems
def deliver(  # noqa: PLR0913, PLR0917
    context: click.Context, deliveries: tuple[str, ...], dry_run: bool, from_now: bool, anew: bool, as_json: bool
) -> None:
    """Send joins and leaves since the last delivery to the webhooks and programs in deliveries.yml.

    Delivers at least once, in the order of the runs. Anything not received is sent again next time. Exit 3 if a
    delivery fails.
    """
    from segctl.operations.deliveries.deliver import DeliveryRequest
    from segctl.operations.deliveries.deliver import deliver as deliver_all
    from segctl.output import print_deliveries, print_delivery
    from segctl.project.project import load

    if from_now and anew:
        raise Failure("--anew sends all members, --from-now none of them", "use only one of them", exit_code=2)
    project = project_of(context)
    zone = load(project).catalog.timezone
    request = DeliveryRequest(deliveries, dry_run, from_now, anew)
    outcomes = []
    for outcome in deliver_all(project, warehouse_of(context, project), request):
        outcomes.append(outcome)
        if not as_json:
            print_delivery(outcome, zone, dry_run)
    if as_json:
        print_deliveries(outcomes, dry_run)
    sys.exit(3 if any(outcome.failure for outcome in outcomes) else 0)


def delivered_after_run(context: click.Context) -> "list[Outcome]":
    """The outcome of each delivery after a run. A failure that stops all of them counts as one outcome."""
    from segctl.operations.deliveries.deliver import DeliveryRequest, Outcome
    from segctl.operations.deliveries.deliver import deliver as deliver_all

    project = project_of(context)
    outcomes: list[Outcome] = []
    try:
        outcomes += deliver_all(project, warehouse_of(context, project), DeliveryRequest())
    except Failure as failure:
        failure_parts = (failure.message, failure.hint, failure.detail)
        outcomes.append(Outcome("all deliveries", "", [], None, *failure_parts))
    return outcomes
