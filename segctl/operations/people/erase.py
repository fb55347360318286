"""Erases a person from all our tables and files, and keeps a salted hash so that no run brings them back."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from segctl.errors import Failure, did_you_mean
from segctl.errors.visible import in_a_line
from segctl.language.literals import sql_instant, sql_text
from segctl.language.syntax import CUSTOMER
from segctl.operations.deliveries.erasing import send_removals
from segctl.operations.recomputation.recompute import TABLE_SUFFIX, entities_of
from segctl.operations.runs.exclusive import exclusive_change
from segctl.operations.runs.run import checked_plan
from segctl.operations.runs.tables import relations, stays_of, table_of, tables_of, tables_with, texts
from segctl.operations.sql import render_query
from segctl.personal_data.erased_files import erase_files
from segctl.plan.plan import Plan
from segctl.project.project import Project
from segctl.warehouse import Warehouse

# Data that no command of ours can reach.
BEYOND = (
    "backups of the database, and other copies of it",
    "what BI tools and other programs have read before",
    "files that other checkouts have exported, or that were moved to folders that segctl export never wrote to",
    "statements in the logs of the database server",
    "unused parts of the database's own files (PostgreSQL: until a vacuum; DuckDB: until the file is copied again)",
    "old snapshots of lake tables (Iceberg: until they are expired)",
)
# At most this many keys in an error message.
MOST_NAMED = 10


@dataclass(frozen=True)
class Erased:
    """What was erased: rows by table, and the results for files (as in `ErasedFiles`).

    `unknown` keys were in none of our tables. `nowhere` are those among them that are not in the entity's model either
    and were not erased before. `in_source` is the number of their rows left in that model, which no run reads any more.
    `told` is the number of removals sent, by delivery.
    """

    keys: int
    tables: dict[str, int]
    files: dict[str, str]
    look_at: dict[str, str]
    failed: dict[str, str]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    nowhere: tuple[str, ...]
    in_source: int
    source: str
    beyond: tuple[str, ...] = BEYOND
    told: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownKeys:
    """What is known about keys before the erasure: rows by table and key, rows by key in the entity's model, the salt,
    and remembered hashes.
    """

    tables: dict[str, dict[str, int]]
    source: dict[str, int]
    salt: str
    remembered: frozenset[str]

    def in_tables(self, key: str) -> bool:
        """Whether a key is in one of our tables."""
        return any(key in table_keys for table_keys in self.tables.values())

    def anywhere(self, key: str) -> bool:
        """Whether a key is in one of our tables or in the source, or was erased before."""
        return self.in_tables(key) or key in self.source or self.hash(key) in self.remembered

    def hash(self, key: str) -> str:
        """The remembered hash of a key."""
        return hashlib.md5(f"{self.salt}:{key}".encode(), usedforsecurity=False).hexdigest()


def read_keys(given: Sequence[str], file: Path | None) -> list[str]:
    """The given keys and those of a UTF-8 file with one per line, without repeats. Raises Failure if there are none."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines() if file else []
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(f"cannot read {file}: {error}", "one key a line, UTF-8", exit_code=2) from error
    keys = [key for key in dict.fromkeys([*given, *lines]) if key.strip()]
    if not keys:
        raise Failure("no one to erase", "name the keys, or a file with one a line: --file keys.txt", exit_code=2)
    return keys


def erase(  # noqa: PLR0913, PLR0917
    project: Project,
    warehouse: Warehouse,
    given: Sequence[str],
    entity: str,
    dry_run: bool,
    strict: bool = False,
    untold: bool = False,
) -> Erased:
    """Erases members of an entity by their keys. With `dry_run`, only reports what would be erased.

    If a key is found nowhere, tries it without surrounding blanks. Tables change in one transaction if the engine has
    transactions. It notifies receivers of deliveries first, unless `untold`. Raises ProblemsFound or Failure, also if a
    receiver cannot be reached, and with `strict` if a key is found nowhere.
    """
    plan = checked_plan(project)
    known = entities_of(plan)
    if entity not in known:
        raise Failure(f'"{entity}" has no segments', did_you_mean(entity, known, "entities"), exit_code=2)
    with exclusive_change(project, warehouse, "erase", dry_run) as live:
        tables = tables_with(live, plan, entity)
        model, known_keys = _known(live, plan, entity, tables, list(dict.fromkeys([*given, *map(str.strip, given)])))
        keys = list(dict.fromkeys(key if known_keys.anywhere(key) else key.strip() for key in given))
        nowhere = tuple(key for key in keys if not known_keys.anywhere(key))
        if strict and nowhere:
            raise _unknown_keys(nowhere, len(keys), model)
        removals_sent = {} if untold else send_removals(project, plan, live, (entity, keys), dry_run)
        if not dry_run:
            live.operate("drop_scratch_schemas", logged=False, suffix=TABLE_SUFFIX)
            live.execute(_statements(live, entity, tables, keys, known_keys), logged=False)
            live.operate("purge_deleted_rows", logged=False)
        erased_files = erase_files(project, entity, keys, dry_run)
    return Erased(
        len(keys),
        {table: sum(rows.get(key, 0) for key in keys) for table, rows in known_keys.tables.items()},
        erased_files.changed,
        erased_files.look_at,
        erased_files.failed,
        tuple(erased_files.missing),
        tuple(key for key in keys if not known_keys.in_tables(key)),
        nowhere,
        sum(known_keys.source.get(key, 0) for key in keys),
        model,
        told=removals_sent,
    )


