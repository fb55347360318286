"""The columns of an export: its own, and attributes and metrics of the catalog."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segctl.errors import Failure, did_you_mean, quoted
from segctl.features import Aggregate, Feature, changing_of
from segctl.language.syntax import CUSTOMER
from segctl.operations.exports.request import ExportRequest
from segctl.operations.exports.values import Column, Kind
from segctl.operations.runs.instants import as_local
from segctl.operations.segments.as_of import PointInTime
from segctl.plan.plan import Plan

# The own columns of an export by written name, with their expressions.
OWN_COLUMNS: dict[str, tuple[Kind, str]] = {
    "segment": ("text", "members.segment"),
    "key": ("text", "members.member"),
    "joined_at": ("timestamp", "members.joined_at"),
    "join_cause": ("text", "members.join_cause"),
    "eligible": ("boolean", "members.eligible"),
}
DEFAULT_NAMES = ("key", "joined_at", "join_cause", "eligible")
KINDS: dict[str, Kind] = {"string": "text", "strings": "texts", "boolean": "boolean", "date": "date"}


@dataclass(frozen=True)
class Chosen:
    """A column of an export: name and kind, its SQL, and its feature, if any.

    `identifier` names an identifier for platforms, which is hashed before it is written.
    """

    column: Column
    sql: str
    feature: Feature | None = None
    identifier: str = ""


def chosen_columns(plan: Plan, entity: str, request: ExportRequest, point: PointInTime) -> list[Chosen]:
    """The columns of files about an entity. Raises Failure for columns that do not exist or have no past."""
    names = _names(plan, entity, request)
    known = plan.catalogued.get(entity, {})
    identifiers = plan.catalog.customer.identifiers.attributes if request.hash else {}
    unknown = [name for name in names if name not in {*OWN_COLUMNS, *identifiers, *known}]
    if unknown:
        raise _unknown(plan, entity, unknown, [*OWN_COLUMNS, *identifiers, *known])
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise Failure(f"--columns names {', '.join(doubled)} twice", "name each column once", exit_code=2)
    if request.hash and request.hash != "plain":
        _refuse_unhashed(names, {scalar.text: name for name, scalar in identifiers.items()}, identifiers)
    columns = [_chosen(name, entity, known, identifiers) for name in names]
    if point.instant != point.last:
        _refuse_columns_without_past(columns, request, plan.catalog.timezone, point)
    return columns


def _names(plan: Plan, entity: str, request: ExportRequest) -> list[str]:
    """The requested columns. Accepts the key's own name. With hashes, all identifiers if none is named."""
    names = ["key" if name == f"{entity}_id" else name for name in request.columns]
    if not request.hash:
        return names or list(DEFAULT_NAMES)
    identifiers = plan.catalog.customer.identifiers.attributes
    if entity != CUSTOMER:
        raise Failure(f"--hash is for customers, and this is about {entity}s", "leave --hash out", exit_code=2)
    if not identifiers:
        hint = "add identifiers: {email: <attribute>} to the customer in segments/catalog.yml"
        raise Failure("the catalog declares no identifiers of customers", hint, exit_code=2)
    named = bool(identifiers.keys() & set(names))
    return (names or ["key"]) + ([] if named else list(identifiers))


def _unknown(plan: Plan, entity: str, unknown: Sequence[str], known: list[str]) -> Failure:
    hints = [_hint(plan, entity, name, known) for name in unknown]
    quoted_names = ", ".join(f'"{quoted(name)}"' for name in unknown)
    detail = "\n".join(f"  {quoted(name)}: {hint}" for name, hint in zip(unknown, hints, strict=True))
    if len(unknown) > 1:
        return Failure(f"unknown columns {quoted_names}", exit_code=2, detail=detail)
    return Failure(f"unknown column {quoted_names}", hints[0], exit_code=2)


def _hint(plan: Plan, entity: str, name: str, known: list[str]) -> str:
    if entity != CUSTOMER and name in plan.catalogued[CUSTOMER]:
        return f"it belongs to customers, and this is about {entity}s"
    if name in plan.catalog.customer.identifiers.attributes:
        return "it is an identifier, which --hash google, meta or plain writes"
    return did_you_mean(name, known, "columns")


def _refuse_unhashed(names: Sequence[str], attributes: Mapping[str, str], identifiers: Mapping[str, object]) -> None:
    """Refuses an attribute in plain text beside its hash."""
    for name in names:
        if name in attributes and name not in identifiers:
            message = f"{name} would be written in plain text, and --hash hashes it as {attributes[name]}"
            raise Failure(message, f"name {attributes[name]}, or use --hash plain", exit_code=2)


def _chosen(name: str, entity: str, known: Mapping[str, Feature], identifiers: Mapping[str, object]) -> Chosen:
    if name in identifiers:
        attribute = str(getattr(identifiers[name], "text", ""))
        return Chosen(Column(name, "text"), f"found.{attribute}", known[attribute], name)
    if name in OWN_COLUMNS:
        kind, sql = OWN_COLUMNS[name]
        return Chosen(Column(f"{entity}_id" if name == "key" else name, kind), sql)
    feature = known[name]
    counts = isinstance(feature, Aggregate) and feature.aggregation.startswith("count")
    kind = KINDS.get(feature.type, "timestamp") if feature.type != "number" else "whole" if counts else "number"
    return Chosen(Column(name, kind), f"found.{feature.name}", feature)


def _refuse_columns_without_past(
    columns: Sequence[Chosen], request: ExportRequest, timezone: str, point: PointInTime
) -> None:
    """Raises Failure for columns without a past."""
    faults = list(_columns_without_past(columns, bool(request.columns)))
    if faults:
        run = as_local(point.run, timezone)
        hint = "leave them out, leave --as-of out, or declare history: or fixed: true for the attribute"
        detail = "\n".join(f"  {fault}" for fault in faults)
        raise Failure(f"some columns are unknown as of the run of {run}", hint, exit_code=2, detail=detail)


def _columns_without_past(columns: Sequence[Chosen], are_named: bool) -> Iterator[str]:
    for column in columns:
        name = column.column.name
        # If not requested by name, the column stays empty.
        if name == "eligible" and column.feature is None and are_named:
            yield "eligible: known only as of the last finished run"
        changing = changing_of([column.feature]) if column.feature else ()
        if changing and column.feature and changing == (column.feature.name,):
            yield f"{name}: its past values are unknown"
        elif changing:
            yield f"{name}: it depends on {', '.join(changing)}, of which only today's values are known"
