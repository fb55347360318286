"""Finds tables that hold events once joined to another table, such as order lines."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from segctl.language.names import as_name, column_fault, import_name, model_reference
from segctl.operations.proposal.customers import Candidate, named_like_customers
from segctl.operations.proposal.events import ProposedEvent, event_name, event_of, link_of
from segctl.operations.proposal.tables.data_types import family
from segctl.operations.proposal.tables.layers import Layer, layer
from segctl.operations.proposal.tables.names import SUMMARIES, plural, subject
from segctl.operations.proposal.tables.relations import FoundColumn, Relation
from segctl.operations.proposal.tables.times import event_time, is_planned

MOST_JOINS = 3


@dataclass(frozen=True)
class ProposedJoin:
    """A model to write: the rows of `lines` with columns of `owner`, which has the customer's key.

    `by` is the joining column of each, `event` is the model's event.
    """

    lines: Relation
    owner: Relation
    by: tuple[str, str]
    taken: tuple[str, ...]
    event: ProposedEvent

    @property
    def path(self) -> str:
        """The file name for the model."""
        return f"models/{self.event.relation.name}.sql"

    @property
    def sql(self) -> str:
        """The model's text."""
        lines, owner = (as_name(import_name(table.reference)) for table in (self.lines, self.owner))
        columns = [f"{lines}.*", *(f"{owner}.{column}" for column in self.taken)]
        return "\n".join(
            [
                "select",
                *(f"    {column}{',' if column != columns[-1] else ''}" for column in columns),
                f"from {{{{ {model_reference(self.lines.reference)} }}}} as {lines}",
                f"inner join {{{{ {model_reference(self.owner.reference)} }}}} as {owner}",
                f"    on {lines}.{self.by[0]} = {owner}.{self.by[1]}",
            ]
        )


def joins(relations: Sequence[Relation], customers: Candidate, events: Sequence[ProposedEvent]) -> list[ProposedJoin]:
    """One join per kind of row without an event yet, later layers first."""
    owners = [table for table in relations if table is not customers.relation and link_of(table, customers)]
    owners.sort(key=lambda owner: (bool(owner.unique), layer(owner)), reverse=True)
    people = named_like_customers(relations)
    named = {event.name for event in events}
    names = {relation.name.lower() for relation in relations}
    proposed_joins: list[ProposedJoin] = []
    for lines in sorted(relations, key=layer, reverse=True):
        if lines in (*owners, *people, customers.relation) or event_name(lines) in named:
            continue
        if SUMMARIES & set(subject(lines.name)) or not event_name(lines):
            continue
        join = next(
            (proposed_join for owner in owners if (proposed_join := _join(lines, owner, customers, names))), None
        )
        if join:
            proposed_joins.append(join)
            named.add(event_name(lines))
    return proposed_joins


def _join(lines: Relation, owner: Relation, customers: Candidate, names: Collection[str]) -> ProposedJoin | None:
    by, link = _shared(lines, owner), link_of(owner, customers)
    name = _name(lines, names)
    if not by or not link or not name:
        return None
    own_time = event_time(lines, event_name(lines))
    time = None if own_time and not is_planned(own_time) else event_time(owner, event_name(owner))
    taken = [link, *([time] if time and time.name != link.name else [])]
    if any(lines.column(column.name) for column in taken):
        return None
    joined = replace(
        lines, name=name, reference=name, kind="model", columns=(*lines.columns, *taken), links={}, folders=()
    )
    event = event_of(joined, customers)
    if isinstance(event, str):
        return None
    return ProposedJoin(lines, owner, by, tuple(column.name for column in taken), event)


def _shared(lines: Relation, owner: Relation) -> tuple[str, str] | None:
    """The columns that join each line to its one owner, or None."""
    for column, (model, field) in lines.links.items():
        if model.lower() == owner.name.lower() and (pair := _pair(lines, owner, column, field)):
            return pair
    words = subject(owner.name)
    called = [f"{'_'.join(words[start:])}{end}" for end in ("_id", "_key", "_uuid", "id") for start in (-1, 0)]
    tested = [column.name.lower() for column in owner.columns if column.name.lower() in owner.unique]
    pairs = [(name, name) for name in (*tested, *called) if name != "id"]
    # The owner's `id` is named after its table in the lines.
    pairs += [(name, "id") for name in called]
    return next((pair for column, owner_column in pairs if (pair := _pair(lines, owner, column, owner_column))), None)


def _pair(lines: Relation, owner: Relation, column: str, owner_column: str) -> tuple[str, str] | None:
    first, second = lines.column(column), owner.column(owner_column)
    return (first.name, second.name) if first and second and _compatible(first, second) else None


def _compatible(first: FoundColumn, second: FoundColumn) -> bool:
    kinds = family(first), family(second)
    named = not column_fault(first.name) and not column_fault(second.name)
    return named and (not all(kinds) or kinds[0] == kinds[1])


def _name(lines: Relation, names: Collection[str]) -> str:
    """A free name for the joined model that gives the event the name of the lines, or empty."""
    words = subject(lines.name)
    base = "_".join((*words[:-1], plural(words[-1])))
    forms = (f"fct_{base}", f"fct_{base}_full", f"customer_{base}") if layer(lines) < Layer.MART else (f"{base}_full",)
    return next((form for form in forms if form not in names), "")
