"""Finds identifiers of customers for a receiver, besides their keys, as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from segctl.language.syntax import CUSTOMER
from segctl.operations.exports.columns import Chosen, chosen_columns
from segctl.operations.exports.identifiers import RULES, check_identifiers
from segctl.operations.exports.members import needed_plan
from segctl.operations.exports.query import MembersRequest
from segctl.operations.exports.request import ExportRequest
from segctl.operations.segments.as_of import PointInTime
from segctl.plan.plan import Plan
from segctl.project.project import Project
from segctl.render.question import features_step, features_steps
from segctl.warehouse import Row, Warehouse


@dataclass(frozen=True)
class Identifying:
    """Identifiers by the rule of a platform. `steps` of a query find their inputs as of the last run.

    `only_eligible` means that the catalog says who may be contacted. No identifiers of others are sent.
    """

    hashed: str
    columns: Sequence[Chosen]
    steps: str
    run: datetime
    phone_country: str
    only_eligible: bool

    @property
    def step(self) -> str:
        """The step with one row per customer."""
        return features_step(CUSTOMER)

    @property
    def listed(self) -> str:
        """The columns of a query that joins this step as `found`, each with a leading comma."""
        eligible = ",\n    found.eligible" if self.only_eligible else ",\n    true as eligible"
        return eligible + "".join(
            f",\n    {column.sql} as identifier_{number}" for number, column in enumerate(self.columns)
        )

    def of(self, row: Row) -> Mapping[str, str]:
        """The identifiers in a row of that query. A removal has them whether or not the customer may be contacted."""
        if row["change"] == "joined" and not row["eligible"]:
            return {}
        values = {column.identifier: row[f"identifier_{number}"] for number, column in enumerate(self.columns)}
        known = {name: str(value) for name, value in values.items() if value is not None}
        return {name: text for name, text in RULES[self.hashed](known, self.phone_country).items() if text}


def identifying(project: Project, live: Warehouse, plan: Plan, hashed: str, last: datetime) -> Identifying | None:
    """How to find the identifiers of a delivery, or None if it asks for none. Raises Failure."""
    if not hashed:
        return None
    declared = plan.catalog.customer.identifiers
    check_identifiers(hashed, declared)
    point = PointInTime(last, last, last, last)
    chosen = chosen_columns(plan, CUSTOMER, ExportRequest(columns=("key",), hash=hashed), point)
    columns = [column for column in chosen if column.identifier]
    features = [chosen.feature for chosen in columns if chosen.feature]
    needed = needed_plan(project, live, plan, features, MembersRequest(CUSTOMER, (), point))
    details = (features_steps(needed).strip(), last, declared.phone_country, plan.eligible is not None)
    return Identifying(hashed, columns, *details)
