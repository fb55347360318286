{{ config(materialized='lasting_view') }}

with segment_history as (
    select *
    from {{ ref('segment_history') }}
),

segment_definitions as (
    select
        segment,
        exclusive_group,
        valid_from,
        valid_to
    from {{ ref('segment_definitions') }}
    where exclusive_group != ''
),

segment_runs as (
    select
        run_id,
        previous_as_of
    from {{ ref('segment_runs') }}
),

-- A leave is from the segment's group before the run, a join is to its group since the run.
leaves as (
    select
        segment_history.customer_id,
        segment_history.segment,
        segment_history.left_at as as_of,
        segment_history.leave_run_id as run_id,
        segment_definitions.exclusive_group
    from segment_history
    inner join segment_definitions
        on
            segment_history.segment = segment_definitions.segment
            and segment_history.left_at > segment_definitions.valid_from
            and (segment_definitions.valid_to is null or segment_history.left_at <= segment_definitions.valid_to)
),

joins as (
    select
        segment_history.customer_id,
        segment_history.segment,
        segment_history.joined_at as as_of,
        segment_history.join_run_id as run_id,
        segment_definitions.exclusive_group
    from segment_history
    inner join segment_definitions
        on
            segment_history.segment = segment_definitions.segment
            and segment_history.joined_at >= segment_definitions.valid_from
            and (segment_definitions.valid_to is null or segment_history.joined_at < segment_definitions.valid_to)
),

moves as (
    select
        coalesce(leaves.run_id, joins.run_id) as run_id,
        coalesce(leaves.as_of, joins.as_of) as as_of,
        coalesce(leaves.exclusive_group, joins.exclusive_group) as exclusive_group,
        leaves.segment as from_segment,
        joins.segment as to_segment
    from leaves
    full outer join joins
        on
            leaves.exclusive_group = joins.exclusive_group
            and leaves.customer_id = joins.customer_id
            and leaves.as_of = joins.as_of
),

counted as (
    select
        run_id,
        as_of,
        exclusive_group,
        from_segment,
        to_segment,
        count(*) as customers
    from moves
    group by
        run_id,
        as_of,
        exclusive_group,
        from_segment,
        to_segment
)

select
    counted.run_id,
    counted.as_of,
    segment_runs.previous_as_of,
    counted.exclusive_group,
    counted.from_segment,
    counted.to_segment,
    counted.customers
from counted
left join segment_runs on counted.run_id = segment_runs.run_id
