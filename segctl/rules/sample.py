"""`sample`: a stable random share of customers."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from segctl.features import Computed, Predicate, Test
from segctl.features.scope import Scope
from segctl.language.amounts import HUNDRED, SHARE_PATTERN, share
from segctl.language.literals import jinja_text
from segctl.language.names import as_name, digest, fitted
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import Leaf, Scalar
from segctl.schema.parts import SCALAR, Schema, closed
from segctl.speech import Clause, Speech, quoted, share_text

KEYS = ("salt",)
NESTED: tuple[str, ...] = ()
DESCRIPTIONS = {
    "sample": "A stable random share of customers, like 10%.",
    "salt": "Any text; samples with the same salt hold the same customers.",
}
SYNONYMS = {
    **dict.fromkeys(("random", "split", "share"), "sample"),
    **dict.fromkeys(("seed", "key"), "salt"),
}
POINTS = 16**8


@dataclass(frozen=True)
class Body:
    """The percentage, and the salt of customers' hash points."""

    percent: Decimal
    salt: str


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf."""
    percent = share(head, reader)
    if "salt" not in entries:
        hint = "any text; samples with the same salt hold the same customers: salt: spring_2026"
        reader.problem(head.key.mark, "missing-key", "sample has no salt", hint)
        return None
    salt = reader.scalar(entries["salt"].value, "salt")
    return Body(percent, salt.text) if percent and salt else None


def schemas() -> list[Schema]:
    """The form of the leaf."""
    percent = {"type": "string", "pattern": SHARE_PATTERN, "description": DESCRIPTIONS["sample"]}
    return [closed({"sample": percent, "salt": {**SCALAR, "description": DESCRIPTIONS["salt"]}}, ["sample", "salt"])]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the customer's hash point. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    if not scope.of_customers(Scalar("", leaf.mark), "a sample"):
        return None
    percent = f"{body.percent.normalize():f}"
    name = f"sample__{as_name(body.salt)[:30]}_{percent.replace('.', 'p')}"
    if as_name(body.salt) != body.salt:
        name += f"__{digest(body.salt, 6)}"
    feature = Computed(
        name=fitted(name),
        type="boolean",
        canonical=("sample", body.salt, percent),
        sql=points_between(body.salt, Decimal(0), body.percent),
        needs=(),
        description=f"True if the customer is in the {percent} % sample with the salt {body.salt}.",
    )
    return Test(feature, (), f"in a {percent}% sample ({body.salt})", leaf.mark)


def points_between(salt: str, low: Decimal, high: Decimal) -> str:
    """The condition that a customer's hash point for a salt is at least one percentage and below another."""
    point = f"{{{{ segctl.sample_point('customer_id', {jinja_text(salt)}) }}}}"
    bounds = [(low / HUNDRED * POINTS).to_integral_value(ROUND_CEILING) for low in (low, high)]
    parts = [f"{point} >= '{int(bounds[0]):08x}'"] if bounds[0] > 0 else []
    parts += [f"{point} < '{int(bounds[1]):08x}'"] if bounds[1] < POINTS else []
    return " and ".join(parts) or "true"


def say(leaf: Leaf, speech: Speech) -> Clause:  # noqa: ARG001
    """The clause: who are in the sample."""
    body = leaf.body
    assert isinstance(body, Body)
    phrase = f"in the random {share_text(body.percent)} called {quoted(body.salt)}"
    return Clause(f"who are {phrase}", f"who are not {phrase}")
