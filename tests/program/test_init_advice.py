"""The notes of segctl init next to its proposal: what to write, what to check, and what it left out. Without dbt."""

import re
from dataclasses import replace

import duckdb
import jinja2
import pytest

from segctl.operations.proposal import ProposedCatalog, catalog_text, midnights_found, midnights_query, notes, propose
from segctl.operations.proposal.joins import ProposedJoin
from segctl.operations.proposal.tables.relations import Relation
from segctl.project.project import planned
from tests.support.shops.proposed_tables import ORDERS, PEOPLE, plan_of_proposal, table

LINES = table("stg_order_items", "order_item_id int, order_id int, product_id int, price numeric", "order_item_id")


def flat(text: str) -> str:
    """The text, with its comments on one line."""
    return re.sub(r"\n *# *", " ", text)


def sql(join: ProposedJoin) -> str:
    """The proposed model as DuckDB reads it."""
    return re.sub(r"\{\{ \w+\((?:'\w+', )?'(\w+)'\) \}\}", r"\1", join.sql)


def test_order_lines_are_joined_to_their_orders() -> None:
    proposed = propose([PEOPLE, ORDERS, LINES])
    (join,) = proposed.joins
    assert join.path == "models/fct_order_items.sql"
    expected = "stg_order_items has no customer column; a model that joins it to fct_orders would have one."
    assert expected in flat(catalog_text(proposed))
    assert any(note.startswith(expected) and join.path in note and "inner join" in note for note in notes(proposed))
    assert LINES.reference not in proposed.reasons
    with duckdb.connect() as connection:
        connection.execute("create table fct_orders as select 7 as order_id, 1 as customer_id, now() as ordered_at")
        connection.execute("create table stg_order_items as select 5 as order_item_id, 7 as order_id, 3 as price")
        rows = connection.execute(sql(join))
        assert [column[0] for column in rows.description or []] == [
            *("order_item_id", "order_id", "price", "customer_id", "ordered_at")
        ]
        assert rows.fetchone()[:4] == (5, 7, 3, 1)


def test_the_proposed_lines_are_an_event_once_they_are_no_comment() -> None:
    text = catalog_text(propose([PEOPLE, ORDERS, LINES]))
    start = text.index("  # order_item:")
    end = text.index("\n\n", start)
    lines = "\n".join(re.sub(r"^  # ", "  ", line) for line in text[start:end].splitlines())
    plan = planned({"segments/catalog.yml": (text[:start] + lines + text[end:]).encode()})
    event = plan.catalog.events["order_item"]
    assert (event.model, event.key, event.customer, event.at.column) == (
        *("fct_order_items", "order_item_id"),
        *("customer_id", "ordered_at"),
    )
    assert event.fields.keys() == {"price"}
    # The joined model is found by itself once it is built.
    joined = table("fct_order_items", "order_item_id int, price int, customer_id int, ordered_at timestamp")
    again = propose([PEOPLE, ORDERS, LINES, joined])
    assert [event.relation.name for event in again.events] == ["fct_orders", "fct_order_items"]
    assert not again.joins


@pytest.mark.parametrize(
    ("lines", "owner", "by", "taken"),
    [
        (table("refunds", "order_id int, refunded_at date"), ORDERS, ("order_id", "order_id"), ("customer_id",)),
        (
            table("items", "order_id int, shipping_limit_date date"),
            ORDERS,
            ("order_id", "order_id"),
            ("customer_id", "ordered_at"),
        ),
        (
            table("items", "order_id int, n int"),
            table("orders", "id int, customer_id int, placed_on date", "id"),
            ("order_id", "id"),
            ("customer_id", "placed_on"),
        ),
        (
            table("items", "parent int, n int", links={"parent": ("orders", "id")}),
            table("orders", "id int, customer_id int, placed_on date", "id"),
            ("parent", "id"),
            ("customer_id", "placed_on"),
        ),
        (
            table("transactions", "account_id int, booked_at timestamp"),
            table("accounts", "account_id int, customer_id int", "account_id"),
            ("account_id", "account_id"),
            ("customer_id",),
        ),
        (
            table("items", "order_id int, n int", kind="source"),
            table("orders", "order_id int, customer_id int, placed_on date", "order_id", kind="source"),
            ("order_id", "order_id"),
            ("customer_id", "placed_on"),
        ),
    ],
)
def test_what_joins_to_what(lines: Relation, owner: Relation, by: tuple[str, str], taken: tuple[str, ...]) -> None:
    people = replace(PEOPLE, kind=lines.kind)
    proposed = propose([people, lines, owner])
    (join,) = proposed.joins
    assert (join.lines, join.owner, join.by, join.taken) == (lines, owner, by, taken)
    plan_of_proposal(proposed)


@pytest.mark.parametrize(
    "lines",
    [
        table("products", "product_id int, created_at date"),
        table("stores", "store_id int, opened_at date"),
        table("items", "order_id text, price int"),
        table("orders_daily", "order_id int, day date"),
        table("raw_orders", "order_id int, placed_at date"),
    ],
)
def test_what_joins_to_nothing(lines: Relation) -> None:
    proposed = propose([PEOPLE, ORDERS, lines])
    assert not proposed.joins
    assert lines.reference in proposed.reasons


def with_midnights(column: str) -> ProposedCatalog:
    days = table("fct_orders", "order_id int, customer_id int, placed timestamp, due timestamptz, n int", "order_id")
    return replace(propose([PEOPLE, days]), midnights={("fct_orders", column): 4321})


