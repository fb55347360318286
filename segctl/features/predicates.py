"""Predicates over features: what a rule asks, as a tree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from segctl.criteria import Criterion
from segctl.errors import Mark
from segctl.features.columns import Canonical, Feature
from segctl.features.computed import TimeFlag


@dataclass(frozen=True)
class Test:
    """A feature's value meets every criterion; a missing value makes it false, not NULL.

    Without criteria the feature is a boolean that is never missing, and the test is the feature itself.
    """

    feature: Feature
    criteria: tuple[Criterion, ...]
    words: str
    mark: Mark

    @property
    def canonical(self) -> Canonical:
        """Feature and criteria, whatever their order."""
        return ("test", self.feature.canonical, tuple(sorted(c.canonical for c in self.criteria)))

    @property
    def flags(self) -> tuple[TimeFlag, ...]:
        """The flags for the criteria that move with the run."""
        return tuple(TimeFlag(self.feature, c) for c in self.criteria if c.relative)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The feature and its flags."""
        return (self.feature, *self.flags)


@dataclass(frozen=True)
class Junction:
    """Predicates joined by `all`, `any` or `none`; `not` is `none` of one."""

    kind: Literal["all", "any", "none"]
    parts: "tuple[Predicate, ...]"
    mark: Mark

    @property
    def canonical(self) -> Canonical:
        """The parts, whatever their order; one part alone is the part itself."""
        parts = tuple(sorted({part.canonical for part in self.parts}, key=repr))
        return parts[0] if self.kind != "none" and len(parts) == 1 else (self.kind, parts)


@dataclass(frozen=True)
class Reference:
    """A rule that has a name: another segment's, or one of the catalog's."""

    kind: Literal["segment", "rule"]
    name: str
    predicate: "Predicate"
    mark: Mark

    @property
    def canonical(self) -> Canonical:
        """What the other rule means, whatever its name."""
        return self.predicate.canonical


Predicate = Test | Junction | Reference


def tests_of(predicate: Predicate) -> Iterator[Test]:
    """Every test in a predicate, with repetitions."""
    if isinstance(predicate, Test):
        yield predicate
    elif isinstance(predicate, Reference):
        yield from tests_of(predicate.predicate)
    else:
        for part in predicate.parts:
            yield from tests_of(part)


def features_of(predicate: Predicate) -> tuple[Feature, ...]:
    """Every feature that a predicate looks at, once each, in the order of writing."""
    return tuple(dict.fromkeys(feature for test in tests_of(predicate) for feature in test.features))
