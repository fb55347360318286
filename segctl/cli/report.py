"""The command that writes a page about the segments."""

import click

from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of


@segctl.command(
    "report",
    epilog=example("segctl report", "segctl report reports/segments.html --min-group 20"),
)
@click.argument("path", required=False)
@click.option("--with-members", is_flag=True, help="List members by their keys: at most 1,000 of each segment.")
@click.option(
    "--min-group",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    metavar="N",
    help="Groups of fewer people are not broken down. 0 shows all.",
)
@JSON
@click.pass_context
@reports_problems
def report(context: click.Context, path: str | None, with_members: bool, min_group: int, as_json: bool) -> None:
    """Write one page of all segments to PATH, as of the last finished run: sizes, causes, value, retention, overlap.

    The file needs no network, and names members only with --with-members. The default PATH is
    target/segctl/report.html.
    """
    from segctl.operations.report import ReportRequest, read_report, target_of, write_page
    from segctl.output import print_report
    from segctl.page import page

    project = project_of(context)
    target = target_of(project, path or "")
    report_data = read_report(project, warehouse_of(context, project), ReportRequest(min_group, with_members))
    print_report(write_page(project, target, page(report_data), report_data), as_json)