def test_a_timestamp_that_is_always_midnight() -> None:
    proposed = with_midnights("placed")
    text = flat(catalog_text(proposed))
    assert "placed is midnight in all 4,321 rows" in text
    assert "cast(placed as date) as placed; then write at: {column: placed, type: date}" in text
    assert any("fct_orders.placed (in 4,321 rows)" in note for note in notes(proposed))
    assert plan_of_proposal(proposed).catalog.events["order"].at.type == "timestamp"
    assert "cast(due as date) as due; then write due: date" in flat(catalog_text(with_midnights("due")))


def test_only_timestamps_of_the_warehouse_are_queried() -> None:
    assert with_midnights("placed").instants == [("fct_orders", "placed"), ("fct_orders", "due")]
    unbuilt = table("fct_orders", "order_id int, customer_id int, placed timestamp", built=False)
    assert propose([PEOPLE, unbuilt]).instants == []


class Adapter:
    """The dbt command behind a query."""

    @staticmethod
    def quote(name: str) -> str:
        return f'"{name}"'

    @staticmethod
    def date_trunc(part: str, value: str) -> str:
        return f"date_trunc('{part}', {value})"


def test_midnights_in_a_warehouse() -> None:
    columns = [("visits", name) for name in ("day", "moment", "Zoned", "nothing")] + [("source('a', 'b')", "day")]
    text = midnights_query(columns)
    names = {"adapter": Adapter, "dbt": Adapter, "ref": str, "source": lambda _, name: name}
    query = jinja2.Environment(autoescape=False).from_string(text).render(names)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'America/New_York'")
        connection.execute("create table b as select timestamp '2024-01-01' as day where false")
        connection.execute(
            "create table visits as select timestamp '2024-01-01' as day, timestamp '2024-01-01 00:00:00.5' as moment, "
            "timestamptz '2024-01-01 00:00:00-05' as \"Zoned\", null::timestamp as nothing "
            "union all select null, timestamp '2024-01-02', timestamptz '2024-06-01 00:00:00-04', null"
        )
        found = connection.execute(query)
        names_of = [column[0] for column in found.description or []]
        rows = [dict(zip(names_of, row, strict=True)) for row in found.fetchall()]
    assert midnights_found(columns, rows) == {("visits", "day"): 1, ("visits", "Zoned"): 2}


def test_what_is_left_out_is_said() -> None:
    names = [f"{word}s" for word in ("visit", "call", "chat", "ticket", "click", "survey", "login", "swap", "trade")]
    more = [table(name, "id int, customer_id int, created_at date", "id") for name in names]
    people = table("customers", "customer_id int, pic blob, place geometry, store_id int, _loaded_at timestamp, t text")
    proposed = propose([people, ORDERS, *more, table("products", "x int"), table("seed", "x int", kind="seed")])
    text, all_notes = flat(catalog_text(proposed)), "\n".join(notes(proposed))
    beyond = [event.relation.reference for event in proposed.beyond]
    assert (len(proposed.events), len(beyond)) == (8, 2)
    for said in (text, all_notes):
        assert ", ".join(beyond) in said
        assert "products" in said
        assert "Not read, because there are models: 1 seed" in said
    assert "pic is of type blob, which rules cannot compare" in text
    assert "place is of an unknown type (geometry)" in text
    assert "store_id: identifiers" in text
    assert "_loaded_at: technical columns" in text
    assert "Columns are left out of customers" in all_notes
    plan_of_proposal(proposed)


def test_events_that_no_model_has_are_found_in_seeds() -> None:
    people = table("customers", "customer_id int", "customer_id")
    visits = table("visits", "visit_id int, customer_id int, started_at timestamp", "visit_id", kind="seed")
    proposed = propose([people, visits, table("regions", "x int", kind="seed")])
    assert [event.relation.reference for event in proposed.events] == ["visits"]
    assert not proposed.unread
    plan_of_proposal(proposed)


def test_unknown_values_are_called_unknown() -> None:
    people = table("users", "user_id, email, seen", "user_id", built=False)
    text = catalog_text(propose([people]))
    assert re.search(r"email: string +# a guess, its type is unknown", text)
    visits = table("visits", "user_id, seen", built=False)
    reason = propose([people, visits]).reasons["visits"]
    assert "as far as types are known: seen may be of any" in reason
    # We have no such type, so it cannot be joined.
    odd = table("carts", "user_id variant, made_at date")
    assert [event.name for event in propose([table("users", "user_id int, a text", "user_id"), odd]).events] == ["cart"]
    lists = table("users", "user_id int, tags ARRAY", "user_id")
    assert "tags: strings                         # a list; its items are treated as texts" in catalog_text(
        propose([lists])
    )


def test_keys_that_a_run_would_refuse_to_compare_are_no_link() -> None:
    carts = table("carts", "customer_id double, made_at date")
    assert "is a floating number here" in propose([PEOPLE, carts]).reasons["carts"]


def test_guards_are_in_the_catalog_and_stop_no_first_run() -> None:
    proposed = propose([PEOPLE, ORDERS])
    guard = plan_of_proposal(proposed).catalog.guard
    assert guard is not None
    assert (guard.max_change, guard.min_size, guard.max_size) == (None, None, None)
    text = catalog_text(proposed)
    assert "guard: {max_loss: 50%}" in text
    commented = text.replace("guard: {max_loss: 50%}\n", "").replace("# guard:", "guard:")
    commented = commented.replace("# freshness:", "freshness:")
    plan = planned({"segments/catalog.yml": commented.encode()})
    assert plan.catalog.events["order"].freshness is not None
