"""Commands that build, check or change the history: replay, restate, verify, erase."""

import sys
from pathlib import Path

import click

from segctl.cli import completion
from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of
from segctl.language.syntax import CUSTOMER


@segctl.command(
    epilog=example("segctl replay --from 2024-01-01 --every 1d", "segctl replay --from 2024-01-01 --segments vip")
)
@click.option(
    "--from", "start", required=True, metavar="DAY", help="The first run: a day, a local time, or an ISO instant."
)
@click.option("--to", "end", metavar="DAY", help="The last run. Default: now; with --segments the last recorded run.")
@click.option("--every", default="1d", show_default=True, help="The interval between runs: 1d, 12h, 1w, 1mo.")
@click.option(
    "--segments",
    multiple=True,
    metavar="SEGMENT",
    shell_complete=completion.segments,
    help="Replay only these segments, which must have no history yet; repeatable.",
)
@click.option("--allow-future", is_flag=True, help="Allow a last run more than a day in the future.")
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

    Without --segments, needs a warehouse without later runs. With --segments, gives new segments a history of their own
    and leaves all others alone. Guards do not apply.
    """
    from segctl.operations.recomputation.replay import Schedule
    from segctl.operations.recomputation.replay import replay as replay_all
    from segctl.operations.runs.instants import given
    from segctl.output import print_replayed, runs_progress

    project = project_of(context)
    names = tuple(name for given in segments for name in given.split(",") if name)
    schedule = Schedule(given(start, "--from"), given(end, "--to"), every, allow_future)
    with runs_progress() as on_run:
        replayed = replay_all(project, warehouse_of(context, project), schedule, names, on_run)
    print_replayed(replayed, as_json)


@segctl.command(epilog=example("segctl restate --since 2024-11-01", "segctl restate --since 2024-11-01 --apply"))
@click.option("--since", required=True, metavar="DAY", help="Recompute every recorded run from this day on.")
@click.option(
    "--segments",
    multiple=True,
    metavar="SEGMENT",
    shell_complete=completion.segments,
    help="Restate only these segments; repeatable.",
)
@click.option("--apply", is_flag=True, help="Replace the recorded history with the recomputed one.")
@JSON
@click.pass_context
@reports_problems
def restate(context: click.Context, since: str, segments: tuple[str, ...], apply: bool, as_json: bool) -> None:
    """Recompute the recorded history from a day on with today's data, and show the differences.

    Changes nothing without --apply, and exits 1 if there are differences.
    """
    from segctl.operations.recomputation.restate import RestateRequest
    from segctl.operations.recomputation.restate import restate as recompute
    from segctl.operations.runs.instants import given
    from segctl.output import print_restatement, runs_progress

    project = project_of(context)
    names = tuple(name for given in segments for name in given.split(",") if name)
    request = RestateRequest(given(since, "--since"), names, apply)
    with runs_progress() as on_run:
        restatement = recompute(project, warehouse_of(context, project), request, on_run)
    print_restatement(restatement, as_json)
    sys.exit(1 if restatement.differences and not restatement.applied else 0)


@segctl.command(epilog=example("segctl verify", "segctl verify --since 2024-01-01"))
@click.option("--since", metavar="DAY", help="Rebuild every run from this day on. Default: only the last run.")
@JSON
@click.pass_context
@reports_problems
def verify(context: click.Context, since: str | None, as_json: bool) -> None:
    """Rebuild from scratch in a companion schema, and compare. Exits 1 and shows the differences, if any."""
    from segctl.operations.recomputation.verify import verify as rebuild
    from segctl.operations.runs.instants import given
    from segctl.output import print_verified, runs_progress

    project = project_of(context)
    first = given(since, "--since")
    with runs_progress() as on_run:
        verified = rebuild(project, warehouse_of(context, project), first, on_run)
    print_verified(verified, as_json)
    sys.exit(0 if verified.is_valid else 1)


@segctl.command(epilog=example("segctl erase 4711 4712", "segctl erase --file keys.txt --dry-run"))
@click.argument("customers", metavar="[CUSTOMER]...", nargs=-1)
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A UTF-8 file with one key per line."
)
@click.option("--entity", default=CUSTOMER, show_default=True, help="The entity that the keys belong to.")
@click.option("--dry-run", is_flag=True, help="Show what would be erased. Erases nothing.")
@click.option("--strict", is_flag=True, help="Erase no one if a key is in no table and not in the source.")
@click.option("--untold", is_flag=True, help="Do not tell receivers of deliveries to remove these people.")
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
    """Erase people from features, membership, history, exports and logs. No later run brings them back.

    Tells receivers of deliveries first. Keeps past sizes as they were. Lists what it cannot reach, and files that a
    person must check. Exits 1 if a file cannot be read or written.
    """
    from segctl.operations.people.erase import erase as erase_members
    from segctl.operations.people.erase import read_keys
    from segctl.output import print_erased

    project = project_of(context)
    keys = read_keys(customers, file)
    erased = erase_members(project, warehouse_of(context, project), keys, entity, dry_run, strict, untold)
    print_erased(erased, dry_run, as_json)
    sys.exit(1 if erased.failed else 0)
