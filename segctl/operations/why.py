"""Why a customer is in a segment or not: every clause of the rule with the customer's own value."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from segctl.errors import Failure, Mark
from segctl.features import Feature, Predicate, Reference, Test, reference_in_words
from segctl.literals import sql_text
from segctl.operations.show import find_segment
from segctl.operations.tables import tables_of
from segctl.planned import PlannedSegment
from segctl.project import Project, load
from segctl.render import predicate_sql, referred_steps
from segctl.warehouse import Row, Warehouse

# Of a rule over many features, the first few are shown.
MOST_LOOKED_AT = 6
# No engine takes more columns than this in one select.
COLUMNS_AT_ONCE = 1000
# Stands after the name of a rule whose clauses stand with an earlier one.
TOLD = ", as told before"
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
CLAUSES = """
with own as (
    select *
    from {{{{ ref('{looked_at}') }}}}
    where cast({key} as {{{{ dbt.type_string() }}}}) = {customer}
){steps}
select
    {columns}
from {last} as features
"""
STEP = """,
{name} as (
    {{{{ segctl.step_apart() }}}}
    select
        *,
        {columns}
    from {before}
)"""
STAYS = """
select joined_at, left_at, join_cause, leave_cause, join_run_id, leave_run_id
from {{{{ ref('{prefix}segment_history') }}}}
where segment = {segment} and cast({key} as {{{{ dbt.type_string() }}}}) = {customer}
order by joined_at
"""


@dataclass(frozen=True)
class Clause:
    """A part of the rule: what it asks in words, whether it holds, the value that it looked at (for a test), parts.

    `looked_at` are the features that the value was computed from, by name. The parts of a rule that several refer to
    stand with the first of them.
    """

    kind: str
    words: str
    holds: bool
    mark: Mark
    value: object = None
    parts: "tuple[Clause, ...]" = field(default_factory=tuple)
    looked_at: dict[str, object] = field(default_factory=dict)


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
        clause = _evaluated(warehouse, planned.predicate, names)
        keep = _evaluated(warehouse, planned.keep_while, names) if planned.keep_while else None
    except Failure:
        if current:
            raise
        notes.append("the last run has not computed all that the rule asks for, so its clauses cannot be told")
    notes += _memory_notes(planned, clause, stays) if current and clause and rows[0]["deleted_at"] is None else []
    return Reason(planned, rows[0]["member"], rows[0], clause, keep, stays, plan.catalog.timezone, notes)


def _evaluated(warehouse: Warehouse, predicate: Predicate, names: dict[str, str]) -> Clause:
    """The rule's clauses for one member, whose key is given as a literal."""
    parts = list(_each(predicate))
    columns = [f"{predicate_sql(part)} as holds_{number}" for number, part in enumerate(parts)]
    tests = [part for part in parts if isinstance(part, Test)]
    shown = {feature.name for test in tests for feature in (test.feature, *_looked_at(test))}
    columns += [f"features.{name} as {_value(name)}" for name in sorted(shown)]
    referred = referred_steps([predicate], "own")
    last = referred[-1].name if referred else "own"
    steps = "".join(STEP.format(name=s.name, columns=",\n        ".join(s.columns), before=s.before) for s in referred)
    row: Row = {}
    for first in range(0, len(columns), COLUMNS_AT_ONCE):
        told = ",\n    ".join(columns[first : first + COLUMNS_AT_ONCE])
        row |= warehouse.query(CLAUSES.format(columns=told, steps=steps, last=last, **names))[0]
    holds = {id(part): bool(row[f"holds_{number}"]) for number, part in enumerate(parts)}
    return _Clauses(row, holds).of(predicate)


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


def _each(predicate: Predicate) -> Iterator[Predicate]:
    """The predicate and every part of it, once each."""
    seen: set[int] = set()
    waiting = [predicate]
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        if isinstance(part, Reference):
            waiting.append(part.predicate)
        elif not isinstance(part, Test):
            waiting += part.parts


def _looked_at(test: Test) -> tuple[Feature, ...]:
    """What an answer was computed from, where the answer alone says little."""
    return test.feature.needs[:MOST_LOOKED_AT] if not test.criteria else ()


def _value(name: str) -> str:
    return f"v_{name}"[:63]


def _memory_notes(planned: PlannedSegment, clause: Clause, stays: list[Row]) -> list[str]:
    """What the memory did where membership is not what the rule says."""
    memory = planned.memory
    member = any(stay["left_at"] is None for stay in stays)
    if memory is None or clause.holds == member:
        return []
    if member:
        return ["the rule does not take them any more; keep_while or min_stay lets them stay"]
    return [f"the rule takes them, and cool_down keeps them out for {memory.cool_down} after they left"]


class _Clauses:
    """The clauses of a rule, from what the warehouse says of its parts; what is referred to again is told once."""

    def __init__(self, row: Row, holds: dict[int, bool]) -> None:
        self.row, self.holds = row, holds
        self.told: set[int] = set()

    def of(self, predicate: Predicate, closed: bool = False) -> Clause:
        """The clause of a part, without its own parts where it is `closed`."""
        holds, mark = self.holds[id(predicate)], predicate.mark
        if isinstance(predicate, Test):
            value = self.row[_value(predicate.feature.name)]
            looked_at = {feature.name: self.row[_value(feature.name)] for feature in _looked_at(predicate)}
            return Clause("test", predicate.words, holds, mark, value, looked_at=looked_at)
        if isinstance(predicate, Reference):
            return self._referred(predicate, closed)
        words = {"all": "all of", "any": "any of", "none": "none of" if len(predicate.parts) > 1 else "not"}
        # Why somebody is not in another segment is another question.
        none = predicate.kind == "none"
        parts = () if closed else tuple(self.of(part, none and not self.holds[id(part)]) for part in predicate.parts)
        return Clause(predicate.kind, words[predicate.kind], holds, mark, None, parts)

    def _referred(self, reference: Reference, closed: bool) -> Clause:
        rule, words = reference.predicate, reference_in_words(reference)
        parts: tuple[Clause, ...] = ()
        if not closed and id(rule) in self.told and not isinstance(rule, Test):
            words += TOLD
        elif not closed:
            self.told.add(id(rule))
            parts = (self.of(rule),)
        return Clause(reference.kind, words, self.holds[id(reference)], reference.mark, None, parts)


def as_data(clause: Clause) -> dict[str, object]:
    """A clause as plain data for JSON."""
    data: dict[str, object] = {"kind": clause.kind, "words": clause.words, "holds": clause.holds}
    data["source"] = str(clause.mark)
    if clause.kind == "test":
        data["value"] = clause.value
    if clause.looked_at:
        data["looked_at"] = clause.looked_at
    if clause.parts:
        data["parts"] = [as_data(part) for part in clause.parts]
    return data
