"""The program: its options, and how problems and failures are told. Each command is a function in a module beside."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from segctl.cli.process import complain_of, interrupted
from segctl.errors import Failure, ProblemsFound, described
from segctl.streams import complain

if TYPE_CHECKING:
    from segctl.project import Project
    from segctl.warehouse import Warehouse

Command = TypeVar("Command", bound=Callable[..., None])

EPILOG = (
    "Exit codes: 0 fine, 1 problems or differences found, or something could not be written or printed, 2 wrong usage, "
    "3 the run failed or was made to end."
)


def example(*lines: str) -> str:
    """Command lines for the end of a help text."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=example("segctl validate", "segctl run --as-of 2024-12-31", "segctl why 4711 lapsed_60_days")
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


def project_of(context: click.Context) -> "Project":
    """The project that the options name. Raises Failure when there is none."""

    from segctl.project import find_project

    return find_project(context.obj["start"])


def warehouse_of(context: click.Context, project: "Project") -> "Warehouse":
    """The warehouse that the options name."""
    from segctl.warehouse import Warehouse

    profiles = context.obj["profiles"]
    return Warehouse(project.root, _as_text(context.obj["target"]), str(Path(profiles).resolve()) if profiles else "")


def reports_problems(command: Command) -> Command:
    """Prints problems and failures as such and exits with their code; anything else is a bug and stays a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        try:
            command(*args, **{name: _as_text(value) for name, value in kwargs.items()})
        except ProblemsFound as found:
            _print_problems(found, click.get_current_context())
            sys.exit(1)
        except Failure as failure:
            complain_of(failure)
            sys.exit(failure.exit_code)
        except KeyboardInterrupt as signalled:
            sys.exit(interrupted(signalled))

    return wrapped  # type: ignore[return-value]


def _as_text(value: Any) -> Any:  # noqa: ANN401
    """An argument as the text that it is in UTF-8, whatever the locale says. Raises Failure when it is none."""
    if isinstance(value, tuple):
        return tuple(_as_text(one) for one in value)
    try:
        return os.fsencode(value).decode("utf-8") if isinstance(value, str) else value
    except UnicodeError as error:
        raise Failure(f"an argument is not UTF-8: {value}", exit_code=2) from error


def _print_problems(found: ProblemsFound, context: click.Context) -> None:
    from segctl.project import texts

    sources = texts(project_of(context))
    count = len(found.problems)
    print(*(described(problem, sources) for problem in found.problems), sep="\n", file=sys.stderr)
    complain(f"segctl: {count} problem{'s' if count > 1 else ''} found")


JSON = click.option("--json", "as_json", is_flag=True, help="Print data for machines.")
