"""Rules with one threshold moved slightly, to find customers close to it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from segctl.features import Junction, Predicate, Reference, Test, tests_of

# Close means within a tenth of the threshold, and at least one for whole numbers.
CLOSE, SMALLEST_STEP = Decimal("0.1"), Decimal(1)
# The direction in which a threshold moves to let more customers in.
DOWN, UP = ("gte", "gt"), ("lte", "lt")


@dataclass(frozen=True)
class Relaxed:
    """A test on a number, the test with its threshold moved, and the rule with the moved test."""

    test: Test
    relaxed: Test
    rule: Predicate


def relaxed_rules(rule: Predicate, tighter: bool = False) -> Iterator[Relaxed]:
    """The rule with each threshold moved by a tenth, one at a time, to let more or fewer customers in."""
    for test in dict.fromkeys(tests_of(rule)):
        relaxed = relaxed_test(test, tighter)
        if relaxed:
            yield Relaxed(test, relaxed, with_part(rule, test, relaxed))


def relaxed_test(test: Test, tighter: bool = False) -> Test | None:
    """The test with its threshold moved by a tenth. None if it has no single, movable number."""
    if len(test.criteria) != 1:
        return None
    criterion = test.criteria[0]
    number = criterion.operands[0] if criterion.operands else None
    if criterion.operator not in (*DOWN, *UP) or not isinstance(number, Decimal) or number <= 0:
        return None
    step = max(number * CLOSE, SMALLEST_STEP if number == number.to_integral_value() else number * CLOSE)
    moved = number - step if (criterion.operator in DOWN) != tighter else number + step
    if moved <= 0:
        return None
    other = replace(criterion, operands=(moved.normalize(),))
    text = test.text.replace(criterion.text, other.text)
    return Test(test.feature, (other,), text, test.mark)


def with_part(rule: Predicate, part: Predicate, other: Predicate) -> Predicate:
    """The rule with one part replaced everywhere. Rules that contain the part are written out."""
    known: dict[int, Predicate] = {}

    def replaced(predicate: Predicate) -> Predicate:
        if predicate is part or (isinstance(predicate, Test) and predicate == part):
            return other
        if isinstance(predicate, Test):
            return predicate
        if id(predicate) not in known:
            known[id(predicate)] = _rebuilt(predicate, replaced)
        return known[id(predicate)]

    return replaced(rule)


def _rebuilt(node: Junction | Reference, replaced: Callable[[Predicate], Predicate]) -> Predicate:
    if isinstance(node, Reference):
        predicate = replaced(node.predicate)
        return node if predicate is node.predicate else predicate
    parts = tuple(replaced(part) for part in node.parts)
    same = all(part is former for part, former in zip(parts, node.parts, strict=True))
    return node if same else Junction(node.kind, parts, node.mark)
