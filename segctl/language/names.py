"""Valid names: identifiers that every engine accepts as column names without quotes."""

import hashlib
import re
from collections.abc import Callable

LONGEST_NAME = 55
# PostgreSQL silently truncates identifiers to 63 bytes.
LONGEST_COLUMN = 63
# dbt adds twelve characters to the name of an ephemeral model. Its reference and its name also share one line.
LONGEST_STEP = 46

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
# Names of steps in feature models and in the macro at their end.
_STEP = re.compile(
    r"(joined|(derived|placed)(_[0-9]+)?|features|previous|known|everybody|together|differing|timed|stale_customers"
    r"|.*_features(_of_[a-z]+)?|(.*_)?data|ever|looked_at|moved|(within|older|before|after|between)_.*"
    r"|changed|compared|counted|flags|happened|ordered|ranked|tied|(line|next|step)(_[0-9]+)?)\Z"
)

# Reserved as a column name or alias in DuckDB, PostgreSQL or Spark (ANSI mode).
SQL_KEYWORDS = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "anti",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "at",
        "authorization",
        "between",
        "binary",
        "both",
        "by",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "commit",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "cube",
        "current",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "delete",
        "desc",
        "describe",
        "distinct",
        "do",
        "drop",
        "else",
        "end",
        "escape",
        "except",
        "exists",
        "extract",
        "false",
        "fetch",
        "filter",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "function",
        "glob",
        "global",
        "grant",
        "group",
        "grouping",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "insert",
        "intersect",
        "interval",
        "into",
        "is",
        "isnull",
        "join",
        "lambda",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "local",
        "localtime",
        "localtimestamp",
        "map",
        "merge",
        "minus",
        "natural",
        "no",
        "not",
        "notnull",
        "null",
        "of",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "partition",
        "pivot",
        "pivot_longer",
        "pivot_wider",
        "placing",
        "position",
        "primary",
        "qualify",
        "range",
        "references",
        "returning",
        "right",
        "rollup",
        "row",
        "rows",
        "select",
        "semi",
        "session_user",
        "set",
        "show",
        "similar",
        "some",
        "start",
        "summarize",
        "symmetric",
        "table",
        "tablesample",
        "then",
        "time",
        "to",
        "trailing",
        "true",
        "truncate",
        "union",
        "unique",
        "unknown",
        "unpivot",
        "update",
        "user",
        "using",
        "values",
        "variadic",
        "verbose",
        "view",
        "when",
        "where",
        "window",
        "with",
    ]
)


def name_fault(name: str) -> str:
    """Why a name cannot be used, or the empty string."""
    if not _IDENTIFIER.match(name):
        return "is not a lower-case identifier (a letter, then letters, digits and underscores)"
    if len(name) > LONGEST_NAME:
        return f"is longer than {LONGEST_NAME} characters, the most that every engine supports"
    return ""


def column_fault(column: str) -> str:
    """Why a name cannot be an unquoted column in SQL, or the empty string."""
    if not _COLUMN.match(column):
        return "is not a plain column name (a letter or underscore, then letters, digits and underscores)"
    if column.lower() in SQL_KEYWORDS:
        return "is an SQL keyword"
    return ""


def import_name(model: str) -> str:
    """The name of the step that imports a model or source. Never the name of another step."""
    name = model
    if model.startswith("source("):
        name = "_".join(part.strip(" '") for part in model[len("source(") : -1].split(","))
    taken = _STEP.match(name.lower()) or column_fault(name)
    return f"{name}_source" if taken else name


def model_reference(model: str) -> str:
    """The reference to a model or source in Jinja, without braces."""
    return model if model.startswith("source(") else f"ref('{model}')"


def as_name(text: str) -> str:
    """The closest valid identifier, for hints and proposals."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text.strip())
    plain = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
    return plain if plain[:1].isalpha() else f"n_{plain}" if plain else ""


def another_name(name: str, fault: Callable[[str], str]) -> str:
    """A hint for an invalid name."""
    better = as_name(name)
    return f"for example {better}" if better and not fault(better) else "choose another name"


def aliased(column: str, fault: Callable[[str], str]) -> str:
    """A hint for an invalid column name: rename it in staging."""
    better = as_name(column)
    if not better:
        return "write the name of a column"
    return (
        f'alias it in staging: "{column}" as {f"{better}_value" if fault(better) or column_fault(better) else better}'
    )


def fitted(column: str) -> str:
    """The column name, or its beginning and a digest if it exceeds the engines' limit."""
    if len(column) <= LONGEST_COLUMN:
        return column
    return f"{column[: LONGEST_COLUMN - 9]}_{digest(column, 8)}"


def step_name(model: str) -> str:
    """The name of an ephemeral model, or its beginning and a digest if it is too long for a step."""
    return model if len(model) <= LONGEST_STEP else f"{model[: LONGEST_STEP - 9]}_{digest(model, 8)}"


def digest(text: str, length: int = 16) -> str:
    """The first hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]
