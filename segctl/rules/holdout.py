"""`holdout`: is excluded from every experiment."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from segctl.features import Computed, Junction, Predicate, Test
from segctl.features.scope import Scope
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Leaf, Scalar
from segctl.rules.sample import points_between
from segctl.schema.parts import FLAG, Schema, closed
from segctl.speech import Clause, Speech

KEYS: tuple[str, ...] = ()
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "holdout": "true: customers who are kept out of every experiment; false: all other customers.",
}
SYNONYMS: dict[str, str] = {}
HOLDOUT_SALT = "holdout"


@dataclass(frozen=True)
class Body:
    """Whether the rule means the holdout, or all other customers."""

    inside: bool


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:  # noqa: ARG001
    """Reads the leaf."""
    inside = reader.flag(head.value, "holdout")
    return None if inside is None else Body(inside)


def schemas() -> list[Schema]:
    """The form of the leaf."""
    return [closed({"holdout": {**FLAG, "description": DESCRIPTIONS["holdout"]}}, ["holdout"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the customer's hash point. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    percent = scope.catalog.holdout
    if not scope.of_customers(Scalar("", leaf.mark), "the holdout"):
        return None
    if percent is None:
        hint = "add holdout: 5% to the catalog"
        if "holdout" not in scope.report.broken:
            scope.report.add(leaf.mark, "unknown-holdout", "the catalog has no holdout", hint)
        return None
    share = f"{percent.normalize():f}"
    feature = Computed(
        name="holdout",
        type="boolean",
        canonical=("sample", HOLDOUT_SALT, share),
        sql=points_between(HOLDOUT_SALT, Decimal(0), percent),
        needs=(),
        description=f"True if the customer is in the {share} % holdout, which every experiment leaves out.",
    )
    test = Test(feature, (), "in the holdout", leaf.mark)
    return test if body.inside else Junction("none", (test,), leaf.mark)


def say(leaf: Leaf, speech: Speech) -> Clause:  # noqa: ARG001
    """The clause: who are in the holdout, or not."""
    body = leaf.body
    assert isinstance(body, Body)
    held = Clause("who are in the holdout", "who are not in the holdout")
    return held if body.inside else held.denied
