"""The proposals of segctl init for many kinds of tables, without dbt."""

import pytest

from segctl.errors import Failure
from segctl.language.syntax import Metric
from segctl.operations.proposal import catalog_text, propose
from segctl.operations.proposal.tables.data_types import value_type
from segctl.operations.proposal.tables.names import plural, singular, subject
from segctl.operations.proposal.tables.relations import FoundColumn, Relation
from tests.support.shops.proposed_tables import ORDERS, PEOPLE, plan_of_proposal, table


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("stg_jaffle__orders", ("order",)),
        ("dim_customers_v2", ("customer",)),
        ("fct_order_items", ("order", "item")),
        ("StgAppUsers", ("app", "user")),
        ("people", ("person",)),
        ("raw", ("raw",)),
    ],
)
def test_subject_of_a_model(model: str, words: tuple[str, ...]) -> None:
    assert subject(model) == words


@pytest.mark.parametrize("word", ["order", "category", "address", "box", "purchase", "match", "visit"])
def test_plural_and_back(word: str) -> None:
    assert singular(plural(word)) == word


@pytest.mark.parametrize(
    ("data_type", "kind"),
    [
        ("DECIMAL(18,2)", "number"),
        ("double precision", "number"),
        ("UBIGINT", "number"),
        ("character varying(256)", "string"),
        ("ENUM(?a?, ?b?)", "string"),
        ("timestamp without time zone", "timestamp"),
        ("timestamp(6) with time zone", "timestamptz"),
        ("TIMESTAMP_NTZ", "timestamp"),
        ("TIMESTAMP_LTZ", "timestamptz"),
        ("timestamptz", "timestamptz"),
        ("DATE", "date"),
        ("TIME WITH TIME ZONE", None),
        ("interval", None),
        ("VARCHAR[]", "strings"),
        ("text[]", "strings"),
        ("array<string>", "strings"),
        ("ARRAY", "strings"),
        ("INTEGER[]", None),
        ("TIMESTAMP[]", None),
        ("array<timestamp>", None),
        ("citext", None),
        ("STRUCT(a INTEGER)", None),
        ("map<string,int>", None),
    ],
)
def test_types_of_warehouses(data_type: str, kind: str | None) -> None:
    assert value_type(FoundColumn("anything", data_type)) == kind


def test_customers_events_and_metrics() -> None:
    proposed = propose([PEOPLE, ORDERS])
    catalog = plan_of_proposal(proposed).catalog
    assert (catalog.customer.model, catalog.customer.key) == ("stg_customers", "customer_id")
    assert catalog.customer.attributes.keys() == {"email", "birthday"}
    order = catalog.events["order"]
    assert (order.model, order.key, order.customer, order.at.column) == (
        "fct_orders",
        "order_id",
        "customer_id",
        "ordered_at",
    )
    assert order.fields.keys() == {"amount"}
    assert catalog.revenue is not None
    revenue = catalog.metrics[catalog.revenue.text]
    assert isinstance(revenue, Metric)
    assert revenue.aggregation == "sum"
    assert catalog.metrics.keys() >= {"order_count", "first_order_at", "last_order_at", "average_order_amount"}


@pytest.mark.parametrize(
    ("wide", "first"),
    [
        (table("dim_customers", "customer_id int, town text", "customer_id"), True),
        (table("customers", "customer_id int, town text", "customer_id", folders=("marts", "core")), True),
        (table("customers", "customer_id int, town text", "customer_id"), True),
        (table("dim_customers", "customer_id int, town text"), False),
        (table("int_customers", "customer_id int, town text", "customer_id"), False),
        (table("customers", "customer_id int, town text", "customer_id", folders=("marts", "intermediate")), False),
    ],
)
def test_tested_marts_before_staging_before_what_is_not_tested(wide: Relation, first: bool) -> None:
    proposed = propose([wide, PEOPLE, ORDERS])
    assert (proposed.customers.relation is wide) == first
    other = PEOPLE if first else wide
    assert proposed.others == (other.reference,)
    assert f"or: {other.reference}" in catalog_text(proposed)


