-- Compares the recorded joins, leaves and sizes of each run with what the stays and later erasures come to.
with moves as (
    << moves >>
),

counted as (
    select
        segment,
        as_of,
        sum(joined_count) as joined_count,
        sum(left_count) as left_count,
        sum(grown_by) as grown_by,
        sum(erased) as erased
    from moves
    group by segment, as_of
),

sizes as (
    select
        segment,
        as_of,
        size,
        joined_count,
        left_count,
        size - joined_count + left_count + erased_count as size_before,
        lag(size, 1, 0) over (partition by segment order by as_of) as former_size
    from {{ ref('segment_sizes') }}
),

compared as (
    select
        coalesce(sizes.segment, counted.segment) as segment,
        coalesce(sizes.as_of, counted.as_of) as as_of,
        coalesce(sizes.joined_count, 0) as recorded_joins,
        coalesce(counted.joined_count, 0) as joins,
        coalesce(sizes.left_count, 0) as recorded_leaves,
        coalesce(counted.left_count, 0) as leaves,
        coalesce(sizes.size, 0) as recorded_size,
        coalesce(counted.erased, 0) + sum(coalesce(counted.grown_by, 0)) over (
            partition by coalesce(sizes.segment, counted.segment)
            order by coalesce(sizes.as_of, counted.as_of)
        ) as size,
        coalesce(sizes.size_before, 0) as size_before,
        coalesce(sizes.former_size, 0) as former_size
    from sizes
    full outer join counted on sizes.segment = counted.segment and sizes.as_of = counted.as_of
)

select *
from compared
where
    recorded_joins != joins
    or recorded_leaves != leaves
    or size_before != former_size
order by as_of, segment
