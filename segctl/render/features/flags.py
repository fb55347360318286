"""Renders flags that time alone changes, computed for all customers in each run."""

from segctl.features import Computed, Feature, TimeFlag, by_clock
from segctl.plan.plan import Plan
from segctl.render.features.placement import FLAGS
from segctl.render.features.row import computed_column, row_of
from segctl.render.sql.boundaries import with_boundaries
from segctl.render.sql.templates import SOURCES, TEMPLATES


def flags_models(plan: Plan) -> dict[str, str]:
    """The model by relative path. Empty without flags."""
    features = flags(plan)
    if not features:
        return {}
    bases = sorted({need for flag in features for need in flag.needs}, key=lambda feature: feature.name)
    row = row_of(plan, bases)
    text = TEMPLATES.get_template("features/flags.sql.j2").render(
        sources=SOURCES, row=row, columns=[computed_column(flag) for flag in features]
    )
    return {FLAGS: with_boundaries(text, plan)}


def flags(plan: Plan) -> list[Feature]:
    """The stored flags by name."""
    features = [feature for feature in plan.kept if by_clock(feature)]
    assert all(isinstance(feature, TimeFlag | Computed) and not feature.nullable for feature in features)
    return features
