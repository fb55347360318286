"""segctl init: what it proposes for tables of all sorts, and the whole way in two dbt projects that are not ours."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from segctl.errors import Failure, Report
from segctl.operations.proposal import ProposedCatalog, catalog_text, propose, starter_text
from segctl.operations.proposal.columns import value_type
from segctl.operations.proposal.relations import Found, Relation
from segctl.operations.proposal.words import plural, singular, subject
from segctl.parse import parse_catalog
from segctl.plan import Plan
from segctl.project import planned

BIN = Path(sys.executable).parent
PROJECTS = Path(__file__).parent / "projects"
SCRATCH = ("target", "logs", "dbt_packages", "package-lock.yml", ".user.yml")


# What is proposed, without dbt.


def table(name: str, columns: str, unique: str = "", kind: str = "model", **more: object) -> Relation:
    """A relation of columns given as `name type, …`; the type may be missing."""
    pairs = [column.partition(" ") for column in columns.split(", ") if column]
    found = tuple(Found(column, data_type) for column, _, data_type in pairs)
    reference = f"source('shop', '{name}')" if kind == "source" else name
    return Relation(name, reference, kind, found, unique=frozenset(unique.split()), **more)  # type: ignore[arg-type]


PEOPLE = table("stg_customers", "customer_id int, email text, birthday date", "customer_id")
ORDERS = table("fct_orders", "order_id int, customer_id int, ordered_at timestamp, amount decimal(9,2)", "order_id")


def sound(proposed: ProposedCatalog) -> Plan:
    """The plan of the proposed files: they pass every check of ours."""
    text = catalog_text(proposed)
    catalog = parse_catalog("segments/catalog.yml", text.encode(), Report())
    assert catalog is not None
    files = {"segments/catalog.yml": text.encode(), "segments/starter.yml": starter_text(catalog).encode()}
    plan = planned(files)
    assert 1 <= len(plan.segments) <= 4
    return plan


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
        ("VARCHAR[]", None),
        ("STRUCT(a INTEGER)", None),
        ("map<string,int>", None),
    ],
)
def test_types_of_warehouses(data_type: str, kind: str | None) -> None:
    assert value_type(Found("anything", data_type)) == kind


def test_customers_events_and_metrics() -> None:
    proposed = propose([PEOPLE, ORDERS])
    catalog = sound(proposed).catalog
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
    assert catalog.metrics[catalog.revenue.text].aggregation == "sum"
    assert catalog.metrics.keys() >= {"order_count", "first_order_at", "last_order_at", "average_order_amount"}


def test_staging_before_an_aggregate_of_the_same_name() -> None:
    wide = table("customers", "customer_id int, number_of_orders bigint, first_order date", "customer_id")
    proposed = propose([wide, PEOPLE, ORDERS])
    assert proposed.customers.relation is PEOPLE
    assert proposed.others == ("customers",)
    assert "or: customers" in catalog_text(proposed)


def test_an_aggregate_alone_will_do_and_keeps_its_names() -> None:
    wide = table("customers", "customer_id int, order_count bigint, lifetime_value double", "customer_id")
    catalog = sound(propose([wide, ORDERS])).catalog
    assert catalog.customer.attributes.keys() == {"order_count", "lifetime_value"}
    assert "computed_order_count" in catalog.metrics


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
    sound(proposed)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (table("customer_orders", "customer_id int, last_order date", "customer_id"), "one row a customer"),
        (table("orders_daily", "customer_id int, day date"), "summary"),
        (table("payments", "order_id int, paid_at timestamp"), "no column of it holds"),
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
    sound(proposed)


def test_names_that_need_quotes_or_are_taken() -> None:
    people = table("users", "id uuid, segment text, group text, Plan text, tags text[]", "id")
    event = table("logins", "user_id uuid, loggedAt timestamptz, order text")
    plan = sound(propose([people, event]))
    attributes = plan.catalog.customer.attributes
    assert {name: one.column for name, one in attributes.items()} == {"customer_segment": "segment", "plan": "Plan"}
    login = plan.catalog.events["login"]
    assert (login.at.column, login.at.type, login.customer) == ("loggedAt", "timestamptz", "user_id")
    text = catalog_text(propose([people, event]))
    assert "Left out: group is an SQL keyword" in text
    assert "Left out: tags is of type text[]" in text


def test_a_tested_relationship_beats_names() -> None:
    links = {"buyer": ("stg_customers", "customer_id")}
    sales = table("sales", "buyer int, customer_id int, sold_at timestamp, total double", links=links)
    assert propose([PEOPLE, sales]).events[0].customer == "buyer"


def test_documented_columns_without_types() -> None:
    people = table("users", "user_id, email, signed_up_at, is_trial", "user_id", built=False)
    orders = table("orders", "order_id, user_id, order_date, total_amount", built=False)
    proposed = propose([people, orders])
    assert proposed.unbuilt == ["users", "orders"]
    catalog = sound(proposed).catalog
    assert {name: one.type for name, one in catalog.customer.attributes.items()} == {
        "email": "string",
        "signed_up_at": "timestamp",
        "is_trial": "boolean",
    }
    assert catalog.events["order"].at.type == "date"


def test_sources_where_there_are_no_models() -> None:
    people = table("customers", "id int, email text", kind="source")
    orders = table("orders", "id int, customer_id int, created_at timestamp, total_cents int", kind="source")
    plan = sound(propose([people, orders]))
    assert plan.catalog.customer.model == "source('shop', 'customers')"
    assert plan.catalog.events["order"].model == "source('shop', 'orders')"
    assert any(found.segment.label == "Spent over 10000 altogether" for found in plan.segments)


def test_a_table_of_very_many_columns() -> None:
    columns = ", ".join(f"c{number} text" for number in range(80))
    proposed = propose([table("customers", f"id int, {columns}", "id")])
    assert len(sound(proposed).catalog.customer.attributes) == 25
    assert "55 more columns" in catalog_text(proposed)


def test_values_from_tests_survive_yaml() -> None:
    hard = ("yes", "a: b", "it's", "#1", 'say "x"', "", "{{ ref('x') }}")
    status = Found("status", "text", hard)
    orders = Relation("orders", "orders", "model", (*ORDERS.columns, status), unique=frozenset(["order_id"]))
    catalog = sound(propose([PEOPLE, orders])).catalog
    assert catalog.events["order"].fields["status"].values == hard


@pytest.mark.parametrize(
    ("relations", "message"),
    [
        ([], "there are no models"),
        ([table("orders", "")], "none of the 1 models"),
        ([ORDERS], "looks like customers, users, accounts"),
        ([table("customers", ""), ORDERS], "nothing is known of its columns"),
        ([table("customers", "name text"), ORDERS], "no key"),
        ([table("customers", "customer_id int")], "no attributes and no events"),
    ],
)
def test_nothing_to_propose(relations: list[Relation], message: str) -> None:
    with pytest.raises(Failure, match=message) as raised:
        propose(relations)
    assert raised.value.exit_code == 1
    assert raised.value.hint


# The whole way, as a stranger goes it.


def copied(name: str, folder: Path) -> Path:
    return Path(shutil.copytree(PROJECTS / name, folder / name))


def called(folder: Path, program: str, *arguments: str, code: int = 0) -> str:
    """What a program said on both channels; it must have ended with that code."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("DBT_", "SEGCTL_"))}
    # No profiles of the person who runs the tests.
    environment |= {"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "HOME": str(folder)}
    line = [str(BIN / program), *arguments]
    done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Everything that is a project's own, with the time of the last change."""
    paths = [path for path in folder.rglob("*") if path.is_file()]
    own = [path for path in paths if path.relative_to(folder).parts[0] not in SCRATCH and path.suffix != ".duckdb"]
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in own}


