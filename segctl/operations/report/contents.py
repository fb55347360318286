"""What a report holds: one finished run and those before it, told by segment and as a whole.

Instants are ISO texts in the project's time zone. Money is in the catalog's currency, shares are 0 to 1. A count that
is None is of fewer people than `min_group`; a number that is None is unknown.
"""

from dataclasses import dataclass, field

Number = float | None
Count = int | None


@dataclass(frozen=True)
class Run:
    """A finished run; `seconds` is how long it took where that is known."""

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
    """A segment at each run: places in `Report.runs`; size, joins, leaves and revenue there, and what guard held it."""

    runs: tuple[int, ...]
    sizes: tuple[int, ...]
    joined: tuple[int, ...]
    left: tuple[int, ...]
    revenue: tuple[Number, ...]
    held_by: tuple[str, ...]


@dataclass(frozen=True)
class Caused:
    """How many joined or left at a run (a place in `Report.runs`) by a cause. Grain: run, change, cause."""

    run: int
    change: str
    cause: str
    customers: Count


@dataclass(frozen=True)
class Version:
    """A version of a definition: since when, its number, if it is evaluated, what it says, and the commit of it."""

    valid_from: str
    number: int
    enabled: bool
    rule: str
    git_commit: str


@dataclass(frozen=True)
class Kept:
    """Retention of those who joined in a month (YYYY-MM): how many stayed `months` months, of those seen so long."""

    joined_month: str
    months: int
    joined: Count
    observed: Count
    kept: Count
    share: Number


@dataclass(frozen=True)
class Source:
    """Where those who joined in a month (YYYY-MM) came from, and how many of them are members now."""

    joined_month: str
    source: str
    joined: Count
    members: Count


@dataclass(frozen=True)
class Similar:
    """Another segment: how many customers are in both, their share of this one, of the other, and of both together."""

    segment: str
    customers: int
    share: float
    other_share: float
    jaccard: float


@dataclass(frozen=True)
class Share:
    """The best `percent` percent of the members by revenue: how many, and the share of the revenue that they bring."""

    percent: int
    customers: Count
    revenue_share: Number


@dataclass(frozen=True)
class Return:
    """Spend and what it won, of those who joined in a month (YYYY-MM); `source` is empty where spend is by segment."""

    joined_month: str
    source: str
    joined: Count
    spend: Number
    revenue: Number
    window_days: int


@dataclass(frozen=True)
class Member:
    """A member, only told where members were asked for."""

    key: str
    joined_at: str
    cause: str
    revenue: Number


@dataclass(frozen=True)
class Segment:
    """A segment of the last run. `sentences` say its rule in English, `yaml` is its definition in `source_file`."""

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
    """How many customers were in one segment of a group at a run and in which at a later one; "" for none of them."""

    group: str
    from_run: int
    to_run: int
    from_segment: str
    to_segment: str
    customers: Count


@dataclass(frozen=True)
class Overlapping:
    """Two segments, by their places in `Report.segments`, and how many customers are in both."""

    one: int
    other: int
    customers: int


@dataclass(frozen=True)
class Freshness:
    """A source of the last run: rows, its newest row, and what its guard asks for."""

    source: str
    rows: Count
    latest_at: str
    freshness: str


@dataclass(frozen=True)
class Moved:
    """A segment that moved most since the run before."""

    segment: str
    joined: int
    left: int
    causes: tuple[tuple[str, str, Count], ...] = ()


@dataclass(frozen=True)
class Headline:
    """Customers, how many are in a segment at least (and their share), revenue of all, and what moved most."""

    customers: Count
    in_segments: Count
    revenue: Number
    moved: tuple[Moved, ...]


@dataclass(frozen=True)
class Report:
    """A report as of the last finished run, `as_of` empty where there is none.

    `absent` says of parts that the project does not have how they are had, by part: value, retention, sources, overlap,
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
