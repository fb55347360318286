"""The files of a dbt project: the only place that reads definitions and writes models."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from segctl.check import check
from segctl.errors import Failure, Mark, ProblemsFound, Report
from segctl.parse import check_settings, parse_catalog, parse_definitions
from segctl.plan import Plan, plan
from segctl.render import FOLDER, HEADER

SEGMENTS = "segments"
CATALOG = "catalog.yml"
SETTINGS = "dbt_project.yml"


@dataclass(frozen=True)
class Project:
    """A dbt project's folder."""

    root: Path

    @property
    def segments(self) -> Path:
        """The folder of definitions."""
        return self.root / SEGMENTS


def find_project(start: Path) -> Project:
    """The nearest folder from `start` upwards that holds a dbt_project.yml.

    Raises Failure when there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / SETTINGS).is_file():
            return Project(folder)
    hint = "go to a dbt project, or name one with --project-dir"
    raise Failure(f"no dbt_project.yml in {start} or above it", hint, exit_code=2)


def sources(project: Project) -> dict[str, bytes]:
    """The contents of the catalog and the definition files, by path relative to the project.

    Raises Failure when there is no catalog or a file cannot be read.
    """
    catalog = project.segments / CATALOG
    if not catalog.is_file():
        hint = "segctl init proposes one"
        raise Failure(f"there is no {SEGMENTS}/{CATALOG} in {project.root}", hint, exit_code=1)
    below = sorted(path for path in project.segments.glob("*/**/*.y*ml"))
    if below:
        place = below[0].relative_to(project.root).as_posix()
        hint = f"move it into {SEGMENTS}/ itself"
        raise Failure(f"{place} lies in a folder below {SEGMENTS}/, where it is not read", hint, exit_code=1)
    paths = [catalog, *sorted(path for path in project.segments.glob("*.y*ml") if path != catalog)]
    try:
        return {path.relative_to(project.root).as_posix(): path.read_bytes() for path in paths}
    except OSError as error:
        raise Failure(f"cannot read {error.filename}: {error.strerror}", exit_code=1) from error


def texts(project: Project) -> dict[str, str]:
    """The sources and dbt_project.yml as text, whatever their encoding, for showing lines of them."""
    contents = {SETTINGS: (project.root / SETTINGS).read_bytes()}
    if (project.segments / CATALOG).is_file():
        contents |= sources(project)
    return {path: content.decode("utf-8-sig", "replace") for path, content in contents.items()}


def load(project: Project) -> Plan:
    """Parses, checks and plans the project's definitions. Raises ProblemsFound with all problems.

    Settings of the dbt project that would harm a history are problems, too.
    """
    return planned(sources(project), settings(project))


def settings(project: Project) -> Report:
    """What in the project's dbt_project.yml would harm a history."""
    report = Report()
    check_settings((project.root / SETTINGS).read_text(encoding="utf-8", errors="replace"), report)
    return report


def planned(contents: dict[str, bytes], report: Report | None = None) -> Plan:
    """The plan of definitions given as in `sources`. Raises ProblemsFound with all problems, those found before too."""
    report = report or Report()
    contents = dict(contents)
    path = f"{SEGMENTS}/{CATALOG}"
    catalog = parse_catalog(path, contents.pop(path), report)
    files = [parse_definitions(name, content, report) for name, content in contents.items()]
    stems: dict[str, str] = {}
    for file in files:
        first = stems.setdefault(file.stem.lower(), file.path)
        if first != file.path:
            message = f"{file.path} and {first} would be rendered to the same model, members_{file.stem}"
            report.add(Mark(file.path, 1, 1), "duplicate-name", message, "rename one of them")
    if catalog is None:
        raise ProblemsFound(report.problems)
    checked = check(catalog, files, report)
    if report.problems:
        raise ProblemsFound(report.problems)
    return plan(checked)


def commit_of(project: Project) -> str:
    """The git commit of the definitions, with a + when they have been changed since; empty when there is none."""
    try:
        head = _git(project, "rev-parse", "HEAD")
        changed = _git(project, "status", "--porcelain", "--", SEGMENTS)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{head}+" if changed else head


def _git(project: Project, *arguments: str) -> str:
    command = ["git", "-C", str(project.root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def only_one(project: Project, target: str) -> Iterator[None]:
    """Keeps other programs of ours from changing the same target meanwhile; the system lets go when the program ends.

    Raises Failure at once when another one is at it.
    """
    from filelock import FileLock, Timeout

    folder = project.root / "target"
    with writing():
        folder.mkdir(exist_ok=True)
        lock = FileLock(folder / f"segctl_{target or 'default'}.lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            hint = "wait for it to end, then try again"
            raise Failure("another segctl is changing this target at the moment", hint) from error
    try:
        yield
    finally:
        lock.release()


def committed(project: Project) -> dict[str, str]:
    """The generated files as they stand in the project, by path; files without our header are not ours."""
    folder = project.root / FOLDER
    found = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.suffix in (".sql", ".yml") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            if HEADER in text.split("\n", 1)[0]:
                found[path.relative_to(project.root).as_posix()] = text
    return found


def write(project: Project, rendered: dict[str, str]) -> tuple[list[str], list[str]]:
    """Writes what differs and deletes generated files that nothing asks for; returns paths written and deleted.

    Each file is replaced whole, so that a failure leaves every one of them either old or new.
    Raises Failure when a file that was not generated stands in the way, before anything is written.
    """
    present = committed(project)
    for path in rendered:
        if path not in present and (project.root / path).exists():
            hint = "move it elsewhere; models/segments belongs to segctl render"
            raise Failure(f"{path} was not generated by segctl and is not overwritten", hint, exit_code=1)
    written = [path for path, text in rendered.items() if present.get(path) != text]
    deleted = [path for path in present if path not in rendered]
    with writing():
        for path in written:
            replace_file(project.root / path, rendered[path])
        for path in deleted:
            (project.root / path).unlink()
    return written, deleted


@contextmanager
def writing() -> Iterator[None]:
    """Makes a file that cannot be written a Failure, which is one line for the user."""
    try:
        yield
    except OSError as error:
        raise Failure(f"cannot write {error.filename}: {error.strerror}", exit_code=1) from error


def replace_file(path: Path, text: str, mode: int = 0o644) -> None:
    """Puts the text in the file's place at once; `mode` says who may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def add_folder(path: Path, files: dict[str, bytes]) -> None:
    """Puts a folder of files (by path in it) in a place where there is none, all of it at once."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as temporary:
        whole = Path(temporary) / path.name
        for name, content in files.items():
            (whole / name).parent.mkdir(parents=True, exist_ok=True)
            (whole / name).write_bytes(content)
        whole.rename(path)
