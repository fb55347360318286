"""Renders a plan into dbt models and their properties."""

from segctl.features import rule_in_words
from segctl.plan import Plan
from segctl.render.constant import constant_models
from segctl.render.entities import entity_models
from segctl.render.features import compared_models, feature_models, feature_tables
from segctl.render.marts import mart_models
from segctl.render.models import (
    definition_in_words,
    guard_in_words,
    looked_at_of,
    members_in_scope_model,
    members_model,
    segment_members_model,
)
from segctl.render.predicates import predicate_sql, test_sql
from segctl.render.properties import properties
from segctl.render.question import (
    Asked,
    Compared,
    Previewed,
    Side,
    comparison,
    features_step,
    features_steps,
    preview_query,
    with_own_rows,
)
from segctl.render.referred import referred_steps
from segctl.render.run_sources import run_sources_models
from segctl.render.semantic import semantic_models
from segctl.render.share_properties import share_properties
from segctl.render.shares import share_models, shared_members, shared_tables, shared_views
from segctl.render.text import FOLDER, HEADER
from segctl.spec import CUSTOMER

__all__ = [
    "FOLDER",
    "HEADER",
    "Asked",
    "Compared",
    "Previewed",
    "Side",
    "compared_models",
    "comparison",
    "definition_in_words",
    "feature_models",
    "feature_tables",
    "features_step",
    "features_steps",
    "guard_in_words",
    "looked_at_of",
    "predicate_sql",
    "preview_query",
    "referred_steps",
    "render",
    "rule_in_words",
    "shared_members",
    "test_sql",
    "with_own_rows",
]


def render(plan: Plan) -> dict[str, str]:
    """Every generated file of the project, sorted by path.

    Raises ProblemsFound for a share with the name of another of our models.
    """
    files = {f"{FOLDER}/members_{file.stem}.sql": members_model(file) for file in plan.files if file.enabled}
    files |= feature_models(plan)
    files |= {f"{FOLDER}/segment_members.sql": segment_members_model(plan), **entity_models(plan)}
    files[f"{FOLDER}/members_in_scope.sql"] = members_in_scope_model(plan)
    for found in plan.entities:
        files[f"{FOLDER}/{found.name}_segment_members.sql"] = segment_members_model(plan, found.name)
        files[f"{FOLDER}/{found.name}_members_in_scope.sql"] = members_in_scope_model(plan, found.name)
    files |= run_sources_models(plan)
    files |= mart_models(plan)
    files[f"{FOLDER}/segments.yml"] = properties(plan)
    files |= constant_models(
        [CUSTOMER, *(found.name for found in plan.entities)], shared_tables(plan), shared_views(plan)
    )
    files |= semantic_models(plan)
    files |= share_models(plan, files) | share_properties(plan)
    return dict(sorted(files.items()))
