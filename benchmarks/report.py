"""`python -m benchmarks.report`: how long a report of many segments and runs takes, read from a made-up file for BI."""

import gc
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import duckdb
import yaml

from segctl.cli import RUBBISH
from segctl.operations.report import ReportRequest, read_report
from segctl.page import page
from segctl.project.project import Project
from segctl.warehouse.bi_database import MARKER

CATALOG = """
version: 1
timezone: Europe/London
currency: GBP
revenue: spend
marts: [value, overlap, retention, sources, concentration, roi]
costs: {model: spending, day: {column: day, type: date}, amount: amount, source: channel, window_days: 90}
entities:
  customer: {model: people, key: person, attributes: {channel: string}, acquired_by: channel}
events: {order: {model: orders, customer: person, at: bought_at, fields: {amount: number}}}
metrics: {spend: {sum: order.amount}}
"""
# Segments of a definition file, and of an exclusive group; one segment in five is in a group.
OF_A_FILE, OF_A_GROUP = 50, 10
# A customer is ever in one segment of so many, three times, for a month to four: a year has a dozen changes of a pair.
EVER_IN, TIMES = 25, 3
FIRST = "timestamp '2025-01-01'"
NAME = "'segment_' || lpad(cast({number} as varchar), 4, '0')"
AT = f"({FIRST} + to_days(cast({{run}} as integer)))"
STEPS = (
    """
    create temp table stays as
    select
        number, customer, begins, luck,
        case when ends < {runs} and (time + 1 < {times} or luck % 3 > 0) then ends end as ends
    from (
        select
            number,
            customer,
            time,
            luck,
            time * {runs} // {times} + luck % 40 as begins,
            time * {runs} // {times} + luck % 40 + 20 + luck // 40 % 60 as ends
        from range({segments}) as s(number)
        cross join range({customers}) as c(customer)
        cross join range({times}) as t(time)
        cross join lateral (select (hash(number, customer, time) % 100000)::integer as luck) as l
        where hash(customer, number) % {ever_in} = 0
    ) as made
    where begins < {runs}
    """,
    """
    create table segment_history as
    select {name} as segment, customer as customer_id, {begins} as joined_at, {ends} as left_at, luck
    from stays
    """,
    """
    create table segment_changes as
    with causes as (select ['activity', 'time', 'population'] as listed)
    select segment, customer_id, joined_at as changed_at, 'joined' as change, listed[luck % 3 + 1] as cause
    from segment_history cross join causes
    union all
    select segment, customer_id, left_at, 'left', listed[luck % 3 + 1]
    from segment_history cross join causes
    where left_at is not null
    """,
    """
    create table segment_runs as
    select
        strftime({at_run}, '%Y%m%dT%H%M%S') as run_id, {at_run} as as_of, {at_run} as started_at,
        {customers} as customers, {segments} as segments, 0 as joined_count, 0 as left_count, 0 as held_count,
        'c0ffee' as git_commit
    from range({runs}) as r(run)
    """,
    """
    create table segment_sizes as
    with moved as (
        select segment, changed_at as as_of,
            count(*) filter (change = 'joined') as joined_count, count(*) filter (change = 'left') as left_count
        from segment_changes group by all
    ),
    every as (
        select {name} as segment, as_of
        from range({segments}) as s(number) cross join segment_runs
    )
    select
        segment, as_of, coalesce(joined_count, 0) as joined_count, coalesce(left_count, 0) as left_count,
        sum(coalesce(joined_count, 0) - coalesce(left_count, 0)) over (partition by segment order by as_of) as size,
        size * 61.37 as member_revenue, {customers} * 57.11 as total_revenue, cast(null as varchar) as held_by,
        cast(null as bigint) as held_joins, cast(null as bigint) as held_leaves
    from every left join moved using (segment, as_of)
    """,
    """
    create table segment_definitions as
    select
        {name} as segment, version, case version when 1 then {first} else {first} + interval 90 days end as valid_from,
        case version when 1 then {first} + interval 90 days end as valid_to, 'h' || version as definition_hash,
        true as enabled, 'customer' as entity, {name} as label, '' as description, '' as owner, '' as tags,
        case when number % 5 = 0 then 'group_' || (number // {of_a_group} // 5) else '' end as exclusive_group,
        'spend >= 1' as rule, 'segments/a.yml' as source_file, 'c0ffee' as git_commit
    from range({segments}) as s(number) cross join range(1, 3) as v(version)
    """,
    """
    create table segment_membership as
    select segment, customer_id, joined_at, 'activity' as join_cause, true as eligible
    from segment_history where left_at is null
    """,
    """
    create table segment_value as
    select segment, 40.5 as median_revenue, count(*) * 3 as orders from segment_membership group by segment
    """,
    """
    create table segment_overlap as
    select one.segment, other.segment as other_segment, count(*) as customers
    from segment_membership as one inner join segment_membership as other using (customer_id)
    where one.segment <> other.segment group by all
    """,
    """
    create table segment_retention as
    select segment, date_trunc('month', joined_at)::date as joined_month, months_later, count(*) as joined_count,
        count(*) as observed_count,
        count(*) filter (left_at is null or left_at > joined_at + to_months(months_later::int)) as kept_count
    from segment_history cross join (values (1), (3), (6), (12)) as m(months_later) group by all
    """,
    """
    create table segment_sources as
    select segment, date_trunc('month', joined_at)::date as joined_month, 'source ' || luck % 6 as acquisition_source,
        count(*) as joined_count, count(*) filter (left_at is null) as member_count
    from segment_history group by all
    """,
    """
    create table segment_roi as
    select segment, joined_month, acquisition_source, joined_count, 100.0 as spend, joined_count * 7.5 as revenue,
        90 as window_days
    from segment_sources
    """,
    """
    create table segment_concentration as
    select segment, top_percent, cast(ceil(size * top_percent / 100) as bigint) as customers,
        sqrt(top_percent / 100) as revenue_share
    from (select segment, count(*) as size from segment_membership group by segment)
    cross join (values (1), (5), (10), (20), (50), (100)) as p(top_percent)
    """,
    "create table run_sources as select run_id, 'order' as source, 10 as row_count, as_of as latest_at,"
    " cast(null as varchar) as freshness from segment_runs",
    "create table {marker} as select 1 as row_count",
    "drop table segment_history",
)


