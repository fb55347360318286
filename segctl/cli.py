"""The command line: parses, calls one operation, prints. Heavy imports wait until a command needs them."""

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from segctl.errors import Failure, ProblemsFound, described

if TYPE_CHECKING:
    from segctl.project import Project
    from segctl.warehouse import Warehouse

Command = TypeVar("Command", bound=Callable[..., None])

EPILOG = "Exit codes: 0 fine, 1 problems or differences found, 2 wrong usage, 3 the run failed."


def _example(*lines: str) -> str:
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=_example("segctl validate", "segctl run --as-of 2024-12-31", "segctl why 4711 lapsed_60_days")
    + f"\n\n{EPILOG}",
)
@click.option(
    "--project-dir",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="A dbt project or a folder in it. Default: the current folder.",
)
@click.option("--profiles-dir", default="", help="Where profiles.yml is, if dbt would not find it.")
@click.option("--target", default="", help="The target of the profile. Default: the profile's own.")
@click.version_option(package_name="segctl")
@click.pass_context
def segctl(context: click.Context, project_dir: Path, profiles_dir: str, target: str) -> None:
    """Customer segments as code: YAML definitions become dbt models that keep who joined, who left, when and why."""
    context.obj = {"start": project_dir, "profiles": profiles_dir, "target": target}


def _project(context: click.Context) -> "Project":
    from segctl.project import find_project

    return find_project(context.obj["start"])


def _warehouse(context: click.Context, project: "Project") -> "Warehouse":
    from segctl.warehouse import Warehouse

    profiles = context.obj["profiles"]
    return Warehouse(project.root, context.obj["target"], str(Path(profiles).resolve()) if profiles else "")


