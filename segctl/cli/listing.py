"""The command that lists the segments."""

import sys

import click

from segctl.cli import completion
from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of

SORTS = ("name", "size", "revenue", "change", "owner", "joined", "left")


@segctl.command(
    "list",
    epilog=example(
        "segctl list --changed --sort change",
        "segctl list --tag retention --sort size",
        "segctl list --as-of 2024-12-31 --json | jq '.[].size'",
    ),
)
@click.option(
    "--as-of", help="Show sizes at this instant, including segments that no longer exist. Default: the last run."
)
@click.option("--sort", type=click.Choice(SORTS), help="Sort by this column; numbers descending. Default: by file.")
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="TAG",
    shell_complete=completion.tags,
    help="Only segments with this tag; repeatable, matches any.",
)
@click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="OWNER",
    shell_complete=completion.owners,
    help="Only segments of this owner; repeatable.",
)
@click.option("--changed", is_flag=True, help="Only segments with joins or leaves in that run.")
@JSON
@click.pass_context
@reports_problems
def list_segments(  # noqa: PLR0913, PLR0917
    context: click.Context,
    as_of: str | None,
    sort: str | None,
    tags: tuple[str, ...],
    owners: tuple[str, ...],
    changed: bool,
    as_json: bool,
) -> None:
    """List the segments with their sizes in the last run and the runs before, or at an earlier instant.

    Bars show the last twelve runs, each scaled between the segment's smallest and largest size.
    """
    from segctl.operations.runs.instants import given
    from segctl.operations.segments.listing import ListingRequest, listing
    from segctl.output import print_listing

    project = project_of(context)
    instant = given(as_of, "--as-of")
    request = ListingRequest(tags, owners, changed, sort or "")
    segments = listing(project, warehouse_of(context, project), instant, request)
    print_listing(segments, request, as_json, is_past=bool(instant))
    sys.exit(3 if segments.failed else 0)
