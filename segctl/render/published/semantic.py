"""dbt's semantic models, for tools that use segments as dimensions; only if the catalog asks for them."""

from segctl.check.sharing import TIME_SPINE
from segctl.language.literals import plain
from segctl.language.syntax import TIME_TYPES, ValueType
from segctl.plan.plan import Plan
from segctl.render.properties.documented import Properties, column
from segctl.render.properties.files import FIXED, dumped
from segctl.render.sql.templates import FOLDER, HEADER, SOURCES, TEMPLATES

SEMANTIC = f"{FOLDER}/semantic"
SEMANTIC_NOTE = f"# {HEADER} from {SOURCES}. Do not edit: change that and render again.\nversion: 2\n"
SEGMENT_ENTITY = {"name": "segment", "type": "foreign", "expr": "segment"}
CUSTOMER_ENTITY = {"name": "customer", "type": "foreign", "expr": "customer_id"}
# Types of feature columns that become categorical dimensions.
CATEGORIES: tuple[ValueType, ...] = ("string", "boolean")
LIVING = "deleted_at is null"


def semantic_models(plan: Plan) -> dict[str, str]:
    """The text of each file, by path; none if the catalog does not ask for them."""
    if not plan.catalog.semantic_models:
        return {}
    models = [_membership(), _segment_sizes(plan), _definitions(), _features(plan)]
    return {
        f"{SEMANTIC}/{TIME_SPINE}.sql": TEMPLATES.get_template("semantic/time_spine.sql.j2").render(sources=SOURCES),
        f"{SEMANTIC}/semantic.yml": (
            f"{SEMANTIC_NOTE}models:\n{dumped(_time_spine())}semantic_models:\n{''.join(map(dumped, models))}"
        ),
    }


def _time_spine() -> Properties:
    day = column("date_day", "The day.") | {"granularity": "day"}
    return {
        "name": TIME_SPINE,
        "description": "The days of this century, which dbt requires for semantic models.",
        "config": FIXED,
        "time_spine": {"standard_granularity_column": "date_day"},
        "columns": [day],
    }


def _model(name: str, description: str, agg_time: str, **parts: object) -> Properties:
    defaults = {"defaults": {"agg_time_dimension": agg_time}} if agg_time else {}
    return {"name": name, "description": plain(description), "model": f"ref('{name}')", **defaults, **parts}


def _category(name: str, description: str) -> Properties:
    return {"name": name, "type": "categorical", "description": plain(description)}


def _time(name: str, description: str, **validity: object) -> Properties:
    grain = {"time_granularity": "day", **({"validity_params": validity} if validity else {})}
    return {"name": name, "type": "time", "type_params": grain, "description": plain(description)}


def _measure(name: str, label: str, agg: str, expr: str, **further: object) -> Properties:
    return {"name": name, "label": label, "agg": agg, "expr": expr, "create_metric": True, **further}


def _membership() -> Properties:
    return _model(
        "segment_membership",
        "Current members of each segment.",
        "joined_at",
        primary_entity="segment_member",
        entities=[SEGMENT_ENTITY, CUSTOMER_ENTITY],
        dimensions=[
            _time("joined_at", "The day of the run that found the join (UTC)."),
            _category("join_cause", "The cause of the join."),
            _category("eligible", "True if the customer may be contacted."),
        ],
        measures=[
            _measure("segment_members", "Members of segments", "sum", "1"),
            _measure("segment_customers", "Customers in segments", "count_distinct", "customer_id"),
        ],
    )


def _segment_sizes(plan: Plan) -> Properties:
    last = {"non_additive_dimension": {"name": "as_of", "window_choice": "max", "window_groupings": ["segment"]}}
    currency = f" ({plain(plan.catalog.currency)})" if plan.catalog.currency else ""
    return _model(
        "segment_sizes",
        "The size of each segment after each run, and its joins and leaves.",
        "as_of",
        primary_entity="segment_size",
        entities=[SEGMENT_ENTITY],
        dimensions=[
            _time("as_of", "The day of the run (UTC)."),
            _category("held_by", "The guard that held the segment back."),
        ],
        measures=[
            _measure("segment_size", "Size after the last run", "sum", "size", **last),
            _measure("segment_joins", "Joins", "sum", "joined_count"),
            _measure("segment_leaves", "Leaves", "sum", "left_count"),
            _measure(
                "segment_revenue", f"Revenue of members after the last run{currency}", "sum", "member_revenue", **last
            ),
        ],
    )


def _definitions() -> Properties:
    return _model(
        "segment_definitions",
        "Labels, owners and meaning of segments over time.",
        "",
        primary_entity="segment_version",
        entities=[{"name": "segment", "type": "natural", "expr": "segment"}],
        dimensions=[
            _time("valid_from", "The day of the first run under this version (UTC).", is_start=True),
            _time("valid_to", "The day of the first run no longer under it (UTC).", is_end=True),
            _category("label", "The segment's label."),
            _category("owner", "The person or team responsible for the segment."),
            _category("tags", "The segment's tags, separated by commas."),
            _category("exclusive_group", "The segment's exclusive group."),
        ],
    )


def _features(plan: Plan) -> Properties:
    since = plan.catalog.customer.since
    own = next((attribute for attribute in plan.attributes if since and attribute.column == since.column.lower()), None)
    counted = own.name if own and own.type in TIME_TYPES else "changed_at"
    descriptions = {
        name: attribute.description or f"Attribute {name}."
        for name, attribute in plan.catalog.customer.attributes.items()
    }
    times = [feature.name for feature in plan.attributes if feature.type in TIME_TYPES and not feature.entity]
    categories = [
        attribute.name for attribute in plan.attributes if attribute.type in CATEGORIES and not attribute.entity
    ]
    currency = f" ({plain(plan.catalog.currency)})" if plan.catalog.currency else ""
    return _model(
        "customer_features",
        "All customers, with the features that rules use.",
        counted,
        entities=[CUSTOMER_ENTITY | {"type": "primary"}],
        dimensions=[
            *(_time(name, descriptions[name]) for name in times),
            _time("changed_at", "The day of the last run that changed the row (UTC)."),
            *(_category(name, descriptions[name]) for name in categories),
            _category("eligible", "True if the customer may be contacted."),
        ],
        measures=[
            _measure("known_customers", "Customers", "sum", f"case when {LIVING} then 1 else 0 end"),
            _measure(
                "known_revenue", f"Revenue of all customers{currency}", "sum", f"case when {LIVING} then revenue end"
            ),
        ],
    )
