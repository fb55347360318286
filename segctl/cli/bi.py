"""The command that writes a file for BI."""

import click

from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of


@segctl.command(
    "bi-file",
    epilog=example("segctl bi-file reports/segments.duckdb", "segctl bi-file reports/parquet --table segment_value"),
)
@click.argument("path", required=False)
@click.option("--table", "tables", multiple=True, metavar="NAME", help="Only this table; may be given several times.")
@JSON
@click.pass_context
@reports_problems
def bi_file(context: click.Context, path: str | None, tables: tuple[str, ...], as_json: bool) -> None:
    """Write the tables that BI reads to PATH: a file of DuckDB (….duckdb), or a folder of Parquet files.

    It is replaced at once, so that whoever has it open is in no run's way. Without PATH, the dbt variable
    segctl_bi_file names it. `segctl run` writes it after each run when the variable is set.
    """
    from segctl.operations.bi_file import write_bi_file
    from segctl.output import print_bi_file

    project = project_of(context)
    print_bi_file(write_bi_file(project, warehouse_of(context, project), path or "", tables), as_json)
