"""Criteria as SQL conditions, and the boundaries of a run in them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from segctl.conditions.criterion import SYMBOLS, Criterion
from segctl.language.literals import Duration, jinja_text, midnight, sql_day, sql_instant, sql_number, sql_text
from segctl.language.literals import in_utc as utc
from segctl.language.patterns import read_pattern


@dataclass(frozen=True, order=True)
class Boundary:
    """A boundary that moves with the run: its template variable and the macro call that sets it."""

    variable: str
    call: str

    @property
    def by_day(self) -> bool:
        """Whether the boundary is a day, not an instant."""
        return self.variable == "today" or self.variable.startswith("day_")

    def call_at(self, instant: str) -> str:
        """The call that sets the boundary of a run as of another instant, a template variable."""
        return f"{self.call.removesuffix(')')}, at={instant})"


AS_OF = Boundary("as_of", "segctl.begin_run()")


def today(timezone: str) -> Boundary:
    """The local day of the run."""
    return Boundary("today", f"segctl.today('{timezone}')")


def day_begun(timezone: str) -> Boundary:
    """The last local day that began before the run. Rows with only a day are visible up to it."""
    return Boundary("day_begun", f"segctl.day_begun('{timezone}')")


def day_from_today(days: int, plain: bool, timezone: str) -> Boundary:
    """The local day a number of days after today, or the instant at which it begins."""
    macro = "day_from_today" if plain else "midnight_from_today"
    where = f"minus_{-days}" if days < 0 else f"plus_{days}"
    return Boundary(f"{macro}_{where}", f"segctl.{macro}({days}, '{timezone}')")


def condition(criterion: Criterion, column: str, past: bool = False) -> str:
    """The SQL condition that a column meets the criterion. NULL or false for a NULL column.

    `past` means that the column is never after the run's instant.
    """
    operator = criterion.operator
    if operator == "is":
        return f"{column} is {'not ' if criterion.operands[0] == 'set' else ''}null"
    if criterion.type == "strings":
        return _list_condition(operator, [str(operand) for operand in criterion.operands], column)
    if criterion.type == "string":
        return _text_condition(operator, [str(operand) for operand in criterion.operands], column)
    if criterion.type in ("number", "boolean"):
        return _plain_condition(criterion, column)
    if operator == "anniversary_within_next":
        return _anniversary(criterion, column)
    if criterion.relative:
        return _relative_condition(criterion, column, past)
    return _absolute_condition(criterion, column)


def boundaries_of(criterion: Criterion, past: bool = False) -> frozenset[Boundary]:
    """The boundaries in `condition`."""
    if not criterion.relative or criterion.operator == "anniversary_within_next":
        return frozenset()
    boundary, now = _boundary(criterion), _now(criterion)
    with_now = criterion.operator == "within_next" or (criterion.operator == "within_last" and not past)
    return frozenset({boundary, now} if with_now else {boundary})


def suffix(criterion: Criterion) -> str:
    """The criterion as part of a column's name."""
    return f"{criterion.operator}_{'_'.join(slug(operand) for operand in criterion.operands)}"


def slug(operand: object) -> str:
    """An operand as part of a column's name. Other characters become underscores."""
    if isinstance(operand, Duration):
        return operand.short
    if isinstance(operand, datetime):
        return f"{operand:%Y%m%dt%H%M%S}"
    if isinstance(operand, date):
        return f"{operand:%Y%m%d}"
    if isinstance(operand, Decimal):
        return sql_number(operand).replace("-", "m").replace(".", "p")
    kept = [c if c.isascii() and c.isalnum() else "_" for c in str(operand).lower()]
    return "".join(kept)


def _text_condition(operator: str, operands: list[str], column: str) -> str:
    if operator in SYMBOLS:
        return f"{column} {SYMBOLS[operator]} {sql_text(operands[0])}"
    if operator in ("in", "not_in"):
        listed = ", ".join(sql_text(operand) for operand in operands)
        return f"{column} {operator.replace('_', ' ')} ({listed})"
    if operator == "matches":
        pattern = read_pattern(operands[0]).text
        return f"{{{{ segctl.matches({jinja_text(column)}, {jinja_text(pattern)}) }}}}"
    return _like(operator, operands[0], column)


