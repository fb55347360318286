"""Renders a plan into dbt models and their properties."""

from segctl.features import rule_in_words
from segctl.language.syntax import CUSTOMER
from segctl.plan.plan import Plan
from segctl.render.features import compared_models, feature_models, feature_tables
from segctl.render.history.fixed_models import constant_models
from segctl.render.members.entities import entity_models
from segctl.render.members.members import (
    definition_text,
    features_of_entity,
    guard_text,
    members_in_scope_model,
    members_model,
    segment_members_model,
)
from segctl.render.properties.files import properties
from segctl.render.published.marts import mart_models
from segctl.render.published.semantic import semantic_models
from segctl.render.published.share_properties import share_properties
from segctl.render.published.shares import share_models, shared_members, shared_tables, shared_views
from segctl.render.question import (
    Compared,
    ComparisonRequest,
    Previewed,
    Side,
    comparison,
    features_step,
    features_steps,
    preview_query,
    with_own_rows,
)
from segctl.render.sources.run_sources import run_sources_models
from segctl.render.sql.predicates import predicate_sql, test_sql
from segctl.render.sql.referred import referred_steps
from segctl.render.sql.templates import FOLDER, HEADER

__all__ = [
    "FOLDER",
    "HEADER",
    "Compared",
    "ComparisonRequest",
    "Previewed",
    "Side",
    "compared_models",
    "comparison",
    "definition_text",
    "feature_models",
    "feature_tables",
    "features_of_entity",
    "features_step",
    "features_steps",
    "guard_text",
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
    for planned in plan.entities:
        files[f"{FOLDER}/{planned.name}_segment_members.sql"] = segment_members_model(plan, planned.name)
        files[f"{FOLDER}/{planned.name}_members_in_scope.sql"] = members_in_scope_model(plan, planned.name)
    files |= run_sources_models(plan)
    files |= mart_models(plan)
    files[f"{FOLDER}/segments.yml"] = properties(plan)
    files |= constant_models(
        [CUSTOMER, *(entity.name for entity in plan.entities)], shared_tables(plan), shared_views(plan)
    )
    files |= semantic_models(plan)
    files |= share_models(plan, files) | share_properties(plan)
    return dict(sorted(files.items()))
