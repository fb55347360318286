"""The segments of an export."""

from dataclasses import dataclass

from segctl.errors import Failure, did_you_mean
from segctl.language.syntax import CUSTOMER
from segctl.operations.exports.request import ExportRequest
from segctl.operations.segments.as_of import entity_of_gone
from segctl.operations.segments.show import find_segment
from segctl.plan.plan import Plan
from segctl.warehouse import Warehouse


@dataclass(frozen=True)
class Subject:
    """A segment to export, and its entity."""

    name: str
    entity: str


def subjects(plan: Plan, warehouse: Warehouse, request: ExportRequest) -> list[Subject]:
    """The requested segments, once each, those with priority first. Raises Failure.

    With `eligible_only`, only customer segments, since eligibility is known for customers only.
    """
    if request.eligible_only and plan.eligible is None:
        hint = "add eligible: to the customer in segments/catalog.yml"
        raise Failure("the catalog does not say who may be contacted", hint, exit_code=2)
    names = request.segments or request.priority
    if not names:
        defined = [Subject(planned.segment.name, planned.entity) for planned in plan.segments]
        return [
            subject for subject in defined if subject.entity == CUSTOMER or not (request.eligible_only or request.hash)
        ]
    chosen = [_named(plan, warehouse, name, bool(request.as_of)) for name in dict.fromkeys(names)]
    for subject in chosen:
        if request.eligible_only and subject.entity != CUSTOMER:
            message = f"{subject.name} is about {subject.entity}s, and only customers can be eligible"
            raise Failure(message, "leave --eligible-only out", exit_code=2)
    return _by_priority(chosen, request)


def _by_priority(chosen: list[Subject], request: ExportRequest) -> list[Subject]:
    """Orders segments with priority first. Raises Failure for one that is not exported."""
    if not request.priority:
        return chosen
    known = {subject.name: subject for subject in chosen}
    for name in request.priority:
        if name not in known:
            hint = did_you_mean(name, list(known), "segments")
            raise Failure(f'--priority names "{name}", which is not exported', hint, exit_code=2)
    if len({subject.entity for subject in chosen}) > 1:
        entities = ", ".join(sorted({f"{subject.entity}s" for subject in chosen}))
        raise Failure(f"--priority needs segments of one entity, and these are about {entities}", exit_code=2)
    first = [known[name] for name in dict.fromkeys(request.priority)]
    return first + [subject for subject in chosen if subject not in first]


def _named(plan: Plan, warehouse: Warehouse, name: str, of_the_past: bool) -> Subject:
    """The segment of that name. For the past, also one that is no longer defined. Raises Failure."""
    entity = None
    if of_the_past and name not in {planned.segment.name for planned in plan.segments}:
        entity = entity_of_gone(plan, warehouse, name)
    return Subject(name, entity or find_segment(plan, name).entity)
