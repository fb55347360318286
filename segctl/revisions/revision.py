"""How each segment changed between two versions of the definitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Literal

from segctl.errors import Mark
from segctl.features import Reference, Test, closure, rule_in_words, tests_of
from segctl.language.syntax import CUSTOMER, Catalog
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedSegment
from segctl.revisions.edits import Edit, edits_of

Kind = Literal["added", "removed", "renamed", "enabled", "disabled", "redefined", "reworded"]
# Keys of a segment that do not affect membership.
WORDING = ("label", "description", "owner", "tags", "guard", "share", "used_by")


@dataclass(frozen=True)
class Revision:
    """A segment that differs between two versions.

    `kind` is the most important change; a renamed segment may also be redefined. `edits` are those of its rule.
    `through` names edited references of a rule whose own text did not change, as in "rule loyal". `memory_edits`
    describe changes of its memory, and `reworded` names other changed keys. `population` means that the versions have
    different customers (or other members of the entity).
    """

    name: str
    kind: Kind
    before: PlannedSegment | None
    after: PlannedSegment | None
    edits: tuple[Edit, ...] = ()
    through: tuple[str, ...] = ()
    memory_edits: tuple[str, ...] = ()
    population: bool = False
    reworded: tuple[str, ...] = ()

    @property
    def present(self) -> PlannedSegment:
        """The segment of the later version, or of the former if it was removed."""
        planned = self.after or self.before
        assert planned is not None
        return planned

    @property
    def moves(self) -> bool:
        """Whether the change can make customers join or leave."""
        planned, other = self.before, self.after
        enabled = [segment is not None and segment.segment.enabled for segment in (planned, other)]
        if not any(enabled):
            return False
        meant = bool(planned and other and planned.definition_hash != other.definition_hash)
        return enabled[0] != enabled[1] or meant or self.population


def revisions(before: Plan, after: Plan) -> list[Revision]:
    """Every segment that differs, by its current or former name."""
    former = {planned.segment.name: planned for planned in before.segments}
    present = {segment.segment.name: segment for segment in after.segments}
    names = {planned.segment.formerly.text: name for name, planned in present.items() if planned.segment.formerly}
    renamed = {names[old]: old for old in former if old in names and old not in present and names[old] not in former}
    kept = {name: former.get(renamed.get(name, name)) for name in present}
    gone = {name: planned for name, planned in former.items() if name not in {*present, *renamed.values()}}
    others = _other_populations(before.catalog, after.catalog)
    metrics = frozenset(after.catalog.metrics)
    differing = [_of(name, kept[name], planned, metrics, others) for name, planned in present.items()]
    differing += [_of(name, planned, None, metrics, others) for name, planned in gone.items()]
    return sorted((revision for revision in differing if revision), key=lambda revision: revision.name)


def _other_populations(before: Catalog, after: Catalog) -> frozenset[str]:
    """Entities whose members, or whose link to customers, changed. No segment's hash shows this."""

    def members(catalog: Catalog) -> dict[str, object]:
        customer, since = catalog.customer, catalog.customer.since
        born = (since.column, since.type) if since else None
        declared: dict[str, object] = {CUSTOMER: (customer.model, customer.key, born)}
        return declared | {
            name: (entity.model, entity.key, entity.customers) for name, entity in catalog.entities.items()
        }

    former, present = members(before), members(after)
    return frozenset(name for name in former.keys() & present.keys() if former[name] != present[name])


def _of(
    name: str,
    before: PlannedSegment | None,
    after: PlannedSegment | None,
    metrics: frozenset[str],
    others: frozenset[str],
) -> Revision | None:
    if before is None or after is None:
        return Revision(name, "added" if after else "removed", before, after)
    reworded = tuple(
        attribute.name
        for attribute in fields(before.segment)
        if attribute.name in WORDING and _setting(before, attribute.name) != _setting(after, attribute.name)
    )
    redefined = before.definition_hash != after.definition_hash
    population = after.entity in others and (before.segment.enabled or after.segment.enabled)
    kind = _kind(before, after, redefined or population)
    if not kind:
        return Revision(name, "reworded", before, after, reworded=reworded) if reworded else None
    through = tuple(_through(before, after, metrics)) if redefined else ()
    return Revision(
        name,
        kind,
        before,
        after,
        tuple(edits_of(before.predicate, after.predicate)) if redefined else (),
        (f"entity {after.entity}", *through) if population else through,
        tuple(_memory_edits(before, after)),
        population,
        reworded,
    )


def _kind(before: PlannedSegment, after: PlannedSegment, redefined: bool) -> Kind | None:
    if before.segment.name != after.segment.name:
        return "renamed"
    if before.segment.enabled != after.segment.enabled:
        return "enabled" if after.segment.enabled else "disabled"
    return "redefined" if redefined else None


def _setting(planned: PlannedSegment, name: str) -> object:
    guard = planned.guard
    if name == "guard":
        return (guard.max_change, guard.min_size, guard.max_size) if guard else None
    # Ignores the position in the file.
    share, nowhere = planned.segment.share, Mark("", 0, 0)
    if name == "share":
        columns = [column.text for column in share.columns] if share else []
        return (share.name, columns, share.grants, bool(share.eligible_only)) if share else None
    if name == "used_by":
        return {replace(exposure, mark=nowhere) for exposure in planned.segment.used_by}
    return getattr(planned.segment, name)


def _memory_edits(before: PlannedSegment, after: PlannedSegment) -> Iterator[str]:
    """The changes of memory in words."""
    former, present = _memory(before), _memory(after)
    for name in ("keep_while", "min_stay", "cool_down"):
        if former.get(name) != present.get(name):
            now, was = (memory[name][1] if name in memory else "none" for memory in (present, former))
            yield f"{name}: {now}, was {was}"


def _memory(planned: PlannedSegment) -> dict[str, tuple[object, str]]:
    """The settings of memory, each in words."""
    memory = planned.memory
    meanings: dict[str, tuple[object, str]] = {}
    if memory and memory.keep_while:
        meanings["keep_while"] = (memory.keep_while.canonical, rule_in_words(memory.keep_while))
    for name in ("min_stay", "cool_down"):
        duration = str(getattr(memory, name) or "") if memory else ""
        meanings |= {name: (duration, duration)} if duration else {}
    return meanings


def _through(before: PlannedSegment, after: PlannedSegment, metrics: frozenset[str]) -> Iterator[str]:
    """Edited references of a rule with unchanged text: segments and rules, else metrics, else columns."""
    if rule_in_words(before.predicate) != rule_in_words(after.predicate):
        return
    for former, present in zip(_meanings(before, metrics), _meanings(after, metrics), strict=True):
        changed = [name for name, meaning in present.items() if name in former and former[name] != meaning]
        yield from changed
        if changed:
            return


def _meanings(planned: PlannedSegment, metrics: frozenset[str]) -> "tuple[Mapping[str, object], ...]":
    """The meanings of everything that a rule names: other rules, metrics and columns."""
    referred: dict[str, object] = {}
    waiting = [planned.predicate]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Reference):
            referred[f"{part.kind} {part.name}"] = part.canonical
        elif not isinstance(part, Test):
            waiting += part.parts
    features = closure(feature for test in tests_of(planned.predicate) for feature in test.features)
    canonicals = {feature.name: feature.canonical for feature in sorted(features, key=lambda feature: feature.name)}
    return (
        referred,
        {f"metric {name}": meaning for name, meaning in canonicals.items() if name in metrics},
        {f"column {name}": meaning for name, meaning in canonicals.items() if name not in metrics},
    )
