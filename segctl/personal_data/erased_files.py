"""Erases people from files that may name them: exports, wherever they were written, and dbt's logs and artifacts."""

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from segctl.errors import Failure
from segctl.language.syntax import CUSTOMER
from segctl.personal_data.bi_folder import LISTED, listed_in, one_at_a_time, remove_scratch, scratch_of
from segctl.personal_data.export_folders import EXPORTS, remembered_folders, shown_path
from segctl.personal_data.exported_rows import keyed, without
from segctl.personal_data.key_patterns import KeyPatterns, key_patterns
from segctl.personal_data.manifests import MANIFEST, amend_manifest, is_manifest
from segctl.personal_data.report_pages import Holds, held_by
from segctl.personal_data.sent import FILE, OWN, mark_erased
from segctl.project.project import Project, replace_file, writing
from segctl.warehouse.bi_database import without_rows
from segctl.warehouse.copies import delete_copies, is_copy
from segctl.warehouse.parquet import without_keys

# First bytes of compressed files: gzip, zip and spreadsheets, bzip2, xz, Zstandard.
COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
PARQUET = b"PAR1"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
REPORTED = "not changed: a report with members cannot be searched; write it again or delete it"


@dataclass
class ErasedFiles:
    """The result of an erasure in files and folders, by path.

    `changed` says what was removed. `look_at` says why an unchanged file may still name someone. `failed` says why a
    file could not be read or written. `missing` are folders of exports that no longer exist.
    """

    changed: dict[str, str] = field(default_factory=dict)
    look_at: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def erase_files(project: Project, entity: str, keys: Sequence[str], dry_run: bool) -> ErasedFiles:
    """Removes members of an entity from exports, and deletes dbt's logs and artifacts that name them.

    dbt recreates its files. With `dry_run`, changes nothing. Raises Failure if the list of folders is damaged.
    """
    patterns = key_patterns(entity, keys)
    folders = remembered_folders(project)
    erased = ErasedFiles()
    if entity == CUSTOMER:
        _erase_sent(project, keys, dry_run, erased)
    for path in [path for folder in ("logs", "target") for path in sorted((project.root / folder).rglob("*"))]:
        if path.is_file() and path.suffix != ".lock" and not is_copy(path):
            _erase_in_log(path, project, patterns, dry_run, erased)
    for folder in [] if dry_run else delete_copies(project.root / os.environ.get("DBT_TARGET_PATH", "target")):
        erased.changed[shown_path(project, folder)] = "copies of a server deleted"
    of_bi = [folder for folder in folders if folder.is_file() or listed_in(folder)]
    with writing(), one_at_a_time(project) if of_bi and not dry_run else nullcontext():
        _erase_in_folders(folders, project, patterns, dry_run, erased)
    return erased


def _erase_in_folders(
    folders: Sequence[Path], project: Project, patterns: KeyPatterns, dry_run: bool, erased: ErasedFiles
) -> None:
    seen = set()
    for folder in folders:
        if not dry_run:
            remove_scratch(folder)
        if folder.is_file() and _is_report(folder):
            _erase_in_export(folder, project, patterns, dry_run, erased)
            continue
        if folder.is_file():
            _erase_in_database(folder, project, patterns, dry_run, erased)
            continue
        if not folder.is_dir():
            erased.missing += [shown_path(project, folder)] if folder != project.root.resolve() / EXPORTS else []
            continue
        for path in _files(folder, project, erased):
            if path.resolve() not in seen:
                seen.add(path.resolve())
                _erase_in_export(path, project, patterns, dry_run, erased)


def _is_report(path: Path) -> bool:
    """Whether a file is a page of a report. False if it cannot be read, which is reported later."""
    try:
        return held_by(path) is not None
    except OSError:
        return False


def _erase_sent(project: Project, keys: Sequence[str], dry_run: bool, erased: ErasedFiles) -> None:
    """Marks people for removal at every destination. Their identifiers there are kept until then."""
    for destination, count in mark_erased(project, keys, dry_run).items():
        removals = f"{count} removal{'' if count == 1 else 's'}"
        shown = f"{OWN}/{FILE}: {destination}"
        erased.look_at[shown] = f"{removals} to be sent by the next export of changes; then they are forgotten"


def _erase_in_log(path: Path, project: Project, patterns: KeyPatterns, dry_run: bool, erased: ErasedFiles) -> None:
    shown = shown_path(project, path)
    try:
        # Reports pack their members, so searching for keys would miss them. Reports without members hold only numbers.
        holds = held_by(path)
        if holds is Holds.MEMBERS or (holds is None and patterns.occurs_in(path.read_bytes())):
            if not dry_run:
                path.unlink()
            erased.changed[shown] = "deleted"
    except OSError as error:
        erased.failed[shown] = str(error.strerror)


