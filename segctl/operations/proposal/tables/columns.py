"""Chooses the columns that rules can use, with reasons for the others."""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from segctl.language.names import as_name, column_fault
from segctl.language.syntax import ValueType
from segctl.operations.proposal.tables.data_types import is_unknown, uncertainty, value_type
from segctl.operations.proposal.tables.money import money_rank
from segctl.operations.proposal.tables.names import named
from segctl.operations.proposal.tables.relations import FoundColumn, Relation

MOST_COLUMNS = 25

_KEY = re.compile(r"(.*_)?(id|ids|key|keys|sk|pk|fk|uuid|guid|hash|hashkey|hk)")
# Technical columns that loaders, dbt and developers add to every row.
_HOUSEKEEPING = re.compile(
    r"_.*|(dbt|etl|dw|dwh|airbyte|fivetran|stitch|meta|metadata)_.*|.*(_?loaded|_synced|_ingested|_extracted|inserted)_at"
    r"|(row|record|batch)_.*|valid_(from|to)|is_(deleted|current)|updated(_at|_on|_date)?|modified(_at|_on|_date)?"
    r"|last_(updated|modified)(_at|_on|_date)?"
)


@dataclass(frozen=True)
class UsableColumn:
    """A column that rules can use: its name in rules, its type, its name in the warehouse, and its possible values.

    `uncertainty` is an open question about it, or empty.
    """

    name: str
    type: ValueType
    column: str
    values: tuple[str, ...] = ()
    uncertainty: str = ""


@dataclass(frozen=True)
class SortedColumns:
    """The columns of a model that rules can use, and the others as `column: reason`."""

    usable: tuple[UsableColumn, ...]
    left_out: tuple[str, ...]


def is_key(name: str) -> bool:
    """Whether the name is that of an identifier."""
    return bool(_KEY.fullmatch(as_name(name)))


def is_housekeeping(name: str) -> bool:
    """Whether the name is that of a technical column."""
    return bool(_HOUSEKEEPING.fullmatch(name.lower()))


def sort_columns(relation: Relation, taken: Collection[str], name_of: Callable[[str], str]) -> SortedColumns:
    """Classifies the columns not in `taken` (lower case). `name_of` gives a name for rules, or ''."""
    usable_columns: dict[str, UsableColumn] = {}
    left_out: list[str] = []
    passed: dict[str, list[str]] = {}
    for column in relation.columns:
        if column.name.lower() in taken:
            continue
        kind, name = value_type(column), name_of(as_name(column.name))
        remark = _left_out_reason(column.name)
        if remark or (kind and len(usable_columns) == MOST_COLUMNS):
            passed.setdefault(remark or "more that can be added", []).append(shown(column.name))
        elif column_fault(column.name):
            left_out.append(f"{shown(column.name)} {column_fault(column.name)}")
        elif kind is None:
            left_out.append(f"{column.name} {_no_type(column)}")
        elif not name or name in usable_columns:
            left_out.append(f"{column.name} would need another name here")
        else:
            values = column.values if kind == "string" else ()
            usable_columns[name] = UsableColumn(name, kind, column.name, values, uncertainty(column))
    left_out += [f"{named(columns)}: {remark}" for remark, columns in passed.items()]
    return SortedColumns(tuple(usable_columns.values()), tuple(left_out))


def _left_out_reason(name: str) -> str:
    if is_key(name):
        return "identifiers; add those that a rule needs"
    return "technical columns" if is_housekeeping(name) else ""


def _no_type(column: FoundColumn) -> str:
    if is_unknown(column):
        return f"is of an unknown type ({shown(column.data_type)})"
    return f"is of type {shown(column.data_type)}, which rules cannot compare; cast it in staging"


def shown(text: str) -> str:
    """A warehouse name made safe for a comment."""
    return re.sub(r"[^ -~]", "?", text)[:60]


def amount(fields: Iterable[UsableColumn]) -> UsableColumn | None:
    """The number that is most likely what a customer paid."""
    ranked = [(money_rank(field.name), field) for field in fields if field.type == "number"]
    best = max(ranked, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] > 0 else None
