"""Lists segments now or at an earlier instant, filtered and sorted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from segctl.errors import Failure, did_you_mean, quoted
from segctl.operations.segments.as_of import PastOverview, PastSegment, overview_as_of
from segctl.operations.segments.recent import recent_sizes
from segctl.operations.segments.show import Overview, overview
from segctl.plan.planned import PlannedSegment
from segctl.project.project import Project
from segctl.warehouse import Row, Warehouse


@dataclass(frozen=True)
class Listed:
    """A listed segment. `source` is empty if it is gone, `enabled` is None if it was not defined.

    Size, joins, leaves and revenue of the run are None if the segment was not evaluated. `sizes` are those of the last
    runs, earliest first, with their instants (naive UTC).
    """

    name: str
    label: str
    owner: str
    tags: tuple[str, ...]
    enabled: bool | None
    size: int | None
    held_by: str | None
    joined: int | None
    left: int | None
    revenue: Decimal | None
    sizes: tuple[tuple[datetime, int], ...]
    source: str

    @property
    def moved(self) -> int:
        """Joins plus leaves."""
        return (self.joined or 0) + (self.left or 0)


@dataclass(frozen=True)
class Listing:
    """Some of `total` segments, as of an instant and its run (naive UTC, None before the first run).

    `note` says why sizes are missing. `runs` are the instants of the sizes. `failed` means that the warehouse could not
    be read.
    """

    segments: tuple[Listed, ...]
    total: int
    as_of: datetime | None
    run_as_of: datetime | None
    runs: tuple[datetime, ...]
    timezone: str
    currency: str
    note: str = ""
    failed: bool = False


@dataclass(frozen=True)
class ListingRequest:
    """The filter and order of a listing. Matches any of the tags, and any of the owners."""

    tags: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    changed: bool = False
    sort: str = ""


def _largest(value: Callable[[Listed], int | Decimal | None]) -> Callable[[Listed], tuple[bool, Decimal, str]]:
    """A sort key: largest first, missing values last."""

    def key(listed: Listed) -> tuple[bool, Decimal, str]:
        sort_value = value(listed)
        return sort_value is None, -Decimal(sort_value or 0), listed.name

    return key


ORDERS: dict[str, Callable[[Listed], tuple[object, ...]]] = {
    "name": lambda listed: (listed.name,),
    "size": _largest(lambda listed: listed.size),
    "revenue": _largest(lambda listed: listed.revenue),
    "change": _largest(lambda listed: None if listed.joined is None else listed.moved),
    "owner": lambda listed: (not listed.owner, listed.owner, listed.name),
    "joined": _largest(lambda listed: listed.joined),
    "left": _largest(lambda listed: listed.left),
}


def listing(project: Project, warehouse: Warehouse, as_of: str, request: ListingRequest) -> Listing:
    """The segments in the last run, or as of a written instant (then including segments that are gone now).

    Without a warehouse, lists definitions and says so. Raises ProblemsFound, or Failure for an unknown tag or owner, or
    an instant before the history.
    """
    segments = _as_of(overview_as_of(project, warehouse, as_of)) if as_of else _current(overview(project, warehouse))
    kept = segments.segments
    for name, requested, values_of in (
        ("tag", request.tags, lambda listed: listed.tags),
        ("owner", request.owners, lambda listed: (listed.owner,)),
    ):
        known = sorted({value for listed in segments.segments for value in values_of(listed) if value})
        for value in requested:
            if value not in known:
                raise Failure(f'no segment has the {name} "{quoted(value)}"', did_you_mean(value, known, f"{name}s"), 2)
        kept = tuple(listed for listed in kept if not requested or set(values_of(listed)) & set(requested))
    kept = tuple(listed for listed in kept if listed.moved or not request.changed)
    return replace(segments, segments=tuple(sorted(kept, key=ORDERS[request.sort])) if request.sort else kept)


def _current(overview: Overview) -> Listing:
    segments = tuple(_defined(planned, overview.sizes.get(planned.segment.name)) for planned in overview.plan.segments)
    catalog = overview.plan.catalog
    return _listing(
        segments, (overview.as_of, overview.as_of), catalog.timezone, catalog.currency, overview.note, overview.failed
    )


def _as_of(past_overview: PastOverview) -> Listing:
    segments = tuple(_past(past_segment) for past_segment in past_overview.segments)
    instants = (past_overview.point.instant, past_overview.point.run)
    return _listing(segments, instants, past_overview.timezone, past_overview.currency, past_overview.note)


def _listing(  # noqa: PLR0913, PLR0917
    segments: tuple[Listed, ...],
    instants: tuple[datetime | None, datetime | None],
    timezone: str,
    currency: str,
    note: str,
    failed: bool = False,
) -> Listing:
    runs = tuple(sorted({at for listed in segments for at, _ in listed.sizes}))
    return Listing(segments, len(segments), *instants, runs, timezone, currency, note, failed)


def _defined(planned: PlannedSegment, row: Row | None) -> Listed:
    segment = planned.segment
    described = (segment.name, segment.label, segment.owner, segment.tags, segment.enabled)
    size, held_by = (row["size"], row["held_by"]) if row else (None, None)
    return Listed(*described, size, held_by, *_of_run(row), str(segment.mark))


def _past(past_segment: PastSegment) -> Listed:
    described = (
        past_segment.name,
        past_segment.label,
        past_segment.owner,
        past_segment.tags,
        past_segment.enabled,
        past_segment.size,
        past_segment.held_by,
    )
    return Listed(
        *described, *_of_run(past_segment.row if past_segment.size is not None else None), past_segment.source
    )


def _of_run(row: Row | None) -> tuple[int | None, int | None, Decimal | None, tuple[tuple[datetime, int], ...]]:
    """A segment's joins, leaves and revenue in a run, and its sizes in the last runs."""
    if row is None:
        return None, None, None, ()
    return row["joined_count"], row["left_count"], row["member_revenue"], recent_sizes(row)
