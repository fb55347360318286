"""Renders the features of a plan as steps of one query over the project's sources. Needs no run."""

import re
from dataclasses import dataclass
from datetime import datetime

from segctl.features import AttributeValue, Feature, Scan, Stepped, by_clock
from segctl.language.literals import sql_text
from segctl.language.names import import_name, model_reference
from segctl.language.syntax import CUSTOMER
from segctl.plan.plan import Plan
from segctl.render.features.customer_features import eligible_column, revenue_column
from segctl.render.features.patterns import pattern_families
from segctl.render.features.placement import DATED, compared_model, is_recomputed, own_model, source_table, step_model
from segctl.render.features.population import compared_by, families
from segctl.render.features.row import ModelOf, Row, customers_import, row_of
from segctl.render.features.steps import belonging_imports, imported, reads_of, step_model_text
from segctl.render.members.entities import entity_features
from segctl.render.sources.days import read_of
from segctl.render.sources.groupings import grouping_step, groupings, joined_aggregate, shared_conditions
from segctl.render.sources.inputs import source_conditions, source_scans
from segctl.render.sql.boundaries import WORD, with_boundaries
from segctl.render.sql.imports import import_sql, keyed, narrowed_by
from segctl.render.sql.layout import wrapped_condition
from segctl.render.sql.templates import COLUMN, TEMPLATES

# A prefix that no model uses for a step, since Spark refuses nested steps of the same name.
FEATURES = "all_features"
# The statements that set the run's own boundary, and the others.
SET_AS_OF = re.compile(r"(\{%- set as_of = )segctl\.\w+\(\) %\}")
SET_BOUNDARY = re.compile(r"(\{%- set (?!as_of )\w+ = segctl\.\w+\([^\n]*)\) %\}")
# The call for the instant of the run.
CALL_OF_ANNIVERSARY = re.compile(r"(\{\{ segctl\.anniversary_within\([^{}]*)\) \}\}")
# The features stored by the last run.
HELD_FEATURES = "held_features"


def features_step(entity: str) -> str:
    """The step with the features of an entity."""
    return FEATURES if entity == CUSTOMER else f"{entity}_features"


def features_steps(plan: Plan, customer: str = "", at: datetime | None = None) -> str:
    """The steps of a query, after `with`.

    `all_features` has one row per customer, and `<entity>_features` one row per member of an entity: the key
    (`customer_id`), `eligible`, `revenue` and the features of the plan. With a `customer`, a key as text, the steps
    read other customers only if the features need them. Boundaries are those of the requested run, or as of the naive
    UTC instant `at`.
    """
    # Features about other customers need all of them.
    only = _Requested("" if families(plan) or plan.entities else customer)
    held = import_sql(["*"], f"ref('{DATED}')", ["deleted_at is null", *only.where("customer_id")])
    steps = {HELD_FEATURES: held} if plan.held else {}
    steps |= {source_table(scan): _source(scan, plan, only) for scan in _scans(plan)}
    recomputed = [[feature] for feature in plan.stepped if is_recomputed(feature)]
    steps |= {step_model(family[0]): _steps(family, plan, only) for family in [*recomputed, *pattern_families(plan)]}
    ranked = families(plan)
    for number in sorted({family[0].layer for family in ranked}):
        steps[compared_model(number)] = _compared(number, plan)
        steps |= {step_model(family[0]): _ranks(family, plan) for family in ranked if family[0].layer == number}
    text = TEMPLATES.get_template("question/features.sql.j2").render(
        steps=steps,
        row=_row(plan, [*plan.held, *plan.features], only),
        eligible=eligible_column(plan),
        revenue=revenue_column(plan),
        features=FEATURES,
        entities={features_step(planned.name): entity_features(planned, plan, FEATURES) for planned in plan.entities},
    )
    return _as_of(with_boundaries(text, plan), at) if at else with_boundaries(text, plan)


def with_own_rows(sql: str, plan: Plan, customer: str) -> tuple[str, str]:
    """A query of many steps over one customer's events, which are read once: the first steps, and the rest.

    The first steps end in a comma. They are empty without such events.
    """
    steps = ""
    for model in sorted({scan.model for scan in source_scans(plan)}):
        column, read = narrowed_by(model, plan), f"{{{{ {model_reference(model)} }}}}"
        if column:
            name = f"only_{import_name(model)}"
            conditions = _Requested(customer).where(column)
            select = import_sql(["*"], model_reference(model), conditions).strip()
            steps += f"{name} {{{{ segctl.computed_once() }}}} (\n    {select}\n),\n"
            sql = sql.replace(read, name)
    return steps, sql


