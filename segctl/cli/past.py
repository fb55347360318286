"""Commands that build, check or change the recorded past: replay, restate, verify, erase."""

import sys
from pathlib import Path

import click

from segctl.cli import completion
from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of
from segctl.spec import CUSTOMER


@segctl.command(
    epilog=example("segctl replay --from 2024-01-01 --every 1d", "segctl replay --from 2024-01-01 --segments vip")
)
@click.option("--from", "start", required=True, metavar="DAY", help="The first run: a day, a local time, or ISO.")
@click.option("--to", "end", metavar="DAY", help="The last. Default: now, or the last run with --segments.")
@click.option("--every", default="1d", show_default=True, help="How often: 1d, 12h, 1w, 1mo.")
@click.option(
    "--segments",
    multiple=True,
    metavar="SEGMENT",
    shell_complete=completion.segments,
    help="Only these, which have no past yet; repeatable.",
)
@click.option("--allow-future", is_flag=True, help="Let the last run be more than a day ahead of the clock.")
@JSON
@click.pass_context
@reports_problems
def replay(  # noqa: PLR0913, PLR0917
    context: click.Context,
    start: str,
    end: str | None,
    every: str,
    segments: tuple[str, ...],
    allow_future: bool,
    as_json: bool,
) -> None:
    """Build the history as if the schedule had always run, from events and their times.

    Without --segments in a warehouse that has no later run; with it, new segments are given a past of their own, and
    all others are left as they are. Guards are let pass.
    """
    from segctl.operations.instants import given
    from segctl.operations.replay import Schedule
    from segctl.operations.replay import replay as replay_all
    from segctl.output import print_replayed, runs_progress

    project = project_of(context)
    names = tuple(name for given in segments for name in given.split(",") if name)
    schedule = Schedule(given(start, "--from"), given(end, "--to"), every, allow_future)
    with runs_progress() as on_occasion:
        done = replay_all(project, warehouse_of(context, project), schedule, names, on_occasion)
    print_replayed(done, as_json)


@segctl.command(epilog=example("segctl restate --since 2024-11-01", "segctl restate --since 2024-11-01 --apply"))
@click.option("--since", required=True, metavar="DAY", help="Recompute every recorded run from then on.")
@click.option(
    "--segments", multiple=True, metavar="SEGMENT", shell_complete=completion.segments, help="Only these; repeatable."
)
@click.option("--apply", is_flag=True, help="Put what was recomputed in the place of what is recorded.")
@JSON
@click.pass_context
@reports_problems
def restate(context: click.Context, since: str, segments: tuple[str, ...], apply: bool, as_json: bool) -> None:
    """Recompute the recorded history from a day on with the data of today, and say what differs.

    Without --apply nothing is changed, and the exit code is 1 when something differs.
    """
    from segctl.operations.instants import given
    from segctl.operations.restate import Order
    from segctl.operations.restate import restate as recompute
    from segctl.output import print_restatement, runs_progress

    project = project_of(context)
    names = tuple(name for given in segments for name in given.split(",") if name)
    order = Order(given(since, "--since"), names, apply)
    with runs_progress() as on_occasion:
        found = recompute(project, warehouse_of(context, project), order, on_occasion)
    print_restatement(found, as_json)
    sys.exit(1 if found.differences and not found.applied else 0)


@segctl.command(epilog=example("segctl verify", "segctl verify --since 2024-01-01"))
@click.option("--since", metavar="DAY", help="Rebuild every run from then on. Default: the last run alone.")
@JSON
@click.pass_context
@reports_problems
def verify(context: click.Context, since: str | None, as_json: bool) -> None:
    """Rebuild from scratch beside the live tables, and compare: exit 1 and the differences if there are any."""
    from segctl.operations.instants import given
    from segctl.operations.verify import verify as rebuild
    from segctl.output import print_verified, runs_progress

    project = project_of(context)
    first = given(since, "--since")
    with runs_progress() as on_occasion:
        found = rebuild(project, warehouse_of(context, project), first, on_occasion)
    print_verified(found, as_json)
    sys.exit(0 if found.sound else 1)


@segctl.command(epilog=example("segctl erase 4711 4712", "segctl erase --file keys.txt --dry-run"))
@click.argument("customers", metavar="[CUSTOMER]...", nargs=-1)
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file of keys, one a line, UTF-8."
)
@click.option("--entity", default=CUSTOMER, show_default=True, help="What they are, if not customers.")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@click.option("--strict", is_flag=True, help="Erase nobody when a key stands in no table and not in the source.")
@click.option("--untold", is_flag=True, help="Do not tell the receivers of deliveries to remove them.")
@JSON
@click.pass_context
@reports_problems
def erase(  # noqa: PLR0913, PLR0917
    context: click.Context,
    customers: tuple[str, ...],
    file: Path | None,
    entity: str,
    dry_run: bool,
    strict: bool,
    untold: bool,
    as_json: bool,
) -> None:
    """Erase people: from features, membership, history, exports and logs. No run brings them back.

    Receivers of deliveries are told first. Sizes of the past stay as they were. What is out of reach is told, and
    files that somebody has to look at; exit 1 when a file could not be read or written.
    """
    from segctl.operations.erase import erase as erase_members
    from segctl.operations.erase import read_keys
    from segctl.output import print_erased

    project = project_of(context)
    keys = read_keys(customers, file)
    found = erase_members(project, warehouse_of(context, project), keys, entity, dry_run, strict, untold)
    print_erased(found, dry_run, as_json)
    sys.exit(1 if found.failed else 0)