def _erase_in_export(path: Path, project: Project, patterns: KeyPatterns, dry_run: bool, erased: ErasedFiles) -> None:
    shown = shown_path(project, path)
    if path.name == LISTED or (path.name.endswith(MANIFEST) and is_manifest(path)):
        return
    try:
        holds = held_by(path)
        if holds:
            erased.look_at |= {shown: REPORTED} if holds is Holds.MEMBERS else {}
            return
        with path.open("rb") as file:
            is_parquet = file.read(len(PARQUET)) == PARQUET
        look = _erase_in_parquet if is_parquet else _erase_in_text
        rows, why = look(path, patterns, dry_run)
        if rows:
            if not dry_run:
                amend_manifest(path, rows)
            erased.changed[shown] = f"{rows} row{'' if rows == 1 else 's'} removed"
    except OSError as error:
        erased.failed[shown] = str(error.strerror)
        return
    except Failure as failure:
        erased.failed[shown] = failure.message
        return
    if why:
        erased.look_at[shown] = why


def _erase_in_database(path: Path, project: Project, patterns: KeyPatterns, dry_run: bool, erased: ErasedFiles) -> None:
    """Rewrites a BI database, because deleted rows would stay in its free pages."""
    shown = shown_path(project, path)
    try:
        with TemporaryDirectory(dir=path.parent, prefix=scratch_of(path)) as folder:
            rest = Path(folder) / "rest.duckdb"
            rows = without_rows(path, rest, patterns.entity, sorted(patterns.keys))
            if rows and not dry_run:
                rest.chmod(path.stat().st_mode & 0o777)
                rest.replace(path)
    except OSError as error:
        erased.failed[shown] = str(error.strerror)
    except Failure as failure:
        erased.failed[shown] = failure.message
    else:
        if rows:
            erased.changed[shown] = f"{rows} row{'' if rows == 1 else 's'} removed"


def _erase_in_text(path: Path, patterns: KeyPatterns, dry_run: bool) -> tuple[int, str]:
    """The number of rows removed, and why a person must check the rest."""
    rows, rest, why = _without(path.read_bytes(), patterns)
    if rows and not dry_run:
        replace_file(path.resolve(), rest, path.stat().st_mode & 0o777)
    return rows, why


def _erase_in_parquet(path: Path, patterns: KeyPatterns, dry_run: bool) -> tuple[int, str]:
    """The same for a Parquet file, which has keys in the entity's column or not at all."""
    listed = listed_in(path.parent)
    entity, column = listed.get(path.stem, [patterns.entity, f"{patterns.entity}_id"])
    if entity != patterns.entity:
        return 0, ""
    with TemporaryDirectory(prefix=".segctl_", dir=None if dry_run else path.parent) as folder:
        rest = Path(folder) / "rest.parquet"
        rows = without_keys(path, rest, column, sorted(patterns.keys), path.stem in listed)
        if rows is None:
            return 0, f"not changed: it contains a key, and has no column {patterns.entity}_id"
        if rows and not dry_run:
            rest.chmod(path.stat().st_mode & 0o777)
            rest.replace(path.resolve())
    return rows, ""


def _without(content: bytes, patterns: KeyPatterns) -> tuple[int, str, str]:
    """The number of rows removed from an export, the text without them, and why a person must check the rest."""
    if content.startswith(COMPRESSED):
        return 0, "", "not changed: it is compressed, and cannot be searched"
    if content.startswith(UTF_16):
        content = content.decode("utf-16", "replace").encode()
    try:
        text = content.decode("utf-8")
        keyed_rows = keyed(text, patterns.entity)
        if keyed_rows:
            rows, rest, elsewhere = without(text, keyed_rows, patterns.keys)
            if keyed_rows.entity == patterns.entity:
                return rows, rest, "another column contains a key" if elsewhere else ""
            # The keys are of another entity and only look alike.
            stands = f"not changed: it contains a key, and is an export of {keyed_rows.entity}s"
            return 0, "", stands if elsewhere else ""
    except (UnicodeDecodeError, csv.Error):
        pass
    why = f"not changed: it contains a key, and is not an export of {patterns.entity}s"
    return 0, "", why if patterns.occurs_in(content) else ""


def _files(folder: Path, project: Project, erased: ErasedFiles) -> Iterator[Path]:
    """The files in and below a folder. Skips the project itself if the folder contains it."""
    root = project.root.resolve()

    def failed(error: OSError) -> None:
        erased.failed[shown_path(project, Path(error.filename))] = str(error.strerror)

    for place, folders, files in os.walk(folder, onerror=failed):
        here = Path(place)
        for name in folders:
            if (here / name).is_symlink():
                erased.look_at[shown_path(project, here / name)] = "not searched: it is a link to a folder"
        folders[:] = [] if here == root else sorted(name for name in folders if here / name != root)
        yield from (here / name for name in sorted(files) if (here / name).is_file())
