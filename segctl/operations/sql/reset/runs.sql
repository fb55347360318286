select
    count(*) as runs,
    min(as_of) as first_as_of,
    max(as_of) as last_as_of
from {{ ref('segment_runs') }}
