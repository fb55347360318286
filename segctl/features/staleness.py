"""What can make a customer's row stale: which boundaries events pass, and what changes in other ways."""

from collections.abc import Iterable

from segctl.criteria_sql import AS_OF, Moment
from segctl.features.columns import Aggregate, Feature, Scan
from segctl.features.computed import Computed, Stepped, TimeFlag, layer


def passed_by_events(features: Iterable[Feature], scan: Scan) -> list[Moment]:
    """The boundaries of a run, of the type of the source's time, whose passing by an event of the source can change one
    of the features, by name. That of the run itself is not among them: an event that passes it is one more.
    """
    found: set[Moment] = set()
    for feature in features:
        if isinstance(feature, Aggregate) and feature.scan == scan:
            found |= feature.moments
        elif isinstance(feature, Stepped) and scan in feature.scans:
            found |= feature.moments | feature.deadlines
    by_day, of_the_run = scan.at_type == "date", (AS_OF.variable, "today", "day_begun")
    return sorted(moment for moment in found if moment.by_day == by_day and moment.variable not in of_the_run)


def by_clock(feature: Feature) -> bool:
    """Whether a feature of layer 1 can change although none of those does that it is computed from."""
    return layer(feature) == 1 and (
        isinstance(feature, TimeFlag) or (isinstance(feature, Computed) and bool(feature.moments))
    )