def test_an_aggregate_alone_will_do_and_keeps_its_names() -> None:
    wide = table("customers", "customer_id int, order_count bigint, lifetime_value double", "customer_id")
    catalog = plan_of_proposal(propose([wide, ORDERS])).catalog
    assert catalog.customer.attributes.keys() == {"order_count", "lifetime_value"}
    assert "computed_order_count" in catalog.metrics


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (
            table("stg_orders", "order_id int, customer_id int, on_day date", "order_id"),
            table("fct_orders", "customer_id int, on_day date, amount int"),
        ),
        (
            table("fct_orders", "order_id int, customer_id int, on_day date", "order_id"),
            table("stg_orders", "order_id int, customer_id int, on_day date, amount int", "order_id"),
        ),
    ],
)
def test_keyed_events_before_unkeyed_ones_then_later_layers(better: Relation, worse: Relation) -> None:
    for tables in ([better, worse], [worse, better]):
        proposed = propose([PEOPLE, *tables])
        assert [(event.relation, event.same) for event in proposed.events] == [(better, (worse.name,))]


def test_the_table_that_says_more_of_the_same_event() -> None:
    poor = table("stg_orders", "order_id int, customer_id int, ordered_at timestamp")
    proposed = propose([PEOPLE, poor, ORDERS])
    assert [event.relation.name for event in proposed.events] == ["fct_orders"]
    assert proposed.events[0].same == ("stg_orders",)


@pytest.mark.parametrize(
    ("columns", "at"),
    [
        ("updated_at timestamp, created_at timestamp", "created_at"),
        ("shipped_at timestamp, ordered_at timestamp, created_at timestamp", "ordered_at"),
        ("order_date date, delivery_date date", "order_date"),
        ("_loaded_at timestamp, placed date", "placed"),
        ("cancelled_at timestamp, started_at timestamp", "started_at"),
    ],
)
def test_when_it_happened(columns: str, at: str) -> None:
    proposed = propose([PEOPLE, table("orders", f"customer_id int, {columns}")])
    assert [event.at for event in proposed.events] == [at]
    plan_of_proposal(proposed)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (table("customer_orders", "customer_id int, last_order date", "customer_id"), "one row for each customer"),
        (table("orders_daily", "customer_id int, day date"), "summary"),
        (table("payments", "order_id int, paid_at timestamp"), "it has no column with"),
        (table("carts", "customer_id text, created_at timestamp"), "is a string here and a number"),
        (table("visits", "customer_id int, seen text"), "no date or timestamp"),
        (table("mystery", ""), "unknown"),
    ],
)
def test_what_is_no_event_and_why(other: Relation, reason: str) -> None:
    proposed = propose([PEOPLE, other])
    assert not proposed.events
    assert reason in proposed.reasons[other.reference]
    assert reason in catalog_text(proposed)
    plan_of_proposal(proposed)


def test_names_that_need_quotes_or_are_taken() -> None:
    people = table("users", "id uuid, segment text, group text, Plan text, tags text[]", "id")
    event = table("logins", "user_id uuid, loggedAt timestamptz, order text")
    plan = plan_of_proposal(propose([people, event]))
    attributes = plan.catalog.customer.attributes
    assert {name: one.column for name, one in attributes.items()} == {
        "customer_segment": "segment",
        "plan": "Plan",
        "tags": "tags",
    }
    assert attributes["tags"].type == "strings"
    login = plan.catalog.events["login"]
    assert (login.at.column, login.at.type, login.customer) == ("loggedAt", "timestamptz", "user_id")
    text = catalog_text(propose([people, event]))
    assert "Left out: group is an SQL keyword" in text


