"""The features, steps and boundaries that all definitions need, and the hash of each segment's version."""

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from segctl.check.definitions import Checked
from segctl.check.marts import Marts
from segctl.check.resolver import CheckedSegment
from segctl.check.sharing import CheckedShare, CheckedSharing
from segctl.conditions.sql import AS_OF, Boundary, day_begun
from segctl.features import (
    Aggregate,
    AttributeValue,
    Feature,
    Filter,
    Predicate,
    Scan,
    Stepped,
    TimeFlag,
    closure,
    features_of,
    moved_by_time,
    passed_by_events,
    scans_of,
    since_of,
    tests_of,
    turned_beside,
)
from segctl.language.names import digest
from segctl.language.syntax import CUSTOMER, Catalog, Promise, ValueType
from segctl.plan.needed import (
    belonging_keys,
    by_kind,
    by_name,
    features_of_segments,
    features_of_shares,
    refuse_duplicates,
)
from segctl.plan.planned import PlannedEntity, PlannedFile, PlannedSegment


@dataclass(frozen=True)
class Plan:
    """Everything that rendering and explaining need. Features are sorted by name within each kind.

    `stepped` features need steps of their own over events. `layers` hold features computed from other features, by
    layer number (see `features.layer`). `held` features are read from a run, not computed. `catalogued` are all
    attributes and metrics of each entity by name, used or not. `sharing` is what others get.
    """

    catalog: Catalog
    files: tuple[PlannedFile, ...]
    attributes: tuple[AttributeValue, ...]
    aggregates: tuple[Aggregate, ...]
    stepped: tuple[Stepped, ...]
    layers: tuple[tuple[int, tuple[Feature, ...]], ...]
    eligible: Predicate | None
    revenue: Aggregate | None
    entities: tuple[PlannedEntity, ...] = ()
    event_filters: Mapping[str, Filter] = field(default_factory=dict)
    marts: Marts = field(default_factory=Marts)
    held: tuple[Feature, ...] = ()
    catalogued: Mapping[str, Mapping[str, Feature]] = field(default_factory=dict)
    sharing: CheckedSharing = field(default_factory=CheckedSharing)

    @property
    def segments(self) -> tuple[PlannedSegment, ...]:
        """All segments, by name."""
        segments = (planned for file in self.files for planned in file.segments)
        return tuple(sorted(segments, key=lambda planned: planned.segment.name))

    def shares(self, entity: str) -> tuple[CheckedShare, ...]:
        """The shares of an entity by name, including people for reverse ETL if the catalog asks for them."""
        people = [self.sharing.people] if self.sharing.people else []
        return tuple(share for share in (*self.sharing.shares, *people) if share.entity == entity)

    @property
    def belonging(self) -> dict[str, AttributeValue]:
        """The keys of entities that customers belong to, by entity, if a rule needs them."""
        return {attribute.entity: attribute for attribute in self.attributes if attribute.entity}

    @property
    def features(self) -> tuple[Feature, ...]:
        """All features that customers' segments use, directly or through other features."""
        computed = (feature for _, features in self.layers for feature in features)
        return (*self.attributes, *self.aggregates, *self.stepped, *computed)

    @cached_property
    def dated(self) -> tuple[TimeFlag, ...]:
        """Features that are not stored but computed in each run, since only customers' segments use them."""
        eligible = tests_of(self.eligible) if self.eligible else ()
        kept = [feature for test in eligible for feature in test.features]
        kept += [need for entity in self.entities for count in entity.counts for need in count.needs]
        for planned in self.segments:
            kept += moved_by_time(planned.features) if planned.entity == CUSTOMER and planned.segment.enabled else ()
        return turned_beside(self.features, kept)

    @cached_property
    def kept(self) -> tuple[Feature, ...]:
        """The features stored in the table, in column order."""
        dated = set(self.dated)
        return tuple(feature for feature in self.features if feature not in dated)

    @property
    def scans(self) -> tuple[Scan, ...]:
        """The scans of event sources, by name."""
        return tuple(sorted({aggregate.scan for aggregate in self.aggregates}, key=lambda scan: scan.name))

    def content(self, scan: Scan) -> dict[str, ValueType]:
        """All columns that the catalog declares for the events of a source, with their types, used or not."""
        value_types: dict[str, ValueType] = {scan.at.lower(): scan.at_type}
        for event in self.catalog.events.values():
            if (event.model, event.customer, event.at.column) == (scan.model, scan.customer, scan.at):
                value_types |= {column.column.lower(): column.type for column in event.fields.values()}
        return value_types

    def promise(self, scan: Scan) -> Promise | None:
        """The promise about changes of a source. All of its events make the same one."""
        return next((event.promise for event in self.catalog.events.values() if event.name in scan.events), None)

    def kinds(self, scan: Scan) -> tuple[Filter, ...]:
        """Alternative conditions for a row of a source to be an event. Empty if every row is one."""
        filters = {self.event_filters[name] for name in scan.events}
        whole = any(not kind.where for kind in filters)
        return () if whole else tuple(sorted(filters, key=lambda kind: repr(kind.canonical)))

    @property
    def boundaries(self) -> tuple[Boundary, ...]:
        """The boundaries that move with the run: its instant first, then the others by name."""
        days = {day_begun(self.catalog.timezone) for scan in self.scans if scan.at_type == "date"}
        boundaries = frozenset(days).union(*(feature.boundaries for feature in self.features))
        since = since_of(self.catalog)
        boundaries |= {since.now} if since else frozenset()
        return (AS_OF, *sorted(boundaries - {AS_OF}))

    @cached_property
    def all_boundaries(self) -> tuple[Boundary, ...]:
        """The moments, plus boundaries that no condition names but an event can pass. The run's instant first."""
        passed = (boundary for scan in scans_of(self.features) for boundary in passed_by_events(self.features, scan))
        return (AS_OF, *sorted({*self.boundaries, *passed} - {AS_OF}))


