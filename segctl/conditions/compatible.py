"""Types the comparisons of one value. Comparisons that contradict each other are problems."""

from decimal import Decimal
from itertools import combinations

from segctl.conditions.criterion import Criterion, criterion
from segctl.errors import Report
from segctl.language.literals import Duration
from segctl.language.syntax import Comparison, ValueType

LOWER, UPPER = ("gt", "gte", "eq", "between"), ("lt", "lte", "eq", "between")
PAST = ("within_last", "older_than")
# Durations in one row have a fixed length in its first unit.
SCALES = ({"hour": 1}, {"day": 1, "week": 7}, {"month": 1, "year": 12})
TWO_RULES = "reverse one of them, or write two rules below any:"


def compatible_criteria(
    comparisons: tuple[Comparison, ...],
    value_type: ValueType,
    timezone: str,
    report: Report,
    values: tuple[str, ...] = (),
) -> tuple[Criterion, ...] | None:
    """The comparisons as criteria. None after a problem, including comparisons that no value can meet."""
    read = [criterion(c, value_type, timezone, report, values) for c in comparisons]
    good = tuple(valid for valid in read if valid)
    if len(good) < len(read):
        return None
    for first, second in combinations(range(len(good)), 2):
        hint = _excluded(good[first], good[second])
        if hint:
            message = f"nothing is both {good[first].text} and {good[second].text}"
            report.add(comparisons[second].mark, "empty-range", message, hint)
            return None
    return good


def _excluded(left: Criterion, right: Criterion) -> str:
    """A hint if the two comparisons obviously exclude each other, or the empty string."""
    for first, second in ((left, right), (right, left)):
        pair = (first.operator, second.operator)
        if first.operator in LOWER and second.operator in UPPER and first.type == "number":
            low, high = first.operands[0], second.operands[-1]
            assert isinstance(low, Decimal)
            assert isinstance(high, Decimal)
            if low > high or (low == high and ("gt" in pair or "lt" in pair)):
                return TWO_RULES
        if first.operator in PAST and second.operator == "within_next":
            return "write two rules below any: one looks back, one ahead"
        if pair == ("within_last", "older_than") and _no_longer(first.operands[0], second.operands[0]):
            return "within_last takes the longer time, older_than the shorter one"
        if pair == ("after", "before") and _ends_first(second, first):
            return TWO_RULES
    return ""


def _no_longer(first: object, second: object) -> bool:
    """Whether the first duration is certainly not longer than the second."""
    assert isinstance(first, Duration)
    assert isinstance(second, Duration)
    for scale in SCALES:
        if first.unit in scale and second.unit in scale:
            return first.count * scale[first.unit] <= second.count * scale[second.unit]
    return False


def _ends_first(before: Criterion, after: Criterion) -> bool:
    """Whether an upper bound (day or instant) is not after the lower bound."""
    end, begin = before.operands[0], after.operands[0]
    return type(end) is type(begin) and end <= begin  # type: ignore[operator]
