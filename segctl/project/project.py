"""The files of a dbt project. The only module that reads definitions and writes models."""

import os
import secrets
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from segctl.check.definitions import check
from segctl.errors import Failure, InUse, Mark, ProblemsFound, Report
from segctl.parse import check_settings, name_of, parse_catalog, parse_definitions, variable_of
from segctl.plan.plan import Plan, plan
from segctl.process.waiting import ENDS, IMPATIENT, Patience
from segctl.project.reading import Refused, read_file
from segctl.render import FOLDER, HEADER

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
    """The nearest folder from `start` upwards with a dbt_project.yml.

    Raises Failure if there is none.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if os.path.lexists(folder / SETTINGS):
            return Project(folder)
    hint = "go to a dbt project, or name one with --project-dir"
    raise Failure(f"no dbt_project.yml in {start} or above it", hint, exit_code=2)


def sources(project: Project) -> dict[str, bytes]:
    """The contents of the catalog and the definition files, by path relative to the project.

    Raises Failure if there is no catalog, and ProblemsFound with every file that cannot be read.
    """
    catalog = project.segments / CATALOG
    if not os.path.lexists(catalog):
        hint = "segctl init proposes one"
        raise Failure(f"there is no {SEGMENTS}/{CATALOG} in {project.root}", hint, exit_code=1)
    _nothing_below(project)
    contents: dict[str, bytes] = {}
    report = Report()
    for path in [catalog, *(path for path in definition_files(project) if path != catalog)]:
        try:
            contents[path.relative_to(project.root).as_posix()] = read_file(path, project.root)
        except Refused as refused:
            _refuse(refused, report)
    if report.problems:
        raise ProblemsFound(report.problems)
    return contents


def setting(project: Project, variable: str) -> str:
    """The value of one of our variables in dbt_project.yml, or empty. Raises Failure."""
    return variable_of(_settings_text(project), variable)


def project_name(project: Project) -> str:
    """The name of the project in dbt_project.yml, or the name of its folder. Raises Failure."""
    return name_of(_settings_text(project)) or project.root.name


def _settings_text(project: Project) -> str:
    try:
        return read_file(project.root / SETTINGS, project.root).decode()
    except (Refused, UnicodeDecodeError) as error:
        raise Failure(f"cannot read {SETTINGS}: {error}", exit_code=1) from error


def definition_files(project: Project) -> list[Path]:
    """The paths of the catalog and the definitions, whatever kind of file they are. Empty if the folder does not exist.

    Raises Refused if the folder cannot be searched.
    """
    try:
        return sorted(path for path in project.segments.iterdir() if path.suffix in SUFFIXES)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise Refused(SEGMENTS, "unreadable", f"cannot be listed: {error.strerror}") from error


def _nothing_below(project: Project) -> None:
    # Does not follow links to folders, which may lead anywhere.
    for folder, _, names in os.walk(project.segments):
        for name in sorted(names) if Path(folder) != project.segments else ():
            if Path(name).suffix in SUFFIXES:
                place = (Path(folder) / name).relative_to(project.root).as_posix()
                hint = f"move it into {SEGMENTS}/ itself"
                raise Failure(f"{place} is in a folder below {SEGMENTS}/, where files are not read", hint, exit_code=1)


def _refuse(refused: Refused, report: Report) -> None:
    report.add(Mark(refused.path, 1, 1), refused.code, refused.reason, refused.hint)


def texts(project: Project) -> dict[str, str]:
    """The readable sources and dbt_project.yml in any encoding, for showing their lines."""
    contents = {}
    for path in [project.root / SETTINGS, *definition_files(project)]:
        with suppress(Refused):
            contents[path.relative_to(project.root).as_posix()] = read_file(path, project.root).decode(
                "utf-8-sig", "replace"
            )
    return contents


def load(project: Project) -> Plan:
    """Parses, checks and plans the project's definitions. Raises ProblemsFound with all problems.

    Settings in dbt_project.yml that would damage the history are problems too.
    """
    return planned(sources(project), settings(project))


def settings(project: Project) -> Report:
    """Problems with settings in dbt_project.yml that would damage the history."""
    report = Report()
    try:
        check_settings(read_file(project.root / SETTINGS, project.root).decode("utf-8", "replace"), report)
    except Refused as refused:
        _refuse(refused, report)
    return report


def planned(contents: dict[str, bytes], report: Report | None = None) -> Plan:
    """The plan of definitions given as in `sources`. Raises ProblemsFound with all problems, including earlier ones."""
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
    """The git commit of the definitions, with a + if they have changed since. Empty without a commit."""
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
def lock_target(project: Project, target: str, patience: Patience = IMPATIENT) -> Iterator[None]:
    """Keeps other segctl programs from changing the same target. The system releases the lock when the program ends.

    Raises InUse if another program holds it for longer than `patience`.
    """
    from filelock import FileLock

    folder = project.root / os.environ.get("DBT_TARGET_PATH", "target")
    with writing("DBT_TARGET_PATH and DBT_LOG_PATH can name other folders for dbt's files"):
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
    """The generated files in the project by path. Files without our header are not ours."""
    folder = project.root / FOLDER
    contents = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.suffix in (".sql", ".yml") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            if HEADER in text.split("\n", 1)[0]:
                contents[path.relative_to(project.root).as_posix()] = text
    return contents


def write(project: Project, rendered: dict[str, str]) -> tuple[list[str], list[str]]:
    """Writes changed files and deletes generated files that are no longer needed. Returns paths written and deleted.

    Replaces each file as a whole, so that a failure leaves every file either old or new. Raises Failure before writing
    if a file that segctl did not generate is in the way.
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
    """Turns an OSError while writing into a Failure."""
    try:
        yield
    except OSError as error:
        raise Failure(f"cannot write {error.filename}: {error.strerror}", hint, exit_code=1) from error


def replace_file(path: Path, text: str, mode: int | None = None) -> None:
    """Replaces the file in one step. Raises OSError that names the file.

    `mode` sets who may read it. By default a new file follows the umask, and an existing one becomes no more open.
    """
    with replacing(path, mode) as file:
        file.write(text.encode())


@contextmanager
def replacing(path: Path, mode: int | None = None) -> Iterator[BinaryIO]:
    """A file to write and read back, which replaces another in one step on success.

    An exception leaves the other as it was. Raises OSError that names it. `mode` as in `replace_file`.
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
        # Names the file to be written, not its temporary stand-in.
        raise OSError(error.errno, error.strerror, str(path)) from error


def add_folder(path: Path, files: dict[str, bytes]) -> None:
    """Creates a folder of files, given by relative path, in one step. The folder must not exist."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as temporary:
        whole = Path(temporary) / path.name
        for name, content in files.items():
            (whole / name).parent.mkdir(parents=True, exist_ok=True)
            (whole / name).write_bytes(content)
        whole.rename(path)
