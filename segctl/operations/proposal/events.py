"""Finds tables with one row per event of a customer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from segctl.language.names import LONGEST_NAME, as_name, column_fault, name_fault
from segctl.language.syntax import ValueType
from segctl.operations.proposal.customers import Candidate, named_like_customers
from segctl.operations.proposal.tables.columns import UsableColumn, amount, is_key, shown, sort_columns
from segctl.operations.proposal.tables.data_types import family, is_unknown, uncertainty, value_type
from segctl.operations.proposal.tables.layers import Layer, layer
from segctl.operations.proposal.tables.names import CUSTOMERS, SUMMARIES, subject
from segctl.operations.proposal.tables.relations import FoundColumn, Relation
from segctl.operations.proposal.tables.times import event_time, recorded_time

# Metric names contain the event's name, so it must leave room.
LONGEST_EVENT = LONGEST_NAME - 20
PURCHASES = ("order", "purchase", "transaction", "sale", "checkout", "invoice", "booking", "subscription", "payment")
NO_KEY = "it has no column with the customer's key"


@dataclass(frozen=True)
class ProposedEvent:
    """An event for the catalog. `key` and `recorded_at` may be empty. `same` are similar models.

    `uncertainty` is an open question about the time `at`.
    """

    name: str
    relation: Relation
    key: str
    customer: str
    at: str
    at_type: ValueType
    recorded_at: str
    fields: tuple[UsableColumn, ...]
    left_out: tuple[str, ...] = ()
    same: tuple[str, ...] = ()
    uncertainty: str = ""

    @property
    def amount(self) -> UsableColumn | None:
        """The field with what the customer paid, if any."""
        return amount(self.fields)

    @property
    def weight(self) -> tuple[int, int, int]:
        """The likelihood that this is the main event of the business."""
        word = self.name.rpartition("_")[2]
        purchase = len(PURCHASES) - PURCHASES.index(word) if word in PURCHASES else 0
        return (1 if self.amount else 0, purchase, len(self.fields))


def events(relations: Sequence[Relation], customers: Candidate) -> tuple[list[ProposedEvent], dict[str, str]]:
    """The events of these customers, most important first, and why other tables are not events, by reference."""
    events_by_name: dict[str, list[ProposedEvent]] = {}
    reasons: dict[str, str] = {}
    people = {table.reference for table in named_like_customers(relations)} | {customers.relation.reference}
    for relation in relations:
        if relation.reference in people:
            continue
        event = event_of(relation, customers)
        if isinstance(event, str):
            reasons[relation.reference] = event
        else:
            events_by_name.setdefault(event.name, []).append(event)
    best = [_best(alike) for alike in events_by_name.values()]
    return sorted(best, key=lambda event: event.weight, reverse=True), reasons


def _best(alike: Sequence[ProposedEvent]) -> ProposedEvent:
    """The best of tables with the same subject: by tested key, then layer, then amount, then number of fields."""

    def says(event: ProposedEvent) -> tuple[bool, Layer, bool, int]:
        return (bool(event.key), layer(event.relation), event.amount is not None, len(event.fields))

    best = max(alike, key=says)
    return replace(best, same=tuple(event.relation.reference for event in alike if event is not best))


def event_name(relation: Relation) -> str:
    """The name of a table's event, if it holds one: order, order_item."""
    return "_".join(subject(relation.name))[:LONGEST_EVENT].rstrip("_")


def event_of(relation: Relation, customers: Candidate) -> ProposedEvent | str:
    """The event in the table, or the reason why there is none."""
    name = event_name(relation)
    if not relation.columns:
        return "its columns are unknown: it is not built and not documented"
    if SUMMARIES & set(as_name(relation.name).split("_")):
        return "it looks like a summary, not like single events"
    link = link_of(relation, customers)
    if link is None:
        return f"{NO_KEY} (like {customers.called[0]})"
    if link.name.lower() in relation.unique:
        return f"it has one row for each customer ({link.name} is unique)"
    kinds = family(link), family(customers.relation.column(customers.key) or link)
    if all(kinds) and kinds[0] != kinds[1]:
        return f"{link.name} is a {kinds[0]} here and a {kinds[1]} in {customers.relation.reference}"
    time = event_time(relation, name)
    if time is None or name_fault(name):
        return _no_time(relation) if time is None else "it needs another name"
    key, recorded = _key(relation, link), recorded_time(relation)
    columns = sort_columns(relation, {name.lower() for name in (link.name, time.name, key, recorded)}, _field_name)
    return ProposedEvent(
        name=name,
        relation=relation,
        key=key,
        customer=link.name,
        at=time.name,
        at_type=value_type(time) or "timestamp",
        recorded_at=recorded,
        fields=columns.usable,
        left_out=columns.left_out,
        uncertainty=uncertainty(time),
    )


def _no_time(relation: Relation) -> str:
    unknown = [shown(column.name) for column in relation.columns if is_unknown(column) and not is_key(column.name)]
    reason = "no date or timestamp says when it happened"
    return f"{reason}, as far as types are known: {', '.join(unknown[:5])} may be of any" if unknown else reason


def _field_name(name: str) -> str:
    return "" if name_fault(name) else name


def link_of(relation: Relation, customers: Candidate) -> FoundColumn | None:
    """The column with the customer's key: by a relationship test, or by its name.

    Excludes columns that a test relates to anything other than the customers' key.
    """
    tested = [column for column, target in relation.links.items() if customers.is_meant(*target)]
    others = {column for column, target in relation.links.items() if _is_other(customers, *target)}
    names = (*tested, *(name for name in customers.called if name not in others))
    columns = (relation.column(name) for name in names)
    return next((column for column in columns if column and not column_fault(column.name)), None)


def _is_other(customers: Candidate, model: str, column: str) -> bool:
    if customers.is_meant(model, column):
        return False
    words = subject(model)
    return model.lower() == customers.relation.name.lower() or not words or words[-1] not in CUSTOMERS


def _key(relation: Relation, link: FoundColumn) -> str:
    """A column with a dbt test for uniqueness, preferably named like a key, or empty.

    A name alone is not enough, since a key with duplicates stops every run.
    """
    words = subject(relation.name)
    tested = [column.name for column in relation.columns if column.name.lower() in relation.unique]
    likely = [name for name in (f"{words[-1]}_id", f"{'_'.join(words)}_id", "id") if name in tested]
    keys = [name for name in tested if is_key(name)]
    usable_names = [name for name in (*keys, *likely, *tested) if name != link.name and not column_fault(name)]
    return usable_names[0] if usable_names else ""
