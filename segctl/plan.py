"""Which features, scans and boundaries the definitions need together, and what each segment's version is called."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from segctl.check import Checked
from segctl.criteria_sql import AS_OF, Moment
from segctl.errors import Problem, ProblemsFound
from segctl.features import (
    Aggregate,
    AttributeValue,
    Feature,
    Predicate,
    Scan,
    Test,
    TimeFlag,
    tests_of,
)
from segctl.names import digest
from segctl.spec import Catalog, Segment

F = TypeVar("F", AttributeValue, Aggregate, TimeFlag)


@dataclass(frozen=True)
class PlannedSegment:
    """A segment with its predicate, and the hash of what it means."""

    segment: Segment
    predicate: Predicate
    canonical: str
    definition_hash: str


@dataclass(frozen=True)
class PlannedFile:
    """The segments of one definition file, in the order of writing."""

    path: str
    stem: str
    segments: tuple[PlannedSegment, ...]

    @property
    def enabled(self) -> tuple[PlannedSegment, ...]:
        """Those that are evaluated."""
        return tuple(planned for planned in self.segments if planned.segment.enabled)


@dataclass(frozen=True)
class Plan:
    """Everything that rendering and explaining need. Features are sorted by name within each kind."""

    catalog: Catalog
    files: tuple[PlannedFile, ...]
    attributes: tuple[AttributeValue, ...]
    aggregates: tuple[Aggregate, ...]
    flags: tuple[TimeFlag, ...]
    eligible: Predicate | None
    revenue: Aggregate | None

    @property
    def segments(self) -> tuple[PlannedSegment, ...]:
        """All segments, by name."""
        found = (planned for file in self.files for planned in file.segments)
        return tuple(sorted(found, key=lambda planned: planned.segment.name))

    @property
    def features(self) -> tuple[Feature, ...]:
        """All features, as they stand in the table."""
        return (*self.attributes, *self.aggregates, *self.flags)

    @property
    def scans(self) -> tuple[Scan, ...]:
        """The passes over event sources, by name."""
        return tuple(sorted({found.scan for found in self.aggregates}, key=lambda scan: scan.name))

    @property
    def moments(self) -> tuple[Moment, ...]:
        """The boundaries that move with the run: the run's instant first, the others by name."""
        parts = [aggregate.moments for aggregate in self.aggregates] + [flag.moments for flag in self.flags]
        today = {scan_today(self.catalog) for scan in self.scans if scan.at_type == "date"}
        return (AS_OF, *sorted(frozenset(today).union(*parts) - {AS_OF}))


def scan_today(catalog: Catalog) -> Moment:
    """The local day of the run, up to which events that have only a day are seen."""
    return Moment("today", f"segctl.today('{catalog.timezone}')")


def plan(checked: Checked) -> Plan:
    """Plans checked definitions. Disabled segments ask for nothing by themselves.

    Raises ProblemsFound when two features come out with the same name.
    """
    files = tuple(
        PlannedFile(
            file.path,
            file.stem,
            tuple(_planned(found.segment, found.predicate) for found in segments),
        )
        for file, segments in checked.files
    )
    predicates = [planned.predicate for file in files for planned in file.enabled]
    tests = [test for predicate in predicates for test in tests_of(predicate)]
    tests += tests_of(checked.eligible) if checked.eligible else []
    wanted: set[Feature] = {feature for test in tests for feature in (test.feature, *test.flags)}
    if checked.revenue:
        wanted.add(checked.revenue)
    _refuse_clashes(tests, wanted)
    return Plan(
        catalog=checked.catalog,
        files=tuple(sorted(files, key=lambda file: file.stem)),
        attributes=_sorted(found for found in wanted if isinstance(found, AttributeValue)),
        aggregates=_sorted(found for found in wanted if isinstance(found, Aggregate)),
        flags=_sorted(found for found in wanted if isinstance(found, TimeFlag)),
        eligible=checked.eligible,
        revenue=checked.revenue,
    )


def _refuse_clashes(tests: list[Test], wanted: set[Feature]) -> None:
    """Names are made from fields, values and windows; two that say different things may read alike."""
    first: dict[str, Feature] = {}
    clashing = {feature for feature in wanted if first.setdefault(feature.name, feature) != feature}
    problems = [
        Problem(test.mark, "name-clash", f"column {feature.name} would mean two things", "rename a field or an event")
        for test in tests
        for feature in (test.feature, *test.flags)
        if feature in clashing
    ]
    if problems:
        raise ProblemsFound(problems)


def _sorted(found: Iterable[F]) -> tuple[F, ...]:
    return tuple(sorted(found, key=lambda feature: feature.name))


def _planned(segment: Segment, predicate: Predicate) -> PlannedSegment:
    canonical = json.dumps(predicate.canonical, ensure_ascii=False, separators=(",", ":"))
    return PlannedSegment(segment, predicate, canonical, digest(canonical))
