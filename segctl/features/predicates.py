"""Predicates over features: what a rule asks, as a tree.

A rule that has a name is one object, however many refer to it. What is known of it is found once and kept, so that
nothing costs more than what is written, whatever it comes to.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from segctl.criteria import Criterion
from segctl.errors import Mark
from segctl.features.columns import Canonical, Feature
from segctl.features.computed import TimeFlag
from segctl.names import digest

# Conditions up to which the meaning of a rule holds all that it refers to. Of larger ones it holds digests.
LARGEST = 10_000


@dataclass(frozen=True)
class Test:
    """A feature's value meets every criterion; a missing value makes it false, not NULL.

    Without criteria the feature is a boolean that is never missing, and the test is the feature itself.
    `size` counts the conditions of rules that the feature holds.
    """

    feature: Feature
    criteria: tuple[Criterion, ...]
    words: str
    mark: Mark
    size: int = field(default=1, compare=False)

    @property
    def canonical(self) -> Canonical:
        """Feature and criteria, whatever their order."""
        return ("test", self.feature.canonical, tuple(sorted(c.canonical for c in self.criteria)))

    @property
    def brief(self) -> Canonical:
        """The same: a test refers to nothing."""
        return self.canonical

    @property
    def flags(self) -> tuple[TimeFlag, ...]:
        """The flags for the criteria that move with the run."""
        return tuple(TimeFlag(self.feature, c) for c in self.criteria if c.relative)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The feature and its flags."""
        return (self.feature, *self.flags)

    @property
    def level(self) -> int:
        """A test refers to nothing."""
        return 0


@dataclass(frozen=True, eq=False)
class Junction:
    """Predicates joined by `all`, `any` or `none`; `not` is `none` of one."""

    kind: Literal["all", "any", "none"]
    parts: "tuple[Predicate, ...]"
    mark: Mark

    @cached_property
    def size(self) -> int:
        """How many conditions it comes to with all that it refers to."""
        return sum(part.size for part in self.parts)

    @cached_property
    def canonical(self) -> Canonical:
        """The parts, whatever their order; one part alone is the part itself. Brief where they come to too much."""
        return self._joined(part.canonical for part in self.parts) if self.size <= LARGEST else self.brief

    @cached_property
    def brief(self) -> Canonical:
        """The same with a digest in the place of each rule that it refers to."""
        return self._joined(part.brief for part in self.parts)

    @cached_property
    def digest(self) -> str:
        """A digest of the meaning."""
        return digest(repr(self.canonical))

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """Every feature that the parts look at, once each, in the order of writing."""
        return tuple(dict.fromkeys(feature for part in self.parts for feature in part.features))

    @cached_property
    def level(self) -> int:
        """How many named rules stand one within the other."""
        return max(part.level for part in self.parts)

    def _joined(self, parts: Iterable[Canonical]) -> Canonical:
        found = set(parts)
        ordered = tuple(sorted(found, key=repr)) if len(found) > 1 else tuple(found)
        return ordered[0] if self.kind != "none" and len(ordered) == 1 else (self.kind, ordered)


@dataclass(frozen=True, eq=False)
class Reference:
    """A rule that has a name: another segment's, or one of the catalog's.

    `alone` says that it is the segment's rule as if it stood in no group.
    """

    kind: Literal["segment", "rule"]
    name: str
    predicate: "Predicate"
    mark: Mark
    alone: bool = False

    @property
    def size(self) -> int:
        """That of the other rule."""
        return self.predicate.size

    @property
    def canonical(self) -> Canonical:
        """What the other rule means, whatever its name."""
        return self.predicate.canonical if self.size <= LARGEST else self.brief

    @property
    def brief(self) -> Canonical:
        """A digest of that."""
        rule = self.predicate
        return ("digest", rule.digest if isinstance(rule, Junction) else digest(repr(rule.canonical)))

    @property
    def features(self) -> tuple[Feature, ...]:
        """Those of the other rule."""
        return self.predicate.features

    @property
    def level(self) -> int:
        """One more than that of the other rule."""
        return self.predicate.level + 1


Predicate = Test | Junction | Reference


def tests_of(predicate: Predicate) -> Iterator[Test]:
    """The tests in a predicate; those of a rule that is referred to again come once."""
    seen: set[int] = set()
    waiting: list[Predicate] = [predicate]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Test):
            yield part
        elif isinstance(part, Junction):
            waiting += reversed(part.parts)
        elif id(part.predicate) not in seen:
            seen.add(id(part.predicate))
            waiting.append(part.predicate)


def features_of(predicate: Predicate) -> tuple[Feature, ...]:
    """Every feature that a predicate looks at, once each, in the order of writing."""
    return tuple(dict.fromkeys(predicate.features))
