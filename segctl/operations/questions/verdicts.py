"""Explains why a customer would be a member of a previewed segment or not."""

from dataclasses import dataclass
from datetime import datetime

from segctl.errors import Failure
from segctl.operations.questions.clauses import Clause, as_of, evaluated
from segctl.operations.questions.preview_request import PreviewRequest, subject_of
from segctl.operations.questions.query_context import query_context
from segctl.operations.runs.instants import as_local
from segctl.operations.segments.show import find_segment
from segctl.plan.plan import of_features
from segctl.plan.planned import PlannedSegment
from segctl.project.project import Project
from segctl.warehouse import Warehouse


@dataclass(frozen=True)
class Verdict:
    """Whether a customer would be a member of a previewed segment, as of a naive UTC instant, with the clauses."""

    planned: PlannedSegment
    member: str
    clause: Clause
    as_of: datetime
    timezone: str


def verdicts(project: Project, warehouse: Warehouse, request: PreviewRequest, member: str) -> list[Verdict]:
    """Explains for each previewed segment why a customer would be a member or not. Raises ProblemsFound or Failure."""
    whole_plan, plan, names = subject_of(project, request)
    loaded = warehouse.loaded()
    context = query_context(project, loaded, request.as_of, [whole_plan, plan])
    member_verdicts = []
    for planned in (find_segment(plan, name) for name in names):
        needed = of_features(plan, planned.features, planned.entity, context.stored_features)
        clause = evaluated(loaded, planned.predicate, as_of(needed, planned.entity, member, context.as_of))
        if clause is None:
            message = f'there is no {planned.entity} "{member}" as of {as_local(context.as_of, plan.catalog.timezone)}'
            raise Failure(message, "use the key as in the warehouse", exit_code=2)
        member_verdicts.append(Verdict(planned, member, clause, context.as_of, plan.catalog.timezone))
    return member_verdicts
