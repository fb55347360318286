with sizes as (
    << sizes >>
),

recent as (
    << recent >>
)

select
    sizes.*,
    << recent_columns >>
from sizes
left join recent on sizes.segment = recent.segment
order by sizes.segment
