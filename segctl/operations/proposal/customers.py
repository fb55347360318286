"""Finds tables that may hold one row per customer."""

from collections.abc import Iterable
from dataclasses import dataclass

from segctl.language.names import column_fault
from segctl.operations.proposal.tables.columns import is_key
from segctl.operations.proposal.tables.layers import Layer, layer
from segctl.operations.proposal.tables.names import CUSTOMERS, subject
from segctl.operations.proposal.tables.relations import Relation

# Better names win, then tested keys, then later layers.
POINTS_TESTED = 30
POINTS_OF_LAYER = {Layer.MART: 20, Layer.PLAIN: 10, Layer.STAGING: 0, Layer.EARLY: -15}


@dataclass(frozen=True)
class Candidate:
    """A table that may hold customers, its key column, and how likely that is."""

    relation: Relation
    key: str
    score: int

    @property
    def tested(self) -> bool:
        """Whether a dbt test or a constraint makes the key unique."""
        return self.key.lower() in self.relation.unique

    @property
    def called(self) -> tuple[str, ...]:
        """Possible names of the key in other tables, likeliest first."""
        word, key = subject(self.relation.name)[-1], self.key.lower()
        people = dict.fromkeys((word, "customer", "user"))
        if not is_key(key):
            # Excludes customer_id, which is another key of the same people.
            return (key, *(f"{noun}_{key}" for noun in people))
        plain_names = () if key == "id" else (key,)
        return (*plain_names, *(f"{noun}{end}" for noun in people for end in ("_id", "_key", "_uuid", "id", "")))

    def is_meant(self, model: str, column: str) -> bool:
        """Whether a relationship to that column of that model refers to these customers."""
        if model.lower() == self.relation.name.lower():
            return column in ("", self.key.lower())
        alike = subject(model) == subject(self.relation.name)
        return alike and (column in ("", self.key.lower()) or (is_key(column) and is_key(self.key)))


def named_like_customers(relations: Iterable[Relation]) -> list[Relation]:
    """The tables named after customers, users, accounts and so on."""
    return [table for table in relations if (words := subject(table.name)) and words[-1] in CUSTOMERS]


def candidates(relations: Iterable[Relation], key: str = "") -> list[Candidate]:
    """The tables named after customers, with each possible key column, likeliest first.

    `key` is the name of that column, if the user gives it.
    """
    ranked = [
        Candidate(relation, column, _score(relation, column))
        for relation in named_like_customers(relations)
        for column in (_of_name(relation, key) if key else _keys(relation))
    ]
    return sorted(ranked, key=lambda candidate: (-candidate.score, candidate.relation.name))


def named(relations: Iterable[Relation], name: str, key: str = "") -> list[Candidate]:
    """The tables of the name given by the user, with each possible key column."""
    chosen = [table for table in relations if table.name.lower() == name.lower()]
    return [
        Candidate(relation, column, 0)
        for relation in chosen
        for column in (_of_name(relation, key) if key else _keys(relation) or _called_keys(relation)[:1])
    ]


def _of_name(relation: Relation, key: str) -> list[str]:
    column = relation.column(key)
    return [column.name] if column and not column_fault(column.name) else []


def _called_keys(relation: Relation) -> list[str]:
    return [column.name for column in relation.columns if is_key(column.name) and not column_fault(column.name)]


def _keys(relation: Relation) -> list[str]:
    """The possible key columns: tested columns with a key's name, and fully tested columns.

    Without any, the column with the likeliest name.
    """
    words = subject(relation.name)
    forms = [f"{'_'.join(words[start:])}{end}" for end in ("_id", "_key", "_uuid", "id") for start in (-1, 0)]
    forms += ["id", "customer_id", "user_id"]
    likely = [column.name for name in forms if (column := relation.column(name)) and not column_fault(column.name)]
    tested = [name for name in (*likely, *_called_keys(relation)) if name.lower() in relation.unique][:1]
    whole = relation.unique & relation.filled
    others = [column.name for column in relation.columns if not is_key(column.name) and not column_fault(column.name)]
    keys = dict.fromkeys((*tested, *likely[:1], *(name for name in others if name.lower() in whole)))
    # A tested column is more certain than one with only the name.
    return sorted(keys, key=lambda name: name.lower() not in relation.unique)


def _score(relation: Relation, key: str) -> int:
    words = subject(relation.name)
    score = 100 - 3 * CUSTOMERS.index(words[-1]) - 15 * (len(words) - 1)
    score += POINTS_OF_LAYER[layer(relation)]
    if key.lower() in relation.unique:
        score += POINTS_TESTED
    return score + (5 if relation.built else 0)
