"""Events in plain English: what was done, how often, which of them, and when."""

from collections.abc import Sequence
from dataclasses import dataclass

from segctl.language.syntax import Comparison, Condition, ValueType
from segctl.speech.clauses import Clause, Speech, joined
from segctl.speech.values import day_text, either, last_text, often, span_text, value_text

FIELDS = {
    "gt": "of more than {}",
    "gte": "of {} or more",
    "lt": "of less than {}",
    "lte": "of {} or less",
    "between": "between {} and {}",
    "contains": "that contains {}",
    "starts_with": "that begins with {}",
    "ends_with": "that ends with {}",
    "matches": "that matches the pattern {}",
    "before": "before {}",
    "after": "after {}",
    "has": "that includes {}",
}


@dataclass(frozen=True)
class Narrowed:
    """The filter and the window of events, each with a leading space, or empty."""

    which: str
    when: str

    def __str__(self) -> str:
        """Both."""
        return f"{self.which}{self.when}"


def done(event: str, times: Sequence[Comparison], narrowed: Narrowed, speech: Speech) -> Clause:
    """The clause that customers did it this often, by default at least once."""
    verb = speech.catalog.events[event].verb
    if not times:
        return _once(event, verb, narrowed)
    return joined("all", [_so_often(event, verb, comparison, narrowed) for comparison in times])


def never_done(event: str, narrowed: Narrowed, speech: Speech) -> Clause:
    """The clause that customers did not do it."""
    return _once(event, speech.catalog.events[event].verb, narrowed).denied


def narrowed(event: str, where: Sequence[Condition], window: Sequence[Comparison], speech: Speech) -> Narrowed:
    """The words for the filter and the window of events."""
    fields = [_field(event, condition, speech) for condition in where]
    times = [when(comparison) for comparison in window]
    return Narrowed(f" with {' and '.join(fields)}" if fields else "", f" {' and '.join(times)}" if times else "")


def when(comparison: Comparison) -> str:
    """A window."""
    texts = [scalar.text for scalar in comparison.operands]
    if comparison.operator == "within_last":
        return last_text(texts[0])
    if comparison.operator == "older_than":
        return f"at least {span_text(texts[0])} ago"
    days = [day_text(text) for text in texts]
    return f"from {days[0]} to {days[1]}" if comparison.operator == "between" else f"{comparison.operator} {days[0]}"


def noun(event: str) -> str:
    """The noun for one event."""
    return event.replace("_", " ")


def with_article(word: str) -> str:
    """A noun with its article."""
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def nouns(event: str) -> str:
    """The plural noun."""
    word = noun(event)
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in tuple("aeiou") else f"{word}s"


def _once(event: str, verb: str, narrowed: Narrowed) -> Clause:
    if verb:
        return Clause(f"who have {verb}{narrowed}", f"who have not {verb}{narrowed}")
    return Clause(f"who have had at least one {noun(event)}{narrowed}", f"who have had no {noun(event)}{narrowed}")


def _so_often(event: str, verb: str, comparison: Comparison, narrowed: Narrowed) -> Clause:
    frequency = often(comparison)
    if verb:
        what = f"{verb}{narrowed.which} {frequency.times}{narrowed.when}"
        clause = Clause(f"who have {what}", f"who have not {what}")
    else:
        what = f"{frequency.text} {nouns(event) if frequency.several else noun(event)}{narrowed}"
        clause = Clause(f"who have had {what}", f"who have not had {what}")
    return clause.denied if frequency.denied else clause


def _field(event: str, condition: Condition, speech: Speech) -> str:
    column = speech.catalog.events[event].fields[condition.field.text]
    name = column.name.replace("_", " ")
    texts = [
        _compared(name, comparison, column.type, speech.money(event, column.name))
        for comparison in condition.comparisons
    ]
    return " and ".join(texts)


def _compared(name: str, comparison: Comparison, kind: ValueType, currency: str) -> str:
    operator, texts = comparison.operator, [scalar.text for scalar in comparison.operands]
    if operator == "is":
        return f"a known {name}" if texts[0] == "set" else f"no known {name}"
    values = [value_text(text, kind, currency) for text in texts]
    if operator in {"eq", "in"}:
        return f"{name} {either(values)}"
    if operator in {"ne", "not_in"}:
        return f"a known {name} other than {either(values)}"
    if operator in {"has_any", "has_all"}:
        return f"{with_article(name)} that includes {either(values, 'or' if operator == 'has_any' else 'and')}"
    return f"{with_article(name)} {FIELDS[operator].format(*values)}"
