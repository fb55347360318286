"""Writes changes to a file with one operation per row."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from segctl.errors import Failure
from segctl.language.syntax import CUSTOMER
from segctl.operations.exports.changes import Changes, ChangesRequest, changes
from segctl.operations.exports.formats import Format
from segctl.operations.exports.request import Exported, ExportRequest
from segctl.operations.exports.values import Column, Row
from segctl.personal_data.export_folders import EXPORTS, remember_exports
from segctl.personal_data.manifests import MANIFEST, manifest_json, sha256_of
from segctl.process.streams import data_out
from segctl.project.project import Project, replace_file, replacing, writing
from segctl.warehouse import Warehouse

BEFORE = (Column("op", "text"), Column("segment", "text"), Column(f"{CUSTOMER}_id", "text"))
AFTER = (Column("cause", "text"), Column("run_id", "text"), Column("changed_at", "timestamp"))


def export_changes(
    project: Project, warehouse: Warehouse, request: ExportRequest, on_warning: Callable[[str], None] = lambda _: None
) -> Iterator[Exported]:
    """Writes the changes since a run to a file, reports it, and writes its manifest. Or prints the changes.

    Remembers what was sent once the file is in place. Raises ProblemsFound or Failure, and then remembers nothing.
    """
    form = request.written_as
    form.check()
    _refuse_others(request)
    folder = request.file.parent if request.file else request.to or project.root / EXPORTS
    if request.file and request.file.exists():
        hint = "remove it once it has been read, or write --to a folder, where each file gets its own name"
        raise Failure(f"{request.file} exists, and its changes may not have been read yet", hint, exit_code=2)
    changes_request = ChangesRequest(
        request.destination or _destination(project, request, folder),
        request.segments,
        request.changes_since,
        request.columns,
        request.hash,
        request.with_ineligible,
    )
    if not request.is_printed:
        remember_exports(project, folder)
    with changes(project, warehouse, changes_request, on_warning) as exported_changes:
        taken = {column.name for column in (*BEFORE, *AFTER)} & {
            chosen.column.name for chosen in exported_changes.columns
        }
        if taken:
            message = f"changes have a column {', '.join(sorted(taken))} of their own"
            raise Failure(message, "leave it out of --columns, or give the attribute another name", exit_code=2)
        if request.is_printed:
            _print(exported_changes, form, request)
            return
        path = request.file or _unused(folder, exported_changes, form)
        ops: Counter[str] = Counter()
        with writing(), replacing(path) as out:
            count = form.write(out, _columns(exported_changes), _rows(exported_changes, ops), request.safe_cells)
            out.flush()
            out.seek(0)
            sha256 = sha256_of(out)
        exported_changes.remember()
        shown = path if request.to else Path(EXPORTS) / path.name
        yield Exported(", ".join(exported_changes.segments), shown, count, sha256)
        manifest_path = path.with_name(f"{path.name}.{MANIFEST}")
        with writing():
            replace_file(
                manifest_path, _manifest(exported_changes, request, form, Exported("", path, count, sha256), ops)
            )
        yield Exported("", shown.with_name(manifest_path.name), 0, is_manifest=True)


def _refuse_others(request: ExportRequest) -> None:
    """Raises Failure for options that apply to members, not to changes."""
    refused_options = {
        "--as-of": (request.as_of, "changes are those up to the last finished run"),
        "--priority": (request.priority, "changes are listed for each segment"),
        "--eligible-only with --with-ineligible": (request.eligible_only and request.with_ineligible, "choose one"),
    }
    for option, (value, hint) in refused_options.items():
        if value:
            raise Failure(f"{option} does not go with --changes-since", hint, exit_code=2)


def _destination(project: Project, request: ExportRequest, folder: Path) -> str:
    """The name under which sent changes are remembered: the place and the hash."""
    place = "-" if request.is_printed else str((request.file or folder).resolve())
    root = str(project.root.resolve())
    return f"{place.removeprefix(f'{root}/')} ({request.hash or 'plain'})"


def _print(changes: Changes, form: Format, request: ExportRequest) -> None:
    """Prints the changes. If the reader stops early, they do not count as sent."""
    with data_out() as out:
        if not form.is_text and out.isatty():
            raise Failure(f"{form.name} is not for a terminal", "name a file or a folder", exit_code=2)
        form.write(out, _columns(changes), _rows(changes, Counter()), request.safe_cells)
        out.flush()
        changes.remember()


def _columns(changes: Changes) -> list[Column]:
    identifiers = [Column(name, "text") for name in changes.identifiers]
    return [*BEFORE, *identifiers, *(column.column for column in changes.columns), *AFTER]


def _rows(changes: Changes, ops: "Counter[str]") -> Iterator[Row]:
    names = [column.column.name for column in changes.columns]
    for change in changes.rows:
        ops[change.op] += 1
        identifiers = [change.identifiers.get(name) for name in changes.identifiers]
        values = [change.columns.get(name) for name in names]
        yield (
            change.op,
            change.segment,
            change.key,
            *identifiers,
            *values,
            change.cause,
            change.run_id,
            change.changed_at,
        )


def _unused(folder: Path, changes: Changes, form: Format) -> Path:
    """An unused file name, since an existing file may not have been read yet."""
    since = _stamp(changes.since) if changes.since else "beginning"
    stem = f"changes.{since}-{_stamp(changes.until.instant)}"
    path, number = folder / f"{stem}{form.suffix}", 2
    while path.exists():
        path, number = folder / f"{stem}.{number}{form.suffix}", number + 1
    return path


def _stamp(instant: datetime) -> str:
    return f"{instant:%Y%m%dT%H%M%S}"


def _manifest(changes: Changes, request: ExportRequest, form: Format, file: Exported, ops: "Counter[str]") -> str:
    listed = {
        "path": file.path.name,
        "segments": list(changes.segments),
        "rows": file.rows,
        "ops": {op: ops[op] for op in ("add", "update", "remove")},
        "sha256": file.sha256,
        "format": form.name,
        "columns": [column.name for column in _columns(changes)],
        "hash": request.hash or None,
        "since": f"{changes.since.isoformat()}Z" if changes.since else None,
        "as_of": f"{changes.until.instant.isoformat()}Z",
        "run_id": changes.run_id,
        "eligible_only": not request.with_ineligible,
    }
    return manifest_json({"files": [listed]})
