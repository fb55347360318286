"""Maps data types of columns to types of the catalog."""

import re

from segctl.language.names import as_name
from segctl.language.syntax import ValueType
from segctl.operations.proposal.tables.money import NOT_MONEY, money_rank
from segctl.operations.proposal.tables.relations import FoundColumn

# A run accepts the same types: see the macros fits and kind_of_type.
_EXACT = re.compile(r"u?(big|small|tiny|huge)?int(eger)?\d*|decimal|numeric|bignumeric|number|long|short|byte")
_FLOAT = re.compile(r"float\d*|double( precision)?|real")
_STRING = re.compile(r"nvarchar|varchar|char|bpchar|character( varying)?|text|string|enum")
# PostgreSQL reports a list only as ARRAY.
_TEXTS = re.compile(r"(varchar|text)\[\]|array<string>|array\(varchar(\(\d+\))?\)|array")
_LIST = re.compile(r".*\]|(array|list)[<(].*")
# Known types that no rule can compare.
_OTHERS = re.compile(
    r"time( with(out)? time zone)?|timetz|interval.*|jsonb?|blob|bytea|(var)?binary|bit( varying)?|bitstring|uuid"
    r"|struct|map|row|union|inet|cidr|macaddr8?|xml|money|citext|tsvector|hstore|n(char|text|varchar2)|varchar2"
)


def plain_type(data_type: str) -> str:
    """The type without its arguments: varchar, decimal, struct."""
    return re.sub(r"\(.*\)|<.*>", "", data_type.lower()).strip()


def is_list(data_type: str) -> bool:
    """Whether values of the type are lists."""
    return bool(_LIST.fullmatch(data_type.lower()) or _TEXTS.fullmatch(data_type.lower()))


def value_type(column: FoundColumn) -> ValueType | None:
    """The catalog's type of a column, or None. Guessed by name without a data type."""
    plain = plain_type(column.data_type)
    if not plain:
        return _guessed(as_name(column.name))
    if is_list(column.data_type):
        return "strings" if _TEXTS.fullmatch(column.data_type.lower()) else None
    if plain.startswith(("timestamp", "datetime")):
        zoned = ("with time zone" in plain and "without" not in plain) or plain.endswith(("tz", "_ltz"))
        return "timestamptz" if zoned and not plain.endswith("_ntz") else "timestamp"
    if plain == "date":
        return "date"
    if plain in ("bool", "boolean"):
        return "boolean"
    if _EXACT.fullmatch(plain) or _FLOAT.fullmatch(plain):
        return "number"
    return "string" if _STRING.fullmatch(plain) else None


def _guessed(name: str) -> ValueType:
    words = name.split("_")
    if words[-1] in ("at", "timestamp", "ts", "datetime"):
        return "timestamp"
    if words[-1] in ("date", "day", "on", "birthday") or words[0] == "date":
        return "date"
    if words[0] in ("is", "has", "was", "can"):
        return "boolean"
    if money_rank(name) or words[-1] in NOT_MONEY or words[0] in ("number", "count"):
        return "number"
    return "string"


def uncertainty(column: FoundColumn) -> str:
    """The open question about a proposed type, or empty."""
    if not column.data_type:
        return "a guess, its type is unknown"
    return "a list; its items are treated as texts" if column.data_type.lower() == "array" else ""


def is_unknown(column: FoundColumn) -> bool:
    """Whether the column's type is missing or unknown to us."""
    known = value_type(column) or is_list(column.data_type) or _OTHERS.fullmatch(plain_type(column.data_type))
    return not column.data_type or not known


def family(column: FoundColumn) -> str:
    """The family of a key's type: columns of one family compare without a cast. Empty if unknown."""
    if is_unknown(column):
        return ""
    plain = plain_type(column.data_type)
    return "floating number" if _FLOAT.fullmatch(plain) else value_type(column) or plain
