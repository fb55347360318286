select
    as_of,
    started_at,
    (select max(erased_at) from {{ ref('erased_members') }}) as erased_at
from {{ ref('segment_runs') }}
order by as_of
