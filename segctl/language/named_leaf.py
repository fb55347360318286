"""Leaves that only name something: a segment, a catalog rule, an entity."""

from collections.abc import Mapping
from dataclasses import dataclass

from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Leaf, Scalar


@dataclass(frozen=True)
class NamedBody:
    """The name, as written."""

    name: Scalar


def read_name(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> NamedBody | None:  # noqa: ARG001
    """Reads the name after the leaf's first key. None after a problem."""
    name = reader.scalar(head.value, head.key.text)
    return NamedBody(name) if name else None


def name_of(leaf: Leaf) -> Scalar:
    """The name in a leaf of such a type."""
    assert isinstance(leaf.body, NamedBody)
    return leaf.body.name
