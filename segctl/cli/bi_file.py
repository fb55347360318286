"""The command bi-file: writes a file for BI tools."""

import click

from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of


@segctl.command(
    "bi-file",
    epilog=example("segctl bi-file reports/segments.duckdb", "segctl bi-file reports/parquet --table segment_value"),
)
@click.argument("path", required=False)
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Write only this table; repeatable.")
@JSON
@click.pass_context
@reports_problems
def bi_file(context: click.Context, path: str | None, tables: tuple[str, ...], as_json: bool) -> None:
    """Write the tables for BI tools to PATH: a DuckDB file (….duckdb), or a folder of Parquet files.

    Replaces the file in one step, so open readers never block a run. Default for PATH: the dbt variable segctl_bi_file.
    If it is set, `segctl run` writes the file after each run.
    """
    from segctl.operations.exports.bi_file import write_bi_file
    from segctl.output import print_bi_file

    project = project_of(context)
    print_bi_file(write_bi_file(project, warehouse_of(context, project), path or "", tables), as_json)
