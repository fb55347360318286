"""The command that serves a report's pages."""

from importlib.util import find_spec
from pathlib import Path

import click

from segctl.cli.program import example, project_of, reports_problems, segctl
from segctl.errors import Failure

NEEDED = ("starlette", "uvicorn")


@segctl.command(epilog=example("segctl serve", "segctl serve --with-members --edit", "segctl serve --port 0"))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes a free one.")
@click.option("--allow-host", "hosts", multiple=True, metavar="NAME", help="What else browsers call this server.")
@click.option("--with-members", is_flag=True, help="Name people, and let one be searched by key. Needs the token.")
@click.option("--edit", is_flag=True, help="Let definitions be committed to new branches of git. Needs the token.")
@click.option("--token", help="A token of your own, of 16 characters at least. Default: one that is good once.")
@click.option(
    "--token-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A file that holds the token."
)
@click.option(
    "--min-group",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Groups of fewer people are not broken down, nor counted in a preview.",
)
@click.option("--bi-file", metavar="PATH", help="The database that BI reads. Default: segctl_bi_file, if it is set.")
@click.pass_context
@reports_problems
def serve(  # noqa: PLR0913, PLR0917
    context: click.Context,
    host: str,
    port: int,
    hosts: tuple[str, ...],
    with_members: bool,
    edit: bool,
    token: str | None,
    token_file: Path | None,
    min_group: int,
    bi_file: str | None,
) -> None:
    """Serve the report's pages to browsers, with a form that builds definitions.

    It reads only, and keeps no run from beginning: of a DuckDB it reads the file for BI, or copies of its own. Ctrl-C
    ends it.
    """
    if token is not None and token_file:
        raise click.UsageError("--token and --token-file exclude each other")
    absent = [name for name in NEEDED if find_spec(name) is None]
    if absent:
        raise Failure(f"segctl serve needs {' and '.join(absent)}", "pip install 'segctl[serve]'", exit_code=2)
    from segctl.serve import Serving
    from segctl.serve import serve as begun

    given_token = _read(token_file) if token_file else token
    if given_token is not None and not given_token:
        raise Failure("the token is empty", exit_code=2)
    project, profiles = project_of(context), context.obj["profiles_dir"]
    serving = Serving(host, port, hosts, with_members, edit, given_token or "", min_group, bi_file or "")
    folder = str(Path(profiles).resolve()) if profiles else ""
    begun(project, context.obj["target"], folder, serving, _print_address)
    click.echo("segctl: stopped")


def _print_address(address: str, once: bool) -> None:
    """Where the pages are."""
    click.echo(f"{address}{'  (good once; a new one is printed then)' if once else ''}")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"cannot read {path}: {error}", exit_code=2) from error
