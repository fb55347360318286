"""The plan of one segment, of one definition file, and of one entity other than customers."""

from dataclasses import dataclass
from typing import Literal

from segctl.check.resolver import CheckedMemory, Waterfall
from segctl.conditions.sql import Boundary
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
from segctl.language.syntax import CUSTOMER, Entity, Guard, Segment


@dataclass(frozen=True)
class PlannedSegment:
    """A segment with its predicate and memory, and the hash of their meaning. `guard` includes the catalog's defaults.

    `with_since` means that the catalog says since when customers exist.
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
        """The predicate that lets members stay when the rule no longer matches."""
        return self.memory.keep_while if self.memory else None

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features of the rule and the memory."""
        return (*features_of(self.predicate), *(features_of(self.keep_while) if self.keep_while else ()))

    @property
    def changing(self) -> tuple[str, ...]:
        """Inputs without a history: attributes, the entities that customers belong to, and "customer" if nothing says
        since when customers exist.
        """
        names = {*changing_of(self.features)}
        return tuple(sorted(names if self.with_since or self._only_with_events else names | {CUSTOMER}))

    @property
    def _only_with_events(self) -> bool:
        """Whether customers without events are never members and never affect others.

        A member who stays by `keep_while` alone has once matched the rule.
        """
        among_members = self.entity == CUSTOMER and holds_without_events(self.predicate) is not False
        return not among_members and not counts_without_events(self.features)

    @property
    def replayable(self) -> Literal["full", "partial"]:
        """Whether a run for a past instant gives the exact past members."""
        return "partial" if self.changing else "full"


@dataclass(frozen=True)
class PlannedFile:
    """The segments of one definition file, in written order."""

    path: str
    stem: str
    entity: str
    segments: tuple[PlannedSegment, ...]

    @property
    def enabled(self) -> tuple[PlannedSegment, ...]:
        """The enabled segments by name, so that moving one within its file changes no rendered line."""
        enabled = (planned for planned in self.segments if planned.segment.enabled)
        return tuple(sorted(enabled, key=lambda planned: planned.segment.name))


@dataclass(frozen=True)
class PlannedEntity:
    """The features of segments of an entity other than customers, sorted by name within each kind.

    `counts` aggregate its customers. `flags` depend on time.
    """

    name: str
    entity: Entity
    attributes: tuple[AttributeValue, ...]
    counts: tuple[Stepped, ...]
    flags: tuple[TimeFlag, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """All features in column order."""
        return (*self.attributes, *self.counts, *self.flags)

    @property
    def boundaries(self) -> tuple[Boundary, ...]:
        """The boundaries of the run that the features use."""
        return tuple(sorted({boundary for flag in self.flags for boundary in flag.boundaries}))
