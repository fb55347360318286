"""`attribute`: a column of the customer compared with something."""

from collections.abc import Mapping
from dataclasses import dataclass

from segctl.comparators import COMPARATORS, asks_nothing, read_comparisons
from segctl.criteria import criterion
from segctl.errors import Mark
from segctl.features import AttributeValue, Predicate, Test
from segctl.nodes import Entry, Reader
from segctl.rules.scope import Scope
from segctl.shapes import Schema, closed, comparators, named, some_of
from segctl.spec import Comparison, Leaf, Scalar

KEYS: tuple[str, ...] = tuple(COMPARATORS)


@dataclass(frozen=True)
class Body:
    """The attribute's name and what it is compared with."""

    name: Scalar
    comparisons: tuple[Comparison, ...]


def parse(name: Scalar, entries: Mapping[str, Entry], mark: Mark, reader: Reader) -> Body:
    """Reads the leaf; without any comparator it says nothing, which is a problem."""
    comparisons = read_comparisons(entries, reader)
    if asks_nothing(entries, ("attribute", *KEYS)):
        message = f"nothing is asked of attribute {name.text}"
        reader.problem(mark, "missing-comparator", message, "add a comparator, for example eq: … or is: set")
    return Body(name, comparisons)


def schemas() -> list[Schema]:
    """The forms of the leaf."""
    return [closed({"attribute": named("attribute"), **comparators(KEYS)}, ["attribute"], **some_of(KEYS))]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the attribute; None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    column = scope.catalog.customer.attributes.get(body.name.text)
    if column is None:
        known = list(scope.catalog.customer.attributes)
        scope.report.unknown(body.name.text, body.name.mark, "attribute", known)
        return None
    feature = AttributeValue(column.name, column.column.lower(), column.type, column.description)
    timezone = scope.catalog.timezone
    typed = [criterion(c, column.type, timezone, scope.report, column.values) for c in body.comparisons]
    criteria = tuple(found for found in typed if found)
    if not criteria or len(criteria) < len(typed):
        return None
    words = f"{column.name} {' and '.join(c.words for c in criteria)}"
    return Test(feature, criteria, words, leaf.mark)
