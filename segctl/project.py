"""The files of a dbt project: the only place that reads definitions and writes models."""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from segctl.check import check
from segctl.errors import Failure, InUse, Mark, ProblemsFound, Report
from segctl.parse import check_settings, name_of, parse_catalog, parse_definitions, variable_of
from segctl.plan import Plan, plan
from segctl.reading import Refused, read_file
from segctl.render import FOLDER, HEADER
from segctl.waiting import ENDS, IMPATIENT, Patience

if TYPE_CHECKING:
    from filelock import BaseFileLock

SEGMENTS = "segments"
CATALOG = "catalog.yml"
SETTINGS = "dbt_project.yml"
SUFFIXES = (".yml", ".yaml")


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
        if os.path.lexists(folder / SETTINGS):
            return Project(folder)
    hint = "go to a dbt project, or name one with --project-dir"
    raise Failure(f"no dbt_project.yml in {start} or above it", hint, exit_code=2)


def sources(project: Project) -> dict[str, bytes]:
    """The contents of the catalog and the definition files, by path relative to the project.

    Raises Failure when there is no catalog, and ProblemsFound with every file that is not read.
    """
    catalog = project.segments / CATALOG
    if not os.path.lexists(catalog):
        hint = "segctl init proposes one"
        raise Failure(f"there is no {SEGMENTS}/{CATALOG} in {project.root}", hint, exit_code=1)
    _nothing_below(project)
    found: dict[str, bytes] = {}
    report = Report()
    for path in [catalog, *(path for path in definition_files(project) if path != catalog)]:
        try:
            found[path.relative_to(project.root).as_posix()] = read_file(path, project.root)
        except Refused as refused:
            _refuse(refused, report)
    if report.problems:
        raise ProblemsFound(report.problems)
    return found


def setting(project: Project, variable: str) -> str:
    """What the project's dbt_project.yml sets a variable of ours to; empty for nothing. Raises Failure."""
    return variable_of(_settings_text(project), variable)


def project_name(project: Project) -> str:
    """What the project's dbt_project.yml calls it, or else its folder. Raises Failure."""
    return name_of(_settings_text(project)) or project.root.name


def _settings_text(project: Project) -> str:
    try:
        return read_file(project.root / SETTINGS, project.root).decode()
    except (Refused, UnicodeDecodeError) as error:
        raise Failure(f"cannot read {SETTINGS}: {error}", exit_code=1) from error


def definition_files(project: Project) -> list[Path]:
    """The paths of the catalog and the definitions, whatever lies there; none when there is no folder of them.

    Raises Refused when it cannot be looked through.
    """
    try:
        return sorted(path for path in project.segments.iterdir() if path.suffix in SUFFIXES)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise Refused(SEGMENTS, "unreadable", f"cannot be looked through: {error.strerror}") from error


def _nothing_below(project: Project) -> None:
    # Not through links to folders: they may lead anywhere.
    for folder, _, names in os.walk(project.segments):
        for name in sorted(names) if Path(folder) != project.segments else ():
            if Path(name).suffix in SUFFIXES:
                place = (Path(folder) / name).relative_to(project.root).as_posix()
                hint = f"move it into {SEGMENTS}/ itself"
                raise Failure(f"{place} lies in a folder below {SEGMENTS}/, where it is not read", hint, exit_code=1)


def _refuse(refused: Refused, report: Report) -> None:
    report.add(Mark(refused.path, 1, 1), refused.code, refused.reason, refused.hint)


def texts(project: Project) -> dict[str, str]:
    """What can be read of the sources and of dbt_project.yml, whatever its encoding, for showing lines of it."""
    found = {}
    for path in [project.root / SETTINGS, *definition_files(project)]:
        with suppress(Refused):
            found[path.relative_to(project.root).as_posix()] = read_file(path, project.root).decode(
                "utf-8-sig", "replace"
            )
    return found


def load(project: Project) -> Plan:
    """Parses, checks and plans the project's definitions. Raises ProblemsFound with all problems.

    Settings of the dbt project that would harm a history are problems, too.
    """
    return planned(sources(project), settings(project))


def settings(project: Project) -> Report:
    """What in the project's dbt_project.yml would harm a history."""
    report = Report()
    try:
        check_settings(read_file(project.root / SETTINGS, project.root).decode("utf-8", "replace"), report)
    except Refused as refused:
        _refuse(refused, report)
    return report


def planned(contents: dict[str, bytes], report: Report | None = None) -> Plan:
    """The plan of definitions given as in `sources`. Raises ProblemsFound with all problems, those found before too."""
    report = report or Report()
    contents = dict(contents)
    path = f"{SEGMENTS}/{CATALOG}"
    catalog = parse_catalog(path, contents.pop(path), report)
    files = [parse_definitions(name, text, report) for name, text in contents.items()]
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
    return subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=True).stdout.strip()


@contextmanager
def only_one(project: Project, target: str, patience: Patience = IMPATIENT) -> Iterator[None]:
    """Keeps other programs of ours from changing the same target meanwhile; the system lets go when the program ends.

    Raises InUse when another one is at it for longer than there is `patience`.
    """
    from filelock import FileLock

    folder = project.root / os.environ.get("DBT_TARGET_PATH", "target")
    with writing("DBT_TARGET_PATH and DBT_LOG_PATH name other folders for what dbt writes"):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"segctl_{target or 'default'}.lock", timeout=0)
        patience.attempt(lambda: _acquire(lock))
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: "BaseFileLock") -> None:
    from filelock import Timeout

    try:
        lock.acquire()
    except Timeout as error:
        raise InUse("another segctl is changing this target at the moment", ENDS) from error


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
def writing(hint: str = "") -> Iterator[None]:
    """Makes a file that cannot be written a Failure, which is one line for the user."""
    try:
        yield
    except OSError as error:
        raise Failure(f"cannot write {error.filename}: {error.strerror}", hint, exit_code=1) from error


def replace_file(path: Path, text: str, mode: int | None = None) -> None:
    """Puts the text in the file's place at once. Raises OSError that names the file.

    `mode` says who may read it. Without one a new file obeys the umask, and another becomes no more open than it was.
    """
    with replacing(path, mode) as file:
        file.write(text.encode())


@contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write, and to read again, which takes the place of another at once when all went well.

    What is raised meanwhile leaves the other as it was. Raises OSError that names it. `mode` as in `replace_file`.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.stat().st_mode & 0o777 if path.is_file() else 0o666
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            with open(temporary, "w+b", opener=lambda name, _: os.open(name, flags, before)) as file:
                yield file
            if mode is not None:
                temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        # Of the file that was to be written, not of the one in its place.
        raise OSError(error.errno, error.strerror, str(path)) from error


def add_folder(path: Path, files: dict[str, bytes]) -> None:
    """Puts a folder of files (by path in it) in a place where there is none, all of it at once."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as temporary:
        whole = Path(temporary) / path.name
        for name, content in files.items():
            (whole / name).parent.mkdir(parents=True, exist_ok=True)
            (whole / name).write_bytes(content)
        whole.rename(path)
