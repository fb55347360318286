"""Commands about definitions: init, validate, render, schema."""

import sys
from pathlib import Path

import click

from segctl.cli import completion
from segctl.cli.program import JSON, example, project_of, reports_problems, segctl, warehouse_of
from segctl.errors import Failure, ProblemsFound


@segctl.command(
    epilog=example("cd my_dbt_project && segctl init", "segctl init --dry-run --customers dim_members --key email")
)
@click.option("--dry-run", is_flag=True, help="Show what would be written. Writes nothing.")
@click.option(
    "--customers", default="", metavar="MODEL", help="The model that holds customers, if segctl picks the wrong one."
)
@click.option(
    "--key", default="", metavar="COLUMN", help="The column that identifies a customer, if segctl picks the wrong one."
)
@JSON
@click.pass_context
@reports_problems
def init(context: click.Context, dry_run: bool, customers: str, key: str, as_json: bool) -> None:
    """Prepare a dbt project: propose a catalog from its models, and a first file of segments.

    Never overwrites a file. Reports what it does with each. Run again, it proposes only what is missing.
    """
    from segctl.operations.setup.init import initialise
    from segctl.output import print_init

    project = project_of(context)
    proposal = initialise(project, warehouse_of(context, project), dry_run, customers, key)
    print_init(proposal, dry_run, as_json)


@segctl.command(epilog=example("segctl validate segments/loyalty.yml", "segctl validate --warehouse"))
@click.argument("files", metavar="[FILE]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--warehouse", "with_warehouse", is_flag=True, help="Also check the catalog against the warehouse's columns."
)
@JSON
@click.pass_context
@reports_problems
def validate(context: click.Context, files: tuple[Path, ...], with_warehouse: bool, as_json: bool) -> None:
    """Check every definition against the catalog. Reports all problems at once.

    With FILEs, reports only problems in those files. The others are still read, because definitions refer to each
    other. Needs no warehouse, except with --warehouse, which checks that the catalog's columns exist and have the
    declared types.
    """
    from segctl.operations.definitions.column_types import check_types
    from segctl.operations.definitions.validate import validate as check
    from segctl.output import print_validated, problems_as_json

    project = project_of(context)
    try:
        validated = check(project, files)
        if with_warehouse and validated.plan:
            check_types(validated.plan, warehouse_of(context, project))
        print_validated(validated, as_json)
    except ProblemsFound as error:
        if not as_json:
            raise
        print(problems_as_json(error))
        sys.exit(1)


@segctl.command(epilog=example("segctl explain win_back vip", "segctl explain --json"))
@click.argument("segments", metavar="[SEGMENT]...", nargs=-1, shell_complete=completion.segments)
@JSON
@click.pass_context
@reports_problems
def explain(context: click.Context, segments: tuple[str, ...], as_json: bool) -> None:
    """Say in plain English who is in each SEGMENT. Explains all segments by default. Needs no warehouse."""
    from segctl.operations.definitions.explain import explain as explained
    from segctl.output import print_explained

    print_explained(explained(project_of(context), segments), as_json)


@segctl.command(epilog=example("segctl render", "segctl render --check   # in CI: exit 1 and a diff when stale"))
@click.option("--check", is_flag=True, help="Write nothing. Show how the committed models differ; exit 1 if they do.")
@JSON
@click.pass_context
@reports_problems
def render(context: click.Context, check: bool, as_json: bool) -> None:
    """Render the definitions into dbt models in models/segments."""
    from segctl.operations.definitions.render import difference, render_project, stale
    from segctl.output import print_rendered, print_stale, print_warning
    from segctl.project.project import load

    project = project_of(context)
    if not check:
        print_rendered(render_project(project, print_warning), as_json)
        return
    plan = load(project)
    paths = stale(project, plan)
    print_stale(paths, difference(project, plan), as_json)
    if paths:
        raise Failure("the committed models are stale", "run segctl render and commit what it writes", exit_code=1)


@segctl.command(epilog=example("segctl schema", "segctl schema --check"))
@click.option("--check", is_flag=True, help="Write nothing. Exit 1 if the schemas are out of date.")
@JSON
@click.pass_context
@reports_problems
def schema(context: click.Context, check: bool, as_json: bool) -> None:
    """Write the JSON Schemas for editors to segments/.schema.

    A YAML language server completes keys and values in a file that begins with
    "# yaml-language-server: $schema=.schema/definitions.json" (catalog.json for the catalog).
    """
    from segctl.operations.definitions.schema import stale_schemas, write_schemas
    from segctl.output import print_schemas

    project = project_of(context)
    paths = list(stale_schemas(project) if check else write_schemas(project))
    print_schemas(paths, check, as_json)
    if check and paths:
        raise Failure("the schemas are out of date", "run segctl schema", exit_code=1)
