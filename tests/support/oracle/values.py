"""Values as docs/language.md describes them: reading, comparing and aggregating."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

from tests.support.oracle.time import TIME_TYPES, Clock, time_holds

# None is missing, a set holds the texts of `strings`. To Python a datetime is a date, too.
Value = str | bool | Decimal | date | frozenset[str] | None

SIX_PLACES = Decimal("0.000001")
LARGEST = Decimal(10) ** 21
WIDE = Context(prec=100)  # so that values are only rounded where the page says so


def read(cell: object, kind: str) -> Value:
    """A cell of the warehouse as a value of the language."""
    if cell is None:
        return None
    if kind == "number":
        number = Decimal(str(cell))
        return rounded(number) if number.is_finite() and abs(number) <= LARGEST else None
    if kind in ("timestamp", "timestamptz"):
        assert isinstance(cell, datetime), cell
        return cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)
    if kind == "date":
        assert isinstance(cell, date), cell
        assert not isinstance(cell, datetime), cell
        return cell
    if kind == "boolean":
        assert isinstance(cell, bool), cell
        return cell
    if kind == "strings":
        assert isinstance(cell, list), cell
        return frozenset(item for item in cell if item is not None)
    assert kind == "string", kind
    assert isinstance(cell, str), cell
    return cell


def rounded(number: Decimal) -> Decimal:
    """Six places, halves away from zero."""
    return number.quantize(SIX_PLACES, rounding=ROUND_HALF_UP, context=WIDE)


def share(text: str) -> Fraction:
    """`12.5%` is an eighth."""
    return Fraction(text.removesuffix("%").strip()) / 100


def satisfies(value: Value, kind: str, comparators: dict[str, Any], clock: Clock) -> bool:
    """Several comparators must all hold. A missing value satisfies only `is: missing`."""
    for comparator, operand in comparators.items():
        if comparator == "is":
            holds = (value is None) == (operand == "missing")
        else:
            holds = value is not None and compares(comparator, operand, value, kind, clock)
        if not holds:
            return False
    return True


def compares(comparator: str, operand: str | list[str], value: Value, kind: str, clock: Clock) -> bool:
    """Whether a comparator other than `is` holds for a value that is set."""
    if kind in TIME_TYPES:
        assert isinstance(value, date)
        return time_holds(comparator, operand, value, clock)
    if kind == "number":
        assert isinstance(value, Decimal)
        return number_compares(comparator, operand, value)
    if kind == "boolean":
        wanted = operand == "true"
        return {"eq": value is wanted, "ne": value is not wanted}[comparator]
    if kind == "strings":
        assert isinstance(value, frozenset)
        texts = {operand} if isinstance(operand, str) else set(operand)
        return {"has": texts <= value, "has_any": bool(texts & value), "has_all": texts <= value}[comparator]
    assert isinstance(value, str)
    return string_compares(comparator, operand, value)


def number_compares(comparator: str, operand: str | list[str], value: Decimal) -> bool:
    if isinstance(operand, list):
        wanted = [Decimal(text) for text in operand]
        if comparator == "between":
            return wanted[0] <= value <= wanted[1]
        return {"in": value in wanted, "not_in": value not in wanted}[comparator]
    number = Decimal(operand)
    return {
        "eq": value == number,
        "ne": value != number,
        "gt": value > number,
        "gte": value >= number,
        "lt": value < number,
        "lte": value <= number,
    }[comparator]


def string_compares(comparator: str, operand: str | list[str], value: str) -> bool:
    if isinstance(operand, list):
        return {"in": value in operand, "not_in": value not in operand}[comparator]
    if comparator == "matches":
        return found_in(operand, value)
    return {
        "eq": value == operand,
        "ne": value != operand,
        "contains": operand in value,
        "starts_with": value.startswith(operand),
        "ends_with": value.endswith(operand),
    }[comparator]


def found_in(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text, as in Python, except that `$` is only the end."""
    parts = re.findall(r"\\.|\[\^?(?:\\.|[^\\\]])+\]|[^\\]", pattern, re.DOTALL)
    return re.search("".join(r"\Z" if part == "$" else part for part in parts), text) is not None


def aggregated(aggregate: str, found: list[Value]) -> Value:
    """An aggregate over the events: of a field's values, or of the events' times."""
    if aggregate == "count":
        return Decimal(len(found))
    values: list[Any] = [value for value in found if value is not None]  # missing values are skipped
    if aggregate == "count_distinct":
        return Decimal(len(set(values)))
    if aggregate == "sum":
        return exact_sum(values)
    if not values:
        return None
    if aggregate == "avg":
        return rounded(WIDE.divide(exact_sum(values), Decimal(len(values))))
    chosen: Value = {"min": min, "first": min, "max": max, "last": max}[aggregate](values)
    return chosen


def held_at(edge: date, found: list[tuple[date, Value]]) -> Value:
    """What a field held at the first or last instant: the least value that is set among the events at it."""
    values: list[Any] = [value for at, value in found if at == edge and value is not None]
    chosen: Value = min(values, default=None)
    return chosen


def of_two(operation: str, left: Value, right: Value) -> Value:
    """The ratio or the difference of two metrics."""
    if left is None or right is None:
        return None
    assert isinstance(left, Decimal)
    assert isinstance(right, Decimal)
    if operation == "difference":
        return WIDE.subtract(left, right)
    if right == 0:
        return None
    quotient = WIDE.divide(left, right)
    return rounded(quotient) if quotient.copy_abs() <= LARGEST else None


def exact_sum(numbers: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = WIDE.add(total, number)
    return total
