"""Installs the dbt package with our macros into a project, so that plain `dbt build` works without segctl."""

import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from segctl.errors import Failure
from segctl.parse import PACKAGE, paths_of
from segctl.project.project import SETTINGS, Project, add_folder, replace_file
from segctl.project.reading import read_file

FOLDER = "segctl_package"
PARTS = ("macros",)
LINES = f"packages:\n  - local: {FOLDER}\n"


@dataclass(frozen=True)
class Install:
    """The work to do: the package's files to copy, by relative path, and whether to write a packages.yml.

    `where` is the file that lists packages. `left` and `notes` say what is left alone and what the user must do.
    """

    files: dict[str, bytes]
    packages: bool
    where: str
    left: list[tuple[str, str]]
    notes: list[str]

    @property
    def written(self) -> list[str]:
        """The written files, for people."""
        copied = [f"{FOLDER}/ (the dbt package, {len(self.files)} files)"] if self.files else []
        return copied + (["packages.yml"] if self.packages else [])

    def write(self, project: Project) -> None:
        """Writes the files."""
        if self.files:
            add_folder(project.root / FOLDER, self.files)
        if self.packages:
            replace_file(project.root / "packages.yml", LINES)


def install(project: Project) -> Install:
    """Plans the installation of the package. Writes nothing.

    Raises Failure if a packages file is not valid YAML, or the package is not found.
    """
    left: list[tuple[str, str]] = []
    notes: list[str] = []
    declared, where = _declared(project)
    elsewhere = [entry for entry in declared if _is_ours(entry, project) and not _is_copy(entry)]
    if _name_of(project.root) == PACKAGE:
        return Install({}, False, where, [(FOLDER, "this project is the dbt package")], notes)
    if elsewhere:
        settings_text = ", ".join(f"{key}: {value}" for key, value in elsewhere[0].items())
        return Install({}, False, where, [(FOLDER, f"{where} has the package already ({settings_text})")], notes)
    files = {} if (project.root / FOLDER).exists() else package_files()
    if not files:
        left.append((f"{FOLDER}/", _about_version(project.root / FOLDER)))
    if where and any(_is_copy(entry) for entry in declared):
        left.append((where, f"it has {FOLDER}"))
    elif where:
        left.append((where, "it is yours; please add the package"))
        lines = LINES.splitlines() if not declared else LINES.splitlines()[1:]
        notes.append("\n".join([f"\nAdd to {'the packages in ' if declared else ''}{where}:", "", *lines]))
    return Install(files, not where, where, left, notes)


def package_files() -> dict[str, bytes]:
    """The files of our dbt package by path, from the installed program or from the repository.

    Raises Failure if there are neither.
    """
    inside = Path(__file__).parents[2]
    for root in (inside / "dbt_package", inside.parent):
        if (root / "dbt_project.yml").is_file() and (root / PARTS[0]).is_dir():
            paths = [root / "dbt_project.yml", *(path for part in PARTS for path in sorted((root / part).rglob("*")))]
            return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if _belongs(path)}
    raise Failure("the dbt package is missing from this installation of segctl", "install segctl again")


def _belongs(path: Path) -> bool:
    return path.is_file() and path.suffix in (".sql", ".yml", ".md") and not path.name.startswith(".")


def missing(project: Project) -> Failure | None:
    """The reason why dbt would not find the package, which the rendered models need, or None."""
    if _name_of(project.root) == PACKAGE:
        return None
    folder = paths_of(_text(project.root / SETTINGS))["packages-install-path"][0]
    # Only dbt can resolve a path with Jinja.
    if "{" in folder or (project.root / folder / PACKAGE).exists():
        return None
    declared, where = _declared(project)
    if any(_is_ours(entry, project) for entry in declared):
        return Failure(f"the dbt package segctl is not installed in {folder}", "run dbt deps", exit_code=1)
    cause = f"{where} does not name" if where else "there is no packages.yml that names"
    lines = f"segctl init says which lines to add to {where}" if where else "segctl init writes it"
    message = f"{cause} the dbt package segctl, which the rendered models need"
    return Undeclared(message, f"{lines}; then run dbt deps", exit_code=1)


class Undeclared(Failure):
    """The project does not list the package, so dbt could not compile any model once ours are there."""


def check_version(project: Project) -> None:
    """Raises Failure if the project's copy of the package has another version than the program."""
    folder = project.root / FOLDER
    present = _version_of(folder)
    if folder.exists() and present != version("segctl"):
        state = f"{FOLDER}/ is {f'version {present}' if present else 'not a dbt package'}"
        hint = f"remove {FOLDER}, then segctl init, dbt deps and segctl render"
        raise Failure(f"{state}, and this program has {version('segctl')}", hint, exit_code=1)


def _version_of(folder: Path) -> str:
    match = re.search(r"^version:\s*['\"]?([\w.+-]+)", _text(folder / "dbt_project.yml"), re.MULTILINE)
    return match[1] if match else ""


def _about_version(folder: Path) -> str:
    present = _version_of(folder)
    if present == version("segctl"):
        return f"it exists, version {present}"
    state = f"version {present}" if present else "not a dbt package"
    return (
        f"it is {state}, and this program has {version('segctl')}; to renew it, remove the folder and run segctl init"
    )


def _declared(project: Project) -> tuple[list[dict[str, Any]], str]:
    """The packages that the project lists, and the file that lists or would list them, or ''."""
    for name in ("packages.yml", "dependencies.yml"):
        path = project.root / name
        if not path.is_file():
            continue
        content = _yaml(path)
        entries = (content.get("packages") if isinstance(content, dict) else None) or []
        # dependencies.yml may list projects only. Packages then have their own file.
        if name == "packages.yml" or entries:
            return [entry for entry in entries if isinstance(entry, dict)], name
    return [], ""


def _yaml(path: Path) -> Any:  # noqa: ANN401
    # dbt allows Jinja in packages.yml where it is invalid YAML. Such a file is plain text to us.
    try:
        return yaml.safe_load(re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "x", _text(path), flags=re.DOTALL))
    except yaml.YAMLError as error:
        raise Failure(f"{path.name} is not valid YAML", str(error).splitlines()[0], exit_code=1) from error


def _is_copy(entry: dict[str, Any]) -> bool:
    return str(entry.get("local", "")).strip("./") == FOLDER


def _is_ours(entry: dict[str, Any], project: Project) -> bool:
    """Whether it is this package, from a folder, a repository or a registry."""
    if "local" in entry:
        return _is_copy(entry) or _name_of(project.root / str(entry["local"])) == PACKAGE
    origin = str(entry.get("package") or entry.get("git") or entry.get("tarball") or "")
    return re.split(r"[/:]", origin.removesuffix(".git"))[-1] == PACKAGE


def _name_of(folder: Path) -> str:
    named = re.search(r"^name:\s*['\"]?(\w+)", _text(folder / "dbt_project.yml"), re.MULTILINE)
    return named[1] if named else ""


def _text(path: Path) -> str:
    return read_file(path).decode("utf-8", "replace") if path.is_file() else ""
