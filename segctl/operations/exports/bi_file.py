"""Writes the tables for BI tools to a separate file, so that readers never block a run."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from segctl.errors import Failure, did_you_mean
from segctl.language.syntax import CUSTOMER
from segctl.operations.exports.formats.json_lines import write_json
from segctl.operations.exports.formats.parquet import TYPES as EXPORTED_TYPES
from segctl.operations.exports.values import Column, Kind
from segctl.personal_data.bi_folder import LISTED, listed_in, one_at_a_time, remove_scratch, scratch_of
from segctl.personal_data.export_folders import is_remembered, remember_exports
from segctl.plan.plan import Plan
from segctl.project.project import Project, load, replace_file, setting, writing
from segctl.render import render, shared_members
from segctl.render.sql.templates import FOLDER, MARTS
from segctl.warehouse import Warehouse
from segctl.warehouse.bi_database import Copied, copy_statements, from_parquet, parquet_statements, tables_in
from segctl.warehouse.parquet import rows_of, to_parquet

# The dbt variable with the path of the file, relative to the project.
VARIABLE = "segctl_bi_file"
# Extensions of databases. Any other path is a folder of Parquet files.
DATABASES = (".duckdb", ".ddb", ".db")
# Published tables outside the folder of marts.
PUBLISHED = ("segment_runs", "run_sources")
SHARES = f"{FOLDER}/shares"
RUNS = "select max(run_id) as run_id from {{ ref('segment_runs') }}"
# How often to try to read all tables between two runs.
ATTEMPTS = 3
# Kinds of exported columns, by the beginning of the engine's type.
KINDS: tuple[tuple[str, Kind], ...] = (
    ("bool", "boolean"),
    ("timestamp", "timestamp"),
    ("datetime", "timestamp"),
    ("date", "date"),
    ("decimal", "number"),
    ("numeric", "number"),
    ("double", "number"),
    ("int", "whole"),
    ("big", "whole"),
    ("long", "whole"),
    ("array", "texts"),
)
# Instants are naive UTC, as in our tables.
TYPES: dict[Kind, str] = {**EXPORTED_TYPES, "timestamp": "timestamp"}


@dataclass(frozen=True)
class Table:
    """A table to copy: its columns, its entity and the column with keys of members, empty for none."""

    name: str
    columns: list[Column]
    entity: str
    key: str


@dataclass(frozen=True)
class BiFile:
    """The written database or folder, as the user named it, and the number of rows per table."""

    path: Path
    tables: dict[str, int]


def configured_path(project: Project, given: str) -> str:
    """The given path, or the project's, or empty."""
    return given or setting(project, VARIABLE)


def database_of(project: Project, given: str) -> Path | None:
    """The database that is given, or else the one that the project names; None where that is a folder, or nothing."""
    path_text = configured_path(project, given)
    path = _path(project, path_text, given)[0] if path_text else None
    return path if path and path.suffix.lower() in DATABASES else None


def write_after_run(project: Project, warehouse: Warehouse, given: str) -> BiFile | None:
    """Writes the file after a run if a path is given or the project names one.

    Raises ProblemsFound, or Failure that says that the run itself is published.
    """
    if not configured_path(project, given):
        return None
    try:
        return write_bi_file(project, warehouse, given)
    except Failure as failure:
        message = f"the run is published, but the BI file is unchanged: {failure.message}"
        raise Failure(message, failure.hint or "fix that, then run segctl bi-file", exit_code=3) from failure


def check_before_run(project: Project, given: str) -> None:
    """Raises Failure before a run if the file could not be written after it."""
    path_text = configured_path(project, given)
    if path_text:
        with writing():
            _check_target(project, *_path(project, path_text, given))


def write_bi_file(project: Project, warehouse: Warehouse, given: str, names: Sequence[str] = ()) -> BiFile:
    """Writes all or some tables as the last finished run published them.

    Replaces a database in one step, and Parquet files one by one. Open readers keep the old content. Raises
    ProblemsFound or Failure, and then leaves the old file in place.
    """
    path_text = configured_path(project, given)
    if not path_text:
        hint = f"segctl bi-file reports/segments.duckdb, or in dbt_project.yml  vars: {{{VARIABLE}: …}}"
        raise Failure("no path is given for the BI file", hint, exit_code=2)
    path, shown = _path(project, path_text, given)
    with writing(), one_at_a_time(project):
        _check_target(project, path, shown)
        plan, loaded = load(project), warehouse.loaded()
        tables = _tables(plan, loaded, names)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Left behind by a program that was killed while writing.
        remove_scratch(path)
        remember_exports(project, path)
        with TemporaryDirectory(dir=path.parent, prefix=scratch_of(path)) as scratch:
            write = _database if path.suffix.lower() in DATABASES else _folder
            return BiFile(shown, write(loaded, tables, path, Path(scratch)))


def _path(project: Project, path_text: str, given: str) -> tuple[Path, Path]:
    """The resolved path to write to, and the path as named. The project's path is relative to the project."""
    shown = Path(path_text)
    return Path(os.path.realpath(shown if given else project.root / shown)), shown


