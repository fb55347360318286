"""The proposed catalog: who the customers are, what they do, and what is counted of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from segctl.errors import Failure, did_you_mean
from segctl.operations.proposal.columns import Sorted, usable
from segctl.operations.proposal.customers import Candidate, candidates, named, named_like_customers
from segctl.operations.proposal.events import ProposedEvent, events
from segctl.operations.proposal.relations import Relation
from segctl.parse.catalog import feature_name_fault

MOST_EVENTS = 8
# Of more events than these only the count is proposed.
TOLD_IN_FULL = 3
# A table that many others point to is more likely that of the customers; beyond a few it makes no difference.
POINTS_AN_EVENT, MOST_POINTED = 6, 4


@dataclass(frozen=True)
class ProposedMetric:
    """A metric: its name, its one aggregate and what that is of, and a remark (may be empty)."""

    name: str
    aggregation: str
    of: str
    remark: str = ""


@dataclass(frozen=True)
class ProposedCatalog:
    """What goes into the catalog.

    `others` are tables that may be the customers too; `reasons` say why the remaining tables are no events.
    """

    customers: Candidate
    attributes: Sorted
    others: tuple[str, ...]
    events: tuple[ProposedEvent, ...]
    metrics: tuple[ProposedMetric, ...]
    revenue: str
    reasons: dict[str, str]

    @property
    def unbuilt(self) -> list[str]:
        """The tables used that are not in the warehouse, so that their columns are those of the documentation."""
        used = [self.customers.relation, *(event.relation for event in self.events)]
        return [relation.reference for relation in used if not relation.built]


def propose(relations: Sequence[Relation], customers: str = "") -> ProposedCatalog:
    """Chooses among models, or among seeds, snapshots and sources where no model will do.

    `customers` is the name of the table that holds them, where the user knows better.

    Raises Failure when nothing is known of any column, when nothing looks like customers, and when there is nothing
    to tell customers apart by.
    """
    if not any(relation.columns for relation in relations):
        hint = "dbt build builds them; then run segctl init again"
        what = f"none of the {len(relations)} models and sources is" if relations else "there are no models, let alone"
        raise Failure(f"{what} built in the warehouse or documented with columns", hint, exit_code=1)
    if customers:
        chosen = named(relations, customers)
        if not chosen:
            raise _no_such(customers, relations)
        return _proposed(relations, chosen)
    models = [relation for relation in relations if relation.kind == "model"]
    for some in (models, [relation for relation in relations if relation.kind != "model"]):
        found = candidates(some)
        if found:
            return _proposed(some, found)
    raise _nobody(relations)


def _proposed(relations: Sequence[Relation], found: Sequence[Candidate]) -> ProposedCatalog:
    weighed = [(one, *events(relations, one)) for one in found]
    customers, acts, reasons = max(
        weighed, key=lambda each: each[0].score + POINTS_AN_EVENT * min(len(each[1]), MOST_POINTED)
    )
    reasons |= {event.relation.reference: "enough for a beginning" for event in acts[MOST_EVENTS:]}
    acts = acts[:MOST_EVENTS]
    attributes = usable(customers.relation, {customers.key.lower()}, _attribute_name)
    if not acts and not attributes.usable:
        raise _nothing_to_tell(customers, relations, reasons)
    metrics, revenue = _metrics(acts, {attribute.name for attribute in attributes.usable})
    others = tuple(one.relation.reference for one in found if one is not customers)
    return ProposedCatalog(customers, attributes, others, tuple(acts), metrics, revenue, reasons)


def _no_such(customers: str, relations: Sequence[Relation]) -> Failure:
    names = [relation.name for relation in relations]
    if customers.lower() in (name.lower() for name in names):
        hint = "a key ends in _id, _key or _uuid; is the model built, or documented with its columns?"
        return Failure(f"{customers} has no column that looks like a key", hint, exit_code=1)
    hint = did_you_mean(customers, names, "models and sources")
    return Failure(f'there is no model or source "{customers}"', hint, exit_code=2)


def _nothing_to_tell(customers: Candidate, relations: Sequence[Relation], reasons: dict[str, str]) -> Failure:
    message = f"{customers.relation.reference} looks like the customers, but has no attributes and no events are found"
    unbuilt = [one.reference for one in relations if not one.built]
    if unbuilt:
        hint = f"dbt build builds {', '.join(unbuilt[:5])}, so that all columns are known; then run segctl init again"
    else:
        hint = next((f"{name}: {reason}" for name, reason in reasons.items()), "there is no other model")
    return Failure(message, hint, exit_code=1)


def _nobody(relations: Sequence[Relation]) -> Failure:
    named = named_like_customers(relations)
    blank = [one.reference for one in named if not one.columns]
    if blank:
        message = f"{blank[0]} has the name of customers, but nothing is known of its columns"
        return Failure(message, "dbt build builds it; then run segctl init again", exit_code=1)
    hint = "write segments/catalog.yml yourself; docs/language.md shows how, and segctl validate checks it"
    if named:
        message = f"{named[0].reference} has the name of customers, but no key: no id, customer_id or unique test"
        return Failure(message, hint, exit_code=1)
    hint = "name the model with segctl init --customers MODEL"
    looked = "customers, users, accounts, households, members, contacts, … (also stg_customers, dim_users)"
    return Failure(f"none of {len(relations)} models and sources looks like {looked}", hint, exit_code=1)


def _attribute_name(name: str) -> str:
    return next((one for one in (name, f"customer_{name}") if not feature_name_fault(one)), "")


def _metrics(acts: Sequence[ProposedEvent], attributes: Collection[str]) -> tuple[tuple[ProposedMetric, ...], str]:
    """The metrics, and the name of the one that is the revenue (may be empty)."""
    wanted: list[ProposedMetric] = []
    money = acts[0].amount if acts else None
    if money:
        of = f"{acts[0].name}.{money.name}"
        shared = set(money.name.split("_")) & set(acts[0].name.split("_"))
        field = money.name if shared else f"{acts[0].name}_{money.name}"
        wanted.append(ProposedMetric("lifetime_value", "sum", of, "all that a customer ever paid; 0 for none"))
        wanted.append(ProposedMetric(f"average_{field}", "avg", of, "missing for customers without any"))
    for event in acts:
        wanted.append(ProposedMetric(f"{event.name}_count", "count", event.name))
        if event in acts[:TOLD_IN_FULL]:
            if event is acts[0]:
                wanted.append(ProposedMetric(f"first_{event.name}_at", "first", event.name, "a time"))
            wanted.append(ProposedMetric(f"last_{event.name}_at", "last", event.name))
    taken = set(attributes)
    metrics = []
    for metric in wanted:
        # An attribute of that name, say in a wide model of customers, keeps it.
        forms = (metric.name, f"computed_{metric.name}", f"{metric.name}_of_events")
        name = next((form for form in forms if form not in taken and not feature_name_fault(form)), "")
        if name:
            taken.add(name)
            metrics.append(ProposedMetric(name, metric.aggregation, metric.of, metric.remark))
    return tuple(metrics), metrics[0].name if money and metrics[0].aggregation == "sum" else ""
