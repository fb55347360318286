"""Renders predicates as SQL over feature columns. The result is true or false, never NULL.

A referenced rule is a column of an earlier step (see `referred`), or with `inline` written out under its name.
"""

from segctl.conditions.sql import condition
from segctl.features import Junction, Predicate, Reference, Test
from segctl.language.names import fitted
from segctl.render.sql.layout import INDENT, block, coalesced, fits
from segctl.render.sql.layout import wrapped_condition as broken


def predicate_sql(predicate: Predicate, indent: str = "", inline: bool = False) -> str:
    """The predicate as an SQL expression, with lines after the first indented."""
    if isinstance(predicate, Test):
        sql = test_sql(predicate)
        return sql if fits(sql, indent, len("and ")) else _long_test(predicate, indent)
    if isinstance(predicate, Reference):
        return _written_out(predicate, indent) if inline else referred_column(predicate)
    return _joined(predicate, indent, inline)


def referred_column(reference: Reference) -> str:
    """The column of a referenced rule. No feature has this prefix."""
    return fitted(f"_{'alone' if reference.alone else reference.kind}__{reference.name}")


def reference_comment(reference: Reference) -> str:
    """The target of a reference, for a comment."""
    return f"{reference.kind} {reference.name}" + (", whatever its group says" if reference.alone else "")


def test_sql(test: Test) -> str:
    """A test as one condition, with coalesce only if the column can be missing."""
    parts = [f"coalesce({sql}, false)" if missing else sql for sql, missing in _conditions(test)]
    return parts[0] if len(parts) == 1 else f"({' and '.join(parts)})"


def _conditions(test: Test) -> list[tuple[str, bool]]:
    """The condition for each criterion, and whether it is NULL for a missing value."""
    if not test.criteria:
        return [(test.feature.name, False)]
    flags = {flag.criterion: flag.name for flag in test.flags}
    return [
        (flags[criterion], False)
        if criterion in flags
        else (condition(criterion, test.feature.name), test.feature.nullable and criterion.operator != "is")
        for criterion in test.criteria
    ]


def _long_test(test: Test, indent: str) -> str:
    """A test over several lines."""
    conditions = _conditions(test)
    inside = indent if len(conditions) == 1 else indent + INDENT
    parts = [_long_condition(sql, missing, inside) for sql, missing in conditions]
    if len(parts) == 1:
        return parts[0]
    return block([parts[0], *(f"and {part}" for part in parts[1:])], indent)


def _long_condition(sql: str, missing: bool, indent: str) -> str:
    return coalesced(sql, "false", indent, len("and ")) if missing else broken(sql, indent, len("and "))


def _joined(junction: Junction, indent: str, inline: bool) -> str:
    word = "and" if junction.kind == "all" else "or"
    if len(junction.parts) == 1:
        inner = predicate_sql(junction.parts[0], indent, inline)
        return f"not {_bracketed(inner, junction.parts[0])}" if junction.kind == "none" else inner
    deeper = indent + INDENT
    first, *others = (predicate_sql(part, deeper, inline) for part in junction.parts)
    bracketed = block([first, *(f"{word} {part}" for part in others)], indent)
    return f"not {bracketed}" if junction.kind == "none" else bracketed


def _written_out(reference: Reference, indent: str) -> str:
    deeper = indent + INDENT
    comment = f"(\n{deeper}-- {reference_comment(reference)}\n"
    if _is_block(reference.predicate, indent):
        return f"{comment}{predicate_sql(reference.predicate, indent, inline=True)[2:]}"
    return f"{comment}{deeper}{predicate_sql(reference.predicate, deeper, inline=True)}\n{indent})"


def _is_block(predicate: Predicate, indent: str) -> bool:
    """Whether the SQL is in brackets over several lines. Does not expand references."""
    if isinstance(predicate, Test):
        return predicate_sql(predicate, indent).startswith("(\n")
    if isinstance(predicate, Reference):
        return True
    if len(predicate.parts) == 1:
        return predicate.kind != "none" and _is_block(predicate.parts[0], indent)
    return predicate.kind != "none"


def _bracketed(sql: str, part: Predicate) -> str:
    """A single comparison in brackets, so that `not` clearly covers it."""
    plain = isinstance(part, Test) and " " in sql and not sql.startswith(("(", "coalesce("))
    return f"({sql})" if plain or sql.startswith("not ") else sql
