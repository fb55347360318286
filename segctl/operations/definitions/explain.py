"""Explains definitions in plain English."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segctl.language.named_leaf import name_of
from segctl.language.syntax import Leaf, Rule
from segctl.operations.segments.show import find_segment
from segctl.plan.plan import Plan
from segctl.plan.planned import PlannedSegment
from segctl.plan.sentences import rule_in_english, sentences
from segctl.project.project import Project, load


@dataclass(frozen=True)
class Explained:
    """A segment in sentences, and each catalog rule that it uses in one sentence, by name."""

    planned: PlannedSegment
    sentences: tuple[str, ...]
    rules: dict[str, str]


def explain(project: Project, names: Sequence[str]) -> list[Explained]:
    """Explains the named segments in their order, by default all. Raises ProblemsFound or Failure."""
    plan = load(project)
    selected = [find_segment(plan, name) for name in names] or list(plan.segments)
    return [_explained(planned, plan) for planned in selected]


def _explained(planned: PlannedSegment, plan: Plan) -> Explained:
    memory = planned.segment.memory
    written = (planned.segment.rule, planned.segment.limit, memory.keep_while if memory else None)
    waiting = [name for rule in written if rule for name in _names(rule)]
    rules: dict[str, str] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in rules:
            rule = plan.catalog.rules[name]
            rules[name] = rule_in_english(rule, plan.catalog)
            waiting += _names(rule)
    return Explained(planned, tuple(sentences(planned, plan.catalog)), rules)


def _names(rule: Rule) -> Iterator[str]:
    """The catalog rules that a rule uses."""
    if isinstance(rule, Leaf):
        if rule.kind == "rule":
            yield name_of(rule).text
        for nested in rule.nested.values():
            yield from _names(nested)
        return
    for part in rule.rules:
        yield from _names(part)
