"""Renders customers' features: a model per source and per feature with its own steps, and their join."""

from segctl.plan.plan import Plan
from segctl.render.features.customer_features import customer_features_model
from segctl.render.features.dated import dated_features_model
from segctl.render.features.flags import flags_models
from segctl.render.features.patterns import pattern_models
from segctl.render.features.placement import CUSTOMER_FEATURES, DATED, compared_models, feature_tables
from segctl.render.features.population import population_models
from segctl.render.properties.features import feature_properties
from segctl.render.sources.days import days_models
from segctl.render.sources.source_features import source_models
from segctl.render.sql.templates import FOLDER

__all__ = ["compared_models", "feature_models", "feature_properties", "feature_tables"]


def feature_models(plan: Plan) -> dict[str, str]:
    """Every model of customers' features by path."""
    model_groups = (
        source_models(plan) | days_models(plan) | pattern_models(plan) | flags_models(plan) | population_models(plan)
    )
    models = {f"features/{file}": text for file, text in model_groups.items()}
    models[CUSTOMER_FEATURES] = customer_features_model(plan)
    models[DATED] = dated_features_model(plan)
    return {f"{FOLDER}/{name}.sql": text for name, text in models.items()}
