"""Rules as written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from segctl.errors import Mark


@dataclass(frozen=True)
class Leaf:
    """A rule about data. `kind` is the rule type that owns `body`. `nested` are rules inside it, by key."""

    kind: str
    body: object
    mark: Mark
    nested: "dict[str, Rule]" = field(default_factory=dict)


@dataclass(frozen=True)
class Combination:
    """Other rules combined by `all`, `any`, `none` or `not`."""

    kind: Literal["all", "any", "none", "not"]
    rules: "tuple[Rule, ...]"
    mark: Mark


Rule = Leaf | Combination


def leaves(rule: Rule) -> Iterator[Leaf]:
    """Every leaf of a rule in written order, including leaves of nested rules."""
    if isinstance(rule, Leaf):
        yield rule
        for part in rule.nested.values():
            yield from leaves(part)
    else:
        for part in rule.rules:
            yield from leaves(part)
