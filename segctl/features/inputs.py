"""The data that features depend on, so that a change can be traced to its cause."""

from collections.abc import Iterable

from segctl.features.columns import Aggregate, AttributeValue, Feature, Scan
from segctl.features.staleness import by_clock
from segctl.features.stepped import Stepped, closure

# The customer's own attributes, and data that is not the customer's own.
ATTRIBUTES = "attributes"
OTHERS = "others"


def scans_of(features: Iterable[Feature]) -> frozenset[Scan]:
    """The event sources that features read."""
    scans: set[Scan] = set()
    for feature in closure(features):
        if isinstance(feature, Aggregate):
            scans.add(feature.scan)
        elif isinstance(feature, Stepped):
            scans.update(feature.inputs.scans)
    return frozenset(scans)


def inputs_of(features: Iterable[Feature]) -> frozenset[str]:
    """The names of the data that features depend on: event sources, ATTRIBUTES and OTHERS."""
    needed = closure(features)
    found = {scan.source for scan in scans_of(needed)}
    if any(of_attributes(feature) for feature in needed):
        found.add(ATTRIBUTES)
    if any(of_others(feature) for feature in needed):
        found.add(OTHERS)
    return frozenset(found)


def changing_of(features: Iterable[Feature]) -> tuple[str, ...]:
    """Inputs of features that the data holds only for the present, by name.

    These are attributes without a history that are not fixed (other entities' as entity.attribute), and the entities
    that customers belong to.
    """
    found: set[str] = set()
    for feature in closure(features):
        if isinstance(feature, AttributeValue) and not feature.fixed:
            found.add(feature.qualified_name)
        elif isinstance(feature, Stepped):
            found.update(feature.inputs.changing)
    return tuple(sorted(found))


def entities_of(features: Iterable[Feature]) -> set[str]:
    """The names of the entities besides the customer that features read."""
    return {feature.inputs.entity for feature in features if isinstance(feature, Stepped) and feature.inputs.entity}


def of_attributes(feature: Feature) -> bool:
    """Whether a feature is an attribute, current or from its history."""
    return isinstance(feature, AttributeValue) or (isinstance(feature, Stepped) and feature.inputs.attribute)


def moved_by_time(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Inputs that time alone can change, by name, if the features also depend on other customers. Otherwise empty."""
    needed = closure(features)
    found = [feature for feature in needed if _moves(feature)] if any(of_others(one) for one in needed) else []
    return tuple(sorted(found, key=lambda feature: feature.name))


def _moves(feature: Feature) -> bool:
    if isinstance(feature, Stepped):
        return bool(feature.inputs.scans) and feature.layer == 0
    return by_clock(feature) or (isinstance(feature, Aggregate) and bool(feature.boundaries))


def of_others(feature: Feature) -> bool:
    """Whether a feature reads more than the customer's own rows, like a rank or an account."""
    return isinstance(feature, Stepped) and not feature.inputs.scans and not feature.inputs.attribute
