"""Which tables may hold the customers, one row each."""

from collections.abc import Iterable
from dataclasses import dataclass

from segctl.names import as_name, column_fault
from segctl.operations.proposal.columns import is_key
from segctl.operations.proposal.relations import Relation
from segctl.operations.proposal.words import CUSTOMERS, subject

LAYERS = {"dim": 10, "dimension": 10, "stg": 10, "staging": 10, "int": -10, "raw": -10, "src": -10, "base": -10}


@dataclass(frozen=True)
class Candidate:
    """A table whose rows may be the customers, the column that tells them apart, and how likely it is."""

    relation: Relation
    key: str
    score: int

    @property
    def tested(self) -> bool:
        """Whether a dbt test says that the key is unique."""
        return self.key.lower() in self.relation.unique

    @property
    def called(self) -> tuple[str, ...]:
        """The names that a column of another table may have that holds the key, the likeliest first."""
        word = subject(self.relation.name)[-1]
        own = () if self.key.lower() == "id" else (self.key.lower(),)
        forms = [f"{one}{end}" for one in (word, "customer", "user") for end in ("_id", "_key", "_uuid", "id", "")]
        return (*own, *forms)


def named_like_customers(relations: Iterable[Relation]) -> list[Relation]:
    """The tables whose name says that a row is a customer, a user, an account and so on."""
    return [one for one in relations if (words := subject(one.name)) and words[-1] in CUSTOMERS]


def candidates(relations: Iterable[Relation]) -> list[Candidate]:
    """The tables that have the name of customers and a key, the likeliest first."""
    found = [
        Candidate(relation, key, _score(relation, key))
        for relation in named_like_customers(relations)
        if (key := _key(relation))
    ]
    return sorted(found, key=lambda one: (-one.score, one.relation.name))


def named(relations: Iterable[Relation], name: str) -> list[Candidate]:
    """The tables of that name, which the user says hold the customers, if they have a key."""
    chosen = [one for one in relations if one.name.lower() == name.lower()]
    return [Candidate(relation, key, 0) for relation in chosen if (key := _key(relation) or _first_key(relation))]


def _first_key(relation: Relation) -> str:
    found = [column.name for column in relation.columns if is_key(column.name) and not column_fault(column.name)]
    return found[0] if found else ""


def _key(relation: Relation) -> str:
    words = subject(relation.name)
    forms = [f"{'_'.join(words[start:])}{end}" for end in ("_id", "_key", "_uuid", "id") for start in (-1, 0)]
    names = [column.name for name in (*forms, "id", "customer_id", "user_id") if (column := relation.column(name))]
    others = [column.name for column in relation.columns if is_key(column.name)]
    tested = [name for name in (*names, *others) if name.lower() in relation.unique]
    usable = [name for name in (*tested, *names) if not column_fault(name)]
    return usable[0] if usable else ""


def _score(relation: Relation, key: str) -> int:
    words = subject(relation.name)
    score = 100 - 3 * CUSTOMERS.index(words[-1]) - 15 * (len(words) - 1)
    score += LAYERS.get(as_name(relation.name).split("_")[0], 0)
    if key.lower() in relation.unique:
        score += 15
    return score + (5 if relation.built else 0)
