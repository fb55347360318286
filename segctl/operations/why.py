"""Why a customer is in a segment or not: every clause of the rule with the customer's own value."""

from dataclasses import dataclass

from segctl.errors import Failure
from segctl.literals import sql_text
from segctl.operations.clauses import Clause, evaluated, of_last_run
from segctl.operations.show import find_segment
from segctl.operations.tables import tables_of
from segctl.planned import PlannedSegment
from segctl.project import Project, load
from segctl.warehouse import Row, Warehouse

CUSTOMER = """
select
    features.{key} as member,
    features.deleted_at,
    features.{moved_at} as moved_at,
    features.eligible,
    (select max(as_of) from {{{{ ref('segment_runs') }}}}) as as_of,
    (
        select definition_hash
        from {{{{ ref('segment_definitions') }}}}
        where segment = {segment} and valid_to is null
    ) as definition_hash,
    (
        select held_by
        from {{{{ ref('segment_sizes') }}}}
        where segment = {segment} and as_of = (select max(as_of) from {{{{ ref('segment_runs') }}}})
    ) as held_by
from {{{{ ref('{looked_at}') }}}} as features
where cast(features.{key} as {{{{ dbt.type_string() }}}}) = {customer}
"""
STAYS = """
select joined_at, left_at, join_cause, leave_cause, join_run_id, leave_run_id
from {{{{ ref('{prefix}segment_history') }}}}
where segment = {segment} and cast({key} as {{{{ dbt.type_string() }}}}) = {customer}
order by joined_at
"""


@dataclass(frozen=True)
class Reason:
    """The answer: the rule with this customer's values, the stays, and the notes that a reader needs.

    `clause` is None when the last run has not computed what the rule asks for; `keep_while` without such a rule.
    """

    planned: PlannedSegment
    customer: object
    row: Row
    clause: Clause | None
    keep_while: Clause | None
    stays: list[Row]
    timezone: str
    notes: list[str]


def why(project: Project, warehouse: Warehouse, customer: str, name: str) -> Reason:
    """Explains one customer and one segment, from the plan that renders the SQL and the last run's features.

    Raises ProblemsFound, or Failure when the segment or the customer is unknown or there has been no run.
    """
    plan = load(project)
    planned = find_segment(plan, name)
    names = {"segment": sql_text(name), "customer": sql_text(customer), **tables_of(planned.entity)}
    rows = warehouse.query(CUSTOMER.format(**names))
    if not rows:
        hint = "the key as it stands in the warehouse; new ones are seen by the next run"
        message = f'there is no {planned.entity} "{customer}" in {names["features"]}'
        raise Failure(message, hint, exit_code=2)
    stays = warehouse.query(STAYS.format(**names))
    current = rows[0]["definition_hash"] == planned.definition_hash and planned.segment.enabled
    notes = _notes(planned, rows[0])
    clause = keep = None
    try:
        asked = of_last_run(planned.entity, customer)
        clause = evaluated(warehouse, planned.predicate, asked)
        keep = evaluated(warehouse, planned.keep_while, asked) if planned.keep_while else None
    except Failure:
        if current:
            raise
        notes.append("the last run has not computed all that the rule asks for, so its clauses cannot be told")
    notes += _memory_notes(planned, clause, stays) if current and clause and rows[0]["deleted_at"] is None else []
    return Reason(planned, rows[0]["member"], rows[0], clause, keep, stays, plan.catalog.timezone, notes)


def _notes(planned: PlannedSegment, row: Row) -> list[str]:
    notes = []
    if row["definition_hash"] is None:
        notes.append("no run has evaluated this segment yet")
    elif row["definition_hash"] != planned.definition_hash:
        notes.append("the definition has changed since the last run; the rule told here is the new one")
    if not planned.segment.enabled:
        notes.append("the segment is disabled: it has no members")
    if row["held_by"]:
        notes.append(f"a guard ({row['held_by']}) holds the segment back: its members are those of an earlier run")
    if row["as_of"] and row["moved_at"] > row["as_of"]:
        notes.append("a run that has not finished has looked at the customer since, and the values are what it found")
    if row["deleted_at"] is not None:
        notes.append("the customer is gone from the source: the values are the last known")
    return notes


def _memory_notes(planned: PlannedSegment, clause: Clause, stays: list[Row]) -> list[str]:
    """What the memory did where membership is not what the rule says."""
    memory = planned.memory
    member = any(stay["left_at"] is None for stay in stays)
    if memory is None or clause.holds == member:
        return []
    if member:
        return ["the rule does not take them any more; keep_while or min_stay lets them stay"]
    return [f"the rule takes them, and cool_down keeps them out for {memory.cool_down} after they left"]
