with found as (
    << rows >>
)

select
    changed_at,
    max(run_id) as run_id,
    sum(case when change = 'left' then 0 else 1 end) as joined_count,
    sum(case when change = 'left' then 1 else 0 end) as left_count
from found
group by changed_at
