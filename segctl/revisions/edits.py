"""The edits between two rules: clause by clause, each with the rule that it alone would make of the former one."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import count

from segctl.features import Junction, Predicate, Reference, Test, rule_in_words

# Two clauses that read less alike than this are two clauses, not one that was edited.
ALIKE = 0.6


@dataclass(frozen=True)
class Edit:
    """A clause that was edited: what it asked and what it asks, one of them None for one added or taken out.

    `applied` is the former rule with this edit alone. `inside` names the rules that are referred to and hold the
    clause, the outermost first.
    """

    before: Predicate | None
    after: Predicate | None
    applied: Predicate
    inside: tuple[str, ...] = ()

    @property
    def clause(self) -> Predicate:
        """The clause as it is now, or was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def words(self) -> str:
        """The edit on one line."""
        after = rule_in_words(self.after) if self.after else ""
        before = rule_in_words(self.before) if self.before else ""
        if not after:
            return f"{before} is taken out"
        if not before:
            return f"{after} is added"
        return f"{after}, was {_rest(before, after)}" if after != before else f"{after} is computed otherwise"


def _rest(before: str, after: str) -> str:
    """What one says otherwise: without the words with which both begin, but for what they end in."""
    words, others = before.split(" "), after.split(" ")
    alike = next((place for place, pair in enumerate(zip(words, others, strict=False)) if pair[0] != pair[1]), 0)
    operator = len(words) - 2
    return " ".join(words[operator:]) if 0 < operator <= alike else before


@dataclass(frozen=True)
class _Same:
    rule: Predicate


@dataclass(frozen=True)
class _Edited:
    number: int
    before: Predicate | None
    after: Predicate | None


@dataclass(frozen=True)
class _Joined:
    """A junction or reference of the former rule with what became of its parts."""

    before: Junction | Reference
    parts: "tuple[_Part, ...]"


_Part = _Same | _Edited | _Joined


def edits_of(before: Predicate, after: Predicate) -> list[Edit]:
    """The edits that make one rule of another, in the order of writing; none when both mean the same.

    A rule that is referred to more than once is looked at once.
    """
    merged = _Merging().of(before, after)
    found: dict[int, tuple[_Edited, tuple[str, ...]]] = {}
    _collect(merged, (), found, set())
    return [
        Edit(one.before, one.after, _with(merged, one.number, {}) or before, inside) for one, inside in found.values()
    ]


class _Merging:
    """What became of the parts of a rule; each pair of rules is merged once."""

    def __init__(self) -> None:
        self.numbers = count()
        self.known: dict[tuple[int, int], _Part] = {}
        # An id is only that of an object as long as the object lives.
        self.alive: list[Predicate] = []

    def of(self, before: Predicate, after: Predicate) -> _Part:
        """What became of a rule."""
        pair = (id(before), id(after))
        if pair not in self.known:
            self.alive += [before, after]
            self.known[pair] = self._of(before, after)
        return self.known[pair]

    def _of(self, before: Predicate, after: Predicate) -> _Part:
        if before.canonical == after.canonical:
            return _Same(before)
        if isinstance(before, Reference) and isinstance(after, Reference) and _named(before) == _named(after):
            return _Joined(before, (self.of(before.predicate, after.predicate),))
        # A rule of one clause that becomes one of several, or the other way round.
        if isinstance(before, Junction) and before.kind == "all" and not _is_all(after):
            after = Junction("all", (after,), after.mark)
        elif isinstance(after, Junction) and after.kind == "all" and not _is_all(before):
            before = Junction("all", (before,), before.mark)
        if isinstance(before, Junction) and isinstance(after, Junction) and before.kind == after.kind:
            parts = self._aligned(before.parts, after.parts)
            if any(not isinstance(part, _Edited) or (part.before and part.after) for part in parts):
                return _Joined(before, tuple(parts))
        return self._edited(before, after)

    def _edited(self, before: Predicate | None, after: Predicate | None) -> _Edited:
        return _Edited(next(self.numbers), before, after)

    def _aligned(self, before: tuple[Predicate, ...], after: tuple[Predicate, ...]) -> list[_Part]:
        """What became of each former part, and then the parts that are new."""
        pairs: dict[int, Predicate] = {}
        left = list(after)
        for matches in (_means_the_same, _looks_at_the_same, _reads_alike):
            for place, part in enumerate(before):
                found = next((one for one in left if matches(part, one)), None) if place not in pairs else None
                if found is not None:
                    pairs[place] = found
                    left = [one for one in left if one is not found]
        parts: list[_Part] = [
            self.of(part, pairs[place]) if place in pairs else self._edited(part, None)
            for place, part in enumerate(before)
        ]
        return parts + [self._edited(None, part) for part in left]


def _is_all(rule: Predicate) -> bool:
    return isinstance(rule, Junction) and rule.kind == "all"


def _named(reference: Reference) -> tuple[str, str, bool]:
    return (reference.kind, reference.name, reference.alone)


def _means_the_same(before: Predicate, after: Predicate) -> bool:
    return before.canonical == after.canonical


def _looks_at_the_same(before: Predicate, after: Predicate) -> bool:
    if isinstance(before, Test) and isinstance(after, Test):
        return before.feature.name == after.feature.name
    if isinstance(before, Reference) and isinstance(after, Reference):
        return _named(before) == _named(after)
    return isinstance(before, Junction) and isinstance(after, Junction) and _shares(before, after)


def _shares(before: Junction, after: Junction) -> bool:
    """Whether a part is the same, or looks at the same."""
    return before.kind == after.kind and any(
        _means_the_same(one, other) or _looks_at_the_same(one, other) for one in before.parts for other in after.parts
    )


def _reads_alike(before: Predicate, after: Predicate) -> bool:
    if type(before) is not type(after) or isinstance(before, Reference):
        return False
    return SequenceMatcher(None, rule_in_words(before), rule_in_words(after)).ratio() >= ALIKE


def _collect(
    part: _Part, inside: tuple[str, ...], found: dict[int, tuple[_Edited, tuple[str, ...]]], seen: set[int]
) -> None:
    """The edits of a merged rule by number, each where it is met first."""
    if isinstance(part, _Edited):
        found.setdefault(part.number, (part, inside))
    elif isinstance(part, _Joined) and id(part) not in seen:
        seen.add(id(part))
        deeper = (*inside, part.before.name) if isinstance(part.before, Reference) else inside
        for one in part.parts:
            _collect(one, deeper, found, seen)


def _with(part: _Part, number: int, known: dict[int, Predicate | None]) -> Predicate | None:
    """The former rule with one edit made; None for a part that is not there."""
    if isinstance(part, _Same):
        return part.rule
    if isinstance(part, _Edited):
        return part.after if part.number == number else part.before
    if id(part) not in known:
        parts = tuple(found for one in part.parts if (found := _with(one, number, known)) is not None)
        # Written out: under its name it would be taken for the rule as it is.
        written = isinstance(part.before, Junction)
        known[id(part)] = Junction(part.before.kind, parts, part.before.mark) if written else parts[0]  # type: ignore[arg-type]
    return known[id(part)]