def _unknown_keys(nowhere: Sequence[str], count: int, model: str) -> Failure:
    named = ", ".join(map(repr, nowhere[:MOST_NAMED]))
    more = len(nowhere) - MOST_NAMED
    message = f"{len(nowhere)} of {count} keys are in no table and not in {model}: {named}"
    detail = "\n".join(f"  {in_a_line(key)}" for key in nowhere) if more > 0 else ""
    hint = "nothing has been erased; without --strict they are remembered anyway"
    return Failure(f"{message} and {more} more" if more > 0 else message, hint, exit_code=1, detail=detail)


def _known(
    live: Warehouse, plan: Plan, entity: str, tables: Sequence[str], keys: Sequence[str]
) -> tuple[str, KnownKeys]:
    """The name of the entity's model, and what is known about the keys."""
    names = tables_of(entity)
    declared = plan.catalog.customer if entity == CUSTOMER else plan.catalog.entities[entity]
    model = declared.model if declared.model.startswith("source(") else f"ref('{declared.model}')"
    counts = _counts(live, {table: table_of(table) for table in tables}, names["key"], keys)
    source = _counts(live, {"source": model}, declared.key, keys)["source"]
    salt = live.query("select max(salt) as salt from {{ ref('erased_members') }}")[0]["salt"] or secrets.token_hex(16)
    known = KnownKeys(counts, source, salt, frozenset())
    hashes = texts([known.hash(key) for key in keys])
    remembered = f"entity = {sql_text(entity)} and member_hash in ({hashes})"
    rows = live.query(f"select member_hash from {{{{ ref('erased_members') }}}} where {remembered}")
    return declared.model, replace(known, remembered=frozenset(row["member_hash"] for row in rows))


def _counts(live: Warehouse, tables: Mapping[str, str], key: str, keys: Sequence[str]) -> dict[str, dict[str, int]]:
    """The number of rows per table and key. Tables are given by name as references."""
    text = f"cast({key} as {{{{ dbt.type_string() }}}})"
    parts = [
        f"select '{table}' as found_in, {text} as member, count(*) as found from {{{{ {reference} }}}}"
        f" where {text} in ({texts(keys)}) group by {text}"
        for table, reference in tables.items()
    ]
    counts: dict[str, dict[str, int]] = {table: {} for table in tables}
    for row in live.query(" union all ".join(parts)):
        counts[row["found_in"]][row["member"]] = row["found"]
    return counts


def _statements(
    live: Warehouse, entity: str, tables: Sequence[str], keys: Sequence[str], known: KnownKeys
) -> list[str]:
    names = relations(live, [*tables, "erasures", "erased_members", "run_sizes"])
    key, now = tables_of(entity)["key"], sql_instant(datetime.now(UTC).replace(tzinfo=None))
    condition = f"where cast({key} as {{{{ dbt.type_string() }}}}) in ({texts(keys)})"
    counted = render_query(
        "erase/record_erasures",
        erasures_table=names["erasures"],
        sizes_table=names["run_sizes"],
        stays_table=names[stays_of(entity)],
        key=key,
        keys=texts(keys),
        now=now,
    )
    return [
        counted,
        *_remembering(names["erased_members"], entity, keys, known, now),
        *(f"delete from {names[table]} {condition}" for table in tables),
    ]


def _remembering(table: str, entity: str, keys: Sequence[str], known: KnownKeys, now: str) -> list[str]:
    """The statements that remember keys. Members erased before who never came back keep their earlier date."""
    fresh = [key for key in keys if known.in_tables(key) or known.hash(key) not in known.remembered]
    if not fresh:
        return []
    # Someone found nowhere was in no run and does not affect a recomputed past.
    times = [now if known.anywhere(key) else "null" for key in fresh]
    rows = [
        f"({sql_text(entity)}, {sql_text(known.salt)}, {sql_text(known.hash(key))}, {time})"
        for key, time in zip(fresh, times, strict=True)
    ]
    hashes = texts([known.hash(key) for key in fresh])
    return [
        f"delete from {table} where entity = {sql_text(entity)} and member_hash in ({hashes})",
        f"insert into {table} (entity, salt, member_hash, erased_at) values {', '.join(rows)}",
    ]
