-- Compares what the row of each run says with the rows that the run wrote: one row for each figure that differs.
with runs as (
    select
        run_id,
        as_of,
        segments,
        joined_count,
        left_count
    from {{ ref('segment_runs') }}
),

sizes as (
    select
        run_id,
        count(*) as segments,
        sum(joined_count) as joined_count,
        sum(left_count) as left_count
    from {{ ref('run_sizes') }}
    group by run_id
),

sources as (
    select
        run_id,
        count(*) as sources
    from {{ ref('run_sources') }}
    group by run_id
),

-- Segments that a run evaluated, by the versions of definitions.
evaluated as (
    select
        runs.run_id,
        runs.as_of,
        versions.segment
    from runs
    inner join {{ ref('definition_versions') }} as versions
        on
            versions.enabled
            and runs.as_of >= versions.valid_from
            and (versions.valid_to is null or runs.as_of < versions.valid_to)
),

gaps as (
    select
        runs.as_of,
        'sizes' as what,
        runs.segments as recorded,
        coalesce(sizes.segments, 0) as found
    from runs
    left join sizes on runs.run_id = sizes.run_id
    union all
    select
        runs.as_of,
        'joins' as what,
        runs.joined_count as recorded,
        coalesce(sizes.joined_count, 0) as found
    from runs
    left join sizes on runs.run_id = sizes.run_id
    union all
    select
        runs.as_of,
        'leaves' as what,
        runs.left_count as recorded,
        coalesce(sizes.left_count, 0) as found
    from runs
    left join sizes on runs.run_id = sizes.run_id
    union all
    select
        evaluated.as_of,
        'sizes of segments' as what,
        count(*) as recorded,
        count(written.segment) as found
    from evaluated
    left join {{ ref('run_sizes') }} as written
        on evaluated.run_id = written.run_id and evaluated.segment = written.segment
    group by evaluated.as_of
    union all
    -- The number of sources is not recorded; a run without any has lost them.
    select
        runs.as_of,
        'sources' as what,
        1 as recorded,
        case when sources.sources > 0 then 1 else 0 end as found
    from runs
    left join sources on runs.run_id = sources.run_id
    where
        not exists (
            -- Runs of an earlier version, which did not record sources.
            select formats.former_as_of
            from {{ ref('history_format') }} as formats
            where formats.former_as_of >= runs.as_of
        )
)

select
    as_of,
    what,
    cast(recorded as bigint) as recorded,
    cast(found as bigint) as found
from gaps
where recorded != found
order by as_of, what
