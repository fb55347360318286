"""What is planned of one segment, one definition file and one entity beside the customers."""

from dataclasses import dataclass
from typing import Literal

from segctl.criteria_sql import Moment
from segctl.features import (
    AttributeValue,
    Feature,
    Predicate,
    Stepped,
    TimeFlag,
    changing_of,
    counts_without_events,
    features_of,
    holds_without_events,
)
from segctl.resolver import CheckedMemory, Waterfall
from segctl.spec import CUSTOMER, Entity, Guard, Segment


@dataclass(frozen=True)
class PlannedSegment:
    """A segment with its predicate and memory, and the hash of what they mean; `guard` with the catalog's taken in.

    `with_since` says that the catalog tells from when on customers exist.
    """

    segment: Segment
    entity: str
    predicate: Predicate
    memory: CheckedMemory | None
    waterfall: Waterfall | None
    guard: Guard | None
    canonical: str
    definition_hash: str
    with_since: bool

    @property
    def keep_while(self) -> Predicate | None:
        """What lets members stay beside the rule."""
        return self.memory.keep_while if self.memory else None

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the rule and the memory look at."""
        return (*features_of(self.predicate), *(features_of(self.keep_while) if self.keep_while else ()))

    @property
    def changing(self) -> tuple[str, ...]:
        """What it looks at of which the data holds only the present: attributes without a history, belonging, and, by
        the word customer, who was one.
        """
        found = {*changing_of(self.features)}
        return tuple(sorted(found if self.with_since or self._only_with_events else found | {CUSTOMER}))

    @property
    def _only_with_events(self) -> bool:
        """Whether customers of whom no event says that they existed are no members, and make no difference to others.

        Whoever stays by `keep_while` alone has been let in by the rule.
        """
        among_members = self.entity == CUSTOMER and holds_without_events(self.predicate) is not False
        return not among_members and not counts_without_events(self.features)

    @property
    def replayable(self) -> Literal["full", "partial"]:
        """Whether a run for a past instant finds exactly what was so then."""
        return "partial" if self.changing else "full"


@dataclass(frozen=True)
class PlannedFile:
    """The segments of one definition file, in the order of writing."""

    path: str
    stem: str
    entity: str
    segments: tuple[PlannedSegment, ...]

    @property
    def enabled(self) -> tuple[PlannedSegment, ...]:
        """Those that are evaluated, by name: one that is moved within its file moves no line of what is rendered."""
        found = (planned for planned in self.segments if planned.segment.enabled)
        return tuple(sorted(found, key=lambda planned: planned.segment.name))


@dataclass(frozen=True)
class PlannedEntity:
    """What the segments of another entity than customers look at; features are sorted by name within each kind.

    `counts` are what its customers come to, `flags` follow from the time.
    """

    name: str
    entity: Entity
    attributes: tuple[AttributeValue, ...]
    counts: tuple[Stepped, ...]
    flags: tuple[TimeFlag, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """All features, as they stand in the table."""
        return (*self.attributes, *self.counts, *self.flags)

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The boundaries of the run that they refer to."""
        return tuple(sorted({moment for flag in self.flags for moment in flag.moments}))
