"""Commands for reviews of definitions: diff."""

import sys

import click

from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of


@segctl.command(
    epilog=example("segctl diff", "segctl diff --against origin/main --markdown > comment.md") + "\n\n"
    "Exit codes: 0 no difference, 1 differences, 2 wrong usage, 3 failed."
)
@click.option(
    "--against", metavar="REF|DIR", help="A git ref, or another project's folder. Default: where the branch began."
)
@click.option("--as-of", help="The instant that both are asked as of. Default: the last run.")
@click.option("--select", multiple=True, metavar="SEGMENT", help="Only these; repeatable.")
@click.option(
    "--samples", type=click.IntRange(0, 100), default=3, show_default=True, help="How many of each kind are shown."
)
@click.option("--no-keys", is_flag=True, help="Show nobody: numbers alone.")
@click.option(
    "--history-from",
    metavar="TARGET|SCHEMA",
    default="",
    help="Whose history tells what memory keeps, where this target has none: another target, or a schema.",
)
@click.option("--markdown", is_flag=True, help="Print a comment for a pull request.")
@click.option("--sql", is_flag=True, help="Print what would be asked of the warehouse, and do not ask.")
@JSON
@click.pass_context
@reports_problems
def diff(  # noqa: PLR0913, PLR0917
    context: click.Context,
    against: str | None,
    as_of: str | None,
    select: tuple[str, ...],
    samples: int,
    no_keys: bool,
    history_from: str,
    markdown: bool,
    sql: bool,
    as_json: bool,
) -> None:
    """Show what changed definitions would do to the customers of today: who joins, who leaves, and by which clause.

    Both versions are asked of the same data in one query. Nothing is written.
    """
    from segctl.operations.diff import Request, queries
    from segctl.operations.diff import diff as compare
    from segctl.operations.instants import given
    from segctl.output import diff_as_data, diff_as_markdown, dumped, print_diff

    if markdown + sql + as_json > 1:
        raise click.UsageError("--markdown, --sql and --json exclude each other")
    project = project_of(context)
    asked = Request(given(against, "--against"), given(as_of, "--as-of"), select, samples, history_from)
    warehouse = warehouse_of(context, project)
    if sql:
        print("\n\n".join(queries(project, warehouse, asked)))
        return
    found = compare(project, warehouse, asked)
    if as_json:
        print(dumped(diff_as_data(found, with_keys=not no_keys)))
    elif markdown:
        print(diff_as_markdown(found, with_keys=not no_keys))
    else:
        print_diff(found, with_keys=not no_keys)
    sys.exit(1 if found.segments else 0)
