"""The command that writes members to files for other programs: export."""

from pathlib import Path

import click

from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of

NAMES = "Names with commas between them."


@segctl.command(
    epilog=example(
        "segctl export lapsed_60_days --eligible-only",
        "segctl export --as-of 2024-12-31",
        "segctl export vip --columns key,email,lifetime_value --format parquet --to vip.parquet",
        "segctl export vip lapsed_60_days --hash google --eligible-only --to upload/",
        "segctl export vip --changes-since last-export --hash meta --format json --to changes/",
    )
)
@click.argument("segments", metavar="[SEGMENT]...", nargs=-1)
@click.option("--as-of", help="The members then. Default: those of the last run.")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="The folder for the files, which segctl erase will look through; for one SEGMENT also a file, or - to print "
    "it. Default: exports/ in the project.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet", "json", "xlsx"]),
    help="Of the files; json has an object a line. Default: that of the file which --to names, or csv.",
)
@click.option(
    "--columns",
    metavar="A,B,C",
    help="Attributes and metrics of the catalog, segment, key, joined_at, join_cause and eligible. "
    "Default: the last four; with --hash the key.",
)
@click.option(
    "--hash",
    "hashed",
    type=click.Choice(["google", "meta", "plain"]),
    help="Write the identifiers of the catalog, hashed by the rules of this platform, or plain.",
)
@click.option("--priority", metavar="A,B,C", help="Write a customer of several of these SEGMENTs only to the first.")
@click.option(
    "--changes-since",
    metavar="RUN",
    help="Write who is to be added, updated and removed since a run (its id or an instant), or since last-export.",
)
@click.option("--destination", help="The name by which is remembered what was sent. Default: where --to leads.")
@click.option("--with-ineligible", is_flag=True, help="Changes of customers who may not be contacted, too.")
@click.option("--eligible-only", is_flag=True, help="Write only customers who may be contacted.")
@click.option(
    "--safe-cells", is_flag=True, help="Write ' before a cell that a spreadsheet would take for a formula: =, +, -, @."
)
@click.option("--manifest", is_flag=True, help="Write a manifest.json last; the options above do, but as-of and to.")
@JSON
@click.pass_context
@reports_problems
def export(  # noqa: PLR0913, PLR0917
    context: click.Context,
    segments: tuple[str, ...],
    as_of: str | None,
    to: Path | None,
    form: str | None,
    columns: str | None,
    hashed: str | None,
    priority: str | None,
    changes_since: str | None,
    destination: str | None,
    with_ineligible: bool,
    eligible_only: bool,
    safe_cells: bool,
    manifest: bool,
    as_json: bool,
) -> None:
    """Write the members of each SEGMENT, or of all, to a file: its name with .csv.

    A line has the key, when and why they joined, and whether they may be contacted. The latter is known of now: with
    an --as-of before the last run, the column is empty.
    """
    from segctl.operations.exports import STANDARD_OUTPUT, Request, export_changes
    from segctl.operations.exports import export as export_members
    from segctl.operations.exports.request import names_of
    from segctl.operations.instants import given
    from segctl.output import print_exported, print_warning

    project = project_of(context)
    request = Request(
        segments,
        given(as_of, "--as-of"),
        to,
        eligible_only,
        safe_cells,
        format=form or "",
        columns=names_of(columns, "--columns"),
        hash=hashed or "",
        priority=names_of(priority, "--priority"),
        manifest=manifest,
        changes_since=given(changes_since, "--changes-since"),
        destination=given(destination, "--destination"),
        with_ineligible=with_ineligible,
    )
    write = export_changes if request.changes_since else export_members
    exported = write(project, warehouse_of(context, project), request, print_warning)
    print_exported(exported, as_json, printed=to == STANDARD_OUTPUT)
