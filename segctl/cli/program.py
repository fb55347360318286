"""The program: its options, and how problems and failures are told. Each command is a function in a module beside."""

import os
import re
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from segctl.cli.process import asked_to_end, complain_of, complain_of_waiting, interrupted
from segctl.errors import Failure, ProblemsFound, described
from segctl.streams import complain, hush
from segctl.waiting import IMPATIENT, Patience

if TYPE_CHECKING:
    from segctl.project import Project
    from segctl.warehouse import Warehouse

Command = TypeVar("Command", bound=Callable[..., None])
Taken = Callable[[click.Context, click.Parameter, Any], None]

DEFAULTS = {"project_dir": Path(), "profiles_dir": "", "target": "", "wait": 0, "quiet": False}
# Verbs that do something, and tell of it to nobody who wants quiet; others answer questions.
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
    "Exit codes: 0 fine, 1 problems or differences found, or something could not be written or printed, 2 wrong usage, "
    "3 the run failed or was made to end."
)


def example(*lines: str) -> str:
    """Command lines for the end of a help text."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def _set(context: click.Context, parameter: click.Parameter, value: object) -> None:
    """Takes an option that is the program's: what is said behind the verb counts before what is said before it."""
    if value is not None:
        context.obj = {**DEFAULTS, **(context.obj or {}), str(parameter.name): value}


def _set_wait(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Takes a whole number of seconds, minutes or hours, as `60s`; in seconds."""
    if value is None:
        return
    written = re.fullmatch(r"([0-9]{1,6})([smh])", value)
    if not written:
        raise click.BadParameter(f'"{value}" is no time to wait; for example 60s, 5m or 1h', context, parameter)
    _set(context, parameter, int(written[1]) * {"s": 1, "m": 60, "h": 3600}[written[2]])


def _set_flag(context: click.Context, parameter: click.Parameter, value: bool) -> None:
    """Takes an option that is on wherever it is said."""
    if value:
        _set(context, parameter, value)


def _option(name: str, help_text: str, kind: click.Path | None = None, callback: Taken = _set) -> click.Option:
    return click.Option([f"--{name}"], type=kind, help=help_text, expose_value=False, callback=callback)


def _options() -> list[click.Option]:
    """The options that say where the project and its warehouse are, for the program and each of its verbs."""
    folder = click.Path(exists=True, file_okay=False, path_type=Path)
    return [
        _option("project-dir", "A dbt project or a folder in it. Default: the current folder.", folder),
        _option("profiles-dir", "Where profiles.yml is, if dbt would not find it."),
        _option("target", "The target of the profile. Default: the profile's own."),
        _option(
            "wait",
            "How long to wait for another program that uses the tables, as 60s. Default: not.",
            callback=_set_wait,
        ),
        click.Option(
            ["-q", "--quiet"],
            is_flag=True,
            help="Tell nothing but errors and what is asked for as data.",
            expose_value=False,
            callback=_set_flag,
        ),
    ]


class Verb(click.Command):
    """A command that also takes the program's own options, since people write them behind the verb as well."""

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
    """Customer segments as code: YAML definitions become dbt models that keep who joined, who left, when and why."""
    context.obj = {**DEFAULTS, **(context.obj or {})}


def project_of(context: click.Context) -> "Project":
    """The project that the options name. Raises Failure when there is none."""

    from segctl.project import find_project

    return find_project(context.obj["project_dir"])


def warehouse_of(context: click.Context, project: "Project") -> "Warehouse":
    """The warehouse that the options name."""
    from segctl.warehouse import Warehouse

    profiles = context.obj["profiles_dir"]
    patience = (
        Patience(time.monotonic() + context.obj["wait"], complain_of_waiting) if context.obj["wait"] else IMPATIENT
    )
    return Warehouse(
        project.root,
        _as_text(context.obj["target"]),
        str(Path(profiles).resolve()) if profiles else "",
        patience=patience,
    )


def reports_problems(command: Command) -> Command:
    """Prints problems and failures as such and exits with their code; anything else is a bug and stays a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        _hush(click.get_current_context())
        try:
            command(*args, **{name: _as_text(value) for name, value in kwargs.items()})
        except ProblemsFound as found:
            _print_problems(found, click.get_current_context())
            sys.exit(found.exit_code)
        except Failure as told:
            if asked_to_end():
                sys.exit(interrupted(asked_to_end()))
            failure = _as_catalogued(told, click.get_current_context())
            complain_of(failure)
            sys.exit(failure.exit_code)
        except KeyboardInterrupt as signalled:
            sys.exit(interrupted(signalled))

    return wrapped  # type: ignore[return-value]


def _hush(context: click.Context) -> None:
    """Lets be whatever whoever wants quiet has not asked for; what goes to the standard output as data, they have."""
    if context.obj["quiet"]:
        asked = context.params.get("as_json") or str(context.params.get("to")) == "-"
        questions = context.info_name == "new" and context.params.get("rule") is None
        hush(results=context.info_name in ACTS and not asked and not questions)


def _as_text(value: Any) -> Any:  # noqa: ANN401
    """An argument as the text that it is in UTF-8, whatever the locale says. Raises Failure when it is none."""
    if isinstance(value, tuple):
        return tuple(_as_text(one) for one in value)
    try:
        return os.fsencode(value).decode("utf-8") if isinstance(value, str) else value
    except UnicodeError as error:
        raise Failure(f"an argument is not UTF-8: {value}", exit_code=2) from error


def _as_catalogued(failure: Failure, context: click.Context) -> Failure:
    from segctl.operations.failures import as_catalogued

    try:
        return as_catalogued(failure, project_of(context))
    except Failure:
        return failure


def _print_problems(found: ProblemsFound, context: click.Context) -> None:
    from segctl.project import texts

    sources = texts(project_of(context))
    count = len(found.problems)
    print(*(described(problem, sources) for problem in found.problems), sep="\n", file=sys.stderr)
    complain(f"segctl: {count} problem{'s' if count > 1 else ''} found")


JSON = click.option("--json", "as_json", is_flag=True, help="Print data for machines.")
