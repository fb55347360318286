"""`attribute`: a column of the customer compared with something."""

from collections.abc import Mapping
from dataclasses import dataclass

from segctl.comparators import COMPARATORS, asks_nothing, read_comparisons
from segctl.criteria import criterion
from segctl.features import AttributeValue, Predicate, Test
from segctl.nodes import Entry, Reader
from segctl.rules.scope import Scope
from segctl.shapes import Schema, closed, comparators, named, some_of
from segctl.spec import Comparison, Leaf, Scalar

KEYS: tuple[str, ...] = tuple(COMPARATORS)
NESTED: tuple[str, ...] = ()


@dataclass(frozen=True)
class Body:
    """The attribute's name and what it is compared with."""

    name: Scalar
    comparisons: tuple[Comparison, ...]


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf; without any comparator it says nothing, which is a problem."""
    name = reader.scalar(head.value, "attribute")
    if name is None:
        return None
    comparisons = read_comparisons(entries, reader)
    if asks_nothing(entries, ("attribute", *KEYS)):
        message = f"nothing is asked of attribute {name.text}"
        reader.problem(head.key.mark, "missing-comparator", message, "add a comparator, for example eq: … or is: set")
    return Body(name, comparisons)


def schemas() -> list[Schema]:
    """The forms of the leaf."""
    return [closed({"attribute": named("attribute"), **comparators(KEYS)}, ["attribute"], **some_of(KEYS))]


def attribute_value(name: Scalar, scope: Scope) -> AttributeValue | None:
    """The attribute of that name of whatever rules are about; None after a problem."""
    column = scope.about.attributes.get(name.text)
    if column is None:
        of = "" if scope.entity == "customer" else f" of {scope.entity}"
        scope.report.unknown(name.text, name.mark, "attribute", list(scope.about.attributes), of)
        return None
    return AttributeValue(column.name, column.column.lower(), column.type, column.description)


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the attribute; None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    feature = attribute_value(body.name, scope)
    if feature is None:
        return None
    column = scope.about.attributes[body.name.text]
    timezone = scope.timezone
    typed = [criterion(c, column.type, timezone, scope.report, column.values) for c in body.comparisons]
    criteria = tuple(found for found in typed if found)
    if not criteria or len(criteria) < len(typed):
        return None
    words = f"{column.name} {' and '.join(c.words for c in criteria)}"
    return Test(feature, criteria, words, leaf.mark)
