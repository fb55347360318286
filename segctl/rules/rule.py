"""`rule`: a named rule of the catalog."""

from collections.abc import Mapping
from dataclasses import dataclass

from segctl.features import Predicate, Reference
from segctl.features.scope import Scope
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Leaf, Scalar
from segctl.schema.parts import Schema, closed, named
from segctl.speech import Clause, Speech

KEYS: tuple[str, ...] = ()
NESTED: tuple[str, ...] = ()


@dataclass(frozen=True)
class Body:
    """The name of the catalog rule."""

    name: Scalar


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:  # noqa: ARG001
    """Reads the leaf."""
    name = reader.scalar(head.value, "rule")
    return Body(name) if name else None


def schemas() -> list[Schema]:
    """The form of the leaf."""
    return [closed({"rule": named("rule")}, ["rule"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """The catalog rule's predicate. None if it has a problem or does not exist."""
    body = leaf.body
    assert isinstance(body, Body)
    predicate = scope.rule(body.name) if scope.of_customers(body.name, "a catalogued rule") else None
    return Reference("rule", body.name.text, predicate, leaf.mark) if predicate else None


def say(leaf: Leaf, speech: Speech) -> Clause:  # noqa: ARG001
    """The clause: who match the rule."""
    body = leaf.body
    assert isinstance(body, Body)
    return Clause(f"who match the rule {body.name.text}", f"who do not match the rule {body.name.text}")
