"""Renders referenced rules once, as columns of earlier steps."""

from collections.abc import Iterable
from dataclasses import dataclass

from segctl.features import Predicate, Reference, Test
from segctl.render.sql.layout import template_comment, with_alias
from segctl.render.sql.predicates import predicate_sql, reference_comment, referred_column
from segctl.render.sql.templates import COLUMN


@dataclass(frozen=True)
class ReferredStep:
    """A step that adds columns to the step before, each with a comment."""

    name: str
    before: str
    columns: tuple[str, ...]


def referred_steps(predicates: Iterable[Predicate], before: str) -> list[ReferredStep]:
    """The steps with the columns that predicates refer to, one per level of nested references.

    `before` is the relation with the features.
    """
    levels: dict[int, dict[str, Reference]] = {}
    for reference in _references(predicates):
        levels.setdefault(reference.level, {})[referred_column(reference)] = reference
    steps: list[ReferredStep] = []
    for level in sorted(levels):
        name = "referred" if level == 1 else f"referred_{level}"
        columns = tuple(_column(name, segments) for name, segments in sorted(levels[level].items()))
        steps.append(ReferredStep(name, steps[-1].name if steps else before, columns))
    return steps


def _column(name: str, reference: Reference) -> str:
    sql = with_alias([predicate_sql(reference.predicate, COLUMN)], name, COLUMN)
    return f"{template_comment(reference_comment(reference), COLUMN)}\n{COLUMN}{sql}"


def _references(predicates: Iterable[Predicate]) -> list[Reference]:
    """All direct and indirect references, once each."""
    references: dict[str, Reference] = {}
    waiting = list(predicates)
    while waiting:
        part = waiting.pop()
        if isinstance(part, Reference):
            if references.setdefault(referred_column(part), part) is part:
                waiting.append(part.predicate)
        elif not isinstance(part, Test):
            waiting += part.parts
    return list(references.values())
