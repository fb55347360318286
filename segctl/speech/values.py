"""Values and comparisons in plain English."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from segctl.language.literals import Duration, read_day, read_duration, read_instant, read_number
from segctl.language.syntax import TIME_TYPES, Comparison, ValueType

SIGNS = {"GBP": "£", "EUR": "€", "USD": "$", "JPY": "¥"}
COUNTED = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
AMOUNTS = {
    "eq": "{}",
    "gt": "more than {}",
    "gte": "{} or more",
    "lt": "less than {}",
    "lte": "{} or less",
    "between": "between {} and {}",
}
OFTEN = {
    "gte": "at least {}",
    "gt": "more than {}",
    "lte": "at most {}",
    "lt": "fewer than {}",
    "eq": "exactly {}",
    "between": "between {} and {}",
}
TEXTS = {
    "contains": ("contains {}", "does not contain {}"),
    "starts_with": ("begins with {}", "does not begin with {}"),
    "ends_with": ("ends with {}", "does not end with {}"),
    "matches": ("matches the pattern {}", "does not match the pattern {}"),
}
PRESENCE = {"set": ("is known", "is not known"), "missing": ("is not known", "is known")}
TIMES = {
    "before": ("is before {}", "is not before {}"),
    "after": ("is after {}", "is not after {}"),
    "between": ("is from {} to {}", "is not from {} to {}"),
    "within_last": ("was {last}", "was not {last}"),
    "older_than": ("was at least {} ago", "was not at least {} ago"),
    "within_next": ("is in the next {}", "is not in the next {}"),
    "anniversary_within_next": ("comes round in the next {}", "does not come round in the next {}"),
}


def predicates(comparisons: Sequence[Comparison], kind: ValueType, currency: str = "") -> list[tuple[str, str]]:
    """The words after the name of a value with their negation, one pair per comparison."""
    return [_predicate(comparison, kind, currency) for comparison in comparisons]


def quoted(text: str) -> str:
    """A text in quotes, with quotes inside doubled."""
    return f"“{text.replace('”', '””')}”"


def either(texts: Sequence[str], word: str = "or") -> str:
    """A list of distinct words: a, b or c."""
    texts = list(dict.fromkeys(texts))
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {word} {texts[-1]}"


def span_text(duration: Duration | str) -> str:
    """A duration: 60 days, a month."""
    parsed = read_duration(duration) if isinstance(duration, str) else duration
    if parsed is None:
        return str(duration)
    return f"{'an' if parsed.unit == 'hour' else 'a'} {parsed.unit}" if parsed.count == 1 else str(parsed)


def last_text(duration: str) -> str:
    """A window up to now: in the last 60 days, in the last month."""
    parsed = read_duration(duration)
    return f"in the last {parsed.unit if parsed and parsed.count == 1 else duration}"


def next_text(duration: Duration | str) -> str:
    """A window from now on: next 7 days, next month."""
    parsed = read_duration(duration) if isinstance(duration, str) else duration
    return parsed.unit if parsed and parsed.count == 1 else str(parsed or duration)


def day_text(text: str) -> str:
    """A day or a local time: 1 June 2025, 1 June 2025 18:00."""
    instant = read_day(text) or read_instant(text)
    if instant is None:
        return text
    day = f"{instant.day} {instant:%B %Y}"
    return day if type(instant) is date else f"{day} {str(instant)[11:]}"


def number_text(text: str, currency: str = "") -> str:
    """A number with thousands separators, and its currency if it is money."""
    number = read_number(text)
    if number is None:
        return text
    digits = f"{abs(number.normalize()):,f}"
    sign = "-" if number < 0 else ""
    if not currency:
        return f"{sign}{digits}"
    return f"{sign}{SIGNS[currency]}{digits}" if currency in SIGNS else f"{sign}{digits} {currency}"


def amount_of(amount: Decimal, currency: str) -> str:
    """An amount of money with two decimals."""
    return f"{SIGNS[currency]}{amount:,.2f}" if currency in SIGNS else f"{amount:,.2f} {currency}".rstrip()


def counted(number: int | Decimal) -> str:
    """A whole number, as a word up to ten."""
    return COUNTED[int(number)] if 0 < number < len(COUNTED) else f"{int(number):,}"


@dataclass(frozen=True)
class Often:
    """A count in words, with whether it is negated and whether it is plural."""

    text: str
    denied: bool
    several: bool

    @property
    def times(self) -> str:
        """A frequency: once, at least twice, between two and three times."""
        qualified, _, number = self.text.rpartition(" ")
        once = {"one": "once", "two": "twice"}.get(number)
        if once and not qualified.endswith((" and", " or")):
            return f"{qualified} {once}"
        return f"{self.text} {'times' if self.several else 'time'}"


def often(comparison: Comparison) -> Often:
    """A comparison of a number of things."""
    numbers = [read_number(scalar.text) or Decimal(0) for scalar in comparison.operands]
    counts = [counted(number) for number in numbers]
    if comparison.operator in OFTEN:
        return Often(OFTEN[comparison.operator].format(*counts), denied=False, several=numbers[-1] != 1)
    denied = comparison.operator in {"ne", "not_in"}
    return Often(f"exactly {either(counts)}", denied=denied, several={*counts} != {counted(1)})


def value_text(text: str, kind: ValueType, currency: str = "") -> str:
    """A value of a type."""
    if kind == "number":
        return number_text(text, currency)
    if kind == "boolean":
        return {"true": "yes", "false": "no"}.get(text, text)
    return day_text(text) if kind in TIME_TYPES else quoted(text)


def _predicate(comparison: Comparison, kind: ValueType, currency: str) -> tuple[str, str]:
    operator, texts = comparison.operator, [scalar.text for scalar in comparison.operands]
    if operator == "is":
        return PRESENCE[texts[0]]
    if kind in TIME_TYPES:
        so, not_so = TIMES[operator]
        shown = [span_text(texts[0])] if operator == "older_than" else [_time(text) for text in texts]
        last = last_text(texts[0])
        return so.format(*shown, last=last), not_so.format(*shown, last=last)
    values = [value_text(text, kind, currency) for text in texts]
    if operator in ("has", "has_any", "has_all"):
        word = "and" if operator == "has_all" else "or"
        return f"include {either(values, word)}", f"do not include {either(values, word)}"
    if operator in TEXTS:
        return TEXTS[operator][0].format(*values), TEXTS[operator][1].format(*values)
    return _compared(operator, values)


def _compared(operator: str, values: list[str]) -> tuple[str, str]:
    if operator in ("ne", "not_in"):
        return f"is known and other than {either(values)}", f"is either unknown or {either(values)}"
    amount = either(values) if operator == "in" else AMOUNTS[operator].format(*values)
    return f"is {amount}", f"is not {amount}"


def _time(text: str) -> str:
    return next_text(text) if read_duration(text) else day_text(text)
