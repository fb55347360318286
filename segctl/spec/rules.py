"""Rules as they are written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from segctl.errors import Mark


@dataclass(frozen=True)
class Leaf:
    """A rule that looks at data; `kind` names the rule type that knows `body`. `nested` are rules in it, by key."""

    kind: str
    body: object
    mark: Mark
    nested: "dict[str, Rule]" = field(default_factory=dict)


@dataclass(frozen=True)
class Combination:
    """`all`, `any`, `none` or `not` of other rules."""

    kind: Literal["all", "any", "none", "not"]
    rules: "tuple[Rule, ...]"
    mark: Mark


Rule = Leaf | Combination


def leaves(rule: Rule) -> Iterator[Leaf]:
    """Every leaf of a rule, in the order of writing, also those of rules in leaves."""
    if isinstance(rule, Leaf):
        yield rule
        for part in rule.nested.values():
            yield from leaves(part)
    else:
        for part in rule.rules:
            yield from leaves(part)
