"""Erasing a person from all that is ours, with a salted hash kept so that no run brings them back."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from segctl.errors import Failure, did_you_mean
from segctl.literals import sql_instant, sql_text
from segctl.operations.export import EXPORTS
from segctl.operations.recompute import BESIDE, entities_of
from segctl.operations.run import ready
from segctl.operations.tables import opened, relations, stays_of, tables_of, texts
from segctl.plan import Plan
from segctl.project import Project, forget_in_files, only_one
from segctl.warehouse import Warehouse

# What a command of ours does not get at.
BEYOND = (
    "backups of the database, and other copies of it",
    "what BI tools and other programs have read before",
    "unused parts of the database's own files (PostgreSQL: until a vacuum; DuckDB: until the file is copied anew)",
    "old snapshots of lake tables (Iceberg: until they are expired)",
)
# How many of the erased were in, joined and left at each run: what the stays lack from now on.
COUNTED = """
insert into {erasures} (segment, as_of, size, joined_count, left_count, erased_at)
select
    sizes.segment,
    sizes.as_of,
    -- Those that the condition below lets through are members after the run, but for those who leave in it.
    sum(case when stays.left_at = sizes.as_of then 0 else 1 end),
    sum(case when stays.joined_at = sizes.as_of then 1 else 0 end),
    sum(case when stays.left_at = sizes.as_of then 1 else 0 end),
    {now}
from {sizes} as sizes
inner join {stays} as stays on sizes.segment = stays.segment
where
    cast(stays.{key} as {{{{ dbt.type_string() }}}}) in ({keys})
    and stays.joined_at <= sizes.as_of
    and (stays.left_at is null or stays.left_at >= sizes.as_of)
group by sizes.segment, sizes.as_of
"""


@dataclass(frozen=True)
class Erased:
    """What was erased: rows by table, files by what happened to them, keys that stood in no table of ours.

    `in_source` is how many rows of the entity's own model still are theirs, which no run reads any more.
    """

    keys: int
    tables: dict[str, int]
    files: dict[str, str]
    unknown: tuple[str, ...]
    in_source: int
    source: str
    beyond: tuple[str, ...] = BEYOND


def read_keys(given: Sequence[str], file: Path | None) -> list[str]:
    """The keys given, and those of a file (one a line, UTF-8), each once. Raises Failure when there is none."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines() if file else []
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"cannot read {file}: {error}", "one key a line, UTF-8", exit_code=2) from error
    found = [key for key in dict.fromkeys([*given, *(line.strip() for line in lines)]) if key]
    if not found:
        raise Failure("nobody to erase", "name the keys, or a file with one a line: --file keys.txt", exit_code=2)
    return found


def erase(project: Project, warehouse: Warehouse, keys: Sequence[str], entity: str, dry_run: bool) -> Erased:
    """Erases members of an entity by their keys; with `dry_run` only says what would be erased.

    Tables change in one transaction where the engine has them. Raises ProblemsFound or Failure.
    """
    plan = ready(project)
    known = entities_of(plan)
    if entity not in known:
        raise Failure(f'"{entity}" has no segments', did_you_mean(entity, known, "entities"), exit_code=2)
    with only_one(project, warehouse.target):
        live = opened(warehouse, change=not dry_run)
        names = tables_of(entity)
        tables = [f"{names['prefix']}segment_proposals", stays_of(entity), names["features"]]
        counts = _counts(live, tables, names["key"], keys)
        there = {key for found in counts.values() for key in found}
        in_source, source = _in_source(live, plan, entity, keys)
        if not dry_run:
            live.operate("drop_beside", logged=False, suffix=BESIDE)
            live.execute(_statements(live, entity, tables, keys), logged=False)
            live.operate("forget", logged=False)
        files = forget_in_files(project, keys, EXPORTS, dry_run)
    rows = {table: sum(found.values()) for table, found in counts.items()}
    unknown = tuple(key for key in keys if key not in there)
    return Erased(len(keys), rows, files, unknown, in_source, source)


def _counts(live: Warehouse, tables: Sequence[str], key: str, keys: Sequence[str]) -> dict[str, dict[str, int]]:
    """The number of rows of each key in each table."""
    text = f"cast({key} as {{{{ dbt.type_string() }}}})"
    parts = [
        f"select '{table}' as found_in, {text} as member, count(*) as found from {{{{ ref('{table}') }}}}"
        f" where {text} in ({texts(keys)}) group by {text}"
        for table in tables
    ]
    counts: dict[str, dict[str, int]] = {table: {} for table in tables}
    for row in live.query(" union all ".join(parts), logged=False):
        counts[row["found_in"]][row["member"]] = row["found"]
    return counts


def _in_source(live: Warehouse, plan: Plan, entity: str, keys: Sequence[str]) -> tuple[int, str]:
    """How many rows the entity's model has of them, and its name."""
    found = plan.catalog.customer if entity == "customer" else plan.catalog.entities[entity]
    reference = found.model if found.model.startswith("source(") else f"ref('{found.model}')"
    sql = (
        f"select count(*) as found from {{{{ {reference} }}}}"
        f" where cast({found.key} as {{{{ dbt.type_string() }}}}) in ({texts(keys)})"
    )
    return live.query(sql, logged=False)[0]["found"], found.model


def _statements(live: Warehouse, entity: str, tables: Sequence[str], keys: Sequence[str]) -> list[str]:
    names = relations(live, [*tables, "erasures", "erased_members", "run_sizes"])
    key, now = tables_of(entity)["key"], sql_instant(datetime.now(UTC).replace(tzinfo=None))
    salt = live.query("select max(salt) as salt from {{ ref('erased_members') }}", logged=False)[0]["salt"]
    salt = salt or secrets.token_hex(16)
    hashes = [hashlib.md5(f"{salt}:{one}".encode(), usedforsecurity=False).hexdigest() for one in keys]
    rows = ", ".join(f"({sql_text(entity)}, {sql_text(salt)}, {sql_text(found)}, {now})" for found in hashes)
    forgotten = f"entity = {sql_text(entity)} and member_hash in ({texts(hashes)})"
    counted = COUNTED.format(
        erasures=names["erasures"],
        sizes=names["run_sizes"],
        stays=names[stays_of(entity)],
        key=key,
        keys=texts(keys),
        now=now,
    )
    theirs = f"where cast({key} as {{{{ dbt.type_string() }}}}) in ({texts(keys)})"
    return [
        counted,
        f"delete from {names['erased_members']} where {forgotten}",
        f"insert into {names['erased_members']} (entity, salt, member_hash, erased_at) values {rows}",
        *(f"delete from {names[table]} {theirs}" for table in tables),
    ]
