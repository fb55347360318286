{{ config(materialized='lasting_view') }}

with run_sizes as (
    select *
    from {{ ref('run_sizes') }}
),

published as (
    select max(as_of) as as_of
    from {{ ref('segment_runs') }}
),

{{ segctl.told_segments() }}

select
    run_sizes.run_id,
    run_sizes.segment,
    run_sizes.as_of,
    run_sizes.size,
    run_sizes.joined_count,
    run_sizes.left_count,
    run_sizes.member_revenue,
    run_sizes.total_revenue,
    run_sizes.erased_count,
    run_sizes.held_by,
    run_sizes.held_joins,
    run_sizes.held_leaves,
    {{ segctl.ratio('run_sizes.member_revenue', 'run_sizes.size') }} as average_revenue,
    {{ segctl.ratio('run_sizes.member_revenue', 'run_sizes.total_revenue') }} as revenue_share,
    told_segments.label,
    told_segments.owner,
    told_segments.tags
from run_sizes
inner join published on run_sizes.as_of <= published.as_of
left join told_segments on run_sizes.segment = told_segments.segment
