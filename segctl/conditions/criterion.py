"""A typed comparison, with its meaning, its words and its canonical form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from segctl.errors import Report, did_you_mean
from segctl.language.comparators import COMPARATORS, RELATIVE, ValueFamily
from segctl.language.literals import Duration, calendar_fault, read_day, read_duration, read_instant, read_number
from segctl.language.patterns import PatternProblem, read_pattern
from segctl.language.syntax import TIME_TYPES, Comparison, Scalar, ValueType

Value = str | Decimal | bool | date | datetime | Duration

EXPECTED = {
    "number": "a number with at most six places",
    "boolean": "true or false",
    "date": "a day like 2024-12-31",
    "timestamp": "a day like 2024-12-31 or a local time like 2024-12-31 18:00",
    "timestamptz": "a day like 2024-12-31 or a local time like 2024-12-31 18:00",
    "duration": "a duration of at most 100 years, like 60 days, 3 months or 36 hours",
}
READERS: Mapping[str, Callable[[str], Value | None]] = {
    "number": read_number,
    "boolean": {"true": True, "false": False}.get,
    "date": read_day,
    "timestamp": lambda text: read_day(text) or read_instant(text),
    "timestamptz": lambda text: read_day(text) or read_instant(text),
}
SYMBOLS = {"eq": "=", "ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
NEIGHBOURS = {"gt": "after", "gte": "after", "lt": "before", "lte": "before", "eq": "between: [day, day]"}
OF_LISTS = {"eq": "has: …", "contains": "has: …", "in": "has_any: […]"}


@dataclass(frozen=True)
class Criterion:
    """An operator with operands of the right type. `type` is that of the compared value.

    Naive times in `operands` (date, datetime) are local to `timezone`.
    """

    operator: str
    operands: tuple[Value, ...]
    type: ValueType
    timezone: str

    @property
    def relative(self) -> bool:
        """Whether the answer depends on the instant of the run."""
        return self.operator in RELATIVE

    @property
    def canonical(self) -> tuple[str, ...]:
        """The canonical meaning, equal for all spellings."""
        operands = [_canonical(operand) for operand in self.operands]
        if self.operator in ("in", "not_in", "has_any", "has_all"):
            operands = sorted(set(operands))
        zone = (self.timezone,) if self.type in TIME_TYPES and self.operator != "is" else ()
        return (self.operator, *zone, *operands)

    @property
    def text(self) -> str:
        """The criterion in words that follow the name of the value."""
        operands = [_operand_text(operand) for operand in self.operands]
        if self.operator in SYMBOLS:
            return f"{SYMBOLS[self.operator]} {operands[0]}"
        if self.operator == "between":
            return f"between {operands[0]} and {operands[1]}"
        if self.operator in ("in", "not_in", "has_any", "has_all"):
            return f"{self.operator.replace('_', ' ')} ({', '.join(operands)})"
        if self.operator == "is":
            return f"is {self.operands[0]}"
        return f"{self.operator.replace('_', ' ')} {operands[0]}"


def a_type(value_type: str) -> str:
    """The type with its article, for messages."""
    return "a list of texts" if value_type == "strings" else f"a {value_type}"


def criterion(
    comparison: Comparison, value_type: ValueType, timezone: str, report: Report, values: tuple[str, ...] = ()
) -> Criterion | None:
    """A comparison with operands converted to the type of the compared value. None after a problem.

    `values` are the possible values of a string, if the catalog lists them.
    """
    family: ValueFamily = "time" if value_type in TIME_TYPES else value_type  # type: ignore[assignment]
    comparator = COMPARATORS[comparison.operator]
    if family not in comparator.families:
        _misfit(comparison, value_type, family, report)
        return None
    operands: list[Value] = []
    for scalar in comparison.operands:
        value = _typed(scalar, comparison, value_type, report, values)
        if value is None:
            return None
        operands.append(value)
    if comparator.operand == "pair" and not _ascending(operands, comparison, report):
        return None
    return Criterion(comparison.operator, tuple(operands), value_type, timezone)


def _misfit(comparison: Comparison, value_type: ValueType, family: ValueFamily, report: Report) -> None:
    matching = [name for name, comparator in COMPARATORS.items() if family in comparator.families]
    hint = f"for {a_type(value_type)}: {', '.join(matching)}"
    if family == "time" and comparison.operator in NEIGHBOURS:
        hint = f"for times write {NEIGHBOURS[comparison.operator]}"
    if family == "strings" and comparison.operator in OF_LISTS:
        hint = f"for lists write {{{OF_LISTS[comparison.operator]}}}"
    message = f"{comparison.operator} does not fit {a_type(value_type)}"
    report.add(comparison.mark, "comparator-type", message, hint)


def _typed(
    scalar: Scalar, comparison: Comparison, value_type: ValueType, report: Report, values: tuple[str, ...]
) -> Value | None:
    operator, text = comparison.operator, scalar.text
    if operator != "is" and value_type in ("string", "strings"):
        return _string(scalar, operator, report, values)
    value: Value | None
    if operator == "is":
        expected = "set or missing"
        value = text if text in ("set", "missing") else None
    elif COMPARATORS[operator].operand == "duration":
        return _duration(scalar, operator, report)
    else:
        expected, value = EXPECTED[value_type], READERS[value_type](text)
    if value is None:
        fault, hint = calendar_fault(text) if value_type in TIME_TYPES and operator != "is" else ("", "")
        message = fault or f'{operator} expects {expected}, found "{text}"'
        report.add(scalar.mark, "wrong-type", message, hint or _type_hint(text, expected))
    return value


def _type_hint(text: str, expected: str) -> str:
    if expected == EXPECTED["duration"]:
        return "write a whole number, at least 1, and its unit: hours, days, weeks, months or years"
    if expected == EXPECTED["number"] and len(text) > 22 and text.strip("-").isdigit():
        return "a number has at most 22 digits"
    if expected == EXPECTED["number"] and re.fullmatch(r"[0-9][0-9,_ ]*(\.[0-9]+)?", text):
        places = len(text.partition(".")[2])
        return "round it to six places" if places > 6 else "write the number without separators: 1000.50"
    return f"write {expected}"


def _string(scalar: Scalar, operator: str, report: Report, values: tuple[str, ...]) -> str | None:
    text = scalar.text
    if not text and operator in ("contains", "starts_with", "ends_with", "matches"):
        report.add(scalar.mark, "wrong-type", f"{operator} of nothing is always true", "remove it")
        return None
    if operator == "matches":
        try:
            read_pattern(text)
        except PatternProblem as problem:
            message = f"matches, at character {problem.position}: {problem.message}"
            report.add(scalar.mark, "wrong-type", message, problem.hint)
            return None
    if values and operator in ("eq", "ne", "in", "not_in", "has", "has_any", "has_all") and text not in values:
        hint = did_you_mean(text, list(values), "values")
        report.add(scalar.mark, "unknown-value", f'"{text}" is not one of the catalog\'s values', hint)
        return None
    return text


def _duration(scalar: Scalar, operator: str, report: Report) -> Duration | None:
    duration = read_duration(scalar.text)
    if duration is None:
        expected = EXPECTED["duration"]
        message = f'{operator} expects {expected}, found "{scalar.text}"'
        report.add(scalar.mark, "wrong-type", message, _type_hint(scalar.text, expected))
        return None
    return _at_most_a_year(duration, scalar, report) if operator == "anniversary_within_next" else duration


def _at_most_a_year(duration: Duration, scalar: Scalar, report: Report) -> Duration | None:
    most = {"day": 365, "week": 52, "month": 12, "year": 1}
    if duration.unit not in most:
        message = f'anniversaries are counted in days, found "{scalar.text}"'
        report.add(scalar.mark, "wrong-type", message, "for example 7 days or 1 month")
        return None
    if duration.count > most[duration.unit]:
        message = f"anniversary_within_next reaches at most one year, found {duration}"
        report.add(scalar.mark, "wrong-type", message, "every day of the year is within 1 year")
        return None
    return duration


def _ascending(operands: list[Value], comparison: Comparison, report: Report) -> bool:
    low, high = operands
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        empty = low > high
    else:
        empty = _instant(low) >= _instant(high, end=True)
    if empty:
        first, second = (scalar.text for scalar in comparison.operands)
        message = f"nothing lies between {first} and {second}: the first is greater"
        report.add(comparison.operands[0].mark, "empty-range", message, f"write [{second}, {first}]")
    return not empty


def _instant(value: Value, end: bool = False) -> datetime:
    """The instant itself, or the start of a day. With `end`, the first instant after it."""
    if isinstance(value, datetime):
        return value + timedelta(microseconds=int(end))
    assert isinstance(value, date)
    return datetime(value.year, value.month, value.day) + timedelta(days=int(end))


def _canonical(value: Value) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value)


def _operand_text(value: Value) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return _canonical(value).replace("T", " ")
