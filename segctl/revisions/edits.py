"""The edits between two rules, clause by clause, each with the rule that it alone would produce."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import count

from segctl.features import Junction, Predicate, Reference, Test, rule_in_words

# Clauses less similar than this count as one removed and one added, not as an edit.
MIN_SIMILARITY = 0.6


@dataclass(frozen=True)
class Edit:
    """An edited clause: before and after, with None for a clause that was added or removed.

    `applied` is the former rule with only this edit. `inside` names the referenced rules that contain the clause, the
    outermost first.
    """

    before: Predicate | None
    after: Predicate | None
    applied: Predicate
    inside: tuple[str, ...] = ()

    @property
    def clause(self) -> Predicate:
        """The clause after the edit, or before if it was removed."""
        predicate = self.after or self.before
        assert predicate is not None
        return predicate

    @property
    def text(self) -> str:
        """The edit on one line."""
        after = rule_in_words(self.after) if self.after else ""
        before = rule_in_words(self.before) if self.before else ""
        if not after:
            return f"{before} is removed"
        if not before:
            return f"{after} is added"
        return f"{after}, was {_former_text(before, after)}" if after != before else f"{after} is computed differently"


def _former_text(before: str, after: str) -> str:
    """The last two words of the first text if the second begins like the rest of it, otherwise the whole first text."""
    before_words, after_words = before.split(" "), after.split(" ")
    alike = next(
        (place for place, pair in enumerate(zip(before_words, after_words, strict=False)) if pair[0] != pair[1]), 0
    )
    operator = len(before_words) - 2
    return " ".join(before_words[operator:]) if 0 < operator <= alike else before


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
    """A junction or reference of the former rule, with its merged parts."""

    before: Junction | Reference
    parts: "tuple[_Part, ...]"


_Part = _Same | _Edited | _Joined


def edits_of(before: Predicate, after: Predicate) -> list[Edit]:
    """The edits that turn one rule into another, in written order. Empty if both mean the same.

    Visits a rule once, however often it is referenced.
    """
    merged = _Merging().of(before, after)
    edits: dict[int, tuple[_Edited, tuple[str, ...]]] = {}
    _collect(merged, (), edits, set())
    return [
        Edit(edited.before, edited.after, _with_edit(merged, edited.number, {}) or before, inside)
        for edited, inside in edits.values()
    ]


class _Merging:
    """Merges two rules part by part. Merges each pair of rules once."""

    def __init__(self) -> None:
        self.numbers = count()
        self.known: dict[tuple[int, int], _Part] = {}
        # Keeps the objects alive, so that their ids stay unique.
        self.alive: list[Predicate] = []

    def of(self, before: Predicate, after: Predicate) -> _Part:
        """Merges one rule with its later version."""
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
        # A rule of one clause became a rule of several, or the other way round.
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
        """The merged former parts, then the new parts."""
        pairs: dict[int, Predicate] = {}
        left = list(after)
        for matches in (_means_the_same, _compares_the_same, _reads_similarly):
            for place, part in enumerate(before):
                predicate = (
                    next((candidate for candidate in left if matches(part, candidate)), None)
                    if place not in pairs
                    else None
                )
                if predicate is not None:
                    pairs[place] = predicate
                    left = [candidate for candidate in left if candidate is not predicate]
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


def _compares_the_same(before: Predicate, after: Predicate) -> bool:
    if isinstance(before, Test) and isinstance(after, Test):
        return before.feature.name == after.feature.name
    if isinstance(before, Reference) and isinstance(after, Reference):
        return _named(before) == _named(after)
    return isinstance(before, Junction) and isinstance(after, Junction) and _shares(before, after)


def _shares(before: Junction, after: Junction) -> bool:
    """Whether a part is the same, or uses the same feature."""
    return before.kind == after.kind and any(
        _means_the_same(predicate, other) or _compares_the_same(predicate, other)
        for predicate in before.parts
        for other in after.parts
    )


def _reads_similarly(before: Predicate, after: Predicate) -> bool:
    if type(before) is not type(after) or isinstance(before, Reference):
        return False
    return SequenceMatcher(None, rule_in_words(before), rule_in_words(after)).ratio() >= MIN_SIMILARITY


def _collect(
    part: _Part, inside: tuple[str, ...], edited: dict[int, tuple[_Edited, tuple[str, ...]]], seen: set[int]
) -> None:
    """The edits of a merged rule by number, in order of first appearance."""
    if isinstance(part, _Edited):
        edited.setdefault(part.number, (part, inside))
    elif isinstance(part, _Joined) and id(part) not in seen:
        seen.add(id(part))
        deeper = (*inside, part.before.name) if isinstance(part.before, Reference) else inside
        for child in part.parts:
            _collect(child, deeper, edited, seen)


def _with_edit(part: _Part, number: int, known: dict[int, Predicate | None]) -> Predicate | None:
    """The former rule with one edit applied. None for a part that does not exist."""
    if isinstance(part, _Same):
        return part.rule
    if isinstance(part, _Edited):
        return part.after if part.number == number else part.before
    if id(part) not in known:
        parts = tuple(predicate for child in part.parts if (predicate := _with_edit(child, number, known)) is not None)
        # Written out, because its name stands for the unedited rule.
        written = isinstance(part.before, Junction)
        known[id(part)] = Junction(part.before.kind, parts, part.before.mark) if written else parts[0]  # type: ignore[arg-type]
    return known[id(part)]
