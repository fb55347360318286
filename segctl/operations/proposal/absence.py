"""The reasons why nothing can be proposed, with hints."""

from collections.abc import Sequence

from segctl.errors import Failure, did_you_mean
from segctl.language.names import aliased, column_fault
from segctl.operations.proposal.customers import Candidate, named_like_customers
from segctl.operations.proposal.tables.relations import Relation

BUILD = "dbt build builds it; then run segctl init again"
KEYS = "name its key with --key COLUMN, or add the dbt tests unique and not_null to a column"


def no_known_columns(relations: Sequence[Relation]) -> Failure:
    """The Failure for a project whose tables all have unknown columns."""
    what = f"none of the {len(relations)} models and sources is" if relations else "there are no models, let alone"
    hint = "dbt build builds them; then run segctl init again"
    return Failure(f"{what} built in the warehouse or documented with columns", hint, exit_code=1)


def no_such_model(customers: str, key: str, relations: Sequence[Relation]) -> Failure:
    """The Failure for a customer model given by the user that does not exist or has no key."""
    tables = [relation for relation in relations if relation.name.lower() == customers.lower()]
    if not tables:
        hint = did_you_mean(customers, [relation.name for relation in relations], "models and sources")
        return Failure(f'there is no model or source "{customers}"', hint, exit_code=2)
    if not tables[0].columns:
        return Failure(f"the columns of {tables[0].reference} are unknown", BUILD, exit_code=1)
    if key:
        return _no_key(tables[0], key)
    message = f"the key of {tables[0].reference} is unclear"
    hint = f"{KEYS}; {did_you_mean('', [column.name for column in tables[0].columns], 'columns')}"
    return Failure(message, hint, exit_code=1)


def _no_key(relation: Relation, key: str) -> Failure:
    column = relation.column(key)
    if column:
        return Failure(f"{key} {column_fault(column.name)}", aliased(column.name, column_fault), exit_code=1)
    hint = did_you_mean(key, [column.name for column in relation.columns], "columns")
    return Failure(f'{relation.reference} has no column "{key}"', hint, exit_code=2)


def no_attributes(customers: Candidate, relations: Sequence[Relation], reasons: dict[str, str]) -> Failure:
    """The Failure for customers without attributes and events."""
    message = f"{customers.relation.reference} looks like the customers, but has no attributes and no events are found"
    unbuilt = [table.reference for table in relations if not table.built]
    if unbuilt:
        hint = f"dbt build builds {', '.join(unbuilt[:5])}, so that all columns are known; then run segctl init again"
    else:
        hint = next((f"{name}: {reason}" for name, reason in reasons.items()), "there is no other model")
    return Failure(message, hint, exit_code=1)


def no_customers(relations: Sequence[Relation], key: str) -> Failure:
    """The Failure for a project without a table that looks like customers with a key."""
    people = named_like_customers(relations)
    blank = [table.reference for table in people if not table.columns]
    if blank:
        message = f"{blank[0]} is named like customers, but its columns are unknown"
        return Failure(message, BUILD, exit_code=1)
    if people and key:
        return _no_key(people[0], key)
    if people:
        message = f"{people[0].reference} is named like customers, but its key is unclear"
        hint = f"{KEYS}; {did_you_mean('', [column.name for column in people[0].columns], 'columns')}"
        return Failure(message, hint, exit_code=1)
    hint = "name the model with segctl init --customers MODEL, and its key with --key COLUMN"
    expected = "customers, users, accounts, households, members, contacts, … (also stg_customers, dim_users)"
    return Failure(f"none of {len(relations)} models and sources looks like {expected}", hint, exit_code=1)
