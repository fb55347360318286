"""Assigns features to models, and names the models."""

from segctl.features import Aggregate, AttributeValue, Computed, Feature, Scan, Stepped, TimeFlag, by_clock
from segctl.language.names import step_name
from segctl.plan.plan import Plan
from segctl.render.sources.inputs import source_scans

CUSTOMER_FEATURES = "customer_features"
PATTERNS = "pattern_features"
DAYS = "source_days"
# Customers whose events changed, or passed a boundary, since the last run.
CHANGED_BY_EVENTS = "changed_by_events"
FLAGS = "time_flags"
DATED = "dated_features"
POPULATION = "population_features"
FIRST_COMPARED = 2  # The layer of features that compare customers by features of their own rows.


def source_table(scan: Scan) -> str:
    """The table of a source's features."""
    return scan.name


def step_model(feature: Stepped) -> str:
    """The model of a feature's steps, shared by its family."""
    return step_name(f"{'rank' if is_compared(feature) and feature.steps.family else 'feature'}_{feature.family}")


def is_pattern(feature: Feature) -> bool:
    """Whether the feature has its own steps over a customer's events."""
    return isinstance(feature, Stepped) and bool(feature.inputs.scans)


def is_recomputed(feature: Feature) -> bool:
    """Whether it has steps over other data than events and features, and is computed for all in each run."""
    return isinstance(feature, Stepped) and not feature.inputs.scans and feature.layer == 0


def is_compared(feature: Feature) -> bool:
    """Whether it depends on the features of all customers."""
    return isinstance(feature, Stepped) and feature.layer > 0


def is_computed_for_all(feature: Feature) -> bool:
    """Whether each run computes it for all customers, so that only a comparison shows whose value changed."""
    return is_compared(feature) or by_clock(feature)


def table_of(feature: Feature) -> str:
    """The model with a feature's column before the join, or empty.

    Attributes are read from their own model. Features of a row are computed where they are needed.
    """
    if isinstance(feature, Aggregate):
        return source_table(feature.scan)
    if isinstance(feature, Stepped):
        if is_pattern(feature):
            return PATTERNS
        return step_model(feature) if is_recomputed(feature) else POPULATION
    if by_clock(feature):
        return FLAGS
    assert isinstance(feature, AttributeValue | Computed | TimeFlag)
    return ""


def own_model(feature: Feature) -> str:
    """The same, with population features in their own models instead of their common table."""
    if is_compared(feature):
        assert isinstance(feature, Stepped)
        return step_model(feature)
    return table_of(feature)


def compared_model(number: int) -> str:
    """The model with the features by which customers are compared in a layer."""
    return "compared_customers" if number == FIRST_COMPARED else f"compared_customers_{number}"


def compared_models(plan: Plan) -> tuple[str, ...]:
    """These models for all layers, which are tables on some engines."""
    numbers = {feature.layer for feature in plan.features if is_compared(feature)}
    return tuple(compared_model(number) for number in sorted(numbers))


def feature_tables(plan: Plan) -> tuple[str, ...]:
    """The tables of customers' features with one row per customer, in build order."""
    tables = [source_table(scan) for scan in source_scans(plan)]
    tables += [PATTERNS] if any(is_pattern(feature) for feature in plan.features) else []
    tables += [POPULATION] if any(is_compared(feature) for feature in plan.features) else []
    return (*tables, CUSTOMER_FEATURES)
