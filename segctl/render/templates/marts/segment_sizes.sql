{{ config(materialized='lasting_view') }}

with run_sizes as (
    select *
    from {{ ref('run_sizes') }}
),

published as (
    select max(as_of) as as_of
    from {{ ref('segment_runs') }}
),

{{ segctl.segment_labels() }}

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
    segment_labels.label,
    segment_labels.owner,
    segment_labels.tags
from run_sizes
inner join published on run_sizes.as_of <= published.as_of
left join segment_labels on run_sizes.segment = segment_labels.segment
