"""The keys that segctl init chooses for customers, without dbt."""

from types import SimpleNamespace

import pytest
from dbt_common.contracts.constraints import ConstraintType, ModelLevelConstraint

from segctl.errors import Failure
from segctl.operations.proposal import propose, relations
from segctl.operations.proposal.tables.relations import Relation
from tests.support.shops.proposed_tables import ORDERS, PEOPLE, plan_of_proposal, table

BY_EMAIL = table("subscribers", "email text, name text", "email", filled=frozenset(["email"]))
LETTERS = table("letters", "letter_no int, email text, opened_at timestamp", "letter_no")


@pytest.mark.parametrize("key", ["email", "msisdn", "loyalty_card", "customer_no", "Username"])
def test_a_key_of_any_name_that_is_tested_in_full(key: str) -> None:
    tested = frozenset([key.lower()])
    people = table("customers", f"{key} text, town text", key.lower(), filled=tested)
    visits = table("visits", f"customer_{key} text, seen_at timestamp")
    catalog = plan_of_proposal(propose([people, visits])).catalog
    assert catalog.customer.key == key
    assert catalog.events["visit"].customer == f"customer_{key}"


def test_unique_alone_is_not_enough_for_any_name() -> None:
    people = table("customers", "email text, town text", "email")
    with pytest.raises(Failure, match="customers is named like customers") as failure:
        propose([people])
    assert "--key COLUMN" in failure.value.hint
    assert "unique and not_null" in failure.value.hint
    assert "columns: email, town" in failure.value.hint
    assert plan_of_proposal(propose([people], key="email")).catalog.customer.key == "email"


@pytest.mark.parametrize(("events", "key"), [([ORDERS], "customer_id"), ([LETTERS], "email"), ([], "customer_id")])
def test_of_two_keys_the_one_that_events_hold(events: list[Relation], key: str) -> None:
    both = frozenset(["customer_id", "email"])
    people = table("customers", "email text, customer_id int, town text", "customer_id email", filled=both)
    proposed = propose([people, *events])
    assert proposed.customers.key == key
    assert len(proposed.events) == len(events)


def test_an_untested_id_that_events_hold_before_a_tested_name() -> None:
    people = table("customers", "customer_id int, email text", "email", filled=frozenset(["email"]))
    assert propose([people, ORDERS]).customers.key == "customer_id"


def test_the_user_knows_the_key_better() -> None:
    people = table("parties", "party_id int, email text, town text", "party_id")
    proposed = propose([PEOPLE, people, LETTERS], "parties", "EMAIL")
    assert (proposed.customers.key, [event.name for event in proposed.events]) == ("email", ["letter"])
    plan_of_proposal(proposed)
    # Among the models named like customers, one has that column.
    assert propose([PEOPLE, BY_EMAIL, LETTERS], key="name").customers.relation is BY_EMAIL


@pytest.mark.parametrize(
    ("customers", "key", "message", "hint"),
    [
        ("parties", "", "the key of parties is unclear", "name its key with --key COLUMN"),
        ("parties", "emial", 'parties has no column "emial"', "did you mean email?"),
        ("parties", "group", "group is an SQL keyword", "alias it in staging"),
        ("empty", "email", "the columns of empty are unknown", "dbt build"),
        ("party", "email", 'there is no model or source "party"', "parties"),
        ("", "emial", 'stg_customers has no column "emial"', "email"),
    ],
)
def test_no_such_key(customers: str, key: str, message: str, hint: str) -> None:
    tables = [PEOPLE, table("parties", "email text, town text, group text"), table("empty", "")]
    with pytest.raises(Failure, match=message) as failure:
        propose(tables, customers, key)
    assert hint in failure.value.hint
    assert "_uuid" not in failure.value.hint


def test_a_relationship_to_another_column_or_another_thing_is_no_customer() -> None:
    both = frozenset(["customer_id", "email"])
    people = table("customers", "customer_id int, email text", "customer_id email", filled=both)
    sent = table("mails", "recipient text, sent_at date", links={"recipient": ("customers", "email")})
    proposed = propose([people, sent])
    assert (proposed.customers.key, proposed.events[0].customer) == ("email", "recipient")
    shifts = table("shifts", "user_id int, customer_id int, began date", links={"user_id": ("staff", "user_id")})
    bare = table("rotas", "user_id int, began date", links={"user_id": ("staff", "user_id")})
    proposed = propose([people, shifts, bare])
    assert [(event.name, event.customer) for event in proposed.events] == [("shift", "customer_id")]
    assert "it has no column with" in proposed.reasons["rotas"]


def dbt_test(name: str, column: str, where: str | None = None) -> SimpleNamespace:
    """A dbt test of a column of the model people."""
    return SimpleNamespace(
        resource_type="test",
        test_metadata=SimpleNamespace(name=name, kwargs={"column_name": column}),
        attached_node="model.shop.people",
        column_name=column,
        config=SimpleNamespace(where=where, materialized="test"),
        depends_on=SimpleNamespace(nodes=[]),
        package_name="shop",
        original_file_path="models/people.yml",
    )


def constraint(kind: ConstraintType, *columns: str) -> ModelLevelConstraint:
    return ModelLevelConstraint(type=kind, columns=list(columns))


@pytest.mark.parametrize(
    ("tests", "of_column", "of_model", "key"),
    [
        ([dbt_test("unique", "Email"), dbt_test("not_null", "email")], [], [], True),
        ([dbt_test("unique", "email"), dbt_test("not_null", "email", "town is not null")], [], [], False),
        ([dbt_test("not_null", "email")], [constraint(ConstraintType.unique)], [], True),
        ([dbt_test("unique", "email")], [], [constraint(ConstraintType.not_null, "town", "email")], True),
        ([], [constraint(ConstraintType.primary_key)], [], True),
        ([], [], [constraint(ConstraintType.primary_key, "email")], True),
        ([], [], [constraint(ConstraintType.primary_key, "email", "town")], False),
    ],
)
def test_tests_and_constraints_that_make_a_key(
    tests: list[SimpleNamespace],
    of_column: list[ModelLevelConstraint],
    of_model: list[ModelLevelConstraint],
    key: bool,
) -> None:
    columns = {
        name: SimpleNamespace(name=name, data_type="text", constraints=of_column if name == "email" else [])
        for name in ("email", "town")
    }
    people = SimpleNamespace(
        resource_type="model",
        name="people",
        unique_id="model.shop.people",
        columns=columns,
        constraints=of_model,
        fqn=["shop", "marts", "people"],
        config=SimpleNamespace(materialized="table"),
        package_name="shop",
        original_file_path="models/marts/people.sql",
    )
    nodes = {"model.shop.people": people, **{f"test.{number}": test for number, test in enumerate(tests)}}
    (found,) = relations(SimpleNamespace(nodes=nodes, sources={}), {})
    assert found.folders == ("marts",)
    assert ("email" in found.unique & found.filled) == key
