"""Clauses about customers, which follow the word for them: "who have ordered", and what denies it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from segctl.spec import CUSTOMER, Catalog, Metric, Rule

# As many as take commas.
LIST = 3


@dataclass(frozen=True)
class Clause:
    """What holds of somebody (`so`), and the same denied (`not_so`), each to follow the word for them.

    `parts` are those that it is joined of, by `joint`; none of a simple one. What is joined is `denied` by parts, and
    has no `not_so`: found with each, it would be found twice at every depth. `segment` is the one that it says they are
    in, or, where it is `outside`, are not.
    """

    so: str
    not_so: str
    joint: Literal["all", "any", ""] = ""
    parts: "tuple[Clause, ...]" = ()
    segment: str = ""
    outside: bool = False

    @property
    def denied(self) -> "Clause":
        """What denies it; of what is joined, each part is denied."""
        if not self.parts:
            return replace(self, so=self.not_so, not_so=self.so, outside=not self.outside)
        return joined("any" if self.joint == "all" else "all", [part.denied for part in self.parts])


@dataclass(frozen=True)
class Speech:
    """What clauses are made with: the catalog, what says a nested rule, and which entity the rule is about."""

    catalog: Catalog
    say: "Callable[[Rule, Speech], Clause]"
    entity: str = CUSTOMER

    def money(self, event: str, field: str) -> str:
        """The currency of a field of an event, where the catalog's revenue is the sum of it; else the empty string."""
        catalog = self.catalog
        revenue = catalog.metrics.get(catalog.revenue.text) if catalog.revenue else None
        if not isinstance(revenue, Metric) or revenue.field is None or catalog.currency == "":
            return ""
        mine, theirs = catalog.events[event], catalog.events[revenue.event.text]
        column = (mine.model, mine.fields[field].column.lower())
        return catalog.currency if column == (theirs.model, theirs.fields[revenue.field.text].column.lower()) else ""


def whose(name: str, predicates: Sequence[tuple[str, str]]) -> Clause:
    """That something of theirs, by its name, is so in every respect; each is a predicate and what denies it."""
    so, not_so = (list(told) for told in zip(*predicates, strict=True))
    return Clause(f"whose {name} {_said_once(so, 'and')}", f"whose {name} {_said_once(not_so, 'or')}")


def _said_once(predicates: Sequence[str], word: str) -> str:
    """Predicates in a row; where each is one of being so, that they are is said once."""
    verb = "is " if all(one.startswith("is ") for one in predicates) else ""
    return verb + f" {word} ".join(one.removeprefix(verb) for one in predicates)


def in_segment(name: str) -> Clause:
    """That they are in a segment."""
    return Clause(f"who are in the segment {name}", f"who are not in the segment {name}", segment=name)


def followed_by(clause: Clause) -> str:
    """A clause right behind the word that it is about, within another: in brackets where it is joined of several."""
    return f" ({clause.so})" if clause.parts else f" {clause.so}"


def joined(joint: Literal["all", "any"], clauses: Sequence[Clause]) -> Clause:
    """Clauses of which all, or any, hold. Those joined in the same way are taken in, others stand last."""
    parts: list[Clause] = []
    for clause in clauses:
        parts += clause.parts if clause.joint == joint else (clause,)
    parts = sorted(dict.fromkeys(parts), key=lambda part: bool(part.parts))
    if len(parts) == 1:
        return parts[0]
    return Clause(_listed(_told(parts, joint), joint), "", joint, tuple(parts))


def _told(parts: Sequence[Clause], joint: str) -> list[str]:
    """The parts in a row; the segments that they all are not in, or are in one of, are said at once."""
    outside = joint == "all"
    names = [part.segment for part in parts if part.segment and part.outside == outside]
    told: list[str] = []
    for part in parts:
        if part.segment not in names or part.outside != outside or len(names) == 1:
            told.append(f"({part.so})" if part.parts else part.so)
        elif part.segment == names[0]:
            listed = f"{', '.join(names[:-1])} and {names[-1]}"
            told.append(f"who are in {'none' if outside else 'one'} of the segments {listed}")
    return told


def _listed(told: Sequence[str], joint: str) -> str:
    word = "and" if joint == "all" else "or"
    if len(told) < LIST:
        return f" {word} ".join(told)
    return f"{', '.join(told[:-1])}, {word} {told[-1]}"
