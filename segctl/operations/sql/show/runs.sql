select
    run_id,
    as_of,
    size,
    joined_count,
    left_count,
    member_revenue,
    total_revenue
from {{ ref('segment_sizes') }}
where segment = << segment >>
order by as_of desc
limit 10
