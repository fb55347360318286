"""What a column is good for, told from its name and data type alone."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from segctl.names import as_name, column_fault
from segctl.operations.proposal.relations import Found, Relation
from segctl.operations.proposal.words import listed
from segctl.spec import TIME_TYPES, ValueType

MOST_COLUMNS = 25

_NUMBER = re.compile(
    r"(u?(big|small|tiny|huge|medium)?int(eger)?\d*|decimal|numeric|bignumeric|bigdecimal|number|float\d*"
    r"|double( precision)?|real|long|short|byte)"
)
_STRING = re.compile(r"(n?varchar2?|n?char|bpchar|character( varying)?|n?text|citext|string|enum)")
_KEY = re.compile(r"(.*_)?(id|ids|key|keys|sk|pk|fk|uuid|guid|hash|hashkey|hk)")
# What loaders, dbt and developers put on every row; it says nothing about a customer.
_HOUSEKEEPING = re.compile(
    r"_.*|(dbt|etl|dw|dwh|airbyte|fivetran|stitch|meta|metadata)_.*|.*(_?loaded|_synced|_ingested|_extracted|inserted)_at"
    r"|(row|record|batch)_.*|valid_(from|to)|is_(deleted|current)|updated(_at|_on|_date)?|modified(_at|_on|_date)?"
    r"|last_(updated|modified)(_at|_on|_date)?"
)
_RECORDED = re.compile(
    r"_?(dbt_|etl_|dw_|_)?(loaded|ingested|inserted|synced|extracted)_at|_fivetran_synced|_airbyte_.*_at"
)
_MONEY = tuple(listed("amount total revenue price value spend spent sales gmv paid net gross mrr"))
_NOT_MONEY = frozenset(
    listed(
        "tax vat discount shipping delivery refund refunded cost fee tip number count quantity qty rate percent pct "
        "unit points score weight days age card voucher coupon gift credit debit bank transfer cash paypal due"
    )
)
_BEGINNINGS = tuple(listed("occurred happened placed ordered purchased completed started sent created event"))
# Later stages of what happened; a time of theirs is a second best.
_SEQUELS = frozenset(
    listed(
        "updated modified deleted cancelled canceled ended end expired expires expiry shipped delivered returned "
        "refunded due closed resolved birth valid to until next last previous trial processed approved paid renewed"
    )
)


@dataclass(frozen=True)
class Usable:
    """A column that rules can use: its name in rules, its type, its name in the warehouse, the values it may have."""

    name: str
    type: ValueType
    column: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sorted:
    """The columns of a model that rules can use, and what is left out, as `column: why`."""

    usable: tuple[Usable, ...]
    left_out: tuple[str, ...]


def value_type(column: Found) -> ValueType | None:
    """The catalog's type for a column; None for arrays, structures and the like. An unknown type is guessed by name."""
    plain = re.sub(r"\(.*\)", "", column.data_type.lower()).strip()
    if not plain:
        return _guessed(as_name(column.name))
    if "timestamp" in plain or "datetime" in plain:
        zoned = ("with time zone" in plain and "without" not in plain) or plain.endswith(("tz", "_ltz"))
        return "timestamptz" if zoned and not plain.endswith("_ntz") else "timestamp"
    if plain == "date":
        return "date"
    if plain in ("bool", "boolean"):
        return "boolean"
    if _NUMBER.fullmatch(plain):
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
    if money_rank(name) or words[-1] in _NOT_MONEY or words[0] in ("number", "count"):
        return "number"
    return "string"


def family(column: Found) -> str:
    """What a key may be joined with: two columns of one family compare without a cast. Empty when unknown."""
    if not column.data_type:
        return ""
    return value_type(column) or re.sub(r"\(.*\)", "", column.data_type.lower()).strip()


def is_key(name: str) -> bool:
    """Whether the name is that of an identifier."""
    return bool(_KEY.fullmatch(as_name(name)))


def usable(relation: Relation, taken: Collection[str], named: Callable[[str], str]) -> Sorted:
    """Sorts the columns that are not in `taken` (lower case); `named` makes a name for rules, or '' when it cannot."""
    found: dict[str, Usable] = {}
    left_out, rest = [], []
    for column in relation.columns:
        if column.name.lower() in taken or is_key(column.name) or _HOUSEKEEPING.fullmatch(column.name.lower()):
            continue
        kind, name = value_type(column), named(as_name(column.name))
        if column_fault(column.name):
            left_out.append(f"{_shown(column.name)} {column_fault(column.name)}")
        elif kind is None:
            left_out.append(f"{column.name} is of type {_shown(column.data_type)}")
        elif not name or name in found:
            left_out.append(f"{column.name} would need another name here")
        elif len(found) == MOST_COLUMNS:
            rest.append(column.name)
        else:
            found[name] = Usable(name, kind, column.name, column.values if kind == "string" else ())
    if rest:
        shown = ", ".join(rest[:8]) + (", …" if len(rest) > 8 else "")
        left_out.append(f"{len(rest)} more columns can be added in the same way: {shown}")
    return Sorted(tuple(found.values()), tuple(left_out))


def _shown(text: str) -> str:
    return re.sub(r"[^ -~]", "?", text)[:60]


def event_time(relation: Relation, event: str) -> Found | None:
    """The column that most likely says when it happened; None without a date or timestamp that can be used."""
    times = [
        column
        for column in relation.columns
        if value_type(column) in TIME_TYPES
        and not column_fault(column.name)
        and not _HOUSEKEEPING.fullmatch(column.name.lower())
    ]
    last = event.rpartition("_")[2]
    return max(times, key=lambda column: _time_rank(as_name(column.name), last), default=None)


def _time_rank(name: str, event: str) -> int:
    words = name.split("_")
    rank = 3 if words[-1] in ("at", "timestamp", "ts", "datetime", "time") else 2 if words[-1] in ("date", "on") else 0
    if words[0] in (event, f"{event}ed", f"{event}d") or name in ("date", "timestamp"):
        rank += 40
    rank += next((30 - place for place, word in enumerate(_BEGINNINGS) if word in words), 0)
    return rank - (50 if _SEQUELS & set(words) else 0)


def recorded_time(relation: Relation) -> str:
    """The column that says when the warehouse learned of a row, or the empty string."""
    for column in relation.columns:
        if _RECORDED.fullmatch(column.name.lower()) and value_type(column) in TIME_TYPES:
            return column.name
    return ""


def money_rank(name: str) -> int:
    """How much a name sounds like what a customer paid; 0 for not at all."""
    words = name.split("_")
    if set(words) & _NOT_MONEY:
        return 0
    rank = next((len(_MONEY) - place for place, word in enumerate(_MONEY) if word in words), 0)
    # Whole amounts before their parts (net_amount) and before other units (amount_cents).
    return max(rank * 10 - len(words) - (5 if in_cents(name) else 0), 0)


def in_cents(name: str) -> bool:
    """Whether the name says that it counts a currency's small unit."""
    return name.rsplit("_", maxsplit=1)[-1] in ("cents", "pence", "cent", "minor")


def amount(fields: Iterable[Usable]) -> Usable | None:
    """The number that most likely says what a customer paid."""
    ranked = [(money_rank(field.name), field) for field in fields if field.type == "number"]
    best = max(ranked, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] > 0 else None
