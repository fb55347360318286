"""Commands for reviews of definitions: diff, preview."""

import sys
from collections.abc import Callable
from functools import wraps

import click

from segctl.cli import completion
from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of
from segctl.errors import Failure, ProblemsFound


def _differs_by_one(command: Callable[..., None]) -> Callable[..., None]:
    """For commands whose exit code 1 means a difference: failures exit with 3."""

    @wraps(command)
    def wrapped(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except ProblemsFound as problems:
            raise ProblemsFound(problems.problems, exit_code=3) from problems
        except Failure as failure:
            failure.exit_code = 3 if failure.exit_code == 1 else failure.exit_code
            raise

    return wrapped


@segctl.command(
    epilog=example(
        "segctl diff",
        "segctl diff --against origin/main --markdown > comment.md",
        "segctl diff --from 2024-12-01 --to 2025-01-01 vip",
    )
    + "\n\n"
    "Exit codes: 0 no difference, 1 differences, 2 wrong usage, 3 failed."
)
@click.argument("segments", metavar="[SEGMENT]...", nargs=-1, shell_complete=completion.segments)
@click.option(
    "--against",
    metavar="REF|DIR",
    help="A git ref, or a folder with another version of the project. Default: where the branch began.",
)
@click.option("--as-of", help="Compare both versions as of this instant. Default: the last run.")
@click.option(
    "--select",
    multiple=True,
    metavar="SEGMENT",
    shell_complete=completion.segments,
    help="Compare only these; the same as arguments.",
)
@click.option(
    "--samples",
    type=click.IntRange(0, 100),
    default=3,
    show_default=True,
    help="How many customers to name for each cause.",
)
@click.option("--no-keys", is_flag=True, help="Show numbers only, no keys.")
@click.option(
    "--history-from",
    metavar="TARGET|SCHEMA",
    default="",
    help="Read the history for memory rules from another target or schema, if this target has none.",
)
@click.option(
    "--from",
    "start",
    metavar="DAY",
    help="Compare two instants of the history instead: this one, and --to.",
)
@click.option("--to", "end", metavar="DAY", help="The later instant. Default: the last run.")
@click.option("--markdown", is_flag=True, help="Print a comment for a pull request.")
@click.option("--sql", is_flag=True, help="Print the SQL, and run nothing.")
@JSON
@click.pass_context
@reports_problems
@_differs_by_one
def diff(  # noqa: PLR0913, PLR0917
    context: click.Context,
    segments: tuple[str, ...],
    against: str | None,
    as_of: str | None,
    select: tuple[str, ...],
    samples: int,
    no_keys: bool,
    history_from: str,
    start: str | None,
    end: str | None,
    markdown: bool,
    sql: bool,
    as_json: bool,
) -> None:
    """Show what changed definitions would do to today's customers: who joins, who leaves, and by which clause.

    Evaluates both versions on the same data in one query. Covers all segments by default. Writes nothing.
    """
    from segctl.operations.diff import DiffRequest, between, queries
    from segctl.operations.diff import diff as compare
    from segctl.operations.runs.instants import given
    from segctl.output import diff_as_data, diff_as_markdown, dumped, print_between, print_diff

    if markdown + sql + as_json > 1:
        raise click.UsageError("--markdown, --sql and --json exclude each other")
    project = project_of(context)
    warehouse = warehouse_of(context, project)
    if against is not None and not against.strip():
        hint = "name a version, or omit the option; perhaps a variable in the script is not set"
        raise Failure("--against is empty", hint, exit_code=2)
    named = (*segments, *select)
    if start is not None or end is not None:
        if against is not None or as_of is not None or markdown or sql or history_from:
            raise click.UsageError(
                "--from and --to compare instants of the history; --against and --as-of do not apply"
            )
        if start is None:
            raise click.UsageError("--to needs --from")
        moved = between(project, warehouse, given(start, "--from"), given(end, "--to"), named)
        print_between(moved, as_json)
        sys.exit(1 if any(segment.moved for segment in moved.segments) else 0)
    request = DiffRequest(against or "", given(as_of, "--as-of"), named, samples, history_from)
    if sql:
        print("\n\n".join(queries(project, warehouse, request)))
        return
    comparison = compare(project, warehouse, request)
    if as_json:
        print(dumped(diff_as_data(comparison, with_keys=not no_keys)))
    elif markdown:
        print(diff_as_markdown(comparison, with_keys=not no_keys))
    else:
        print_diff(comparison, with_keys=not no_keys)
    sys.exit(1 if comparison.segments or comparison.catalog else 0)


@segctl.command(
    epilog=example(
        "segctl preview vip",
        "segctl preview draft.yml --beside vip --months 3",
        "echo '{metric: lifetime_value, gte: 300}' | segctl preview -",
    )
)
@click.argument("subject", metavar="SEGMENT|FILE|-", shell_complete=completion.segments_or_files)
@click.option(
    "--beside",
    multiple=True,
    metavar="SEGMENT",
    shell_complete=completion.segments,
    help="Also show the overlap with this segment; repeatable.",
)
@click.option(
    "--members", type=click.IntRange(0, 1000), default=10, show_default=True, help="How many members to show."
)
@click.option(
    "--months",
    type=click.IntRange(0, 120),
    default=0,
    show_default=True,
    help="Also show the size at this many past month ends.",
)
@click.option("--why", "key", metavar="KEY", help="Explain instead why this customer would be a member or not.")
@click.option("--as-of", help="Evaluate as of this instant. Default: the last run.")
@JSON
@click.pass_context
@reports_problems
def preview(  # noqa: PLR0913, PLR0917
    context: click.Context,
    subject: str,
    beside: tuple[str, ...],
    members: int,
    months: int,
    key: str | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """Show the size and value of a segment or a draft, and the effect of each clause. Writes nothing.

    A draft is a definition file, one segment, or a bare rule; "-" reads it from standard input.
    """
    from segctl.operations.questions.preview import preview as ask
    from segctl.operations.questions.preview_request import PreviewRequest
    from segctl.operations.questions.verdicts import verdicts
    from segctl.operations.runs.instants import given
    from segctl.output import print_previews, print_verdicts

    project = project_of(context)
    request = PreviewRequest(subject, beside, members, months, given(as_of, "--as-of"))
    if key is not None:
        print_verdicts(verdicts(project, warehouse_of(context, project), request, key), as_json)
        return
    print_previews(ask(project, warehouse_of(context, project), request), as_json)
