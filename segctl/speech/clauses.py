"""Clauses that follow the noun, like "who have ordered", and their negations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from segctl.language.syntax import CUSTOMER, Catalog, Metric, Rule

# Three or more items take commas.
SHORTEST_LIST = 3


@dataclass(frozen=True)
class Clause:
    """A clause (`so`) and its negation (`not_so`), each to follow the noun.

    `parts` are the clauses that it joins by `joint`, none for a simple clause. A joined clause has no `not_so`:
    `denied` negates its parts on demand, because storing both would double the work at every level. `segment` is the
    segment that the customers are in, or not in if `outside`.
    """

    so: str
    not_so: str
    joint: Literal["all", "any", ""] = ""
    parts: "tuple[Clause, ...]" = ()
    segment: str = ""
    outside: bool = False

    @property
    def denied(self) -> "Clause":
        """The negation. For joined clauses, each part is negated."""
        if not self.parts:
            return replace(self, so=self.not_so, not_so=self.so, outside=not self.outside)
        return joined("any" if self.joint == "all" else "all", [part.denied for part in self.parts])


@dataclass(frozen=True)
class Speech:
    """The context of a clause: the catalog, the function for nested rules, and the entity."""

    catalog: Catalog
    say: "Callable[[Rule, Speech], Clause]"
    entity: str = CUSTOMER

    def money(self, event: str, field: str) -> str:
        """The currency of an event's field if the catalog's revenue is its sum. Otherwise the empty string."""
        catalog = self.catalog
        revenue = catalog.metrics.get(catalog.revenue.text) if catalog.revenue else None
        if not isinstance(revenue, Metric) or revenue.field is None or catalog.currency == "":
            return ""
        mine, theirs = catalog.events[event], catalog.events[revenue.event.text]
        column = (mine.model, mine.fields[field].column.lower())
        return catalog.currency if column == (theirs.model, theirs.fields[revenue.field.text].column.lower()) else ""


def whose(name: str, predicates: Sequence[tuple[str, str]]) -> Clause:
    """A clause about a named property that meets all comparisons, each a predicate with its negation."""
    so, not_so = (list(texts) for texts in zip(*predicates, strict=True))
    return Clause(f"whose {name} {_with_verb_once(so, 'and')}", f"whose {name} {_with_verb_once(not_so, 'or')}")


def _with_verb_once(predicates: Sequence[str], word: str) -> str:
    """Joined predicates. If all start with the same verb, it is said once."""
    verb = "is " if all(predicate.startswith("is ") for predicate in predicates) else ""
    return verb + f" {word} ".join(predicate.removeprefix(verb) for predicate in predicates)


def in_segment(name: str) -> Clause:
    """The clause that customers are in a segment."""
    return Clause(f"who are in the segment {name}", f"who are not in the segment {name}", segment=name)


def followed_by(clause: Clause) -> str:
    """A nested clause, in brackets if it joins several."""
    return f" ({clause.so})" if clause.parts else f" {clause.so}"


def joined(joint: Literal["all", "any"], clauses: Sequence[Clause]) -> Clause:
    """Clauses joined by all or any. Clauses joined the same way are merged. Others come last."""
    parts: list[Clause] = []
    for clause in clauses:
        parts += clause.parts if clause.joint == joint else (clause,)
    parts = sorted(dict.fromkeys(parts), key=lambda part: bool(part.parts))
    if len(parts) == 1:
        return parts[0]
    return Clause(_listed(_merged_parts(parts, joint), joint), "", joint, tuple(parts))


def _merged_parts(parts: Sequence[Clause], joint: str) -> list[str]:
    """The text of each part. Several "not in segment" under all, or "in segment" under any, become one text."""
    outside = joint == "all"
    names = [part.segment for part in parts if part.segment and part.outside == outside]
    texts: list[str] = []
    for part in parts:
        if part.segment not in names or part.outside != outside or len(names) == 1:
            texts.append(f"({part.so})" if part.parts else part.so)
        elif part.segment == names[0]:
            listed = f"{', '.join(names[:-1])} and {names[-1]}"
            texts.append(f"who are in {'none' if outside else 'one'} of the segments {listed}")
    return texts


def _listed(texts: Sequence[str], joint: str) -> str:
    word = "and" if joint == "all" else "or"
    if len(texts) < SHORTEST_LIST:
        return f" {word} ".join(texts)
    return f"{', '.join(texts[:-1])}, {word} {texts[-1]}"
