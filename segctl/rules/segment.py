"""`segment`: the rule of another segment."""

from collections.abc import Mapping
from dataclasses import dataclass

from segctl.features import Predicate, Reference
from segctl.features.scope import Scope
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Leaf, Scalar
from segctl.schema.parts import Schema, closed, named
from segctl.speech import Clause, Speech, in_segment

KEYS: tuple[str, ...] = ()
NESTED: tuple[str, ...] = ()


@dataclass(frozen=True)
class Body:
    """The name of the other segment."""

    name: Scalar


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:  # noqa: ARG001
    """Reads the leaf."""
    name = reader.scalar(head.value, "segment")
    return Body(name) if name else None


def schemas() -> list[Schema]:
    """The form of the leaf."""
    return [closed({"segment": named("segment")}, ["segment"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """The other segment's predicate. None if it has a problem or does not exist."""
    body = leaf.body
    assert isinstance(body, Body)
    predicate = scope.segment(body.name, scope.entity)
    return Reference("segment", body.name.text, predicate, leaf.mark) if predicate else None


def say(leaf: Leaf, speech: Speech) -> Clause:  # noqa: ARG001
    """The clause: who are in the segment."""
    body = leaf.body
    assert isinstance(body, Body)
    return in_segment(body.name.text)
