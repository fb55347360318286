"""The proposed catalog: customers, events and metrics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from segctl.operations.proposal.absence import no_attributes, no_customers, no_known_columns, no_such_model
from segctl.operations.proposal.customers import Candidate, candidates, named
from segctl.operations.proposal.events import ProposedEvent, events
from segctl.operations.proposal.joins import MOST_JOINS, ProposedJoin, joins
from segctl.operations.proposal.metrics import ProposedMetric, metrics_of
from segctl.operations.proposal.tables.columns import SortedColumns, sort_columns
from segctl.operations.proposal.tables.relations import KINDS, Relation
from segctl.parse.catalog import feature_name_fault

MOST_EVENTS = 8
# A table with events is more likely the customers. The first event counts most, and more than a few make no
# difference.
POINTS_FIRST_EVENT, POINTS_AN_EVENT, MOST_POINTED = 15, 6, 4


@dataclass(frozen=True)
class ProposedCatalog:
    """The content of the catalog, and what was left out.

    `others` are other tables that may be the customers. `reasons` say why tables are not events. `joins` are models
    that would make them events. `beyond` are events left to the user. `unread` is the number of skipped tables by kind.
    `midnights` are timestamps that were midnight in all rows read, by reference and name, with the number of rows.
    """

    customers: Candidate
    attributes: SortedColumns
    others: tuple[str, ...]
    events: tuple[ProposedEvent, ...]
    metrics: tuple[ProposedMetric, ...]
    revenue: str
    reasons: dict[str, str]
    joins: tuple[ProposedJoin, ...] = ()
    beyond: tuple[ProposedEvent, ...] = ()
    unread: dict[str, int] = field(default_factory=dict)
    midnights: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def unbuilt(self) -> list[str]:
        """The tables that are not built, so that their columns come from the documentation."""
        used = [self.customers.relation, *(event.relation for event in self.events)]
        return [relation.reference for relation in used if not relation.built]

    @property
    def instants(self) -> list[tuple[str, str]]:
        """The columns of built tables that are proposed as timestamps, by reference and name."""
        instants = [
            (self.customers.relation, column.column) for column in self.attributes.usable if _is_instant(column.type)
        ]
        for event in self.events:
            instants += [(event.relation, event.at)] if _is_instant(event.at_type) else []
            instants += [(event.relation, column.column) for column in event.fields if _is_instant(column.type)]
        return [(relation.reference, column) for relation, column in instants if relation.built]


def _is_instant(kind: str) -> bool:
    return kind in ("timestamp", "timestamptz")


def propose(relations: Sequence[Relation], customers: str = "", key: str = "") -> ProposedCatalog:
    """Proposes a catalog from models, or from seeds, snapshots and sources if no model fits or none has events.

    `customers` names the table of customers and `key` its key column, if given by the user. Raises Failure if no
    columns are known, if no table looks like customers, or if there is no key.
    """
    if not any(relation.columns for relation in relations):
        raise no_known_columns(relations)
    if customers:
        chosen = named(relations, customers, key)
        if not chosen:
            raise no_such_model(customers, key, relations)
        return _proposed(relations, chosen)
    models = [relation for relation in relations if relation.kind == "model"]
    for layer in (models, [relation for relation in relations if relation.kind != "model"]):
        likely_customers = candidates(layer, key)
        if likely_customers:
            read = layer if _chosen(layer, likely_customers)[1] else relations
            return replace(_proposed(read, likely_customers), unread=_unread(relations, read))
    raise no_customers(relations, key)


def _unread(relations: Sequence[Relation], read: Sequence[Relation]) -> dict[str, int]:
    kinds: list[str] = [relation.kind for relation in relations if relation not in read]
    return {kind: kinds.count(kind) for kind in KINDS if kind in kinds}


def _proposed(relations: Sequence[Relation], candidates: Sequence[Candidate]) -> ProposedCatalog:
    customers, acts, reasons = _chosen(relations, candidates)
    attributes = sort_columns(customers.relation, {customers.key.lower()}, _attribute_name)
    if not acts and not attributes.usable:
        raise no_attributes(customers, relations, reasons)
    joined = joins(relations, customers, acts)[:MOST_JOINS]
    for join in joined:
        del reasons[join.lines.reference]
    metrics, revenue = metrics_of(acts[:MOST_EVENTS], {attribute.name for attribute in attributes.usable})
    others = tuple(
        dict.fromkeys(
            candidate.relation.reference for candidate in candidates if candidate.relation is not customers.relation
        )
    )
    return ProposedCatalog(
        customers,
        attributes,
        others,
        tuple(acts[:MOST_EVENTS]),
        metrics,
        revenue,
        reasons,
        tuple(joined),
        tuple(acts[MOST_EVENTS:]),
    )


def _chosen(
    relations: Sequence[Relation], candidates: Sequence[Candidate]
) -> tuple[Candidate, list[ProposedEvent], dict[str, str]]:
    """The likeliest customers with their events and reasons. For each table, uses the key that gives most events."""
    weighed: dict[str, tuple[Candidate, list[ProposedEvent], dict[str, str]]] = {}
    for candidate in candidates:
        acts, reasons = events(relations, candidate)
        best = weighed.get(candidate.relation.reference)
        if best is None or len(acts) > len(best[1]):
            weighed[candidate.relation.reference] = (candidate, acts, reasons)
    return max(weighed.values(), key=lambda each: each[0].score + _points(len(each[1])))


def _points(number: int) -> int:
    return POINTS_AN_EVENT * min(number, MOST_POINTED) + (POINTS_FIRST_EVENT if number else 0)


def _attribute_name(name: str) -> str:
    return next((candidate for candidate in (name, f"customer_{name}") if not feature_name_fault(candidate)), "")
