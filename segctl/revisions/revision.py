"""What became of each segment between two versions of the definitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Literal

from segctl.features import Reference, Test, closure, rule_in_words, tests_of
from segctl.plan import Plan
from segctl.planned import PlannedSegment
from segctl.revisions.edits import Edit, edits_of

Kind = Literal["added", "removed", "renamed", "enabled", "disabled", "redefined", "reworded"]
# What of a segment decides about no customer.
WORDING = ("label", "description", "owner", "tags", "guard")


@dataclass(frozen=True)
class Revision:
    """A segment that another version has otherwise.

    `kind` is the weightiest of what happened to it; a renamed segment may be redefined as well. `edits` are those
    of its rule. `through` is what a rule that reads as it did refers to and that was edited, as in "rule loyal".
    `memory` says whether what lets members stay was edited, and `reworded` names what else is said otherwise.
    """

    name: str
    kind: Kind
    before: PlannedSegment | None
    after: PlannedSegment | None
    edits: tuple[Edit, ...] = ()
    through: tuple[str, ...] = ()
    memory: bool = False
    reworded: tuple[str, ...] = ()

    @property
    def present(self) -> PlannedSegment:
        """The segment as it is now, or was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def moves(self) -> bool:
        """Whether it can make anybody join or leave."""
        one, other = self.before, self.after
        enabled = [found is not None and found.segment.enabled for found in (one, other)]
        if not any(enabled):
            return False
        return enabled[0] != enabled[1] or bool(one and other and one.definition_hash != other.definition_hash)


def revisions(before: Plan, after: Plan) -> list[Revision]:
    """Every segment that differs, by name: that of now, else the former one."""
    former = {one.segment.name: one for one in before.segments}
    present = {one.segment.name: one for one in after.segments}
    names = {one.segment.formerly.text: name for name, one in present.items() if one.segment.formerly}
    renamed = {names[old]: old for old in former if old in names and old not in present and names[old] not in former}
    metrics = frozenset(after.catalog.metrics)
    found = [_of(name, former.get(renamed.get(name, name)), one, metrics) for name, one in present.items()]
    found += [
        _of(name, one, None, metrics) for name, one in former.items() if name not in {*present, *renamed.values()}
    ]
    return sorted((one for one in found if one), key=lambda revision: revision.name)


def _of(
    name: str, before: PlannedSegment | None, after: PlannedSegment | None, metrics: frozenset[str]
) -> Revision | None:
    if before is None or after is None:
        return Revision(name, "added" if after else "removed", before, after)
    reworded = tuple(
        one.name
        for one in fields(before.segment)
        if one.name in WORDING and _said(before, one.name) != _said(after, one.name)
    )
    redefined = before.definition_hash != after.definition_hash
    kind = _kind(before, after, redefined)
    if not kind:
        return Revision(name, "reworded", before, after, reworded=reworded) if reworded else None
    return Revision(
        name,
        kind,
        before,
        after,
        tuple(edits_of(before.predicate, after.predicate)) if redefined else (),
        tuple(_through(before, after, metrics)) if redefined else (),
        _memory(before) != _memory(after),
        reworded,
    )


def _kind(before: PlannedSegment, after: PlannedSegment, redefined: bool) -> Kind | None:
    if before.segment.name != after.segment.name:
        return "renamed"
    if before.segment.enabled != after.segment.enabled:
        return "enabled" if after.segment.enabled else "disabled"
    return "redefined" if redefined else None


def _said(planned: PlannedSegment, name: str) -> object:
    guard = planned.guard
    if name == "guard":
        return (guard.max_change, guard.min_size, guard.max_size) if guard else None
    return getattr(planned.segment, name)


def _memory(planned: PlannedSegment) -> tuple[object, ...]:
    memory = planned.memory
    keep = memory.keep_while.canonical if memory and memory.keep_while else None
    return (keep, str(memory.min_stay), str(memory.cool_down)) if memory else ()


def _through(before: PlannedSegment, after: PlannedSegment, metrics: frozenset[str]) -> Iterator[str]:
    """What a rule that reads as it did refers to and is another: segments and rules, else metrics, else columns."""
    if rule_in_words(before.predicate) != rule_in_words(after.predicate):
        return
    for former, present in zip(_meanings(before, metrics), _meanings(after, metrics), strict=True):
        found = [told for told, meaning in present.items() if told in former and former[told] != meaning]
        yield from found
        if found:
            return


def _meanings(planned: PlannedSegment, metrics: frozenset[str]) -> "tuple[Mapping[str, object], ...]":
    """What everything means that a rule refers to by a name: other rules, metrics, and the columns that it looks at."""
    referred: dict[str, object] = {}
    waiting = [planned.predicate]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Reference):
            referred[f"{part.kind} {part.name}"] = part.canonical
        elif not isinstance(part, Test):
            waiting += part.parts
    features = closure(feature for test in tests_of(planned.predicate) for feature in test.features)
    told = {feature.name: feature.canonical for feature in sorted(features, key=lambda feature: feature.name)}
    return (
        referred,
        {f"metric {name}": meaning for name, meaning in told.items() if name in metrics},
        {f"column {name}": meaning for name, meaning in told.items() if name not in metrics},
    )
