"""Which tables hold what customers did, a row each time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from segctl.names import LONGEST_NAME, as_name, column_fault, name_fault
from segctl.operations.proposal.columns import (
    Usable,
    amount,
    event_time,
    family,
    is_key,
    recorded_time,
    usable,
    value_type,
)
from segctl.operations.proposal.customers import Candidate, named_like_customers
from segctl.operations.proposal.relations import Found, Relation
from segctl.operations.proposal.words import SUMMARIES, subject
from segctl.spec import ValueType

# Names of metrics are made of the event's and must not become too long either.
LONGEST_EVENT = LONGEST_NAME - 20
PURCHASES = ("order", "purchase", "transaction", "sale", "checkout", "invoice", "booking", "subscription", "payment")
EARLY_LAYERS = frozenset(["stg", "staging", "raw", "src", "base", "int", "intermediate"])


@dataclass(frozen=True)
class ProposedEvent:
    """An event as the catalog will have it; `key` and `recorded_at` may be empty, `same` are models like this one."""

    name: str
    relation: Relation
    key: str
    customer: str
    at: str
    at_type: ValueType
    recorded_at: str
    fields: tuple[Usable, ...]
    left_out: tuple[str, ...] = ()
    same: tuple[str, ...] = ()

    @property
    def amount(self) -> Usable | None:
        """The field that says what the customer paid, if one does."""
        return amount(self.fields)

    @property
    def weight(self) -> tuple[int, int, int]:
        """The greater, the more likely it is what the business lives on."""
        word = self.name.rpartition("_")[2]
        purchase = len(PURCHASES) - PURCHASES.index(word) if word in PURCHASES else 0
        return (1 if self.amount else 0, purchase, len(self.fields))


def events(relations: Sequence[Relation], customers: Candidate) -> tuple[list[ProposedEvent], dict[str, str]]:
    """The events of these customers, the weightiest first, and why other tables are none, by reference."""
    found: dict[str, list[ProposedEvent]] = {}
    reasons: dict[str, str] = {}
    people = {one.reference for one in named_like_customers(relations)}
    for relation in relations:
        if relation.reference in people:
            continue
        event = _event(relation, customers)
        if isinstance(event, str):
            reasons[relation.reference] = event
        else:
            found.setdefault(event.name, []).append(event)
    best = [_best(alike) for alike in found.values()]
    return sorted(best, key=lambda event: event.weight, reverse=True), reasons


def _best(alike: Sequence[ProposedEvent]) -> ProposedEvent:
    """Of tables with the same subject the one that says most; of equals, the later layer."""

    def says(event: ProposedEvent) -> tuple[bool, int, bool]:
        early = as_name(event.relation.name).split("_")[0] in EARLY_LAYERS
        return (event.amount is not None, len(event.fields), not early)

    best = max(alike, key=says)
    return replace(best, same=tuple(event.relation.reference for event in alike if event is not best))


def _event(relation: Relation, customers: Candidate) -> ProposedEvent | str:
    """The event that the table holds, or why it holds none."""
    words = subject(relation.name)
    name = "_".join(words)[:LONGEST_EVENT].rstrip("_")
    if not relation.columns:
        return "its columns are unknown: it is not built and not documented"
    if SUMMARIES & set(as_name(relation.name).split("_")):
        return "it looks like a summary, not like single events"
    link = _link(relation, customers)
    if link is None:
        return f"no column of it holds the customer's key (like {customers.called[0]})"
    if link.name.lower() in relation.unique:
        return f"it has one row a customer ({link.name} is unique)"
    kinds = family(link), family(customers.relation.column(customers.key) or link)
    if all(kinds) and kinds[0] != kinds[1]:
        return f"{link.name} is a {kinds[0]} here and a {kinds[1]} in {customers.relation.reference}"
    time = event_time(relation, name)
    if time is None or name_fault(name):
        return "no date or timestamp says when it happened" if time is None else "it needs another name"
    columns = usable(relation, {link.name.lower(), time.name.lower()}, _field_name)
    at_type: ValueType = value_type(time) or "timestamp"
    key, recorded = _key(relation, words, link), recorded_time(relation)
    return ProposedEvent(name, relation, key, link.name, time.name, at_type, recorded, columns.usable, columns.left_out)


def _field_name(name: str) -> str:
    return "" if name_fault(name) else name


def _link(relation: Relation, customers: Candidate) -> Found | None:
    """The column with the customer's key: one that a test relates to the customers, else one with a likely name."""
    people = subject(customers.relation.name)
    tested = [column for column, (other, _) in relation.links.items() if subject(other) == people]
    found = (relation.column(name) for name in (*tested, *customers.called))
    return next((column for column in found if column and not column_fault(column.name)), None)


def _key(relation: Relation, words: tuple[str, ...], link: Found) -> str:
    """A column that a dbt test says is unique, one that is called like a key first; empty for none.

    A likely name alone is not enough: a key that does not tell rows apart stops every run.
    """
    tested = [column.name for column in relation.columns if column.name.lower() in relation.unique]
    likely = [name for name in (f"{words[-1]}_id", f"{'_'.join(words)}_id", "id") if name in tested]
    keys = [name for name in tested if is_key(name)]
    usable_names = [name for name in (*keys, *likely, *tested) if name != link.name and not column_fault(name)]
    return usable_names[0] if usable_names else ""
