"""A file of its own with the tables that BI reads: whoever has it open is in no run's way."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from segctl.errors import Failure, did_you_mean
from segctl.files import is_remembered, remember_exports
from segctl.operations.exports.formats.json_lines import write_json
from segctl.operations.exports.values import Column, Kind
from segctl.plan import Plan
from segctl.project import Project, load, setting, writing
from segctl.render import render, shared_members
from segctl.render.text import FOLDER, MARTS
from segctl.resolver import CUSTOMER
from segctl.warehouse import Warehouse
from segctl.warehouse.bi_database import copy_statements, from_parquet, parquet_statements, tables_in
from segctl.warehouse.parquet import rows_of, to_parquet

# The dbt variable that names the file, from the project's folder.
VARIABLE = "segctl_bi_file"
# How a path ends that is a database; any other is a folder of Parquet files.
DATABASES = (".duckdb", ".ddb", ".db")
# What is published beside what stands in the folder of marts.
PUBLISHED = ("segment_runs",)
SHARES = f"{FOLDER}/shares"
RUNS = "select max(run_id) as run_id from {{ ref('segment_runs') }}"
# How often the tables are read again, when a run was published meanwhile.
ATTEMPTS = 3
# Types of the engines' columns, by how they begin, as an export has them.
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
TYPES: dict[Kind, str] = {
    "text": "varchar",
    "whole": "bigint",
    "number": "decimal(38, 6)",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "texts": "varchar[]",
}


@dataclass(frozen=True)
class BiFile:
    """What was written: a database or a folder, as it was named, and the number of rows of each table."""

    path: Path
    tables: dict[str, int]


def asked_for(project: Project, given: str) -> str:
    """The path that is given, or else the one that the project names; empty where neither does."""
    return given or setting(project, VARIABLE)


def write_after_run(project: Project, warehouse: Warehouse, given: str) -> BiFile | None:
    """Writes it after a run, where a path is given or the project names one; else nothing.

    Raises ProblemsFound, or Failure that says that the run itself is published.
    """
    if not asked_for(project, given):
        return None
    try:
        return write_bi_file(project, warehouse, given)
    except Failure as failure:
        message = f"the run is published, and the file that BI reads is as it was: {failure.message}"
        raise Failure(message, failure.hint or "mend that, then segctl bi-file", exit_code=3) from failure


def write_bi_file(project: Project, warehouse: Warehouse, given: str, names: Sequence[str] = ()) -> BiFile:
    """Writes the tables as the last finished run published them, some of them or all, and puts them in place at once:
    a database as one, Parquet files one by one. Whoever has read them keeps what they have.

    Raises ProblemsFound, or Failure; then what was there before is still there.
    """
    named = asked_for(project, given)
    if not named:
        hint = f"segctl bi-file reports/segments.duckdb, or in dbt_project.yml  vars: {{{VARIABLE}: …}}"
        raise Failure("no path is given for the file that BI reads", hint, exit_code=2)
    shown = Path(named)
    path = shown if given else project.root / shown
    plan, loaded = load(project), warehouse.loaded()
    columns = _columns(plan, loaded, names)
    _check_target(project, path, shown)
    with writing():
        path.parent.mkdir(parents=True, exist_ok=True)
        remember_exports(project, path)
        with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as scratch:
            if path.suffix in DATABASES:
                return BiFile(shown, _database(loaded, columns, path, Path(scratch)))
            return BiFile(shown, _folder(loaded, columns, path, Path(scratch)))


def _columns(plan: Plan, loaded: Warehouse, names: Sequence[str]) -> dict[str, list[Column]]:
    """The columns of each table: of those that are named, or of all that a run has made so far. Raises Failure."""
    paths = [Path(path) for path in render(plan) if path.endswith(".sql")]
    known = [path.stem for path in paths if path.parent.as_posix() in (MARTS, SHARES) or path.stem in PUBLISHED]
    # What shares are made of is no one's to read.
    within = {shared_members(entity) for entity in (CUSTOMER, *(one.name for one in plan.entities))}
    known = [name for name in known if name not in within]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known, "tables")
            raise Failure(f'"{name}" is no table that BI reads', hint, exit_code=2)
    wanted = list(dict.fromkeys(names)) or sorted(known)
    # Where views are replaced one by one, a run has made all of them or none.
    found = loaded.columns([f"ref('{name}')" for name in wanted], built=loaded.repeats_steps)
    columns = {
        name: [Column(column.lower(), _kind(kind)) for column, kind in found[f"ref('{name}')"]] for name in wanted
    }
    absent = [name for name, of in columns.items() if not of]
    if absent and (names or len(absent) == len(columns)):
        raise Failure(f"{', '.join(absent)}: no run has made this yet", "segctl run makes it")
    return {name: of for name, of in columns.items() if of}


def _kind(data_type: str) -> Kind:
    told = data_type.lower()
    if told.endswith("[]"):
        return "texts"
    return next((kind for beginning, kind in KINDS if told.startswith(beginning)), "text")


def _check_target(project: Project, path: Path, shown: Path) -> None:
    """Raises Failure for a place where something is that is not ours: the warehouse's own file above all."""
    if path.suffix in DATABASES and path.exists():
        ours = is_remembered(project, path)
        with suppress(Failure):
            ours = ours or bool(tables_in(path))
        if path.is_dir() or not ours:
            raise Failure(f"{shown} is there, and no file that segctl wrote for BI", "name another path", exit_code=2)
    elif path.suffix not in DATABASES and path.exists() and not path.is_dir():
        hint = f"a folder gets Parquet files; a database is called {' or '.join(f'….{one[1:]}' for one in DATABASES)}"
        raise Failure(f"{shown} is a file and no folder", hint, exit_code=2)


def _database(loaded: Warehouse, columns: dict[str, list[Column]], path: Path, scratch: Path) -> dict[str, int]:
    new = scratch / "new.duckdb"
    if loaded.is_duckdb:
        loaded.carry_out(copy_statements(loaded.relations(list(columns)), new.resolve()))
    else:
        from_parquet(_parquet(loaded, columns, scratch), new)
    tables = tables_in(new)
    if path.exists():
        new.chmod(path.stat().st_mode & 0o777)
    new.replace(path)
    return tables


def _folder(loaded: Warehouse, columns: dict[str, list[Column]], path: Path, scratch: Path) -> dict[str, int]:
    files = {name: scratch / f"{name}.parquet" for name in columns}
    if loaded.is_duckdb:
        loaded.carry_out(parquet_statements(loaded.relations(list(columns)), scratch.resolve()))
    else:
        files = _parquet(loaded, columns, scratch)
    tables = {name: rows_of(file) for name, file in files.items()}
    path.mkdir(exist_ok=True)
    for name, file in files.items():
        file.replace(path / f"{name}.parquet")
    return tables


def _parquet(loaded: Warehouse, columns: dict[str, list[Column]], scratch: Path) -> dict[str, Path]:
    """A Parquet file of each table in a folder, all of one run. Raises Failure."""
    for _ in range(ATTEMPTS):
        before = loaded.query(RUNS)
        files = {name: _one_parquet(loaded, name, of, scratch) for name, of in columns.items()}
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