def _list_condition(operator: str, operands: list[str], column: str) -> str:
    parts = [f"{{{{ segctl.has({jinja_text(column)}, {jinja_text(operand)}) }}}}" for operand in operands]
    joined = (" and " if operator == "has_all" else " or ").join(parts)
    return f"({joined})" if len(parts) > 1 else joined


def _like(operator: str, text: str, column: str) -> str:
    # An explicit escape character, since the engines' defaults differ.
    pattern = text
    for special in "!%_":
        pattern = pattern.replace(special, f"!{special}")
    before = "" if operator == "starts_with" else "%"
    after = "" if operator == "ends_with" else "%"
    if any(character in text for character in "%_\\!"):
        return f"{{{{ segctl.like_escaped({jinja_text(column)}, {jinja_text(before + pattern + after)}) }}}}"
    return f"{column} like {sql_text(before + text + after)}"


def _plain_condition(criterion: Criterion, column: str) -> str:
    operator, operands = criterion.operator, criterion.operands
    texts = [sql_number(v) if isinstance(v, Decimal) else str(v).lower() for v in operands]
    if operator == "between":
        return f"{column} between {texts[0]} and {texts[1]}"
    if operator in ("in", "not_in"):
        return f"{column} {operator.replace('_', ' ')} ({', '.join(texts)})"
    return f"{column} {SYMBOLS[operator]} {texts[0]}"


def _absolute_condition(criterion: Criterion, column: str) -> str:
    first, last = criterion.operands[0], criterion.operands[-1]
    if criterion.operator == "before":
        return f"{column} < {_starts(first, criterion)}"
    if criterion.operator == "after":
        return f"{column} {_after(first, criterion)}"
    until = f"<= {_starts(last, criterion)}"
    if criterion.type != "date" and not isinstance(last, datetime):
        until = f"< {_starts(last, criterion, days_later=1)}"
    return f"({column} >= {_starts(first, criterion)} and {column} {until})"


def _after(value: object, criterion: Criterion) -> str:
    if criterion.type == "date" or isinstance(value, datetime):
        return f"> {_starts(value, criterion)}"
    return f">= {_starts(value, criterion, days_later=1)}"


def _starts(value: object, criterion: Criterion, days_later: int = 0) -> str:
    if isinstance(value, datetime):
        return sql_instant(utc(value, criterion.timezone))
    assert isinstance(value, date)
    if criterion.type == "date":
        return sql_day(value)
    return sql_instant(midnight(value, criterion.timezone, days_later))


def _relative_condition(criterion: Criterion, column: str, past: bool) -> str:
    boundary = f"{{{{ {_boundary(criterion).variable} }}}}"
    now = f"{{{{ {_now(criterion).variable} }}}}"
    if criterion.operator == "older_than":
        return f"{column} <= {boundary}"
    if criterion.operator == "within_last":
        return f"{column} > {boundary}" if past else f"({column} > {boundary} and {column} <= {now})"
    return f"({column} > {now} and {column} <= {boundary})"


def _boundary(criterion: Criterion) -> Boundary:
    duration = criterion.operands[0]
    assert isinstance(duration, Duration)
    direction = "ahead" if criterion.operator == "within_next" else "ago"
    macro = f"day_{direction}" if criterion.type == "date" else direction
    return Boundary(f"{macro}_{duration.short}", f"segctl.{macro}({duration.call}, '{criterion.timezone}')")


def _now(criterion: Criterion) -> Boundary:
    return today(criterion.timezone) if criterion.type == "date" else AS_OF


def _anniversary(criterion: Criterion, column: str) -> str:
    duration = criterion.operands[0]
    assert isinstance(duration, Duration)
    day = jinja_text(column)
    if criterion.type != "date":
        day = f"segctl.local_day({day}, '{criterion.timezone}')"
    return f"{{{{ segctl.anniversary_within({day}, {duration.call}, '{criterion.timezone}') }}}}"
