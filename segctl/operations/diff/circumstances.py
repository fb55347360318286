"""On what a question is asked: as of when, with whose history, and whether versions can share features."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import yaml

from segctl.errors import Failure
from segctl.literals import jinja_text
from segctl.operations.instants import check_not_ahead, read_as_of
from segctl.operations.tables import relations
from segctl.plan import Plan
from segctl.project import CATALOG, SEGMENTS, Project
from segctl.resolver import CUSTOMER
from segctl.versions import Version
from segctl.warehouse import NothingBuilt, Warehouse

LAST = "select max(as_of) as as_of from {{ ref('segment_runs') }}"
HISTORY = "segment_history"
# What of a catalog decides about no feature by itself.
APART = ("metrics", "rules", "guard")


@dataclass(frozen=True)
class Circumstances:
    """A naive UTC instant; the relation of the history in Jinja, empty without one; and dbt's exposures."""

    as_of: datetime
    history: str = ""
    exposures: tuple[str, ...] = ()

    def history_of(self, entity: str) -> str:
        """The history of an entity."""
        return self.history if entity == CUSTOMER else self.history.replace(HISTORY, f"{entity}_{HISTORY}")


def circumstances(warehouse: Warehouse | None, as_of: str, history_from: str, plan: Plan) -> Circumstances:
    """As of an instant as people write it, or the last run, or now; `history_from` is another target or schema.

    Without a warehouse nothing is asked of one. Raises Failure.
    """
    given = read_as_of(as_of, plan.catalog.timezone) if as_of else None
    if given:
        check_not_ahead(given, f"--as-of {as_of}", allowed=False)
    last = _last_run(warehouse) if warehouse else None
    history = f"ref('{HISTORY}')" if last else ""
    if warehouse and history_from:
        history = _history(warehouse, history_from)
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return Circumstances(given or last or now, history, warehouse.exposures() if warehouse else ())


def share_features(project: Project, former: Version, before: Plan, after: Plan) -> bool:
    """Whether two versions can look at one set of features: their catalogs read the same data in the same way."""
    path = f"{SEGMENTS}/{CATALOG}"
    texts = (former.contents[path], (project.root / path).read_bytes())
    one, other = ({key: value for key, value in yaml.safe_load(text).items() if key not in APART} for text in texts)
    eligible = [plan.eligible.canonical if plan.eligible else None for plan in (before, after)]
    return bool(one == other) and before.revenue == after.revenue and eligible[0] == eligible[1]


def _last_run(warehouse: Warehouse) -> datetime | None:
    try:
        found: datetime | None = warehouse.query(LAST)[0]["as_of"]
    except NothingBuilt:
        return None
    return found


def _history(warehouse: Warehouse, source: str) -> str:
    """The relation of the history on another target, or else in another schema."""
    try:
        name = relations(replace(warehouse, target=source, parsed=None), [HISTORY])[HISTORY]
        return jinja_text(name)
    except Failure as failure:
        if "target" not in failure.message:
            raise
    database, _, schema = source.rpartition(".")
    named = jinja_text(database) if database else "target.database"
    return f"api.Relation.create(database={named}, schema={jinja_text(schema)}, identifier='{HISTORY}')"