def _tables(plan: Plan, loaded: Warehouse, names: Sequence[str]) -> list[Table]:
    """The named tables, or all tables of runs. Raises Failure."""
    paths = [Path(path) for path in render(plan) if path.endswith(".sql")]
    known = [path.stem for path in paths if path.parent.as_posix() in (MARTS, SHARES) or path.stem in PUBLISHED]
    # The table behind shares is internal.
    within = {shared_members(entity) for entity in (CUSTOMER, *(planned.name for planned in plan.entities))}
    known = [name for name in known if name not in within]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, "tables")
            raise Failure(f'"{name}" is not a table of the BI file', hint, exit_code=2)
    selected = list(dict.fromkeys(names)) or sorted(known)
    columns = loaded.columns([f"ref('{name}')" for name in selected], built=loaded.repeats_steps)
    absent = [name for name in selected if not columns[f"ref('{name}')"]]
    if absent and (names or len(absent) == len(selected)):
        raise Failure(f"{', '.join(absent)}: no run has built this yet", "segctl run builds it")
    return [_table(plan, name, columns[f"ref('{name}')"]) for name in selected if name not in absent]


def _table(plan: Plan, name: str, typed_columns: Sequence[tuple[str, str]]) -> Table:
    """A table with its entity and the column with keys of members."""
    columns = [Column(column.lower(), _kind(kind)) for column, kind in typed_columns]
    shared = {share.name: entity.name for entity in plan.entities for share in plan.shares(entity.name)}
    own = next((planned.name for planned in plan.entities if name.startswith(f"{planned.name}_segment_")), CUSTOMER)
    entity = shared.get(name, own)
    key = next((column.name for column in columns if column.name in (f"{entity}_id", "person_id")), "")
    return Table(name, columns, entity if key else "", key)


def _kind(data_type: str) -> Kind:
    type_name = data_type.lower()
    if type_name.endswith("[]"):
        return "texts"
    return next((kind for beginning, kind in KINDS if type_name.startswith(beginning)), "text")


def _check_target(project: Project, path: Path, shown: Path) -> None:
    """Raises Failure if something that is not ours is in the way, above all the warehouse's own file."""
    suffix = path.suffix.lower()
    if suffix in DATABASES:
        if path.exists() and (not path.is_file() or not _is_ours(project, path)):
            raise Failure(f"{shown} exists, and is not a BI file of segctl", "name another path", exit_code=2)
    elif path.exists() and not path.is_dir():
        endings = " or ".join(f"….{suffix[1:]}" for suffix in DATABASES)
        hint = f"a folder gets Parquet files; a database is called {endings}"
        raise Failure(f"{shown} is a file, not a folder", hint, exit_code=2)
    elif suffix or path == project.root.resolve():
        hint = "a folder of its own gets Parquet files; a database is called ….duckdb"
        raise Failure(f"{shown} is not a name for a folder of tables", hint, exit_code=2)


def _is_ours(project: Project, path: Path) -> bool:
    """Whether we wrote a database. If another program holds it open, whether we are known to have written it."""
    try:
        return bool(tables_in(path))
    except Failure as failure:
        return "lock" in failure.message.lower() and is_remembered(project, path)


def _database(loaded: Warehouse, tables: Sequence[Table], path: Path, scratch: Path) -> dict[str, int]:
    new = scratch / "new.duckdb"
    relations = loaded.relations([table.name for table in tables])
    copied = [Copied(table.name, relations[table.name], table.entity, table.key) for table in tables]
    if loaded.is_duckdb:
        loaded.write_files(copy_statements(copied, new))
    else:
        from_parquet(_parquet(loaded, tables, scratch), copied, new)
    counts = tables_in(new)
    if path.exists():
        new.chmod(path.stat().st_mode & 0o777)
    new.replace(path)
    return counts


def _folder(loaded: Warehouse, tables: Sequence[Table], path: Path, scratch: Path) -> dict[str, int]:
    before = listed_in(path)
    for table in tables:
        if table.name not in before and (path / f"{table.name}.parquet").exists():
            message = f"{table.name}.parquet in {path.name} is not a BI file of segctl"
            raise Failure(message, "name another folder", exit_code=2)
    files = {table.name: scratch / f"{table.name}.parquet" for table in tables}
    if loaded.is_duckdb:
        loaded.write_files(parquet_statements(loaded.relations(list(files)), scratch))
    else:
        files = _parquet(loaded, tables, scratch)
    counts = {name: rows_of(file) for name, file in files.items()}
    path.mkdir(exist_ok=True)
    # Listed first, so that a table is known as ours even if we are killed.
    keys = {table.name: [table.entity, table.key] for table in tables}
    replace_file(path / LISTED, json.dumps(before | keys, indent=1) + "\n")
    for name in before.keys() - keys.keys():
        (path / f"{name}.parquet").unlink(missing_ok=True)
    for name, file in files.items():
        file.replace(path / f"{name}.parquet")
    replace_file(path / LISTED, json.dumps(keys, indent=1) + "\n")
    return counts


def _parquet(loaded: Warehouse, tables: Sequence[Table], scratch: Path) -> dict[str, Path]:
    """Writes one Parquet file per table to a folder, all from one run. Raises Failure."""
    for _ in range(ATTEMPTS):
        before = loaded.query(RUNS)
        files = {table.name: _one_parquet(loaded, table.name, table.columns, scratch) for table in tables}
        if loaded.query(RUNS) == before:
            return files
    raise Failure("runs were published while the tables were read", "try again when no run is under way")


def _one_parquet(loaded: Warehouse, name: str, columns: list[Column], scratch: Path) -> Path:
    rows, target = scratch / f"{name}.jsonl", scratch / f"{name}.parquet"
    listed = ", ".join(column.name for column in columns)
    places = [Column(f"c{place}", column.kind) for place, column in enumerate(columns)]
    with loaded.stream(f"select {listed} from {{{{ ref('{name}') }}}}") as stream, rows.open("wb") as out:
        write_json(out, places, stream.rows)
    to_parquet(rows, target, [(column.name, TYPES[column.kind]) for column in columns])
    rows.unlink()
    return target