def test_a_tested_relationship_beats_names() -> None:
    links = {"buyer": ("stg_customers", "customer_id")}
    sales = table("sales", "buyer int, customer_id int, sold_at timestamp, total double", links=links)
    assert propose([PEOPLE, sales]).events[0].customer == "buyer"


def test_documented_columns_without_types() -> None:
    people = table("users", "user_id, email, signed_up_at, is_trial", "user_id", built=False)
    orders = table("orders", "order_id, user_id, order_date, total_amount", built=False)
    proposed = propose([people, orders])
    assert proposed.unbuilt == ["users", "orders"]
    catalog = plan_of_proposal(proposed).catalog
    assert {name: one.type for name, one in catalog.customer.attributes.items()} == {
        "email": "string",
        "signed_up_at": "timestamp",
        "is_trial": "boolean",
    }
    assert catalog.events["order"].at.type == "date"


def test_sources_where_there_are_no_models() -> None:
    people = table("customers", "id int, email text", kind="source")
    orders = table("orders", "id int, customer_id int, created_at timestamp, total_cents int", kind="source")
    plan = plan_of_proposal(propose([people, orders]))
    assert plan.catalog.customer.model == "source('shop', 'customers')"
    assert plan.catalog.events["order"].model == "source('shop', 'orders')"
    assert any(found.segment.label == "Spent over 10000 altogether" for found in plan.segments)


def test_a_table_of_very_many_columns() -> None:
    columns = ", ".join(f"c{number} text" for number in range(80))
    proposed = propose([table("customers", f"id int, {columns}", "id")])
    assert len(plan_of_proposal(proposed).catalog.customer.attributes) == 25
    assert "and 15 more: more that can be added" in " ".join(catalog_text(proposed).replace("#", "").split())


def test_values_from_tests_survive_yaml() -> None:
    hard = ("yes", "a: b", "it's", "#1", 'say "x"', "", "{{ ref('x') }}")
    status = FoundColumn("status", "text", hard)
    orders = Relation("orders", "orders", "model", (*ORDERS.columns, status), unique=frozenset(["order_id"]))
    catalog = plan_of_proposal(propose([PEOPLE, orders])).catalog
    assert catalog.events["order"].fields["status"].values == hard


@pytest.mark.parametrize(
    ("relations", "message"),
    [
        ([], "there are no models"),
        ([table("orders", "")], "none of the 1 models"),
        ([ORDERS], "looks like customers, users, accounts"),
        ([table("customers", ""), ORDERS], "its columns are unknown"),
        ([table("customers", "name text"), ORDERS], "its key is unclear"),
        ([table("customers", "customer_id int")], "no attributes and no events"),
    ],
)
def test_nothing_to_propose(relations: list[Relation], message: str) -> None:
    with pytest.raises(Failure, match=message) as raised:
        propose(relations)
    assert raised.value.exit_code == 1
    assert raised.value.hint


def test_the_user_knows_the_customers_better() -> None:
    guests = table("guests", "guest_id int, town text", "guest_id")
    stays = table("stays", "stay_id int, guest_id int, arrived_at timestamp", "stay_id")
    proposed = propose([PEOPLE, ORDERS, guests, stays], "guests")
    assert (proposed.customers.relation.name, proposed.customers.key) == ("guests", "guest_id")
    assert "stays" in [event.relation.name for event in proposed.events]
    plan_of_proposal(proposed)
    with pytest.raises(Failure, match='no model or source "gests"') as failure:
        propose([PEOPLE, guests], "gests")
    assert failure.value.hint == "did you mean guests?"


def test_cents_are_pointed_out() -> None:
    payments = table("payments", "payment_id int, customer_id int, paid_at timestamp, amount_cents int", "payment_id")
    assert "revenue: lifetime_value" in catalog_text(propose([PEOPLE, payments]))
    assert "in cents, so reports show 100 times the amount" in catalog_text(propose([PEOPLE, payments]))
    assert "in cents" not in catalog_text(propose([PEOPLE, ORDERS]))
