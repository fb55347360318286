"""What a column's data type is good for."""

import re

from segctl.names import as_name
from segctl.operations.proposal.money import NOT_MONEY, money_rank
from segctl.operations.proposal.relations import Found
from segctl.spec import ValueType

# What is listed here a run takes too: see the macros fits and kind_of_type.
_EXACT = re.compile(r"u?(big|small|tiny|huge)?int(eger)?\d*|decimal|numeric|bignumeric|number|long|short|byte")
_FLOAT = re.compile(r"float\d*|double( precision)?|real")
_STRING = re.compile(r"nvarchar|varchar|char|bpchar|character( varying)?|text|string|enum")
# PostgreSQL says of a list only that it is one.
_TEXTS = re.compile(r"(varchar|text)\[\]|array<string>|array\(varchar(\(\d+\))?\)|array")
_LIST = re.compile(r".*\]|(array|list)[<(].*")
# Types of which is known what they hold, and that no rule compares it.
_OTHERS = re.compile(
    r"time( with(out)? time zone)?|timetz|interval.*|jsonb?|blob|bytea|(var)?binary|bit( varying)?|bitstring|uuid"
    r"|struct|map|row|union|inet|cidr|macaddr8?|xml|money|citext|tsvector|hstore|n(char|text|varchar2)|varchar2"
)


def plain_type(data_type: str) -> str:
    """The type without what stands in brackets: varchar, decimal, struct."""
    return re.sub(r"\(.*\)|<.*>", "", data_type.lower()).strip()


def is_list(data_type: str) -> bool:
    """Whether values of the type are lists."""
    return bool(_LIST.fullmatch(data_type.lower()) or _TEXTS.fullmatch(data_type.lower()))


def value_type(column: Found) -> ValueType | None:
    """The catalog's type for a column; None where it has none. Without a data type it is guessed by name."""
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


def doubt(column: Found) -> str:
    """What is not known of a column whose type is proposed; empty when all is."""
    if not column.data_type:
        return "a guess, its type is unknown"
    return "a list; its items are taken for texts" if column.data_type.lower() == "array" else ""


def is_unknown(column: Found) -> bool:
    """Whether nobody knows what the column holds: it has no type, or one that we have never heard of."""
    known = value_type(column) or is_list(column.data_type) or _OTHERS.fullmatch(plain_type(column.data_type))
    return not column.data_type or not known


def family(column: Found) -> str:
    """What a key may be joined with: two columns of one family compare without a cast. Empty when unknown."""
    if is_unknown(column):
        return ""
    plain = plain_type(column.data_type)
    return "floating number" if _FLOAT.fullmatch(plain) else value_type(column) or plain
