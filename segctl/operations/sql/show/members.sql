select
    << key >>,
    joined_at,
    join_cause,
    eligible
from {{ ref('<< prefix >>segment_membership') }}
where segment = << segment >>
order by joined_at desc, << key >> asc
limit << limit >>
