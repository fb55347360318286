"""Predicates over features: a rule as a tree.

A named rule is one object, however many rules refer to it. Its properties are computed once and cached, so the cost
grows with the text of the definitions, not with their expansion.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from segctl.conditions.criterion import Criterion
from segctl.errors import Mark
from segctl.features.columns import Canonical, Feature
from segctl.features.computed import TimeFlag
from segctl.language.names import digest

# Rules up to this many conditions spell out what they refer to. Larger rules contain digests instead.
LARGEST = 10_000


@dataclass(frozen=True)
class Test:
    """A feature's value meets every criterion. A missing value makes the test false, not NULL.

    Without criteria the feature is a boolean that is never missing, and the test is the feature itself.
    `size` counts the conditions of rules inside the feature.
    """

    feature: Feature
    criteria: tuple[Criterion, ...]
    text: str
    mark: Mark
    size: int = field(default=1, compare=False)

    @property
    def canonical(self) -> Canonical:
        """Feature and criteria, in any order."""
        return ("test", self.feature.canonical, tuple(sorted(c.canonical for c in self.criteria)))

    @property
    def brief(self) -> Canonical:
        """The same as `canonical`: a test refers to no rule."""
        return self.canonical

    @property
    def flags(self) -> tuple[TimeFlag, ...]:
        """The flags of criteria that move with the run."""
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
        """The number of conditions, including referenced rules."""
        return sum(part.size for part in self.parts)

    @cached_property
    def canonical(self) -> Canonical:
        """The parts in any order. A single part stands for itself. Brief when the parts are too large."""
        return self._joined(part.canonical for part in self.parts) if self.size <= LARGEST else self.brief

    @cached_property
    def brief(self) -> Canonical:
        """The same with a digest in place of each referenced rule."""
        return self._joined(part.brief for part in self.parts)

    @cached_property
    def digest(self) -> str:
        """A digest of the meaning."""
        return digest(repr(self.canonical))

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """Every feature of the parts, once each, in written order."""
        return tuple(dict.fromkeys(feature for part in self.parts for feature in part.features))

    @cached_property
    def level(self) -> int:
        """How deep named rules nest."""
        return max(part.level for part in self.parts)

    def _joined(self, parts: Iterable[Canonical]) -> Canonical:
        canonicals = set(parts)
        ordered = tuple(sorted(canonicals, key=repr)) if len(canonicals) > 1 else tuple(canonicals)
        return ordered[0] if self.kind != "none" and len(ordered) == 1 else (self.kind, ordered)


@dataclass(frozen=True, eq=False)
class Reference:
    """A named rule: another segment's, or one of the catalog.

    `alone` means the segment's own rule, ignoring its exclusive group.
    """

    kind: Literal["segment", "rule"]
    name: str
    predicate: "Predicate"
    mark: Mark
    alone: bool = False

    @property
    def size(self) -> int:
        """The size of the other rule."""
        return self.predicate.size

    @property
    def canonical(self) -> Canonical:
        """The meaning of the other rule, independent of its name."""
        return self.predicate.canonical if self.size <= LARGEST else self.brief

    @property
    def brief(self) -> Canonical:
        """A digest of the meaning of the other rule."""
        rule = self.predicate
        return ("digest", rule.digest if isinstance(rule, Junction) else digest(repr(rule.canonical)))

    @property
    def features(self) -> tuple[Feature, ...]:
        """The features of the other rule."""
        return self.predicate.features

    @property
    def level(self) -> int:
        """One more than the depth of the other rule."""
        return self.predicate.level + 1


Predicate = Test | Junction | Reference


def tests_of(predicate: Predicate) -> Iterator[Test]:
    """The tests in a predicate. A rule that is referenced twice gives its tests once."""
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
    """Every feature of a predicate, once each, in written order."""
    return tuple(dict.fromkeys(predicate.features))
