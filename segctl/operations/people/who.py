"""Collects everything about one person: segments now and before, and on request every row in our tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from segctl.errors import Failure, did_you_mean
from segctl.language.literals import sql_text
from segctl.operations.recomputation.recompute import entities_of
from segctl.operations.runs.tables import table_of, tables_of, tables_with
from segctl.operations.sql import render_query
from segctl.personal_data.erased_files import erase_files
from segctl.plan.plan import Plan
from segctl.project.project import Project, load
from segctl.warehouse import Row, Warehouse

ROWS = "select * from {{{{ {table} }}}} where cast({key} as {{{{ dbt.type_string() }}}}) = {member}"


@dataclass(frozen=True)
class Person:
    """A member of an entity: the stays, open ones and ended ones (columns of who/stays.sql), by segment.

    `rows` are all rows of our tables about the member, by table, if requested; `files` are exports and logs that
    name them, with what `segctl erase` would do with each.
    """

    entity: str
    member: str
    plan: Plan
    stays: list[Row]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def who(project: Project, warehouse: Warehouse, member: str, entity: str, everything: bool) -> Person:
    """Everything known about a person. Raises ProblemsFound, or Failure if nothing is."""
    plan, loaded = load(project), warehouse.loaded()
    known = entities_of(plan)
    if entity not in known:
        raise Failure(f'"{entity}" has no segments', did_you_mean(entity, known, "entities"), exit_code=2)
    names = tables_of(entity) | {"member": sql_text(member)}
    stays = loaded.query(render_query("who/stays", **names))
    counts = _rows_by_table(loaded, tables_with(loaded, plan, entity), names) if everything or not stays else {}
    if not stays and not any(counts.values()):
        hint = "use the key as in the warehouse; new ones appear with the next run"
        raise Failure(f'none of our tables has {entity} "{member}"', hint, exit_code=2)
    if not everything:
        return Person(entity, member, plan, stays)
    rows = {
        table: loaded.query(ROWS.format(table=table_of(table), key=names["key"], member=names["member"]))
        if count
        else []
        for table, count in counts.items()
    }
    erased_files = erase_files(project, entity, [member], dry_run=True)
    return Person(entity, member, plan, stays, rows, erased_files.changed | erased_files.look_at)


def _rows_by_table(loaded: Warehouse, tables: Sequence[str], names: Mapping[str, str]) -> dict[str, int]:
    """The number of a member's rows by table. One query, since each costs dbt some time."""
    parts = {"key": names["key"], "member": names["member"]}
    counts = [
        render_query("who/held", table=table, relation=f"{{{{ {table_of(table)} }}}}", **parts) for table in tables
    ]
    rows = loaded.query("\nunion all\n".join(counts))
    counted = {str(row["table_name"]): int(row["row_count"]) for row in rows}
    return {table: counted[table] for table in tables}
