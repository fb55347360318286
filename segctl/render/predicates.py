"""Predicates as SQL over the columns of customer_features; true or false, never NULL."""

from segctl.criteria_sql import condition
from segctl.features import Junction, Predicate, Reference, Test

STEP = "    "


def predicate_sql(predicate: Predicate, indent: str = "") -> str:
    """The predicate as an SQL expression; lines after the first are indented by `indent`."""
    if isinstance(predicate, Test):
        return test_sql(predicate)
    if isinstance(predicate, Reference):
        return _referred(predicate, indent)
    return _joined(predicate, indent)


def test_sql(test: Test) -> str:
    """A test as one condition; wrapped against NULL only where the column can be missing."""
    flags = {flag.criterion: flag.name for flag in test.flags}
    parts = []
    for criterion in test.criteria:
        if criterion in flags:
            parts.append(flags[criterion])
            continue
        sql = condition(criterion, test.feature.name)
        if test.feature.nullable and criterion.operator != "is":
            sql = f"coalesce({sql}, false)"
        parts.append(sql)
    return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"


def _joined(junction: Junction, indent: str) -> str:
    word = "and" if junction.kind == "all" else "or"
    if len(junction.parts) == 1:
        inner = predicate_sql(junction.parts[0], indent)
        return f"not {_bracketed(inner, junction.parts[0])}" if junction.kind == "none" else inner
    deeper = indent + STEP
    lines = f"\n{deeper}{word} ".join(predicate_sql(part, deeper) for part in junction.parts)
    bracketed = f"(\n{deeper}{lines}\n{indent})"
    return f"not {bracketed}" if junction.kind == "none" else bracketed


def _referred(reference: Reference, indent: str) -> str:
    deeper = indent + STEP
    comment = f"(\n{deeper}-- segment {reference.segment}\n"
    inner = predicate_sql(reference.predicate, indent)
    if inner.startswith("(\n"):
        return f"{comment}{inner[2:]}"
    return f"{comment}{deeper}{predicate_sql(reference.predicate, deeper)}\n{indent})"


def _bracketed(sql: str, part: Predicate) -> str:
    """A single comparison in brackets, so that `not` is seen to cover it."""
    plain = isinstance(part, Test) and " " in sql and not sql.startswith(("(", "coalesce("))
    return f"({sql})" if plain or sql.startswith("not ") else sql
