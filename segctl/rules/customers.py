"""`customers`: the number of an entity's customers that match a rule, or a sum over them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from segctl.conditions.compatible import compatible_criteria
from segctl.conditions.criterion import a_type
from segctl.features import (
    ANSWER,
    OWN,
    SO_FAR,
    Feature,
    Inputs,
    Population,
    Predicate,
    Select,
    Stepped,
    Steps,
    Test,
    as_written,
    features_of,
    rule_in_words,
)
from segctl.features.scope import Scope
from segctl.language.comparators import COUNT_COMPARATORS, read_comparisons
from segctl.language.names import digest, fitted
from segctl.language.reader import Entry, Reader
from segctl.language.syntax import CUSTOMER, Comparison, Leaf, Scalar
from segctl.rules.event import at_least_once, read_times
from segctl.rules.metric import catalogued
from segctl.schema.parts import SCALAR, Schema, closed, comparators, reference, some_of
from segctl.speech import Clause, Speech, about_value, followed_by, metric_text, money_of, so_many

SUM_COMPARATORS = (*COUNT_COMPARATORS, "is")
KEYS = ("times", "sum", *SUM_COMPARATORS)
NESTED = ("customers",)
DESCRIPTIONS = {
    "customers": "How many of its customers fulfil a rule about customers.",
    "sum": "Compares the sum of this metric over them.",
}
SYNONYMS: dict[str, str] = {}


@dataclass(frozen=True)
class Body:
    """The comparison: of the number of customers, or of the sum of one of their metrics."""

    sum: Scalar | None
    comparisons: tuple[Comparison, ...]


def parse(head: Entry, entries: Mapping[str, Entry], reader: Reader) -> Body | None:
    """Reads the leaf. `sum` needs a comparator; a count uses `times`."""
    direct = [key for key in entries if key in SUM_COMPARATORS]
    if "sum" not in entries:
        for key in direct:
            hint = f"times: {{{key}: …}} compares how many; sum: <metric> next to it compares a sum"
            reader.problem(entries[key].key.mark, "comparator-place", f"{key} compares nothing here", hint)
        return Body(None, read_times(entries, reader))
    if "times" in entries:
        hint = "write two rules below all:"
        reader.problem(entries["times"].key.mark, "conflicting-keys", "times and sum cannot be in one rule", hint)
    if not direct:
        if "times" in entries:
            return None
        message = "the sum is not compared with anything"
        reader.problem(head.key.mark, "missing-comparator", message, "add a comparator, for example gt: 10000")
        return None
    summed = reader.scalar(entries["sum"].value, "sum")
    return Body(summed, read_comparisons(entries, reader, SUM_COMPARATORS)) if summed else None


def schemas() -> list[Schema]:
    """The forms of the leaf."""
    head = {"customers": {**reference("rule"), "description": DESCRIPTIONS["customers"]}}
    summed = {"sum": {**SCALAR, "description": DESCRIPTIONS["sum"]}}
    compared = {**head, **summed, **comparators(SUM_COMPARATORS)}
    return [
        closed({**head, "times": reference("times")}, ["customers"]),
        closed(compared, ["customers", "sum"], **some_of(SUM_COMPARATORS)),
    ]


def resolve(leaf: Leaf, scope: Scope) -> Predicate | None:
    """A test of the number or the sum. None after a problem."""
    body = leaf.body
    assert isinstance(body, Body)
    if scope.entity == CUSTOMER:
        hint = "write it after that:, as in {belongs_to: account, that: {customers: …}}"
        message = "customers needs a rule about what customers belong to, but this rule is about one customer"
        scope.report.add(leaf.mark, "rule-place", message, hint)
        return None
    about_customers = replace(scope, entity=CUSTOMER)
    predicate = scope.resolve(leaf.nested["customers"], about_customers)
    summed = catalogued(body.sum, about_customers) if body.sum else None
    if predicate is None or (body.sum and summed is None):
        return None
    if summed and summed.type != "number":
        assert body.sum is not None
        fitting = [metric.name for metric in scope.metrics.values() if metric.type == "number"]
        message = f"sum needs a number, but {summed.name} is {a_type(summed.type)}"
        scope.report.add(body.sum.mark, "field-type", message, f"metrics that fit: {', '.join(fitting[:12]) or 'none'}")
        return None
    criteria = (
        at_least_once(body.comparisons, scope)
        if summed is None
        else compatible_criteria(body.comparisons, "number", scope.timezone, scope.report)
    )
    if criteria is None:
        return None
    what = f"the sum of {summed.name}" if summed else "the number"
    words = f"{what} of its customers with {rule_in_words(predicate)} {' and '.join(c.text for c in criteria)}"
    return Test(_counted(predicate, summed, scope), criteria, words, leaf.mark, predicate.size)


def _counted(predicate: Predicate, summed: Feature | None, scope: Scope) -> Stepped:
    """The number of customers, or a sum over them, by the key of their entity: `entity_id` and ANSWER."""
    column, customers = scope.about.customers.lower(), scope.customers
    matching = Select(
        columns=(("customer_id", "customer_id"), *([(summed.name, "summed")] if summed else [])),
        relation=SO_FAR,
        conditions=(predicate,),
    )
    mine = f"{OWN}__matching"
    counted = Select(
        columns=((f"{customers}.{column}", "entity_id"), (f"sum({mine}.summed)" if summed else "count(*)", ANSWER)),
        relation=mine,
        joins=(f"inner join {customers} on {mine}.customer_id = {customers}.{scope.catalog.customer.key.lower()}",),
        conditions=(f"{customers}.{column} is not null",),
        group_by=(f"{customers}.{column}",),
    )
    canonical = ("customers", column, predicate.canonical, summed.canonical if summed else ())
    written = ("customers", column, as_written(predicate), summed.canonical if summed else ())
    return Stepped(
        name=fitted(f"customers__{digest(repr(written), 8)}"),
        type="number",
        canonical=canonical,
        description="",
        steps=Steps((("matching", matching), ("counted", counted)), default="0"),
        inputs=Inputs(
            needs=tuple(dict.fromkeys([*features_of(predicate), *([summed] if summed else [])])),
            entity=scope.entity,
            changing=(scope.entity,),
            # Customers without events add nothing to a sum.
            populations=() if summed else (Population(among=predicate),),
        ),
    )


def say(leaf: Leaf, speech: Speech) -> Clause:
    """The clause: with at least three customers who …"""
    body = leaf.body
    assert isinstance(body, Body)
    rule = leaf.nested["customers"]
    which = followed_by(speech.say(rule, replace(speech, entity=CUSTOMER)))
    if body.sum is None:
        return so_many("customer", "customers", which, body.comparisons)
    words = f"sum of the {metric_text(body.sum.text, (), (), speech)} of customers{which}"
    return about_value(words, "number", body.comparisons, money_of(body.sum.text, speech))
