"""Commands about definitions: init, validate, render, schema."""

import sys

import click

from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of
from segctl.errors import Failure, ProblemsFound


@segctl.command(epilog=example("cd my_dbt_project && segctl init", "segctl init --dry-run --customers dim_members"))
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--customers", default="", metavar="MODEL", help="The model of the customers, if segctl takes another.")
@click.pass_context
@reports_problems
def init(context: click.Context, dry_run: bool, customers: str) -> None:
    """Prepare a dbt project: propose a catalog from its models and a first file of segments.

    Never overwrites a file, and says of each what it does.
    """
    from segctl.operations.init import initialise
    from segctl.output import print_init

    project = project_of(context)
    print_init(initialise(project, warehouse_of(context, project), dry_run, customers), dry_run)


@segctl.command(epilog=example("segctl validate && echo fine", "segctl validate --warehouse"))
@click.option(
    "--warehouse", "with_warehouse", is_flag=True, help="Check the catalog against the warehouse's columns, too."
)
@JSON
@click.pass_context
@reports_problems
def validate(context: click.Context, with_warehouse: bool, as_json: bool) -> None:
    """Check every definition against the catalog. Reports all problems at once.

    Needs no warehouse, unless it is asked whether its columns are there and of the types that the catalog says.
    """
    from segctl.operations.column_types import check_types
    from segctl.output import print_validated, problems_as_json
    from segctl.project import load

    project = project_of(context)
    try:
        plan = load(project)
        if with_warehouse:
            check_types(plan, warehouse_of(context, project))
        print_validated(plan, as_json)
    except ProblemsFound as found:
        if not as_json:
            raise
        print(problems_as_json(found))
        sys.exit(1)


@segctl.command(epilog=example("segctl render", "segctl render --check   # in CI: exit 1 and a diff when stale"))
@click.option("--check", is_flag=True, help="Write nothing; show how the committed models differ, and exit 1 if so.")
@click.pass_context
@reports_problems
def render(context: click.Context, check: bool) -> None:
    """Render the definitions to dbt models in models/segments."""
    from segctl.operations.render import render_project, stale
    from segctl.output import print_diff, print_rendered
    from segctl.project import load

    project = project_of(context)
    if not check:
        print_rendered(render_project(project))
        return
    diff = stale(project, load(project))
    if diff:
        print_diff(diff)
        raise Failure("the committed models are stale", "run segctl render and commit what it writes", exit_code=1)
    print("The committed models are what the definitions render to.")


@segctl.command(epilog=example("segctl schema", "segctl schema --check"))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the schemas are not those of this version.")
@click.pass_context
@reports_problems
def schema(context: click.Context, check: bool) -> None:
    """Write the JSON Schemas of both kinds of files to segments/.schema, for editors.

    A YAML language server completes keys and values in a file that begins with
    "# yaml-language-server: $schema=.schema/definitions.json" (catalog.json for the catalog).
    """
    from segctl.operations.schema import stale_schemas, write_schemas

    project = project_of(context)
    paths = stale_schemas(project) if check else write_schemas(project)
    for path in paths:
        print(f"{'stale' if check else 'wrote'} {path}")
    if check and paths:
        raise Failure("the schemas are not those of this version", "run segctl schema", exit_code=1)
    if not paths:
        print("The schemas are up to date.")
