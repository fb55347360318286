select
    segment,
    joined_at as as_of,
    1 as joined_count,
    0 as left_count,
    1 as grown_by,
    0 as erased
from {{ ref('<< history >>') }}
union all
select
    segment,
    left_at as as_of,
    0 as joined_count,
    1 as left_count,
    -1 as grown_by,
    0 as erased
from {{ ref('<< history >>') }}
where left_at is not null
