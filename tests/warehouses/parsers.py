"""Whether two parsers that know the warehouses' dialects accept a statement."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tests.warehouses.dialects import ESCAPED
from tests.warehouses.shapes import parts_of, shape, tokens

# What sqlfluff does not accept: the text, its replacement, and why.
GAPS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "redshift": (
        (r" escape '!'", "", "Redshift's `like … escape`, which sqlfluff does not take among arguments"),
        (
            r"\bpercent\b",
            "percentage",
            "not valid: a segment of the tests is called by a reserved word",
        ),
    ),
    "trino": (
        (r"\n\s*security definer\b", "", "dbt-trino's own view: `create view … security definer as …`"),
        (r" escape '!'", "", "Trino's `like … escape`, which sqlfluff does not take among arguments"),
        (r"\\", "/", "a backslash is itself in a literal of Trino's; sqlfluff takes it to escape what follows"),
    ),
}


# Statements of adapters that are valid, and that neither parser knows.
OWN = {"trino": re.compile(r"show functions from ")}


def of_sqlglot(sql: str, dialect: str) -> str:
    """sqlglot's objection to a statement. Empty for none."""
    if dialect in OWN and OWN[dialect].match(sql):
        return ""
    try:
        found = sqlglot.parse(sql, read=dialect)
    except SqlglotError as error:
        return " ".join(str(error).split())[:300]
    # What it does not understand it treats as a command, and does not parse its text.
    commands = [one.sql() for one in found if isinstance(one, exp.Command)]
    return f"not understood: {commands[0][:200]}" if commands else ""


def of_sqlfluff(statements: Iterable[str], dialect: str) -> tuple[list[str], int]:
    """sqlfluff's objections to statements, and the number of texts it checked: each shape once."""
    seen: set[str] = set()
    objections = []
    for text in (sql for sql in statements if dialect not in OWN or not OWN[dialect].match(sql)):
        for part in parts_of(_known_to_sqlfluff(text, dialect), ESCAPED[dialect]):
            found = shape(tokens(part, ESCAPED[dialect]))
            if found not in seen:
                seen.add(found)
                objections += [
                    f"{violation}\nin {part[:600]}" for violation in _linter(dialect).parse_string(part).violations
                ]
    return objections, len(seen)


def _known_to_sqlfluff(text: str, dialect: str) -> str:
    for pattern, instead, _ in GAPS.get(dialect, ()):
        text = re.sub(pattern, instead, text)
    return text


@cache
def _linter(dialect: str) -> Any:  # noqa: ANN401
    from sqlfluff.core import FluffConfig, Linter

    overrides: Any = {"dialect": dialect, "templater": "raw", "large_file_skip_byte_limit": 0}
    return Linter(config=FluffConfig(overrides=overrides))
