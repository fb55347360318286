"""`attribute`: compares an attribute of the customer."""

from collections.abc import Mapping
from dataclasses import dataclass

from segctl.conditions.compatible import compatible_criteria
from segctl.events.attribute_history import value_then
from segctl.features import AttributeValue, Predicate, Stepped, Test
from segctl.features.scope import Scope
from segctl.language.comparators import COMPARATORS, has_no_comparison, read_comparisons
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import CUSTOMER, Comparison, Leaf, Scalar
from segctl.schema.parts import Schema, closed, comparators, named, some_of
from segctl.speech import Clause, Speech, about_value, attribute_text

KEYS: tuple[str, ...] = tuple(COMPARATORS)
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "attribute": "A column of the customer, compared with something.",
}
SYNONYMS: dict[str, str] = {}


@dataclass(frozen=True)
class Body:
    """The attribute's name and its comparisons."""

    name: Scalar
    comparisons: tuple[Comparison, ...]


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf. A missing comparator is a problem."""
    name = reader.scalar(head.value, "attribute")
    if name is None:
        return None
    comparisons = read_comparisons(entries, reader)
    if has_no_comparison(entries, ("attribute", *KEYS)):
        message = f"attribute {name.text} is not compared with anything"
        reader.problem(head.key.mark, "missing-comparator", message, "add a comparator, for example eq: … or is: set")
    return Body(name, comparisons)


def schemas() -> list[Schema]:
    """The forms of the leaf."""
    return [
        closed({"attribute": named(DESCRIPTIONS["attribute"]), **comparators(KEYS)}, ["attribute"], **some_of(KEYS))
    ]


def attribute_value(name: Scalar, scope: Scope) -> AttributeValue | Stepped | None:
    """The attribute of that name of the rule's entity. None after a problem."""
    column = scope.about.attributes.get(name.text)
    if column is None:
        _unknown(name, scope)
        return None
    if column.history:
        return value_then(column, column.history, scope)
    entity = "" if scope.entity == CUSTOMER else scope.entity
    return AttributeValue(column.name, column.column.lower(), column.type, entity, column.fixed, column.description)


def _unknown(name: Scalar, scope: Scope) -> None:
    of = "" if scope.entity == CUSTOMER else f" of {scope.entity}"
    elsewhere = [other for other, entity in scope.catalog.entities.items() if name.text in entity.attributes]
    hint = ""
    if scope.entity == CUSTOMER and name.text in scope.catalog.metrics:
        hint = f"{name.text} is a metric, not an attribute"
    elif scope.entity == CUSTOMER and elsewhere:
        hint = f"{elsewhere[0]} has it: {{belongs_to: {elsewhere[0]}, that: {{attribute: {name.text}, …}}}}"
    elif scope.entity != CUSTOMER and name.text in scope.catalog.customer.attributes:
        hint = f"customers have it: {{customers: {{attribute: {name.text}, …}}}}"
    if hint:
        scope.report.add(name.mark, "unknown-attribute", f'unknown attribute "{name.text}"{of}', hint)
    else:
        scope.report.unknown(name.text, name.mark, "attribute", list(scope.about.attributes), of)


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the attribute. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    feature = attribute_value(body.name, scope)
    if feature is None:
        return None
    column = scope.about.attributes[body.name.text]
    criteria = compatible_criteria(body.comparisons, column.type, scope.timezone, scope.report, column.values)
    if not criteria:
        return None
    words = f"{column.name} {' and '.join(c.text for c in criteria)}"
    return Test(feature, criteria, words, leaf.mark)


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: whose attribute …"""
    body = leaf.body
    assert isinstance(body, Body)
    entity = speech.catalog.customer if speech.entity == CUSTOMER else speech.catalog.entities[speech.entity]
    column = entity.attributes[body.name.text]
    return about_value(attribute_text(column), column.type, body.comparisons)
