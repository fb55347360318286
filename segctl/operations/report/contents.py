"""The contents of a report: the last finished run and earlier ones, by segment and in total.

Instants are ISO texts in the project's time zone. Money is in the catalog's currency, shares are 0 to 1. A count
of None means fewer people than `min_group`. A number of None is unknown.
"""

from dataclasses import dataclass, field

Number = float | None
Count = int | None


@dataclass(frozen=True)
class Run:
    """A finished run. `seconds` is its duration, if known."""

    as_of: str
    started_at: str
    seconds: Number
    customers: Count
    segments: Count
    joined: Count
    left: Count
    held: Count
    git_commit: str


@dataclass(frozen=True)
class History:
    """A segment over its runs (places in `Report.runs`): sizes, joins, leaves, revenue, and guards that held it."""

    runs: tuple[int, ...]
    sizes: tuple[int, ...]
    joined: tuple[int, ...]
    left: tuple[int, ...]
    revenue: tuple[Number, ...]
    held_by: tuple[str, ...]


@dataclass(frozen=True)
class Caused:
    """The joins or leaves of a run (a place in `Report.runs`) by one cause. Grain: run, change, cause."""

    run: int
    change: str
    cause: str
    customers: Count


@dataclass(frozen=True)
class Version:
    """A version of a definition: its start, its number, whether it is enabled, its rule in words, and its commit."""

    valid_from: str
    number: int
    enabled: bool
    rule: str
    git_commit: str


@dataclass(frozen=True)
class Kept:
    """Retention of those who joined in a month (YYYY-MM): how many of the `observed` ones stayed `months` months."""

    joined_month: str
    months: int
    joined: Count
    observed: Count
    kept: Count
    share: Number


@dataclass(frozen=True)
class Source:
    """A source of customers who joined in a month (YYYY-MM), and how many of them are members now."""

    joined_month: str
    source: str
    joined: Count
    members: Count


@dataclass(frozen=True)
class Similar:
    """Another segment: the number of common customers, and their share of this one, of the other, and of the union."""

    segment: str
    customers: int
    share: float
    other_share: float
    jaccard: float


@dataclass(frozen=True)
class Share:
    """The top `percent` percent of members by revenue: their number, and their share of the revenue."""

    percent: int
    customers: Count
    revenue_share: Number


@dataclass(frozen=True)
class Return:
    """Spend and revenue for customers who joined in a month (YYYY-MM). `source` is empty if spend is by segment."""

    joined_month: str
    source: str
    joined: Count
    spend: Number
    revenue: Number
    window_days: int


@dataclass(frozen=True)
class Member:
    """A member. Reports have members only on request."""

    key: str
    joined_at: str
    cause: str
    revenue: Number


@dataclass(frozen=True)
class Segment:
    """A segment of the last run. `sentences` are its rule in English, `yaml` is its definition in `source_file`."""

    name: str
    label: str
    description: str
    owner: str
    tags: tuple[str, ...]
    entity: str
    group: str
    enabled: bool
    source_file: str
    sentences: tuple[str, ...]
    yaml: str
    guards: tuple[str, ...]
    size: Count
    joined: Count
    left: Count
    held_by: str
    held_joins: Count
    held_leaves: Count
    revenue: Number
    revenue_share: Number
    average_revenue: Number
    median_revenue: Number
    others_average_revenue: Number
    orders: Number
    eligible: Count
    history: History
    causes: tuple[Caused, ...] = ()
    versions: tuple[Version, ...] = ()
    retention: tuple[Kept, ...] = ()
    sources: tuple[Source, ...] = ()
    similar: tuple[Similar, ...] = ()
    concentration: tuple[Share, ...] = ()
    returns: tuple[Return, ...] = ()
    members: tuple[Member, ...] = ()
    members_total: int = 0


@dataclass(frozen=True)
class Flow:
    """The number of customers who moved between segments of a group from one run to another. "" means no segment."""

    group: str
    from_run: int
    to_run: int
    from_segment: str
    to_segment: str
    customers: Count


@dataclass(frozen=True)
class Overlapping:
    """Two segments, as places in `Report.segments`, and the number of common customers."""

    one: int
    other: int
    customers: int


@dataclass(frozen=True)
class Freshness:
    """A source in the last run: the number of rows, the newest row, and the freshness that its guard requires."""

    source: str
    rows: Count
    latest_at: str
    freshness: str


@dataclass(frozen=True)
class Moved:
    """A segment with the most joins and leaves since the previous run."""

    segment: str
    joined: int
    left: int
    causes: tuple[tuple[str, str, Count], ...] = ()


@dataclass(frozen=True)
class Headline:
    """All customers, those in at least one segment, the revenue of all, and the segments that moved most."""

    customers: Count
    in_segments: Count
    revenue: Number
    moved: tuple[Moved, ...]


@dataclass(frozen=True)
class Report:
    """A report as of the last finished run. `as_of` is empty if there is none.

    `absent` says how to get the parts that the project lacks, by part: value, retention, sources, overlap,
    concentration, roi, migration, members.
    """

    project: str
    as_of: str
    written_at: str
    timezone: str
    currency: str
    min_group: int
    with_members: bool
    headline: Headline
    runs: tuple[Run, ...]
    segments: tuple[Segment, ...]
    concentration: tuple[Share, ...] = ()
    overlaps: tuple[Overlapping, ...] = ()
    flow_runs: tuple[int, ...] = ()
    flows: tuple[Flow, ...] = ()
    freshness: tuple[Freshness, ...] = ()
    absent: dict[str, str] = field(default_factory=dict)
