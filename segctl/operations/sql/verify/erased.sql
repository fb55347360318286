select
    segment,
    as_of,
    joined_count,
    left_count,
    0 as grown_by,
    size as erased
from {{ ref('erasures') }}
