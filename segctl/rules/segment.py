"""`segment`: the rule of another segment."""

from segctl.features import Predicate, Reference
from segctl.features.scope import Scope
from segctl.language.named_leaf import name_of, read_name
from segctl.language.syntax import Leaf
from segctl.schema.parts import Schema, closed, named
from segctl.speech import Clause, Speech, in_segment

KEYS: tuple[str, ...] = ()
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {"segment": "The rule of another segment."}
SYNONYMS: dict[str, str] = {}

parse = read_name


def schemas() -> list[Schema]:
    """The form of the leaf."""
    return [closed({"segment": named(DESCRIPTIONS["segment"])}, ["segment"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """The other segment's predicate. None if it has a problem or does not exist."""
    name = name_of(leaf)
    predicate = scope.segment(name, scope.entity)
    return Reference("segment", name.text, predicate, leaf.mark) if predicate else None


def say(leaf: Leaf, speech: Speech) -> Clause:  # noqa: ARG001
    """The clause: who are in the segment."""
    return in_segment(name_of(leaf).text)