def _reports_problems(command: Command) -> Command:
    """Prints problems and failures as such and exits with their code; anything else is a bug and stays a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        try:
            command(*args, **kwargs)
        except ProblemsFound as found:
            _print_problems(found, click.get_current_context())
            sys.exit(1)
        except Failure as failure:
            click.secho(f"segctl: {failure.message}", fg="red", err=True)
            if failure.detail:
                click.echo(failure.detail, err=True)
            if failure.hint:
                click.echo(f"  hint: {failure.hint}", err=True)
            sys.exit(failure.exit_code)

    return wrapped  # type: ignore[return-value]


def _print_problems(found: ProblemsFound, context: click.Context) -> None:
    from segctl.project import texts

    sources = texts(_project(context))
    for problem in found.problems:
        click.echo(described(problem, sources), err=True)
    count = len(found.problems)
    click.secho(f"segctl: {count} problem{'s' if count > 1 else ''} found", fg="red", err=True)


JSON = click.option("--json", "as_json", is_flag=True, help="Print data for machines.")


@segctl.command(epilog=_example("cd my_dbt_project && segctl init", "segctl init --dry-run --customers dim_members"))
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@click.option("--customers", default="", metavar="MODEL", help="The model of the customers, if segctl takes another.")
@click.pass_context
@_reports_problems
def init(context: click.Context, dry_run: bool, customers: str) -> None:
    """Prepare a dbt project: propose a catalog from its models and a first file of segments.

    Never overwrites a file, and says of each what it does.
    """
    from segctl.operations.init import initialise
    from segctl.output import print_init

    project = _project(context)
    print_init(initialise(project, _warehouse(context, project), dry_run, customers), dry_run)


@segctl.command(epilog=_example("segctl validate && echo fine"))
@JSON
@click.pass_context
@_reports_problems
def validate(context: click.Context, as_json: bool) -> None:
    """Check every definition against the catalog; needs no warehouse. Reports all problems at once."""
    from segctl.output import print_validated, problems_as_json
    from segctl.project import load

    project = _project(context)
    try:
        print_validated(load(project), as_json)
    except ProblemsFound as found:
        if not as_json:
            raise
        click.echo(problems_as_json(found))
        sys.exit(1)


@segctl.command(epilog=_example("segctl render", "segctl render --check   # in CI: exit 1 and a diff when stale"))
@click.option("--check", is_flag=True, help="Write nothing; show how the committed models differ, and exit 1 if so.")
@click.pass_context
@_reports_problems
def render(context: click.Context, check: bool) -> None:
    """Render the definitions to dbt models in models/segments."""
    from segctl.operations.render import render_project, stale
    from segctl.output import print_diff, print_rendered
    from segctl.project import load

    project = _project(context)
    if not check:
        print_rendered(render_project(project))
        return
    diff = stale(project, load(project))
    if diff:
        print_diff(diff)
        raise Failure("the committed models are stale", "run segctl render and commit what it writes", exit_code=1)
    click.echo("The committed models are what the definitions render to.")


@segctl.command(epilog=_example("segctl schema", "segctl schema --check"))
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when the schemas are not those of this version.")
@click.pass_context
@_reports_problems
def schema(context: click.Context, check: bool) -> None:
    """Write the JSON Schemas of both kinds of files to segments/.schema, for editors.

    A YAML language server completes keys and values in a file that begins with
    "# yaml-language-server: $schema=.schema/definitions.json" (catalog.json for the catalog).
    """
    from segctl.operations.schema import stale_schemas, write_schemas

    project = _project(context)
    paths = stale_schemas(project) if check else write_schemas(project)
    for path in paths:
        click.echo(f"{'stale' if check else 'wrote'} {path}")
    if check and paths:
        raise Failure("the schemas are not those of this version", "run segctl schema", exit_code=1)
    if not paths:
        click.echo("The schemas are up to date.")


@segctl.command(epilog=_example("segctl run", "segctl run --as-of 2024-12-31 --json"))
@click.option("--as-of", default="", help="The instant of the run: a day (its local midnight), a local time, or ISO.")
@click.option(
    "--allow", multiple=True, metavar="NAME", help="A segment or source whose guards may be breached in this one run."
)
@JSON
@click.pass_context
@_reports_problems
def run(context: click.Context, as_of: str, allow: tuple[str, ...], as_json: bool) -> None:
    """Validate, compare the committed models, build with dbt, and show who joined and left.

    A source that breaches a guard stops the run before anything is changed (exit 3). A segment that breaches one is
    held back alone: its members stay those of the run before, all others are published (exit 1).
    """
    from segctl.operations.run import run as run_once
    from segctl.output import print_run, progress

    project = _project(context)
    with progress() as on_step:
        report = run_once(project, _warehouse(context, project), as_of, on_step, allow)
    print_run(report, as_json)
    sys.exit(1 if report.held else 0)


@segctl.command("list", epilog=_example("segctl list", "segctl list --as-of 2024-12-31 --json | jq '.[].size'"))
@click.option("--as-of", default="", help="The sizes then, also of segments that are gone now. Default: the last run.")
@JSON
@click.pass_context
@_reports_problems
def list_segments(context: click.Context, as_of: str, as_json: bool) -> None:
    """List the segments with their size in the last run, or as of any instant before it."""
    from segctl.operations.past import overview_as_of
    from segctl.operations.show import overview
    from segctl.output import print_overview, print_past

    project = _project(context)
    warehouse = _warehouse(context, project)
    if as_of:
        print_past(overview_as_of(project, warehouse, as_of), as_json)
        return
    found = overview(project, warehouse)
    print_overview(found, as_json)
    sys.exit(3 if found.failed else 0)


@segctl.command(epilog=_example("segctl show lapsed_60_days", "segctl show lapsed_60_days --members 50"))
@click.argument("segment")
@click.option(
    "--members", type=click.IntRange(0), default=5, show_default=True, help="How many of the newest members to show."
)
@JSON
@click.pass_context
@_reports_problems
def show(context: click.Context, segment: str, members: int, as_json: bool) -> None:
    """Show one SEGMENT: its rule, its SQL, its last runs and its newest members."""
    from segctl.operations.show import detail
    from segctl.output import print_detail

    project = _project(context)
    found = detail(project, _warehouse(context, project), segment, members)
    print_detail(found, as_json)
    sys.exit(3 if found.failed else 0)


@segctl.command(epilog=_example("segctl export lapsed_60_days --eligible-only", "segctl export --as-of 2024-12-31"))
@click.argument("segments", metavar="[SEGMENT]...", nargs=-1)
@click.option("--as-of", default="", help="The members then. Default: those of the last run.")
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the files. Default: exports/ in the project, the one that segctl knows of later.",
)
@click.option("--eligible-only", is_flag=True, help="Write only customers who may be contacted.")
@click.pass_context
@_reports_problems
def export(context: click.Context, segments: tuple[str, ...], as_of: str, to: Path | None, eligible_only: bool) -> None:
    """Write the members of each SEGMENT, or of all, to a CSV file: its name with .csv.

    A line has the key, when and why they joined, and whether they may be contacted. The latter is known of now: with
    an --as-of before the last run, the column is empty.
    """
    from segctl.operations.export import Request
    from segctl.operations.export import export as export_segments
    from segctl.output import print_exported

    project = _project(context)
    request = Request(segments, as_of, to, eligible_only)
    for exported in export_segments(project, _warehouse(context, project), request):
        print_exported(exported)


@segctl.command(epilog=_example("segctl why 4711 lapsed_60_days"))
@click.argument("customer")
@click.argument("segment")
@JSON
@click.pass_context
@_reports_problems
def why(context: click.Context, customer: str, segment: str, as_json: bool) -> None:
    """Explain why CUSTOMER is in SEGMENT or not: each clause with the customer's own value."""
    from segctl.operations.why import why as explain
    from segctl.output import print_reason

    project = _project(context)
    print_reason(explain(project, _warehouse(context, project), customer, segment), as_json)


def main() -> None:
    """The console script."""
    segctl()
