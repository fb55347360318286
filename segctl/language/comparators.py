"""The comparators: their keys, the shape of their operands, and the types they apply to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import yaml

from segctl.language.reader import Entry, Reader
from segctl.language.synonyms import Wording
from segctl.language.syntax import Comparison, Condition, Scalar

ValueFamily = Literal["string", "number", "boolean", "time", "strings"]


@dataclass(frozen=True)
class Comparator:
    """The operands of a comparator: a single value, a list, a pair, a duration, or one of two words."""

    operand: Literal["value", "list", "pair", "duration", "presence"]
    families: frozenset[ValueFamily]


def _fits(operand: Literal["value", "list", "pair", "duration", "presence"], *families: ValueFamily) -> Comparator:
    return Comparator(operand, frozenset(families))


COMPARATORS: Mapping[str, Comparator] = {
    "eq": _fits("value", "string", "number", "boolean"),
    "ne": _fits("value", "string", "number", "boolean"),
    "gt": _fits("value", "number"),
    "gte": _fits("value", "number"),
    "lt": _fits("value", "number"),
    "lte": _fits("value", "number"),
    "between": _fits("pair", "number", "time"),
    "in": _fits("list", "string", "number"),
    "not_in": _fits("list", "string", "number"),
    "contains": _fits("value", "string"),
    "starts_with": _fits("value", "string"),
    "ends_with": _fits("value", "string"),
    "matches": _fits("value", "string"),
    "has": _fits("value", "strings"),
    "has_any": _fits("list", "strings"),
    "has_all": _fits("list", "strings"),
    "is": _fits("presence", "string", "number", "boolean", "time", "strings"),
    "before": _fits("value", "time"),
    "after": _fits("value", "time"),
    "within_last": _fits("duration", "time"),
    "older_than": _fits("duration", "time"),
    "within_next": _fits("duration", "time"),
    "anniversary_within_next": _fits("duration", "time"),
}
# Comparators that depend on the run's instant.
RELATIVE = frozenset(key for key, comparator in COMPARATORS.items() if comparator.operand == "duration")
# `between_dates` replaces `between` where a number may be compared as well.
WINDOW_KEYS = ("within_last", "older_than", "between_dates", "before", "after")
COUNT_COMPARATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "between", "in", "not_in")
# The hint for a negated comparator where no rule can wrap it.
NEVER_IN_WHERE = Wording(
    denied="where has no other negations than ne and not_in: compute a column in staging, and compare that"
)


def has_no_comparison(
    entries: Mapping[str, Entry], known: Collection[str], comparators: Collection[str] = COMPARATORS
) -> bool:
    """Whether a leaf lacks a comparator. A leaf with unknown keys was reported already."""
    return not any(key in comparators for key in entries) and all(key in known for key in entries)


def read_comparisons(
    entries: Mapping[str, Entry], reader: Reader, keys: tuple[str, ...] | None = None
) -> tuple[Comparison, ...]:
    """The comparisons in a mapping in written order, with operands unread."""
    wanted = COMPARATORS if keys is None else keys
    read = [_read_comparison(entry, reader) for key, entry in entries.items() if key in wanted]
    return tuple(comparison for comparison in read if comparison)


def _read_comparison(entry: Entry, reader: Reader) -> Comparison | None:
    name = entry.key.text
    operator = "between" if name == "between_dates" else name
    operand = COMPARATORS[operator].operand
    if operand in ("list", "pair"):
        nodes = reader.sequence(entry.value, name)
        if not isinstance(entry.value, yaml.SequenceNode):
            return None
        if operand == "pair" and len(nodes) != 2:
            message = f"{name} must be a list of two values, found {len(nodes)}"
            reader.problem(entry.value, "wrong-shape", message, f"for example {name}: [from, to]")
            return None
        if not nodes:
            message = f"{name} must list at least one value"
            reader.problem(entry.value, "wrong-shape", message, f"for example {name}: [a, b]")
            return None
        scalars = [reader.scalar(node, f"an item of {name}") for node in nodes]
    else:
        scalars = [reader.scalar(entry.value, name)]
    if any(scalar is None for scalar in scalars):
        return None
    read = tuple(scalar for scalar in scalars if scalar)
    return Comparison(operator, read, operand in ("list", "pair"), entry.key.mark)


def read_where(node: yaml.Node, reader: Reader) -> tuple[Condition, ...]:
    """The conditions of a `where`. A scalar means eq, a list means in, a mapping has comparators."""
    conditions = []
    for entry in reader.entries(node, "where").values():
        comparisons = _field_comparisons(entry, reader)
        if comparisons:
            conditions.append(Condition(entry.key, comparisons))
    return tuple(conditions)


def _field_comparisons(entry: Entry, reader: Reader) -> tuple[Comparison, ...]:
    field: Scalar = entry.key
    if isinstance(entry.value, yaml.MappingNode):
        what = f"the condition on {field.text}"
        entries = reader.only(reader.entries(entry.value, what), what, list(COMPARATORS), wording=NEVER_IN_WHERE)
        if not entry.value.value:
            reader.problem(entry.value, "missing-key", f"{what} has no comparator", "for example {eq: …}")
        return read_comparisons(entries, reader)
    operator = "in" if isinstance(entry.value, yaml.SequenceNode) else "eq"
    shorthand = _read_comparison(Entry(Scalar(operator, reader.mark(entry.value)), entry.value), reader)
    return (shorthand,) if shorthand else ()
