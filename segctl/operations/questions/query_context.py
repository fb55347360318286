"""The context of a query: its instant, its history, and the features stored by the last run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import yaml

from segctl.errors import Failure
from segctl.features import Feature
from segctl.language.literals import jinja_text
from segctl.language.syntax import CUSTOMER
from segctl.operations.runs.instants import check_not_future, read_as_of
from segctl.operations.runs.tables import relations
from segctl.operations.sql import render_query
from segctl.plan.plan import Plan
from segctl.project.project import CATALOG, SEGMENTS, Project, committed
from segctl.project.versions import Version
from segctl.render import feature_models
from segctl.warehouse import NothingBuilt, Warehouse

HISTORY = "segment_history"
# Engines accept about a thousand columns. Where steps are repeated, ranks soon exceed the memory.
AT_ONCE, AT_ONCE_REPEATED = 40, 3
# Keys of a catalog that affect no feature.
KEYS_WITHOUT_FEATURES = ("metrics", "rules", "guard")


@dataclass(frozen=True)
class QueryContext:
    """A naive UTC instant, the history's relation in Jinja (empty for none), and the project's own dbt exposures.

    `stored_features` are the customers' features stored as of that instant. `segments_per_query` is how many segments
    one query evaluates. Other entities have a history if they are in `entities_with_history`.
    """

    as_of: datetime
    history: str = ""
    exposures: tuple[str, ...] = ()
    stored_features: frozenset[Feature] = frozenset()
    segments_per_query: int = AT_ONCE
    entities_with_history: frozenset[str] = frozenset()

    def history_of(self, entity: str) -> str:
        """The history of an entity, or empty."""
        if entity == CUSTOMER:
            return self.history
        return self.history.replace(HISTORY, f"{entity}_{HISTORY}") if entity in self.entities_with_history else ""


def query_context(project: Project, warehouse: Warehouse, as_of: str, plans: Sequence[Plan]) -> QueryContext:
    """The context as of a written instant, or the last run, or now.

    One of the plans may be that of the models that the last run built. Raises Failure.
    """
    given = requested_instant(as_of, plans[0].catalog.timezone)
    last, is_known = _last_run(warehouse)
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    instant = given or last or now
    stored_features = _rendered(project, plans) if is_known and instant == last else frozenset[Feature]()
    history, at_once = f"ref('{HISTORY}')" if last else "", AT_ONCE_REPEATED if warehouse.repeats_steps else AT_ONCE
    remembered = _remembered(warehouse, {name for plan in plans for name in plan.catalog.entities}) if last else ()
    return QueryContext(instant, history, warehouse.exposures(), stored_features, at_once, frozenset(remembered))


def requested_instant(as_of: str, timezone: str) -> datetime | None:
    """The named instant as naive UTC, or None. Raises Failure if it is invalid or in the future."""
    given = read_as_of(as_of, timezone) if as_of else None
    if given:
        check_not_future(given, f"--as-of {as_of}", allowed=False)
    return given


def with_history_of(context: QueryContext, warehouse: Warehouse, source: str, plans: Sequence[Plan]) -> QueryContext:
    """The same context with the history of another target or schema. Raises Failure."""
    history = _history(warehouse, source)
    return replace(
        context,
        history=history,
        entities_with_history=frozenset(entity.name for plan in plans for entity in plan.entities),
    )


def _rendered(project: Project, plans: Sequence[Plan]) -> frozenset[Feature]:
    """The features that the project's models store, taken from the plan that renders to these models."""
    present = committed(project)
    for plan in plans:
        if all(present.get(path) == text for path, text in feature_models(plan).items()):
            return frozenset(plan.features)
    return frozenset()


def _remembered(warehouse: Warehouse, entities: Iterable[str]) -> list[str]:
    """The entities with a history, which are rendered and built by a run."""
    known = warehouse.references()
    references = {f"ref('{name}_{HISTORY}')": name for name in sorted(entities)}
    built = (
        warehouse.columns([reference for reference in references if reference in known])
        if known & references.keys()
        else {}
    )
    return [references[reference] for reference, columns in built.items() if columns]


def share_features(project: Project, former: Version, before: Plan, after: Plan) -> bool:
    """Whether two versions can share features because their catalogs read the same data in the same way."""
    path = f"{SEGMENTS}/{CATALOG}"
    texts = (former.contents[path], (project.root / path).read_bytes())
    first, second = (
        {key: value for key, value in yaml.safe_load(text).items() if key not in KEYS_WITHOUT_FEATURES}
        for text in texts
    )
    eligible = [plan.eligible.canonical if plan.eligible else None for plan in (before, after)]
    return bool(first == second) and before.revenue == after.revenue and eligible[0] == eligible[1]


def _last_run(warehouse: Warehouse) -> tuple[datetime | None, bool]:
    """The instant of the last run, and whether its stored features equal what a run as of then would compute."""
    try:
        rows = warehouse.query(render_query("diff/last_run"))
    except NothingBuilt:
        return None, False
    return (rows[0]["as_of"], bool(rows[0]["is_known"])) if rows else (None, False)


def _history(warehouse: Warehouse, source: str) -> str:
    """The history's relation on another target, or in another schema."""
    try:
        name = relations(replace(warehouse, target=source, parsed=None), [HISTORY])[HISTORY]
        return jinja_text(name)
    except Failure as failure:
        if "target" not in failure.message:
            raise
    database, _, schema = source.rpartition(".")
    database_text = jinja_text(database) if database else "target.database"
    return f"api.Relation.create(database={database_text}, schema={jinja_text(schema)}, identifier='{HISTORY}')"
