"""The segments of an export."""

from dataclasses import dataclass

from segctl.errors import Failure, did_you_mean
from segctl.language.syntax import CUSTOMER
from segctl.operations.exports.request import Request
from segctl.operations.segments.as_of import entity_of_gone
from segctl.operations.segments.show import find_segment
from segctl.plan.plan import Plan
from segctl.warehouse import Warehouse


@dataclass(frozen=True)
class Subject:
    """A segment to export, and its entity."""

    name: str
    entity: str


def subjects(plan: Plan, warehouse: Warehouse, request: Request) -> list[Subject]:
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
    found = [_named(plan, warehouse, name, bool(request.as_of)) for name in dict.fromkeys(names)]
    for one in found:
        if request.eligible_only and one.entity != CUSTOMER:
            message = f"{one.name} is about {one.entity}s, and only customers can be eligible"
            raise Failure(message, "leave --eligible-only out", exit_code=2)
    return _by_priority(found, request)


def _by_priority(found: list[Subject], request: Request) -> list[Subject]:
    """Orders segments with priority first. Raises Failure for one that is not exported."""
    if not request.priority:
        return found
    known = {subject.name: subject for subject in found}
    for name in request.priority:
        if name not in known:
            hint = did_you_mean(name, list(known), "segments")
            raise Failure(f'--priority names "{name}", which is not exported', hint, exit_code=2)
    if len({one.entity for one in found}) > 1:
        told = ", ".join(sorted({f"{one.entity}s" for one in found}))
        raise Failure(f"--priority needs segments of one entity, and these are about {told}", exit_code=2)
    first = [known[name] for name in dict.fromkeys(request.priority)]
    return first + [one for one in found if one not in first]


def _named(plan: Plan, warehouse: Warehouse, name: str, of_the_past: bool) -> Subject:
    """The segment of that name. For the past, also one that is no longer defined. Raises Failure."""
    entity = None
    if of_the_past and name not in {planned.segment.name for planned in plan.segments}:
        entity = entity_of_gone(plan, warehouse, name)
    return Subject(name, entity or find_segment(plan, name).entity)