def members(database: Path) -> dict[str, int]:
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute("select segment, count(*) from segment_membership group by segment").fetchall()
    return dict(rows)


def test_from_an_unbuilt_shop_to_members(tmp_path: Path) -> None:
    coffee_shop = copied("coffee_shop", tmp_path)
    before = files(coffee_shop)
    assert "dbt build builds" in called(coffee_shop, "segctl", "init", code=1)
    called(coffee_shop, "dbt", "build", "--quiet")
    told = called(coffee_shop, "segctl", "init", "--dry-run")
    assert "would write segments/catalog.yml" in told
    assert "would write packages.yml" in told
    assert files(coffee_shop) == before

    told = called(coffee_shop, "segctl", "init")
    assert "Customers: stg_customers, told apart by customer_id" in told
    written = files(coffee_shop)
    assert {path for path in written if path not in before and not path.startswith("segctl_package/")} == {
        "segments/catalog.yml",
        "segments/starter.yml",
        "packages.yml",
    }
    assert {path: written[path] for path in before} == before
    assert "segctl_package/macros/clock/as_of.sql" in written
    assert not [path for path in written if "staging" in path and path.startswith("segctl_package")]
    catalog = written["segments/catalog.yml"][1].decode()
    assert "values: [placed, shipped, completed, returned]" in catalog

    told = called(coffee_shop, "segctl", "init")
    assert told.count("left ") == 4
    assert "wrote" not in told
    assert files(coffee_shop) == written

    called(coffee_shop, "dbt", "deps", "--quiet")
    called(coffee_shop, "segctl", "render")
    called(coffee_shop, "segctl", "run")
    found = members(coffee_shop / "coffee_shop.duckdb")
    assert found == {"repeat_customers": 2, "lapsed_90_days": 3, "top_spenders": 1}


