"""Assembles the segments of a report from their parts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import nsmallest

from segctl.language.syntax import CUSTOMER
from segctl.operations.report.contents import (
    Kept,
    Member,
    Number,
    Overlapping,
    Return,
    Segment,
    Share,
    Similar,
    Source,
    Version,
)
from segctl.operations.report.definitions import EDITED, DescribedSegment
from segctl.operations.report.runs import NOTHING, Latest, Local, Runs
from segctl.operations.report.small_groups import Least
from segctl.operations.report.source import Rows

# The maximum number of similar segments.
MOST_SIMILAR = 8


@dataclass(frozen=True)
class Parts:
    """The parts of segments besides their runs, by segment.

    `counted` has the numbers of current and of eligible members, `hashes` the definition of the last run.
    """

    counted: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[Number, Number]] = field(default_factory=dict)
    retention: Mapping[str, tuple[Kept, ...]] = field(default_factory=dict)
    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    similar: Mapping[str, tuple[Similar, ...]] = field(default_factory=dict)
    curves: Mapping[str, tuple[Share, ...]] = field(default_factory=dict)
    returns: Mapping[str, tuple[Return, ...]] = field(default_factory=dict)
    members: Mapping[str, tuple[Member, ...]] = field(default_factory=dict)


def segment_of(described: DescribedSegment, runs: Runs, parts: Parts, least: Least) -> Segment:
    """The segment of a report."""
    name = described.name
    latest = runs.latest.get(name)
    members, eligible = parts.counted.get(name, (0, None))
    is_edited = bool(
        described.definition_hash and parts.hashes.get(name, described.definition_hash) != described.definition_hash
    )
    return Segment(
        name=name,
        label=described.label,
        description=described.description,
        owner=described.owner,
        tags=described.tags,
        entity=described.entity,
        group=described.group,
        enabled=described.enabled,
        source_file=described.source_file,
        sentences=(*described.sentences, *([EDITED] if is_edited else [])),
        yaml=parts.written.get(name, ""),
        guards=described.guards,
        size=latest.size if latest else None,
        joined=latest.joined if latest else None,
        left=latest.left if latest else None,
        held_by=latest.held_by if latest else "",
        held_joins=latest.held_joins if latest else None,
        held_leaves=latest.held_leaves if latest else None,
        **_worth(described, latest, runs, parts, least),
        eligible=None if eligible is None else least.shown(eligible, members),
        history=runs.histories.get(name, NOTHING),
        causes=runs.causes.get(name, ()),
        versions=parts.versions.get(name, ()),
        retention=parts.retention.get(name, ()),
        sources=parts.sources.get(name, ()),
        similar=parts.similar.get(name, ()),
        concentration=parts.curves.get(name, ()),
        returns=parts.returns.get(name, ()),
        members=parts.members.get(name, ()),
        members_total=members if name in parts.members else 0,
    )


def _worth(
    described: DescribedSegment, latest: Latest | None, runs: Runs, parts: Parts, least: Least
) -> dict[str, Number]:
    """The revenue figures of a segment. Hidden if too few people are members, or too few are not."""
    names = ("revenue", "revenue_share", "average_revenue", "median_revenue", "others_average_revenue", "orders")
    if latest is None:
        return dict.fromkeys(names)
    everybody = runs.customers[-1] if described.entity == CUSTOMER else None
    median, orders = parts.values.get(described.name, (None, None))
    revenue, total, size = latest.revenue, latest.total_revenue, latest.size
    rest = everybody - size if everybody is not None else 0
    others = (total - revenue) / rest if rest > 0 and total is not None and revenue is not None else None
    values = (
        revenue,
        revenue / total if revenue is not None and total else None,
        revenue / size if revenue is not None and size else None,
        median,
        others if rest >= least.count else None,
        orders,
    )
    shown_amounts = {name: least.number(value, size, everybody) for name, value in zip(names, values, strict=True)}
    return {name: None if value is None else round(value, 6) for name, value in shown_amounts.items()}


def versions(rows: Rows, local: Local) -> dict[str, tuple[Version, ...]]:
    """The versions of each segment's definition, oldest first."""
    versions_by_segment: dict[str, list[Version]] = {}
    for row in rows:
        versions_by_segment.setdefault(row[0], []).append(
            Version(local(row[1]), int(row[2]), bool(row[4]), row[11] or "", row[13] or "")
        )
    return {name: tuple(listed) for name, listed in versions_by_segment.items()}


def overlapping(names: list[str], rows: Rows, least: Least) -> tuple[Overlapping, ...]:
    """The pairs of segments that share enough customers, as places in `names`."""
    places = {name: place for place, name in enumerate(names)}
    pairs = [
        (places[first], places[second], int(customers))
        for first, second, customers in rows
        if first in places and second in places and int(customers) >= least.count
    ]
    return tuple(Overlapping(*pair) for pair in sorted(pairs) if pair[0] < pair[1])


def similar(
    names: list[str], overlaps: tuple[Overlapping, ...], counted: Mapping[str, tuple[int, int | None]]
) -> dict[str, tuple[Similar, ...]]:
    """The most similar segments of each segment, by the common share of their union."""
    similar_by_place: dict[int, list[tuple[float, str, int, int]]] = {}
    sizes = [counted.get(name, (0, None))[0] for name in names]
    for pair in overlaps:
        shared = pair.customers
        jaccard = shared / (sizes[pair.one] + sizes[pair.other] - shared)
        similar_by_place.setdefault(pair.one, []).append((-jaccard, names[pair.other], pair.other, shared))
        similar_by_place.setdefault(pair.other, []).append((-jaccard, names[pair.one], pair.one, shared))
    return {
        names[place]: tuple(
            Similar(name, shared, round(shared / sizes[place], 6), round(shared / sizes[other], 6), round(-jaccard, 6))
            for jaccard, name, other, shared in nsmallest(MOST_SIMILAR, listed)
        )
        for place, listed in similar_by_place.items()
    }
