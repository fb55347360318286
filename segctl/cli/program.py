"""The program: its options, and how it reports problems and failures. Each command is a function in its own module."""

import os
import re
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from segctl.cli.process import interrupted, report_failure, report_waiting, stop_requested
from segctl.errors import Failure, ProblemsFound, described
from segctl.process.streams import report_error, silence
from segctl.process.waiting import IMPATIENT, Patience

if TYPE_CHECKING:
    from segctl.project.project import Project
    from segctl.warehouse import Warehouse

Command = TypeVar("Command", bound=Callable[..., None])
Taken = Callable[[click.Context, click.Parameter, Any], None]

DEFAULTS = {"project_dir": Path(), "profiles_dir": "", "target": "", "wait": 0, "quiet": False}
# Verbs that act. --quiet silences their results; other verbs answer questions.
ACTS = (
    "init",
    "validate",
    "render",
    "schema",
    "run",
    "compact",
    "replay",
    "erase",
    "export",
    "new",
    "bi-file",
    "report",
    "deliver",
)
EPILOG = (
    "Exit codes: 0 fine; 1 problems or differences found, or output could not be written; 2 wrong usage; "
    "3 the run failed or was interrupted."
)


def example(*lines: str) -> str:
    """Command lines for the end of a help text."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def _set(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Stores a program option. A value after the verb overrides one before it."""
    if value is not None:
        context.obj = {**DEFAULTS, **(context.obj or {}), str(parameter.name): value}


def _set_wait(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Stores a duration like `60s`, `5m` or `1h` in seconds."""
    if value is None:
        return
    written = re.fullmatch(r"([0-9]{1,6})([smh])", value)
    if not written:
        raise click.BadParameter(f'"{value}" is not a duration; try 60s, 5m or 1h', context, parameter)
    _set(context, parameter, int(written[1]) * {"s": 1, "m": 60, "h": 3600}[written[2]])


def _set_flag(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    """Stores a flag, which may stand before or after the verb."""
    if value:
        _set(context, parameter, value)


def _option(name: str, help_text: str, kind: click.Path | None = None, callback: Taken = _set) -> click.Option:
    return click.Option([f"--{name}"], type=kind, help=help_text, expose_value=False, callback=callback)


def _options() -> list[click.Option]:
    """The options that locate the project and its warehouse, for the program and every verb."""
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    return [
        _option("project-dir", "A dbt project, or a folder in it. Default: the current folder.", folder),
        _option("profiles-dir", "The folder of profiles.yml, if dbt does not find it."),
        _option("target", "The target in profiles.yml. Default: the profile's default."),
        _option(
            "wait",
            "Wait this long for another program that uses the tables, as 60s. Default: no wait.",
            callback=_set_wait,
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            help="Print only errors and requested data.",
            expose_value=False,
            callback=_set_flag,
        ),
    ]


class Verb(click.Command):
    """A command that also accepts the program's options, since people write them after the verb too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.params += _options()


class Program(click.Group):
    """The program, whose commands are verbs."""

    command_class = Verb

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.params += _options()


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=example("segctl validate", "segctl run --as-of 2024-12-31", "segctl why 4711 lapsed_60_days")
    + f"\n\n{EPILOG}",
)
@click.version_option(package_name="segctl")
@click.pass_context
def segctl(context: click.Context) -> None:
    """Customer segments as code: YAML definitions become dbt models that record who joined, who left, when and why."""
    context.obj = {**DEFAULTS, **(context.obj or {})}


def project_of(context: click.Context) -> "Project":
    """The project that the options name. Raises Failure if there is none."""

    from segctl.project.project import find_project

    return find_project(context.obj["project_dir"])


def warehouse_of(context: click.Context, project: "Project") -> "Warehouse":
    """The warehouse that the options name."""
    from segctl.warehouse import Warehouse

    profiles = context.obj["profiles_dir"]
    patience = Patience(time.monotonic() + context.obj["wait"], report_waiting) if context.obj["wait"] else IMPATIENT
    return Warehouse(
        project.root,
        _as_text(context.obj["target"]),
        str(Path(profiles).resolve()) if profiles else "",
        patience=patience,
    )


def reports_problems(command: Command) -> Command:
    """Prints problems and failures, and exits with their code. Anything else is a bug and stays a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        _silence(click.get_current_context())
        try:
            command(*args, **{name: _as_text(value) for name, value in kwargs.items()})
        except ProblemsFound as error:
            _print_problems(error, click.get_current_context())
            sys.exit(error.exit_code)
        except Failure as error:
            if stop_requested():
                sys.exit(interrupted(stop_requested()))
            failure = _as_catalogued(error, click.get_current_context())
            report_failure(failure)
            sys.exit(failure.exit_code)
        except KeyboardInterrupt as signalled:
            sys.exit(interrupted(signalled))

    return wrapped  # type: ignore[return-value]


def _silence(context: click.Context) -> None:
    """Silences results with --quiet, except data that the user asked for on standard output."""
    if context.obj["quiet"]:
        prints_data = context.params.get("as_json") or str(context.params.get("to")) == "-"
        questions = context.info_name == "new" and context.params.get("rule") is None
        silence(results=context.info_name in ACTS and not prints_data and not questions)


def _as_text(value: Any) -> Any:  # noqa: ANN401
    """An argument decoded as UTF-8, whatever the locale. Raises Failure if it is not UTF-8."""
    if isinstance(value, tuple):
        return tuple(_as_text(item) for item in value)
    try:
        return os.fsencode(value).decode("utf-8") if isinstance(value, str) else value
    except UnicodeError as error:
        raise Failure(f"an argument is not UTF-8: {value}", exit_code=2) from error


def _as_catalogued(failure: Failure, context: click.Context) -> Failure:
    from segctl.operations.runs.failures import as_catalogued

    try:
        return as_catalogued(failure, project_of(context))
    except Failure:
        return failure


def _print_problems(problems: ProblemsFound, context: click.Context) -> None:
    from segctl.project.project import texts

    sources = texts(project_of(context))
    count = len(problems.problems)
    print(*(described(problem, sources) for problem in problems.problems), sep="\n", file=sys.stderr)
    report_error(f"segctl: {count} problem{'s' if count > 1 else ''} found")


JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
