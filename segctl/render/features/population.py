"""Renders features that depend on all customers: ranks, and entities. Each family is a model of its own."""

from segctl.features import Feature, Stepped
from segctl.plan.plan import Plan
from segctl.render.features.placement import POPULATION, compared_model, is_compared, own_model, step_model, table_of
from segctl.render.features.row import ModelOf, Row, held_column, row_of
from segctl.render.features.steps import belonging_imports, step_model_text
from segctl.render.sql.boundaries import with_boundaries
from segctl.render.sql.imports import import_sql
from segctl.render.sql.layout import INDENT, joined_model
from segctl.render.sql.templates import SOURCES, TEMPLATES

FeatureFamily = list[Stepped]


def population_models(plan: Plan) -> dict[str, str]:
    """The models by relative path. Empty without such features."""
    compared = families(plan)
    if not compared:
        return {}
    models = {f"{_place(family)}/{step_model(family[0])}": _steps(family, plan) for family in compared}
    for number in sorted({family[0].layer for family in compared}):
        models[f"population/{compared_model(number)}"] = _compared(number, plan)
    models[f"population/{POPULATION}"] = _table(plan)
    return models


def families(plan: Plan) -> list[FeatureFamily]:
    """The features by the name of their model. Features with equal steps share one."""
    by_order: dict[str, FeatureFamily] = {}
    for _, features in plan.layers:
        for feature in features:
            if is_compared(feature):
                assert isinstance(feature, Stepped)
                by_order.setdefault(step_model(feature), []).append(feature)
    return [by_order[name] for name in sorted(by_order)]


def compared_by(number: int, plan: Plan, model_of: ModelOf = table_of) -> list[Feature]:
    """The features that a layer needs, with everything they are computed from, by layer and name."""
    ranked = [feature for family in families(plan) for feature in family if feature.layer == number]
    needed: set[Feature] = set()
    waiting = [need for feature in ranked for need in feature.needs]
    while waiting:
        feature = waiting.pop()
        if feature not in needed:
            needed.add(feature)
            # Stored features are read from their model. Computed ones need their inputs.
            waiting += [] if model_of(feature) else feature.needs
    return sorted(needed, key=lambda feature: (feature.layer, feature.name))


def _compared(number: int, plan: Plan) -> str:
    row: Row = row_of(plan, compared_by(number, plan), model_of=own_model)
    text = TEMPLATES.get_template("features/compared.sql.j2").render(sources=SOURCES, row=row)
    return with_boundaries(text, plan)


def _steps(family: FeatureFamily, plan: Plan) -> str:
    compared = compared_model(family[0].layer)
    if not family[0].inputs.entity:
        return step_model_text(family, plan, [], f"{{{{ ref('{compared}') }}}}")
    imports = [{"name": compared, "sql": import_sql(["*"], f"ref('{compared}')")}, *belonging_imports(family[0], plan)]
    return step_model_text(family, plan, imports, compared)


def _table(plan: Plan) -> str:
    compared = families(plan)
    customers = compared_model(min(family[0].layer for family in compared))
    return TEMPLATES.get_template("features/population.sql.j2").render(
        sources=SOURCES,
        customers=customers,
        columns=[held_column(step_model(feature), feature, INDENT) for family in compared for feature in family],
        joins=[joined_model(step_model(family[0]), customers, indent="") for family in compared],
    )


def _place(family: FeatureFamily) -> str:
    return "belonging" if family[0].inputs.entity else "ranks"
