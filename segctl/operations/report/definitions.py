"""Definitions in a report: in English, with their guards."""

from dataclasses import dataclass

from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedSegment
from segctl.plan.sentences import sentences

EDITED = "The definition has been edited since the last run: the numbers are those of the previous version."


@dataclass(frozen=True)
class DescribedSegment:
    """A segment as the project defines it, or its last definition if it is gone."""

    name: str
    label: str = ""
    description: str = ""
    owner: str = ""
    tags: tuple[str, ...] = ()
    entity: str = ""
    group: str = ""
    enabled: bool = False
    source_file: str = ""
    sentences: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    definition_hash: str = ""


def defined(planned: PlannedSegment, plan: Plan) -> DescribedSegment:
    """A segment of the project."""
    segment = planned.segment
    return DescribedSegment(
        segment.name,
        segment.label,
        segment.description,
        segment.owner,
        segment.tags,
        planned.entity,
        segment.group.text if segment.group else "",
        segment.enabled,
        segment.mark.file,
        tuple(sentences(planned, plan.catalog)),
        guard_texts(planned),
        planned.definition_hash,
    )


def guard_texts(planned: PlannedSegment) -> tuple[str, ...]:
    """The guards of a segment, one sentence each."""
    guard, texts = planned.guard, []
    if guard and guard.max_change is not None:
        share = f"{guard.max_change.normalize():f} %"
        texts.append(f"A run is held back if joins and leaves together would exceed {share} of the members.")
    if guard and guard.min_size is not None:
        texts.append(f"A run is held back if it would leave fewer than {guard.min_size:,} members.")
    if guard and guard.max_size is not None:
        texts.append(f"A run is held back if it would leave more than {guard.max_size:,} members.")
    return tuple(texts)