def _as_of(text: str, at: datetime) -> str:
    """The text with its boundaries set as of an instant."""
    instant = f"modules.datetime.datetime({at.year}, {at.month}, {at.day}, {at.hour}, {at.minute}, {at.second})"
    text = SET_AS_OF.sub(rf"\1segctl.timestamp_of({instant}) %}}", text)
    text = CALL_OF_ANNIVERSARY.sub(rf"\1, at={instant}) }}}}", text)
    return SET_BOUNDARY.sub(rf"\1, at={instant}) %}}", text)


@dataclass(frozen=True)
class _Requested:
    """The key of the only requested customer, or empty for all."""

    customer: str

    def where(self, column: str) -> list[str]:
        """The condition on a column with customers' keys. Empty for all customers."""
        return [f"cast({column} as {{{{ dbt.type_string() }}}}) = {sql_text(self.customer)}"] if self.customer else []


def _scans(plan: Plan) -> list[Scan]:
    """The sources with aggregates."""
    return [scan for scan in source_scans(plan) if any(aggregate.scan == scan for aggregate in plan.aggregates)]


def _models_of(plan: Plan) -> ModelOf:
    """The step with a feature's column, or empty if it is computed from the row."""
    held = set(plan.held)

    def model_of(feature: Feature) -> str:
        if feature in held:
            return HELD_FEATURES
        if by_clock(feature):
            return ""
        return step_model(feature) if isinstance(feature, Stepped) else own_model(feature)

    return model_of


def _row(plan: Plan, features: list[Feature], only: _Requested) -> Row:
    row = row_of(plan, features, model_of=_models_of(plan))
    attributes = [feature for feature in features if isinstance(feature, AttributeValue)]
    key = plan.catalog.customer.key.lower()
    # The models are steps of the same query, so they need no import.
    row.imports = [{"name": row.customers, "sql": customers_import(plan, attributes, conditions=only.where(key))}]
    return row


def _source(scan: Scan, plan: Plan, only: _Requested) -> str:
    groups = groupings(scan, plan)
    aggregates = [aggregate for grouping in groups for aggregate in grouping.aggregates]
    happened = [wrapped_condition(sql, COLUMN, len("and ")) for sql in source_conditions(scan, plan)]
    happened += only.where(scan.customer.lower())
    conditions = list(dict.fromkeys([*happened, *(shared_conditions(aggregates[0]) if aggregates else [])]))
    steps = [grouping_step(grouping) for grouping in groups]
    read = read_of(scan, plan)
    # Unused columns may be missing in the source.
    mentioned = set(WORD.findall(f"{conditions} {steps}"))
    read.types = {name: kind for name, kind in read.types.items() if name in mentioned}
    return TEMPLATES.get_template("question/source.sql.j2").render(
        read=read,
        relation=import_name(scan.model),
        customer=scan.customer.lower(),
        key=keyed(scan.customer.lower()),
        conditions=conditions,
        groupings=steps,
        columns=[joined_aggregate(aggregate, grouping) for grouping in groups for aggregate in grouping.aggregates],
    )


def _steps(family: list[Stepped], plan: Plan, only: _Requested) -> str:
    if family[0].inputs.entity:
        return step_model_text(family, plan, belonging_imports(family[0], plan), "", None)
    imports = []
    for _, read in sorted(reads_of(family[0]).items()):
        customer = narrowed_by(read.model, plan)
        imports.append(imported(read, only.where(customer) if customer else []))
    return step_model_text(family, plan, imports, "", None)


def _compared(number: int, plan: Plan) -> str:
    row = _row(plan, compared_by(number, plan, _models_of(plan)), _Requested(""))
    return TEMPLATES.get_template("question/compared.sql.j2").render(row=row)


def _ranks(family: list[Stepped], plan: Plan) -> str:
    imports = belonging_imports(family[0], plan) if family[0].inputs.entity else []
    return step_model_text(family, plan, imports, compared_model(family[0].layer), None)
