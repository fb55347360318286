select
    segment,
    joined_at,
    left_at,
    join_cause,
    leave_cause
from {{ ref('<< prefix >>segment_history') }}
where cast(<< key >> as {{ dbt.type_string() }}) = << member >>
order by segment, joined_at
