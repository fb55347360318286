"""The deliveries of a project and their segments."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from segctl.errors import Failure, Mark, ProblemsFound, Report, did_you_mean
from segctl.operations.deliveries.cursors import Cursor
from segctl.operations.segments.as_of import entity_of_gone
from segctl.parse import parse_deliveries
from segctl.parse.deliveries import Delivery
from segctl.plan.plan import Plan
from segctl.project.project import Project
from segctl.project.reading import Refused, read_file
from segctl.warehouse import Warehouse

FILE = "deliveries.yml"


@dataclass(frozen=True)
class Receiver:
    """A delivery with its cursors by segment, and the segments that it covers.

    It covers the segments that it names, and removed segments that were sent before, so that their end is sent too.
    """

    delivery: Delivery
    cursors: Mapping[str, Cursor]
    segments: tuple[str, ...]


def configured(project: Project, plan: Plan) -> tuple[Delivery, ...]:
    """The deliveries in the project's file, or none without a file. Raises ProblemsFound."""
    path, report = project.root / FILE, Report()
    if not os.path.lexists(path):
        return ()
    try:
        deliveries = parse_deliveries(FILE, read_file(path, project.root), report)
    except Refused as refused:
        report.add(Mark(FILE, 1, 1), refused.code, refused.reason, refused.hint)
        deliveries = ()
    names = [planned.segment.name for planned in plan.segments]
    tags = sorted({tag for planned in plan.segments for tag in planned.segment.tags})
    for delivery in deliveries:
        if delivery.identifiers and not plan.catalog.customer.identifiers.attributes:
            message = f"{delivery.name} asks for identifiers, and the catalog declares none"
            hint = "add identifiers: {email: <attribute>} to the customer in segments/catalog.yml"
            report.add(delivery.mark, "no-identifiers", message, hint)
        for scalar in delivery.segments:
            if scalar.text not in names:
                hint = did_you_mean(scalar.text, names, "segments")
                report.add(scalar.mark, "unknown-segment", f'unknown segment "{scalar.text}" in {delivery.name}', hint)
        for scalar in delivery.tags:
            if scalar.text not in tags:
                message = f'no segment has the tag "{scalar.text}" of {delivery.name}'
                report.add(scalar.mark, "unknown-tag", message, did_you_mean(scalar.text, tags, "tags"))
    if report.problems:
        raise ProblemsFound(report.problems)
    return deliveries


def receives(delivery: Delivery, plan: Plan, cursors: Mapping[str, Cursor], entities: Mapping[str, str]) -> Receiver:
    """The segments of a delivery. `entities` are those of all known segments."""
    named, tags = {scalar.text for scalar in delivery.segments}, {written.text for written in delivery.tags}
    segments = [planned.segment for planned in plan.segments]
    chosen = {segment.name for segment in segments if segment.name in named or tags.intersection(segment.tags)}
    if not named and not tags:
        chosen = {definition.name for definition in segments}
    defined = {segment.name for segment in segments}
    gone = {name for name in cursors if name not in defined and name in entities}
    return Receiver(delivery, cursors, tuple(sorted(chosen | gone)))


def renamed_in(plan: Plan) -> dict[str, str]:
    """The present names of renamed segments by former name."""
    defined = {planned.segment.name for planned in plan.segments}
    renamed = {
        segment.segment.formerly.text: segment.segment.name for segment in plan.segments if segment.segment.formerly
    }
    return {old: new for old, new in renamed.items() if old not in defined}


def entities_known(plan: Plan, live: Warehouse, others: Collection[str]) -> dict[str, str]:
    """The entities of defined segments and of `others` that may be gone. Skips segments whose entity is gone."""
    entities = {planned.segment.name: planned.entity for planned in plan.segments}
    entities |= {old: entities[new] for old, new in renamed_in(plan).items()}
    for name in sorted(set(others) - entities.keys()):
        try:
            entity = entity_of_gone(plan, live, name)
        except Failure:
            continue
        if entity:
            entities[name] = entity
    return entities
