"""Renders customers' features with conditions that time alone changes, computed in each run and not stored."""

from segctl.conditions.sql import Boundary
from segctl.features import Feature
from segctl.plan.plan import Plan
from segctl.render.features.row import computed_column
from segctl.render.sql.boundaries import THEN, with_boundaries
from segctl.render.sql.templates import SOURCES, TEMPLATES


def dated_features_model(plan: Plan) -> str:
    """The view that customers' segments read."""
    passed: dict[Feature, set[Boundary]] = {}
    for flag in plan.dated:
        passed.setdefault(flag.base, set()).update(flag.boundaries)
    text = TEMPLATES.get_template("features/dated.sql.j2").render(
        sources=SOURCES,
        flags=[computed_column(flag) for flag in plan.dated],
        bases=[
            {"column": base.name, "boundaries": [(f"{at.variable}{THEN}", at.variable) for at in sorted(passed[base])]}
            for base in sorted(passed, key=lambda feature: feature.name)
        ],
    )
    return with_boundaries(text, plan, {at.variable for boundaries in passed.values() for at in boundaries})
