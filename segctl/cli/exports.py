"""The command export: writes members to files for other programs."""

from pathlib import Path

import click

from segctl.cli import completion
from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of

NAMES = "Names separated by commas."


@segctl.command(
    epilog=example(
        "segctl export lapsed_60_days --eligible-only",
        "segctl export --as-of 2024-12-31",
        "segctl export vip --columns key,email,lifetime_value --format parquet --to vip.parquet",
        "segctl export vip lapsed_60_days --hash google --eligible-only --to upload/",
        "segctl export vip --changes-since last-export --hash meta --format json --to changes/",
    )
)
@click.argument("segments", metavar="[SEGMENT]...", nargs=-1, shell_complete=completion.segments)
@click.option("--as-of", help="Export the members at this instant. Default: the last run.")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="The folder to write to. segctl erase searches it later. For one SEGMENT also a file, or - to print "
    "the rows. Default: exports/ in the project.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet", "json", "xlsx"]),
    help="The file format; json writes one object per line. Default: the extension of --to, or csv.",
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
    help="Write the catalog's identifiers, hashed by this platform's rules, or plain.",
)
@click.option(
    "--priority", metavar="A,B,C", help="Write a customer only to the first of the SEGMENTs that they are in."
)
@click.option(
    "--changes-since",
    metavar="RUN",
    help="Write who was added, updated and removed since a run (its id or an instant), or since last-export.",
)
@click.option("--destination", help="The name under which segctl remembers what was sent. Default: the path of --to.")
@click.option("--with-ineligible", is_flag=True, help="Also write changes of customers who may not be contacted.")
@click.option("--eligible-only", is_flag=True, help="Write only customers who may be contacted.")
@click.option(
    "--safe-cells", is_flag=True, help="Write ' before cells that a spreadsheet would read as a formula: =, +, -, @."
)
@click.option(
    "--manifest",
    is_flag=True,
    help="Write a manifest.json last. Implied by the options above, except --as-of and --to.",
)
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
    """Write the members of each SEGMENT to a file named after it. Exports all segments by default.

    A row has the key, when and why the customer joined, and whether they may be contacted. The last is known for today
    only: with an --as-of before the last run, the column is empty.
    """
    from segctl.operations.exports import STANDARD_OUTPUT, ExportRequest, export_changes
    from segctl.operations.exports import export as export_members
    from segctl.operations.exports.request import names_of
    from segctl.operations.runs.instants import given
    from segctl.output import print_exported, print_warning

    project = project_of(context)
    request = ExportRequest(
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