def test_a_studio_with_packages_of_its_own(tmp_path: Path) -> None:
    studio = copied("studio", tmp_path)
    assert "dbt deps" in called(studio, "segctl", "init", code=3)
    called(studio, "dbt", "deps", "--quiet")
    called(studio, "dbt", "build", "--quiet", "--exclude", "fct_subscriptions")
    packages = studio / "packages.yml"
    before = packages.read_text()
    told = called(studio, "segctl", "init")
    assert "left packages.yml alone" in told
    assert "Add to the packages in packages.yml:\n\n  - local: segctl_package\n" in told
    assert "Not built yet: fct_subscriptions." in told
    assert packages.read_text() == before
    packages.write_text(before + "  - local: segctl_package\n")
    called(studio, "dbt", "deps", "--quiet")
    called(studio, "segctl", "render")
    called(studio, "segctl", "run")
    assert members(studio / "studio.duckdb") == {"repeat_customers": 1, "lapsed_90_days": 2, "top_spenders": 1}


def test_segments_for_a_catalog_that_is_there_need_no_dbt(tmp_path: Path) -> None:
    studio = copied("studio", tmp_path)
    (studio / "profiles.yml").unlink()
    (studio / "segments").mkdir()
    catalog = (
        "version: 1\ntimezone: UTC\nentities: {customer: {model: users, key: user_id, attributes: {email: string}}}\n"
    )
    (studio / "segments" / "catalog.yml").write_text(catalog)
    (studio / "segctl_package").mkdir()
    (studio / "segctl_package" / "dbt_project.yml").write_text("name: segctl\nversion: 0.0.1\n")
    (studio / "dbt_project.yml").write_text("name: studio\nmodel-paths: [transform]\n")
    told = called(studio, "segctl", "init")
    assert "wrote segments/starter.yml" in told
    assert "segctl_package/ alone: it is version 0.0.1, and this program has" in told
    assert "add models to the model-paths" in told
    assert "fine" in called(studio, "segctl", "validate")


def test_failures_leave_nothing_behind(tmp_path: Path) -> None:
    assert "no dbt_project.yml" in called(tmp_path, "segctl", "init", code=2)
    project = copied("coffee_shop", tmp_path)
    (project / "profiles.yml").unlink()
    before = files(project)
    assert "--profiles-dir" in called(project, "segctl", "init", code=3)
    (project / "packages.yml").write_text("packages: [\n")
    assert "packages.yml is not valid YAML" in called(project, "segctl", "init", code=1)
    (project / "packages.yml").unlink()
    assert files(project) == before
