"""`rule`: a named rule of the catalog."""

from segctl.features import Predicate, Reference
from segctl.features.scope import Scope
from segctl.language.named_leaf import name_of, read_name
from segctl.language.syntax import Leaf
from segctl.schema.parts import Schema, closed, named
from segctl.speech import Clause, Speech

KEYS: tuple[str, ...] = ()
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {"rule": "A rule of the catalog, by its name."}
SYNONYMS: dict[str, str] = {}

parse = read_name


def schemas() -> list[Schema]:
    """The form of the leaf."""
    return [closed({"rule": named(DESCRIPTIONS["rule"])}, ["rule"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """The catalog rule's predicate. None if it has a problem or does not exist."""
    name = name_of(leaf)
    predicate = scope.rule(name) if scope.of_customers(name, "a catalogued rule") else None
    return Reference("rule", name.text, predicate, leaf.mark) if predicate else None


def say(leaf: Leaf, speech: Speech) -> Clause:  # noqa: ARG001
    """The clause: who match the rule."""
    name = name_of(leaf).text
    return Clause(f"who match the rule {name}", f"who do not match the rule {name}")
