"""What makes a customer's row stale: events that pass boundaries, and other changes."""

from collections.abc import Iterable
from dataclasses import replace

from segctl.conditions.sql import AS_OF, Boundary
from segctl.features.columns import Aggregate, Feature, Scan
from segctl.features.computed import Computed, TimeFlag
from segctl.features.stepped import Passing, Stepped


def passed_by_events(features: Iterable[Feature], scan: Scan) -> list[Boundary]:
    """The boundaries at which an event of the source can change one of the features, by name.

    They have the type of the source's time. The run's own instant is not among them: an event that passes it is new.
    """
    boundaries: set[Boundary] = set()
    for feature in features:
        if isinstance(feature, Aggregate) and feature.scan == scan:
            boundaries |= feature.boundaries
        elif isinstance(feature, Stepped) and scan in feature.inputs.scans:
            boundaries |= feature.boundaries | feature.staleness.deadlines
    return _passed(boundaries, scan)


def passing_of(feature: Stepped) -> tuple[Passing, ...]:
    """The events that can change a pattern's answer when they pass a boundary, ordered by source."""
    every = (Passing(scan, (), feature.boundaries | feature.staleness.deadlines) for scan in feature.inputs.scans)
    passings = feature.staleness.passing or tuple(every)
    found = (replace(passing, boundaries=frozenset(_passed(passing.boundaries, passing.scan))) for passing in passings)
    return tuple(sorted((one for one in found if one.boundaries), key=lambda one: (one.scan.name, one.where)))


def _passed(boundaries: Iterable[Boundary], scan: Scan) -> list[Boundary]:
    """The boundaries of the type of the source's time, by name, without the run's own instant."""
    by_day, of_the_run = scan.at_type == "date", (AS_OF.variable, "today", "day_begun")
    return sorted(
        boundary for boundary in boundaries if boundary.by_day == by_day and boundary.variable not in of_the_run
    )


def turned_beside(features: Iterable[Feature], kept: Iterable[Feature]) -> tuple[TimeFlag, ...]:
    """The flags that need not be stored in a customer's row, by name.

    The row stores their base, and the boundaries that it passed show which flags turned. Nothing else that is stored
    needs them: none of the `features`, and nothing in `kept`.
    """
    found = list(features)
    needed = {*kept, *(need for feature in found for need in feature.needs)}
    flags = (feature for feature in found if isinstance(feature, TimeFlag) and feature not in needed)
    return tuple(
        sorted((flag for flag in flags if flag.boundaries and flag.base.layer == 0), key=lambda feature: feature.name)
    )


def by_clock(feature: Feature) -> bool:
    """Whether a feature of layer 1 can change while the features it is computed from stay the same."""
    return feature.layer == 1 and (
        isinstance(feature, TimeFlag) or (isinstance(feature, Computed) and bool(feature.boundaries))
    )