def plan(checked: Checked) -> Plan:
    """Plans checked definitions. Disabled segments need no features, except for their shares.

    Raises ProblemsFound if two features get the same name.
    """
    files = tuple(
        PlannedFile(
            file.path,
            file.stem,
            file.entity.text if file.entity else CUSTOMER,
            tuple(_planned(segment, checked.catalog) for segment in segments),
        )
        for file, segments in checked.files
    )
    others = {file.entity for file in files if file.enabled} - {CUSTOMER}
    entities = tuple(
        _entity(
            name,
            checked.catalog,
            {feature for _, feature in [*features_of_segments(files, name), *features_of_shares(checked, name)]},
        )
        for name in sorted(others)
    )
    needed = [*features_of_segments(files, CUSTOMER), *features_of_shares(checked, CUSTOMER)]
    needed += [(checked.catalog.customer.mark, need) for e in entities for count in e.counts for need in count.needs]
    if checked.eligible:
        needed += [(test.mark, feature) for test in tests_of(checked.eligible) for feature in test.features]
    needed += [(checked.catalog.customer.mark, feature) for feature in checked.marts.features]
    wanted = closure([feature for _, feature in needed] + ([checked.revenue] if checked.revenue else []))
    wanted |= belonging_keys(wanted, checked.catalog)
    refuse_duplicates(needed, wanted)
    return Plan(
        catalog=checked.catalog,
        files=tuple(sorted(files, key=lambda file: file.stem)),
        **by_kind(wanted),
        eligible=checked.eligible,
        revenue=checked.revenue,
        entities=entities,
        event_filters=checked.event_filters,
        marts=checked.marts,
        catalogued=checked.catalogued,
        sharing=checked.sharing,
    )


def of_features(base: Plan, features: Iterable[Feature], entity: str = CUSTOMER, held: Container[Feature] = ()) -> Plan:
    """A plan without segments: the features of rules about an entity, with everything they are computed from.

    `held` features of customers are read, not computed. Catalog, eligibility and revenue come from `base`.
    Raises ProblemsFound if two features get the same name.
    """
    planned_entities = [_entity(entity, base.catalog, set(features))] if entity != CUSTOMER else []
    customers = (
        [need for planned in planned_entities for count in planned.counts for need in count.needs]
        if planned_entities
        else list(features)
    )
    customers += [*features_of(base.eligible)] if base.eligible else []
    customers += [base.revenue] if base.revenue else []
    wanted = closure(customers, held)
    mark = base.catalog.customer.mark
    refuse_duplicates([(mark, feature) for feature in wanted], wanted)
    own = {feature for planned_entity in planned_entities for feature in planned_entity.features}
    refuse_duplicates([(mark, feature) for feature in own], own)
    taken = {feature for feature in wanted if feature in held and not isinstance(feature, AttributeValue)}
    return replace(base, files=(), entities=tuple(planned_entities), held=by_name(taken), **by_kind(wanted - taken))


def _entity(name: str, catalog: Catalog, features: set[Feature]) -> PlannedEntity:
    features |= {flag.base for flag in features if isinstance(flag, TimeFlag)}
    return PlannedEntity(
        name=name,
        entity=catalog.entities[name],
        attributes=by_name(feature for feature in features if isinstance(feature, AttributeValue)),
        counts=by_name(feature for feature in features if isinstance(feature, Stepped)),
        flags=by_name(feature for feature in features if isinstance(feature, TimeFlag)),
    )


def _planned(checked: CheckedSegment, catalog: Catalog) -> PlannedSegment:
    meaning: tuple[object, ...] = checked.predicate.canonical
    memory = checked.memory
    if memory:
        keep = memory.keep_while.canonical if memory.keep_while else ()
        meaning = ("memory", meaning, keep, str(memory.min_stay or ""), str(memory.cool_down or ""))
    canonical = json.dumps(meaning, ensure_ascii=False, separators=(",", ":"))
    return PlannedSegment(
        checked.segment,
        checked.entity,
        checked.predicate,
        memory,
        checked.waterfall,
        checked.segment.guard.over(catalog.guard) if checked.segment.guard else catalog.guard,
        canonical,
        digest(canonical),
        catalog.customer.since is not None,
    )
