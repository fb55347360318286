"""Resolves rules to predicates, including references, groups, limits and memory."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from segctl.errors import Mark, Report
from segctl.features import Computed, Feature, Junction, Predicate, Reference, features_of
from segctl.features.scope import Scope
from segctl.language.literals import Duration
from segctl.language.named_leaf import name_of
from segctl.language.syntax import CUSTOMER, Catalog, DefinitionFile, Leaf, Rule, Scalar, Segment, leaves
from segctl.rules import resolve_rule
from segctl.rules.rank import place


@dataclass(frozen=True)
class CheckedMemory:
    """The resolved memory: what lets members stay, and how long. None if not set."""

    keep_while: Predicate | None
    min_stay: Duration | None
    cool_down: Duration | None


@dataclass(frozen=True)
class Waterfall:
    """A segment's own rule, and the segments of its group with higher priority."""

    alone: Predicate
    before: tuple[str, ...]


@dataclass(frozen=True)
class CheckedSegment:
    """A segment with its entity, and its rule resolved to a predicate over features."""

    segment: Segment
    entity: str
    predicate: Predicate
    memory: CheckedMemory | None
    waterfall: Waterfall | None


class Resolver:
    """Resolves each segment and each catalog rule once. Follows references and refuses cycles.

    `refused` ones were reported already.
    """

    def __init__(
        self,
        catalog: Catalog,
        files: Sequence[DefinitionFile],
        metrics: dict[str, Feature],
        report: Report,
        refused: Iterable[str] = (),
    ) -> None:
        self.catalog, self.report = catalog, report
        self.segments = {segment.name: segment for file in files for segment in file.segments}
        self.entities = {
            segment.name: file.entity.text if file.entity else CUSTOMER for file in files for segment in file.segments
        }
        self.scope = Scope(catalog, report, resolve_rule, metrics, self.referred, self.catalogued)
        self.refused = frozenset(refused)
        self.resolved: dict[str, Predicate | None] = dict.fromkeys(self.refused)
        self.alone: dict[str, Predicate | None] = {}
        self.path: list[str] = []
        self.groups = self._groups(files)

    def of(self, segment: Segment) -> CheckedSegment | None:
        """A resolved segment. None after a problem."""
        if segment.name in self.refused:
            return None
        if self.segments[segment.name] is not segment:
            self._with_extended(segment)
            return None
        predicate = self._once(segment.name, lambda: self._whole_rule(segment))
        memory = self._memory(segment, predicate)
        if predicate is None or (segment.memory and memory is None):
            return None
        return CheckedSegment(segment, self.entities[segment.name], predicate, memory, self._waterfall(segment))

    def referred(self, name: Scalar, entity: str) -> Predicate | None:
        """The predicate of a referenced segment."""
        if name.text not in self.segments:
            self.report.unknown(name.text, name.mark, "segment", list(self.segments))
            return None
        other = self.entities[name.text]
        if other != entity:
            message = f"segment {name.text} is about {other}, but this rule is about {entity}"
            across = f"{{customers: {{segment: {name.text}}}}}"
            if entity == CUSTOMER:
                across = f"{{belongs_to: {other}, that: {{segment: {name.text}}}}}"
            self.report.add(name.mark, "rule-place", message, f"write {across}")
            return None
        segment = self.segments[name.text]
        return self._once(name.text, lambda: self._whole_rule(segment), name.mark)

    def catalogued(self, name: Scalar) -> Predicate | None:
        """The predicate of a referenced catalog rule."""
        if name.text not in self.catalog.rules:
            self.report.unknown(name.text, name.mark, "rule", list(self.catalog.rules))
            return None
        return self._once(f"rule {name.text}", lambda: self._catalogued(name.text), name.mark)

    def check_catalogued(self) -> None:
        """Resolves unused catalog rules to report their problems."""
        for name in self.catalog.rules:
            self._once(f"rule {name}", lambda name=name: self._catalogued(name))  # type: ignore[misc]

    def _scope(self, segment: Segment) -> Scope:
        return replace(self.scope, entity=self.entities[segment.name])

    def _catalogued(self, name: str) -> Predicate | None:
        rule = self.catalog.rules[name]
        return None if refuse_segments(rule, "a catalogued rule", self.report) else resolve_rule(rule, self.scope)

    def _once(self, name: str, resolve: Callable[[], Predicate | None], mark: Mark | None = None) -> Predicate | None:
        if mark and name in self.path:
            circle = " → ".join([*self.path[self.path.index(name) :], name])
            what = "rules of the catalog" if name.startswith("rule ") else "segments"
            message = f"{what} refer to each other in a circle: {circle}"
            known = [self.segments[other] for other in self.path if other in self.segments]
            grouped = any(segment.group for segment in known)
            hint = "; a segment of a group depends on those before it" if grouped else ""
            self.report.add(mark, "cycle", message, f"remove one of these references{hint}")
            return None
        if name not in self.resolved:
            self.path.append(name)
            self.resolved[name] = resolve()
            self.path.pop()
        return self.resolved[name]

    def _whole_rule(self, segment: Segment) -> Predicate | None:
        """The rule with its group and limit applied."""
        predicate = self._alone(segment)
        before = self._before(segment)
        if predicate is None or before is None:
            return None
        if before:
            mark = segment.group.mark if segment.group else segment.mark
            predicate = Junction("all", (predicate, Junction("none", tuple(before), mark)), mark)
        return place(segment.limit, predicate, self._scope(segment)) if segment.limit else predicate

    def _with_extended(self, segment: Segment) -> Predicate | None:
        """The rule joined with the one it extends."""
        scope = self._scope(segment)
        own = resolve_rule(segment.rule, scope) if segment.rule else None
        if segment.extends is None:
            return own
        other = self.referred(segment.extends, scope.entity)
        if other is None or (segment.rule and own is None):
            return None
        extended = Reference("segment", segment.extends.text, other, segment.extends.mark)
        return Junction("all", (extended, own), segment.extends.mark) if own else extended

    def _before(self, segment: Segment) -> list[Predicate] | None:
        """The predicates of earlier segments of the group. None after a problem.

        A customer who matches an earlier rule is in that segment or in one before it, unless a limit excludes them.
        """
        if segment.group is None:
            return []
        predicates: list[Predicate] = []
        for other in self.groups[segment.group.text]:
            if other.priority >= segment.priority or not other.enabled:
                continue
            whole = self.referred(Scalar(other.name, segment.group.mark), self.entities[segment.name])
            taken = whole if other.limit or whole is None else self._alone(other)
            if whole is None or taken is None:
                return None
            predicates.append(Reference("segment", other.name, taken, segment.group.mark, alone=taken is not whole))
        return predicates

    def _waterfall(self, segment: Segment) -> Waterfall | None:
        if segment.group is None or segment.limit:
            return None
        alone = self._alone(segment)
        before = [other for other in self.groups[segment.group.text] if other.priority < segment.priority]
        return Waterfall(alone, tuple(other.name for other in before if other.enabled)) if alone else None

    def _alone(self, segment: Segment) -> Predicate | None:
        """The rule of a segment, ignoring its group."""
        if segment.name not in self.alone:
            self.alone[segment.name] = self._with_extended(segment)
        return self.alone[segment.name]

    def _memory(self, segment: Segment, predicate: Predicate | None) -> CheckedMemory | None:
        memory = segment.memory
        if memory is None:
            return None
        keep = resolve_rule(memory.keep_while, self._scope(segment)) if memory.keep_while else None
        if memory.keep_while and keep is None:
            return None
        own = [leaf for leaf in leaves(memory.keep_while) if _named(leaf) == segment.name] if memory.keep_while else []
        for leaf in own:
            message = f"keep_while refers to its own segment, {segment.name}: members stay while the rule holds anyway"
            self.report.add(
                leaf.mark, "keep-while", message, "name another rule that lets them stay, or remove keep_while"
            )
        if memory.keep_while and predicate and _never_changes(predicate):
            mark = next(leaves(segment.rule)).mark if segment.rule else segment.mark
            message = "keep_while has no effect: a rule with nothing but samples loses no member"
            self.report.add(mark, "keep-while", message, "remove keep_while, or add a rule that can stop holding")
            return None
        return CheckedMemory(keep, memory.min_stay, memory.cool_down)

    def _groups(self, files: Sequence[DefinitionFile]) -> dict[str, list[Segment]]:
        groups: dict[str, list[Segment]] = {}
        for file in files:
            for segment in file.segments:
                if segment.group is None:
                    continue
                segments = groups.setdefault(segment.group.text, [])
                # A broken priority was reported already.
                if not segment.priority:
                    continue
                same = [
                    other for other in segments if other.priority == segment.priority and other.name != segment.name
                ]
                if same:
                    message = f"{segment.name} and {same[0].name} have the same priority in group {segment.group.text}"
                    hint = "give each segment of the group its own priority; 1 comes first"
                    self.report.add(segment.group.mark, "group", message, hint)
                segments.append(segment)
        return {name: sorted(definitions, key=lambda segment: segment.priority) for name, definitions in groups.items()}


def refuse_segments(rule: Rule, where: str, report: Report) -> bool:
    """Whether a rule refers to a segment where that is not allowed. Reports each place."""
    leafs = [leaf for leaf in leaves(rule) if leaf.kind == "segment"]
    for leaf in leafs:
        report.add(leaf.mark, "rule-place", f"{where} cannot refer to a segment", "write the rule out")
    return bool(leafs)


def _never_changes(predicate: Predicate) -> bool:
    """Whether the answer depends only on customers' keys, as samples do."""
    return all(isinstance(feature, Computed) and not feature.needs for feature in features_of(predicate))


def _named(leaf: Leaf) -> str:
    """The segment named by a leaf."""
    return name_of(leaf).text if leaf.kind == "segment" else ""
