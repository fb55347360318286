"""Reports made in plain Python: of any size, the same each time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from segctl.operations.report.contents import (
    Caused,
    Flow,
    Freshness,
    Headline,
    History,
    Kept,
    Member,
    Moved,
    Overlapping,
    Report,
    Return,
    Run,
    Segment,
    Share,
    Similar,
    Source,
    Version,
)

CUSTOMERS = 10_000
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
NAMES = ("Champions", "Loyal", "Promising", "At risk", "Hibernating", "Big baskets", "Coffee lovers", "Newcomers")
GROUP = tuple(f"segment_{place}" for place in range(5))
NOBODY = Headline(None, None, None, ())


def instant(days: int) -> str:
    return (datetime(2025, 1, 6, tzinfo=UTC) + timedelta(days=days)).isoformat()


def made_report(segments: int = 12, runs: int = 30, seed: int = 1) -> Report:
    """A report with every part. segment_0 … segment_4 are an exclusive group, segment_6 is held back."""
    random = Random(seed)
    made = tuple(made_segment(place, runs, random) for place in range(segments))
    similar = tuple(
        replace(one, similar=tuple(likeness(one, other) for other in made[:6] if other is not one)) for one in made
    )
    return Report(
        project="shop",
        as_of=instant(runs - 1),
        written_at=f"{instant(runs)[:10]}T07:30:00+00:00",
        timezone="Europe/London",
        currency="GBP",
        min_group=5,
        with_members=False,
        headline=Headline(CUSTOMERS, 7_400, 1_234_567.89, moved(made)),
        runs=tuple(
            Run(
                instant(day),
                instant(day),
                8 + random.random() * 4,
                CUSTOMERS,
                segments,
                40,
                38,
                int(day == 3),
                "0f3c9a7d21",
            )
            for day in range(runs)
        ),
        segments=similar,
        concentration=curve(CUSTOMERS),
        overlaps=tuple(
            Overlapping(one, other, shared(made[one], made[other], random))
            for one in range(segments)
            for other in range(one + 1, segments)
        ),
        flow_runs=(0, runs - 1),
        flows=flows(runs, random),
        freshness=(
            Freshness("stg_orders", 120_000, instant(runs - 1), "at most 2 days old"),
            Freshness("stg_customers", CUSTOMERS, "", ""),
        ),
    )


def shared(one: Segment, other: Segment, random: Random) -> int:
    return random.randrange(0, min(one.size or 0, other.size or 0) + 1)


def moved(made: tuple[Segment, ...]) -> tuple[Moved, ...]:
    causes = (("joined", "activity", 31), ("joined", "time", None), ("left", "population", 12))
    return tuple(Moved(segment.name, segment.joined or 0, segment.left or 0, causes) for segment in made[:4])


def curve(customers: int) -> tuple[Share, ...]:
    percents = (1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100)
    return tuple(Share(p, customers * p // 100, 1 - (1 - p / 100) ** 3) for p in percents)


def flows(runs: int, random: Random) -> tuple[Flow, ...]:
    places = ("", *GROUP)
    return tuple(
        Flow(
            "lifecycle",
            0,
            runs - 1,
            one,
            other,
            random.randrange(200, 900) if one == other else random.choice((None, 40, 90)),
        )
        for one in places
        for other in places
        if one or other
    )


def likeness(one: Segment, other: Segment) -> Similar:
    both = min(one.size or 0, other.size or 0) // 3
    sizes = (one.size or 0) + (other.size or 0)
    return Similar(other.name, both, both / (one.size or 1), both / (other.size or 1), both / (sizes - both))


def made_history(runs: int, random: Random) -> History:
    size = random.randrange(300, 1500)
    sizes: list[int] = []
    joined: list[int] = []
    left: list[int] = []
    for run in range(runs):
        comes = size if run == 0 else random.randrange(0, 30)
        goes = 0 if run == 0 else random.randrange(0, 30)
        size = comes if run == 0 else max(0, size + comes - goes)
        goes = goes if run == 0 else sizes[-1] + comes - size
        sizes.append(size)
        joined.append(comes)
        left.append(goes)
    revenue = tuple(round(size * (80 + random.random() * 4), 2) for size in sizes)
    return History(tuple(range(runs)), tuple(sizes), tuple(joined), tuple(left), revenue, ("",) * runs)


def quiet(segment: Segment) -> Segment:
    """The segment without a join or a leave after its first run, and with sources too small to be shown."""
    runs = len(segment.history.runs)
    size = segment.history.sizes[0]
    history = replace(segment.history, sizes=(size,) * runs, joined=(size,) + (0,) * (runs - 1), left=(0,) * runs)
    sources = tuple(replace(source, joined=None, members=None) for source in segment.sources)
    kept = tuple(replace(row, joined=None, observed=None, kept=None, share=None) for row in segment.retention)
    return replace(segment, size=size, joined=0, left=0, history=history, causes=(), sources=sources, retention=kept)


def made_segment(place: int, runs: int, random: Random) -> Segment:
    history = made_history(runs, random)
    name = f"segment_{place}"
    size, revenue = history.sizes[-1], history.revenue[-1] or 0.0
    held = "max_change" if place == 6 else ""
    if held:
        history = replace(history, held_by=("",) * (runs - 1) + (held,))
    return Segment(
        name=name,
        label=NAMES[place] if place < len(NAMES) else f"Customers of kind {place}",
        description="Customers that bought coffee at least three times and have not been seen for two months.",
        owner=("crm@shop.example", "retention@shop.example", "")[place % 3],
        tags=(("value", "loyalty"), ("lifecycle",), ())[place % 3],
        entity="customer",
        group="lifecycle" if place < 5 else "",
        enabled=place != 7,
        source_file="segments/loyalty.yml",
        sentences=("Bought coffee at least 3 times.", "Has no order in the last 60 days.", "Is not in Staff."),
        yaml=f"- name: {name}\n  label: A label\n  rule:\n    all:\n      - {{event: order, times: {{gte: 3}}}}\n",
        guards=("max_change: 20%", "min_members: 10"),
        size=size,
        joined=history.joined[-1],
        left=history.left[-1],
        held_by=held,
        held_joins=120 if held else 0,
        held_leaves=7 if held else 0,
        revenue=revenue,
        revenue_share=revenue / 1_234_567.89,
        average_revenue=revenue / size if size else None,
        median_revenue=revenue / size * 0.7 if size else None,
        others_average_revenue=61.2,
        orders=size * 2.5,
        eligible=size // 2,
        history=history,
        causes=causes(history),
        versions=(
            Version(instant(0), 1, True, "all:\n- {event: order}", "0f3c9a7d21"),
            Version(instant(runs // 2), 2, True, "all:\n- {event: order, times: {gte: 3}}", "8b1d22aa01"),
        ),
        retention=tuple(
            Kept(month, later, 80, 80, 80 - 6 * later, (80 - 6 * later) / 80)
            for start, month in enumerate(MONTHS)
            for later in range(len(MONTHS) - start)
        ),
        sources=tuple(
            Source(month, source, random.choice((None, 12, 30, 44)), random.choice((None, 6, 10)))
            for month in MONTHS
            for source in ("search", "referral", "social", "market_stall")
        ),
        concentration=curve(size),
        returns=tuple(Return(month, "", 80, 400.0, 400 + random.random() * 900, 90) for month in MONTHS),
    )


def causes(history: History) -> tuple[Caused, ...]:
    """Half of the joins and leaves by activity and half by time. Fewer than five are not shown."""
    result = []
    for run, joined, left in zip(history.runs, history.joined, history.left, strict=True):
        for change, customers in (("joined", joined), ("left", left)):
            for cause, part in (("activity", customers // 2), ("time", customers - customers // 2)):
                if part:
                    result.append(Caused(run, change, cause, part if part >= 5 else None))
    return tuple(result)


def with_members(report: Report, keys: tuple[str, ...]) -> Report:
    """The report with these members in its first segment."""
    first = report.segments[0]
    members = tuple(Member(key, instant(3), "activity", 12.5) for key in keys)
    changed = replace(first, members=members, members_total=len(members) + 3)
    return replace(report, with_members=True, segments=(changed, *report.segments[1:]))


def before_the_first_run() -> Report:
    """A project that has segments and no run."""
    made = made_report(2, 2)
    none = History((), (), (), (), (), ())
    names = ("value", "retention", "sources", "overlap", "concentration", "roi", "migration", "members")
    segments = tuple(
        replace(
            segment,
            size=None,
            joined=None,
            left=None,
            revenue=None,
            revenue_share=None,
            average_revenue=None,
            median_revenue=None,
            others_average_revenue=None,
            eligible=None,
            history=none,
            causes=(),
            versions=(),
            retention=(),
            sources=(),
            similar=(),
            concentration=(),
            returns=(),
        )
        for segment in made.segments
    )
    absent = {name: f"There is no {name} before the first run: segctl run." for name in names}
    return replace(
        made,
        as_of="",
        headline=NOBODY,
        runs=(),
        segments=segments,
        concentration=(),
        overlaps=(),
        flow_runs=(),
        flows=(),
        freshness=(),
        absent=absent,
    )
