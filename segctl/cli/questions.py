"""Commands that answer questions: show, why, changes, near, who."""

import sys
from typing import Literal

import click

from segctl.cli import completion
from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of
from segctl.language.syntax import CUSTOMER


@segctl.command(epilog=example("segctl show lapsed_60_days", "segctl show lapsed_60_days --members 50"))
@click.argument("segment", shell_complete=completion.segments)
@click.option(
    "--members", type=click.IntRange(0), default=5, show_default=True, help="How many of the newest members to show."
)
@JSON
@click.pass_context
@reports_problems
def show(context: click.Context, segment: str, members: int, as_json: bool) -> None:
    """Show one SEGMENT: its rule, its SQL, its last runs and its newest members."""
    from segctl.operations.segments.show import detail
    from segctl.output import print_detail

    project = project_of(context)
    segment_detail = detail(project, warehouse_of(context, project), segment, members)
    print_detail(segment_detail, as_json)
    sys.exit(3 if segment_detail.failed else 0)


@segctl.command(epilog=example("segctl why 4711 lapsed_60_days", "segctl why 4711 vip --as-of 2024-12-31"))
@click.argument("customer")
@click.argument("segment", shell_complete=completion.segments)
@click.option("--as-of", help="Explain an earlier instant. Default: the last run.")
@click.option(
    "--definition",
    type=click.Choice(["then", "now"]),
    default="then",
    show_default=True,
    help="With --as-of: use the definition of that time, or today's.",
)
@JSON
@click.pass_context
@reports_problems
def why(  # noqa: PLR0913, PLR0917
    context: click.Context,
    customer: str,
    segment: str,
    as_of: str | None,
    definition: Literal["then", "now"],
    as_json: bool,
) -> None:
    """Explain why CUSTOMER is in SEGMENT or not: each clause with the customer's own value.

    Also shows which single clause would change the answer, and the day when time alone will change it.
    """
    from segctl.operations.questions.why import Question
    from segctl.operations.questions.why import why as explain
    from segctl.operations.runs.instants import given
    from segctl.output import print_reason

    project = project_of(context)
    question = Question(customer, segment, given(as_of, "--as-of"), definition)
    print_reason(explain(project, warehouse_of(context, project), question), as_json)


@segctl.command(epilog=example("segctl changes", "segctl changes vip --since 2024-12-01 --members 50"))
@click.argument("segments", metavar="[SEGMENT]...", nargs=-1, shell_complete=completion.segments)
@click.option("--since", help="Show changes after this instant. Default: the last run.")
@click.option(
    "--members",
    type=click.IntRange(0, 100_000),
    default=5,
    show_default=True,
    help="How many customers to name for each cause.",
)
@JSON
@click.pass_context
@reports_problems
def changes(context: click.Context, segments: tuple[str, ...], since: str | None, members: int, as_json: bool) -> None:
    """List who joined and left each SEGMENT, and why. Covers all segments of the last run by default."""
    from segctl.operations.runs.instants import given
    from segctl.operations.segments.changes import changes as ask
    from segctl.output import print_changes

    project = project_of(context)
    changes_since = ask(project, warehouse_of(context, project), segments, given(since, "--since"), members)
    print_changes(changes_since, as_json, members)


@segctl.command(epilog=example("segctl near vip", "segctl near lapsed_60_days --days 14 --members 20"))
@click.argument("segment", shell_complete=completion.segments)
@click.option("--days", type=click.IntRange(0, 366), default=7, show_default=True, help="How many days to look ahead.")
@click.option(
    "--members",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    help="How many customers to show in each group.",
)
@JSON
@click.pass_context
@reports_problems
def near(context: click.Context, segment: str, days: int, members: int, as_json: bool) -> None:
    """Show who is about to join or leave SEGMENT: within 10 % of a deciding threshold, or by time alone."""
    from segctl.operations.questions.near import near as ask
    from segctl.output import print_near

    project = project_of(context)
    print_near(ask(project, warehouse_of(context, project), segment, days, members), as_json)


@segctl.command(epilog=example("segctl who 4711", "segctl who 4711 --all --json > access.json"))
@click.argument("customer")
@click.option("--entity", default=CUSTOMER, show_default=True, help="The entity that the key belongs to.")
@click.option(
    "--all", "everything", is_flag=True, help="Show every row about the customer, and the files that name them."
)
@JSON
@click.pass_context
@reports_problems
def who(context: click.Context, customer: str, entity: str, everything: bool, as_json: bool) -> None:
    """Show every segment that CUSTOMER is or was in, and why. With --all, show everything stored about them."""
    from segctl.operations.people.who import who as ask
    from segctl.output import print_person

    project = project_of(context)
    print_person(ask(project, warehouse_of(context, project), customer, entity, everything), as_json)
