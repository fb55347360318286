"""What can make a customer's row stale: which boundaries events pass, and what changes in other ways."""

from collections.abc import Iterable
from dataclasses import replace

from segctl.criteria_sql import AS_OF, Moment
from segctl.features.columns import Aggregate, Feature, Scan
from segctl.features.computed import Computed, TimeFlag
from segctl.features.steps import Passing, Stepped


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
    return _passed(found, scan)


def passing_of(feature: Stepped) -> tuple[Passing, ...]:
    """The events whose passing of a boundary can change a pattern's answer, in the order of their sources' names."""
    every = (Passing(scan, (), feature.moments | feature.deadlines) for scan in feature.scans)
    told = feature.passing or tuple(every)
    found = (replace(one, moments=frozenset(_passed(one.moments, one.scan))) for one in told)
    return tuple(sorted((one for one in found if one.moments), key=lambda one: (one.scan.name, one.where)))


def _passed(moments: Iterable[Moment], scan: Scan) -> list[Moment]:
    """Those of the type of the source's time, by name; that of the run itself is not among them."""
    by_day, of_the_run = scan.at_type == "date", (AS_OF.variable, "today", "day_begun")
    return sorted(moment for moment in moments if moment.by_day == by_day and moment.variable not in of_the_run)


def turned_beside(features: Iterable[Feature], kept: Iterable[Feature]) -> tuple[TimeFlag, ...]:
    """The flags that need not be kept in a customer's row, by name.

    Their base stands in it, so that the boundaries that it has passed tell of whom they have turned; and nothing else
    that is kept needs them: none of the `features`, and not what is `kept` anyway.
    """
    found = list(features)
    needed = {*kept, *(need for feature in found for need in feature.needs)}
    flags = (feature for feature in found if isinstance(feature, TimeFlag) and feature not in needed)
    return tuple(
        sorted((flag for flag in flags if flag.moments and flag.base.layer == 0), key=lambda feature: feature.name)
    )


def by_clock(feature: Feature) -> bool:
    """Whether a feature of layer 1 can change although none of those does that it is computed from."""
    return feature.layer == 1 and (
        isinstance(feature, TimeFlag) or (isinstance(feature, Computed) and bool(feature.moments))
    )
