"""Tables for segctl init to propose a catalog from, without dbt."""

from segctl.errors import Report
from segctl.operations.proposal import ProposedCatalog, catalog_text, starter_text
from segctl.operations.proposal.tables.relations import FoundColumn, Relation
from segctl.parse import parse_catalog
from segctl.plan.plan import Plan
from segctl.project.project import planned


def table(name: str, columns: str, unique: str = "", kind: str = "model", **more: object) -> Relation:
    """A relation of columns given as `name type, …`. The type may be missing."""
    pairs = [column.partition(" ") for column in columns.split(", ") if column]
    found = tuple(FoundColumn(column, data_type) for column, _, data_type in pairs)
    reference = f"source('shop', '{name}')" if kind == "source" else name
    return Relation(name, reference, kind, found, unique=frozenset(unique.split()), **more)  # type: ignore[arg-type]


PEOPLE = table("stg_customers", "customer_id int, email text, birthday date", "customer_id")
ORDERS = table("fct_orders", "order_id int, customer_id int, ordered_at timestamp, amount decimal(9,2)", "order_id")


def plan_of_proposal(proposed: ProposedCatalog) -> Plan:
    """The plan of the proposed files, which pass every check of ours."""
    text = catalog_text(proposed)
    catalog = parse_catalog("segments/catalog.yml", text.encode(), Report())
    assert catalog is not None
    files = {"segments/catalog.yml": text.encode(), "segments/starter.yml": starter_text(catalog).encode()}
    plan = planned(files)
    assert 1 <= len(plan.segments) <= 4
    return plan
