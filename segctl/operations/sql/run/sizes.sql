-- Sizes of the segments that the last run evaluated.
select
    sizes.segment,
    definitions.label,
    definitions.owner,
    sizes.size,
    sizes.joined_count,
    sizes.left_count,
    sizes.member_revenue,
    sizes.total_revenue,
    sizes.held_by,
    sizes.held_joins,
    sizes.held_leaves,
    sizes.as_of,
    sizes.run_id
from {{ ref('segment_sizes') }} as sizes
left join {{ ref('segment_definitions') }} as definitions
    on sizes.segment = definitions.segment and definitions.valid_to is null
where sizes.run_id = (select max(run_id) from {{ ref('segment_runs') }})
