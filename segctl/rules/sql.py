"""`sql`: the escape hatch, a boolean expression over attributes and metrics."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from segctl.errors import did_you_mean
from segctl.features import Computed, Feature, Predicate, Test
from segctl.features.scope import Scope
from segctl.features.sql_expression import Fault, portable
from segctl.language.names import digest
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Leaf, Scalar
from segctl.rules.attribute import attribute_value
from segctl.schema.parts import Schema, closed, named
from segctl.speech import Clause, Speech

KEYS: tuple[str, ...] = ()
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "sql": "One boolean SQL expression over attributes and metrics.",
}
SYNONYMS = {
    **dict.fromkeys(("expression", "condition"), "sql"),
}


@dataclass(frozen=True)
class Body:
    """The expression as written."""

    text: Scalar


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:  # noqa: ARG001
    """Reads the leaf."""
    text = reader.scalar(head.value, "sql")
    return Body(text) if text else None


def schemas() -> list[Schema]:
    """The form of the leaf."""
    return [closed({"sql": named(DESCRIPTIONS["sql"])}, ["sql"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the expression. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    if not scope.of_customers(body.text, "an SQL expression"):
        return None
    known = [*scope.catalog.metrics, *scope.catalog.customer.attributes]
    features: dict[str, Feature] = {}

    def feature(name: str) -> Feature | None:
        named = Scalar(name, body.text.mark)
        if name in scope.metrics:
            features[name] = scope.metrics[name]
        elif name in scope.catalog.customer.attributes:
            value = attribute_value(named, scope)
            assert value is not None
            features[name] = value
        return features.get(name)

    try:
        sql = portable(body.text.text, feature)
    except Fault as fault:
        hint = did_you_mean(fault.column, known, "attributes and metrics") if fault.column else fault.hint
        scope.report.add(body.text.mark, "sql", str(fault), hint)
        return None
    needs = tuple(features[name] for name in sorted(features))
    # The hash keeps the original spelling, so existing hashes stay the same.
    meant = re.sub(r"\{\{ segctl\.is_exactly\('(\w+)'\) \}\}", r"is \1", sql)
    canonical = ("sql", meant, tuple((name, features[name].canonical) for name in sorted(features)))
    computed = Computed(
        name=f"sql__{digest(repr(canonical), 8)}",
        type="boolean",
        canonical=canonical,
        sql=sql,
        needs=needs,
        description=f"True if {' '.join(body.text.text.split())}.",
    )
    return Test(computed, (), f"sql: {' '.join(body.text.text.split())}", leaf.mark)


def say(leaf: Leaf, speech: Speech) -> Clause:  # noqa: ARG001
    """The clause: for whom the expression is true."""
    body = leaf.body
    assert isinstance(body, Body)
    expression = " ".join(body.text.text.split())
    return Clause(f"for whom `{expression}` is true", f"for whom `{expression}` is not true")
