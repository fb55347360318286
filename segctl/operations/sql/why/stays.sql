select
    joined_at,
    left_at,
    join_cause,
    leave_cause,
    join_run_id,
    leave_run_id
from {{ ref('<< prefix >>segment_history') }}
where segment = << segment >> and cast(<< key >> as {{ dbt.type_string() }}) = << customer >>
order by joined_at
