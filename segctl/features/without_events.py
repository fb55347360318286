"""The answer of a rule for a customer without a single event.

No data shows that a customer without events existed at a past instant. If the catalog does not say since when customers
exist, a replay is exact only for rules that are false for such customers and do not depend on their number.
"""

from collections.abc import Iterable
from decimal import Decimal
from weakref import WeakKeyDictionary

from segctl.conditions.criterion import Criterion
from segctl.features.columns import Aggregate, Feature
from segctl.features.computed import Computed, NoValue, Value
from segctl.features.predicates import Junction, Predicate, Reference, Test
from segctl.features.stepped import Population, Stepped, closure

DEFAULTS: dict[str, Value] = {"": NoValue.MISSING, "false": False, "0": Decimal(0)}
# Cached, because many rules may refer to the same one.
_ANSWERS: WeakKeyDictionary[Junction, bool | None] = WeakKeyDictionary()


def holds_without_events(predicate: Predicate) -> bool | None:
    """The answer for all customers without events. None if it differs between them, or is unknown."""
    if isinstance(predicate, Test):
        return _tested(predicate)
    if isinstance(predicate, Reference):
        return holds_without_events(predicate.predicate)
    if predicate not in _ANSWERS:
        _ANSWERS[predicate] = _joined(predicate)
    return _ANSWERS[predicate]


def counts_without_events(features: Iterable[Feature]) -> bool:
    """Whether features depend on the number of customers, including those without events, as some ranks do."""
    stepped = (feature for feature in closure(features) if isinstance(feature, Stepped))
    return any(_may_be_in(population) for feature in stepped for population in feature.inputs.populations)


def value_without_events(feature: Feature) -> Value:
    """The value of a feature for all customers without events."""
    if isinstance(feature, Aggregate):
        return NoValue.MISSING if feature.nullable else Decimal(0)
    if isinstance(feature, Computed):
        return feature.without_events
    if isinstance(feature, Stepped) and (feature.inputs.scans or _out_of_place(feature)):
        return DEFAULTS[feature.steps.default]
    return NoValue.UNKNOWN


def _out_of_place(feature: Stepped) -> bool:
    """Whether it is a rank among customers who all have events."""
    populations = feature.inputs.populations
    return bool(populations) and not feature.inputs.entity and not any(map(_may_be_in, populations))


def _may_be_in(population: Population) -> bool:
    values = [value_without_events(feature) for feature in population.having]
    if NoValue.MISSING in values or (population.above_zero and values[0] == 0):
        return False
    return population.among is None or holds_without_events(population.among) is not False


def _joined(junction: Junction) -> bool | None:
    answers = [holds_without_events(part) for part in junction.parts]
    if junction.kind == "all":
        return _all(answers)
    none = _all(_not(answer) for answer in answers)
    return none if junction.kind == "none" else _not(none)


def _tested(test: Test) -> bool | None:
    value = value_without_events(test.feature)
    if not test.criteria:
        return value if isinstance(value, bool) else None
    if isinstance(value, bool) or value is NoValue.UNKNOWN:
        return None
    return _all(_met(criterion, value) for criterion in test.criteria)


def _met(criterion: Criterion, value: Decimal | NoValue) -> bool | None:
    """Whether a number or a missing value meets a criterion. None if the criterion is not about numbers."""
    operator, operands = criterion.operator, criterion.operands
    if operator == "is":
        return operands[0] == ("missing" if value is NoValue.MISSING else "set")
    if isinstance(value, NoValue):
        return False
    numbers = [operand for operand in operands if isinstance(operand, Decimal)]
    if not numbers or len(numbers) < len(operands):
        return None
    first, last = numbers[0], numbers[-1]
    return {
        "eq": value == first,
        "ne": value != first,
        "gt": value > first,
        "gte": value >= first,
        "lt": value < first,
        "lte": value <= first,
        "between": first <= value <= last,
        "in": value in numbers,
        "not_in": value not in numbers,
    }.get(operator)


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    if False in found:
        return False
    return None if None in found else True


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