def make_project(folder: Path, segments: int) -> Project:
    """A project with so many definitions."""
    (folder / "segments").mkdir()
    (folder / "dbt_project.yml").write_text("name: many\nprofile: many\n", encoding="utf-8")
    (folder / "segments" / "catalog.yml").write_text(CATALOG, encoding="utf-8")
    made = [_definition(number) for number in range(segments)]
    for first in range(0, segments, OF_A_FILE):
        text = yaml.safe_dump({"version": 1, "segments": made[first : first + OF_A_FILE]}, sort_keys=False)
        (folder / "segments" / f"file_{first}.yml").write_text(text, encoding="utf-8")
    return Project(folder)


def _definition(number: int) -> dict[str, object]:
    definition: dict[str, object] = {
        "name": f"segment_{number:04}",
        "label": f"Segment {number}",
        "owner": "crm@shop.example",
    }
    definition["rule"] = {"all": [{"metric": "spend", "gte": number}, {"event": "order", "within_last": "90 days"}]}
    return definition


def make_file(path: Path, segments: int, runs: int, customers: int) -> int:
    """A file as BI reads it; returns how many joins and leaves are in it."""
    sizes = {"segments": segments, "runs": runs, "customers": customers, "times": TIMES, "ever_in": EVER_IN}
    names = {"name": NAME.format(number="number"), "first": FIRST, "of_a_group": OF_A_GROUP, "marker": MARKER}
    instants = {side: AT.format(run=side) for side in ("begins", "ends")} | {"at_run": AT.format(run="run")}
    with closing(duckdb.connect(str(path))) as connection:
        for step in STEPS:
            connection.execute(step.format(**sizes, **names, **instants))
        return int(connection.execute("select count(*) from segment_changes").fetchall()[0][0])


@click.command()
@click.option("--segments", type=click.IntRange(1), default=500, show_default=True)
@click.option("--runs", type=click.IntRange(2), default=365, show_default=True)
@click.option("--customers", type=click.IntRange(1), default=100_000, show_default=True)
def main(segments: int, runs: int, customers: int) -> None:
    """Prints how long the data take to read, and the page to make, and how large it is."""
    with TemporaryDirectory() as folder:
        project = make_project(Path(folder), segments)
        file = Path(folder) / "bi.duckdb"
        count = make_file(file, segments, runs, customers)
        print(f"{segments} segments, {runs} runs, {customers:,} customers, {count:,} joins and leaves")
        gc.set_threshold(*RUBBISH)
        begun, used = time.perf_counter(), time.process_time()
        report = read_report(project, file, ReportRequest())
        read, used = time.perf_counter(), time.process_time() - used
        text = page(report)
        made = time.perf_counter()
        print(f"read in {read - begun:.1f} s ({used:.1f} s of the processor)")
        print(f"made in {made - read:.1f} s, {len(text.encode()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
