"""Explains why a customer is in a segment or not: every clause with the customer's own value."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from segctl.errors import Failure, ProblemsFound
from segctl.language.literals import sql_instant, sql_text
from segctl.operations.questions.clauses import Clause, as_of, evaluated, of_last_run
from segctl.operations.questions.outlook import next_change
from segctl.operations.runs.instants import as_local, every
from segctl.operations.runs.tables import tables_of
from segctl.operations.segments.as_of import before_the_first, point_in_time
from segctl.operations.segments.show import find_segment
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan, of_features
from segctl.plan.planned import PlannedSegment
from segctl.project.project import Project, load
from segctl.project.versions import valid_version, version
from segctl.warehouse import Row, Warehouse

# The longest unit of a duration, in days.
LONGEST = {"hour": 1, "day": 1, "week": 7, "month": 31, "year": 366}


@dataclass(frozen=True)
class Question:
    """The customer and the segment, as of a written instant (empty: the last run).

    `definition` is that of "then" or of "now".
    """

    customer: str
    segment: str
    as_of: str = ""
    definition: Literal["then", "now"] = "then"


@dataclass(frozen=True)
class Reason:
    """The answer: the rule with this customer's values, the stays, and notes for the reader.

    `clause` is None if the rule's inputs are unknown, `keep_while` is None without such a rule. `turns_on` is the day
    (a naive UTC instant) when time alone changes the answer. It is None if there is none within a year, and for the
    past.
    """

    planned: PlannedSegment
    customer: object
    as_of: datetime
    is_member: bool
    eligible: bool | None
    clause: Clause | None
    keep_while: Clause | None
    stays: list[Row]
    timezone: str
    notes: list[str]
    turns_on: datetime | None = None


def why(project: Project, warehouse: Warehouse, question: Question) -> Reason:
    """Explains one customer and one segment, from the plan behind the SQL and the last run's features.

    For a past instant, uses today's data as of the run that decided then. Raises ProblemsFound, or Failure if the
    segment or the customer is unknown, or there was no run.
    """
    if question.as_of:
        return why_then(project, warehouse, question)
    plan, loaded, customer = load(project), warehouse.loaded(), question.customer
    planned = find_segment(plan, question.segment)
    names = {"segment": sql_text(question.segment), "customer": sql_text(customer), **tables_of(planned.entity)}
    rows = loaded.query(render_query("why/member", **names))
    if not rows:
        hint = "use the key as in the warehouse; new ones appear with the next run"
        message = f'there is no {planned.entity} "{customer}" in {names["features"]}'
        raise Failure(message, hint, exit_code=2)
    row, stays = rows[0], loaded.query(render_query("why/stays", **names))
    current = row["definition_hash"] == planned.definition_hash and planned.segment.enabled
    notes = _notes(planned, row)
    clause = keep = None
    try:
        request = of_last_run(plan, planned.entity, customer)
        clause = evaluated(loaded, planned.predicate, request)
        keep = evaluated(loaded, planned.keep_while, request) if planned.keep_while else None
    except Failure:
        if current:
            raise
        notes.append("the last run did not compute all inputs of the rule, so its clauses are unknown")
    alive = current and clause and row["deleted_at"] is None
    notes += _memory_notes(planned, clause, stays) if alive and clause else []
    notes += _held(planned, stays, row["as_of"], plan.catalog.timezone) if alive and row["as_of"] else []
    turns_on = next_change(loaded, plan, planned, customer, row["as_of"]) if alive and row["as_of"] else None
    is_member = any(stay["left_at"] is None for stay in stays)
    answer = (row["member"], row["as_of"], is_member, row["eligible"], clause, keep, stays, plan.catalog.timezone)
    return Reason(planned, *answer, notes, turns_on)


def why_then(project: Project, warehouse: Warehouse, question: Question) -> Reason:
    """Explains a past instant."""
    plan, loaded = load(project), warehouse.loaded()
    zone = plan.catalog.timezone
    point = point_in_time(loaded, question.as_of, zone)
    if point.run is None:
        raise Failure(before_the_first(point, zone), "why explains decisions of runs", exit_code=2)
    plan, planned, notes = _definition(project, plan, loaded, question, point.run)
    names = {
        "segment": sql_text(question.segment),
        "customer": sql_text(question.customer),
        **tables_of(planned.entity),
    }
    stays = [stay for stay in loaded.query(render_query("why/stays", **names)) if stay["joined_at"] <= point.instant]
    # Hides what happened later.
    ends = ("left_at", "leave_cause", "leave_run_id")
    stays = [
        stay | dict.fromkeys(ends) if stay["left_at"] and stay["left_at"] > point.instant else stay for stay in stays
    ]
    request = as_of(of_features(plan, planned.features, planned.entity), planned.entity, question.customer, point.run)
    clause = evaluated(loaded, planned.predicate, request)
    keep = evaluated(loaded, planned.keep_while, request) if planned.keep_while else None
    if clause is None and not stays:
        message = f'there was no {planned.entity} "{question.customer}" as of {as_local(point.run, zone)}'
        raise Failure(message, "use the key as in the warehouse", exit_code=2)
    if clause is None:
        notes.append("the customer is no longer in the data, so the clauses are unknown")
    notes.append(
        f"decided by the run as of {as_local(point.run, zone)}; the values are those of today's data as of then"
    )
    if planned.changing:
        notes.append(f"only today's values are known of {', '.join(planned.changing)}")
    is_member = any(stay["left_at"] is None for stay in stays)
    notes += _memory_notes(planned, clause, stays) if clause else []
    return Reason(planned, question.customer, point.instant, is_member, None, clause, keep, stays, zone, notes)


def _definition(
    project: Project, plan: Plan, warehouse: Warehouse, question: Question, run: datetime
) -> tuple[Plan, PlannedSegment, list[str]]:
    """The requested definition with its plan, and notes about it."""
    rows = warehouse.query(render_query("why/definition", segment=sql_text(question.segment), instant=sql_instant(run)))
    if not rows:
        find_segment(plan, question.segment)
        raise Failure(f"no run had evaluated {question.segment} by then", exit_code=2)
    hashed, rule, commit = rows[0]["definition_hash"], rows[0]["rule"], (rows[0]["git_commit"] or "").rstrip("+")
    now = {planned.segment.name: planned for planned in plan.segments}.get(question.segment)
    if now and now.definition_hash == hashed:
        return plan, now, []
    if question.definition == "now":
        return plan, find_segment(plan, question.segment), [f"by today's definition; at that time the rule was: {rule}"]
    try:
        then = valid_version(version(project, commit)).plan if commit else None
    except (Failure, ProblemsFound):
        then = None
    for segment in then.segments if then else ():
        if segment.segment.name == question.segment and segment.definition_hash == hashed:
            return then or plan, segment, [f"by the definition of that time, from commit {commit[:10]}"]
    hint = "--definition now uses today's definition"
    raise Failure(f"the definition of that time is in no known commit; its rule was: {rule}", hint, exit_code=2)


def _notes(planned: PlannedSegment, row: Row) -> list[str]:
    notes = []
    if row["definition_hash"] is None:
        notes.append("no run has evaluated this segment yet")
    elif row["definition_hash"] != planned.definition_hash:
        notes.append("the definition has changed since the last run; this is the new rule")
    if not planned.segment.enabled:
        notes.append("the segment is disabled: it has no members")
    if row["held_by"]:
        notes.append(f"a guard ({row['held_by']}) holds the segment back: its members are those of an earlier run")
    if row["as_of"] and row["moved_at"] > row["as_of"]:
        notes.append("an unfinished run has updated the customer since, and the values are from it")
    if row["deleted_at"] is not None:
        notes.append("the customer is no longer in the source: the values are the last known")
    return notes


def _memory_notes(planned: PlannedSegment, clause: Clause, stays: list[Row]) -> list[str]:
    """Notes on memory, if membership differs from the rule."""
    memory = planned.memory
    member = any(stay["left_at"] is None for stay in stays)
    if memory is None or clause.holds == member:
        return []
    if member:
        return ["the rule no longer matches; keep_while or min_stay lets them stay"]
    return [f"the rule matches, but cool_down keeps them out for {memory.cool_down} after they left"]


def _held(planned: PlannedSegment, stays: list[Row], as_of: datetime, timezone: str) -> list[str]:
    """Until when memory overrides the rule."""
    memory = planned.memory
    last = stays[-1] if stays else None
    if memory is None or last is None:
        return []
    is_member = last["left_at"] is None
    duration = memory.min_stay if is_member else memory.cool_down
    if duration is None or last["leave_cause"] in ("disabled", "removed"):
        return []
    start = last["joined_at"] if is_member else last["left_at"]
    until = every(start, start + timedelta(days=LONGEST[duration.unit] * duration.count + 1), duration, timezone)[1]
    if until <= as_of:
        return []
    does = "min_stay lets them stay until" if is_member else "cool_down keeps them out until"
    return [f"{does} {as_local(until, timezone)}, whatever the rule says"]
